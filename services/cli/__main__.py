"""`python -m services.cli` is the command `twin`."""

from services.cli.entry import main

if __name__ == "__main__":
    main()
