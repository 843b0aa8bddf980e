"""Guidance that shares no code with us flies `quickstart`, as a process beside the run."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.cli import call
from tests.twins import PATIENCE_S, facts, free_endpoint, started

TESTS = Path(__file__).parent
PLAIN = TESTS / "peers" / "plain"
NODE = TESTS / "peers" / "node"


def flown_with(peer: list[str], recording: Path) -> dict[str, Any]:
    """The facts of `quickstart`, its guidance played by the command `peer` with the endpoint after it."""
    endpoint = free_endpoint()
    words = ["run", "quickstart", "--quiet", "--json", "--record", str(recording)]
    run = started([*words, "--foreign", "guidance", "--endpoint", endpoint], recording.parent)
    guidance = subprocess.Popen([*peer, endpoint])
    try:
        found = facts(run)
        assert guidance.wait(PATIENCE_S) == 0
    finally:
        run.terminate()
        guidance.kill()
        guidance.wait()
    return found


def test_the_plain_guidance_imports_nothing_of_the_project() -> None:
    files = list(PLAIN.glob("*.py"))
    imported = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - {file.stem for file in files} == {"sys", "math", "traceback", "msgpack", "numpy", "zmq"}


def test_the_plain_guidance_flies_quickstart_to_pass_and_its_run_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "foreign.mcap"
    flown = flown_with([sys.executable, str(PLAIN)], recording)
    assert (flown["verdict"], flown["cause"]) == ("pass", "mission_over")
    assert call(["replay", str(recording)]) == 0
    assert "not re-executed, taken from the record: guidance" in capsys.readouterr().out


@pytest.mark.skipif(
    shutil.which("node") is None or not (NODE / "node_modules").is_dir(),
    reason="node or its packages are not installed: npm ci --prefix tests/peers/node",
)
def test_a_guidance_in_node_flies_quickstart_to_pass(tmp_path: Path) -> None:
    assert flown_with(["node", str(NODE / "main.js")], tmp_path / "node.mcap")["verdict"] == "pass"
