# The project's commands; logic that needs an `if` lives in Python.

bin := ".venv/bin"

# Create the virtual environment with everything for development
setup:
    python3 -m venv .venv && {{bin}}/pip install -q -c constraints.txt -e '.[dev]'

# Fly the reference mission: the README's first command
demo:
    python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt . && .venv/bin/twin run adras-j2

# Run the tests: the README's second command
test:
    python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[dev]' && .venv/bin/python -m pytest

# The one gate: format, lint, types, layers, tests
check:
    {{bin}}/ruff format --check . && {{bin}}/ruff check . && {{bin}}/mypy && {{bin}}/lint-imports && {{bin}}/python -m pytest

# Format the code
format:
    {{bin}}/ruff format . && {{bin}}/ruff check --fix .

# Speed, as ratios to references in the same run
bench *ARGS:
    {{bin}}/python -m tests.bench {{ARGS}}

# Many seeds of a mission, in process: verdicts with Wilson intervals
campaign *ARGS:
    {{bin}}/python -m tests.campaign {{ARGS}}

# The table of docs/guidance.md; what campaign-gnc.jsonl has is not flown again: interrupt it, take it up
campaign-gnc *ARGS:
    {{bin}}/twin score as_they_are --keep campaign-gnc.jsonl {{ARGS}} && {{bin}}/twin score glideslope --keep campaign-gnc.jsonl {{ARGS}} && {{bin}}/twin score mpc --keep campaign-gnc.jsonl {{ARGS}}

# Exhaustive search of the kernel's orders of arrival, with the number of states
search:
    {{bin}}/python -m pytest tests/test_search.py -s -n 0

# The transport simulated: a crash at every grant, torn writes; one digest
storm *ARGS:
    {{bin}}/python -m tests.storm {{ARGS}}

# The long evidence: same-trace, non-interference, defects, losses, damage
evidence *ARGS:
    {{bin}}/python -m tests.evidence {{ARGS}}

# Pictures of every screen of the console into docs/pictures, from a flight flown for them
pictures *ARGS:
    {{bin}}/python -m tests.pictures {{ARGS}}
