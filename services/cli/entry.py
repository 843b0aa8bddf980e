"""One command line: parsed, carried out, and every mistake said in one line."""

import os
import sys

import typer

from services.cli.frame import app
from services.exit_codes import BAD_INPUT, FAILED, INTERRUPTED, PASSED, READER_GONE
from services.stdout import UnwrittenError, guard
from twin.errors import TraceMismatchError, TwinError

_Misuse: type[Exception] = typer.BadParameter.__bases__[0]  # the parser's own errors, in any version of it


def call(arguments: list[str]) -> int:
    """Run one command line; returns its exit code, after one line on standard error if it went wrong."""
    try:
        result = typer.main.get_command(app).main(
            arguments or ["--help"], prog_name="twin", standalone_mode=False
        )
    except _Misuse as error:
        return _say(_one_line(getattr(error, "format_message", error.__str__)()), BAD_INPUT)
    except TraceMismatchError as error:
        return _say(str(error), FAILED)
    except TwinError as error:
        return _say(_one_line(str(error)), getattr(error, "exit_code", BAD_INPUT))
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else PASSED


def main() -> None:
    """Entry point of the command `twin`."""
    guard()
    try:
        code = call(sys.argv[1:])
        sys.stdout.flush()
    except UnwrittenError as error:
        # What is left in the buffer would be tried again at the exit.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        code = READER_GONE if error.reader_gone else _say(f"results are cut off: {error}", FAILED)
    sys.exit(code)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(text: str, code: int) -> int:
    sys.stdout.flush()  # what both go to in the end keeps their order
    print(f"twin: {text}", file=sys.stderr)
    return code
