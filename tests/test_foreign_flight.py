"""Guidance that shares no code with us flies `quickstart`, as a process beside the run."""

import ast
import json
import shutil
import socket as sockets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
PLAIN = TESTS / "peers" / "plain"
NODE = TESTS / "peers" / "node"
TWIN = [sys.executable, "-m", "services.cli"]


@pytest.fixture(autouse=True)
def _the_command_is_importable_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(TESTS.parent))


def flown_with(peer: list[str], recording: Path) -> dict[str, Any]:
    """The facts of `quickstart`, its guidance played by the command `peer` with the endpoint after it."""
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"tcp://127.0.0.1:{probe.getsockname()[1]}"
    options = [
        "--foreign",
        "guidance",
        "--endpoint",
        endpoint,
        "--quiet",
        "--json",
        "--record",
        str(recording),
    ]
    command = [*TWIN, "run", "quickstart", *options]
    with (
        subprocess.Popen([*peer, endpoint], cwd=recording.parent) as guidance,
        subprocess.Popen(command, cwd=recording.parent, stdout=subprocess.PIPE) as run,
    ):
        try:
            said, _ = run.communicate(timeout=300)
            assert guidance.wait(30.0) == 0
        finally:
            run.terminate()
            guidance.kill()
    return json.loads(said)


def test_the_plain_guidance_imports_nothing_of_the_project() -> None:
    files = list(PLAIN.glob("*.py"))
    imported = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported - {file.stem for file in files} == {"sys", "math", "traceback", "msgpack", "numpy", "zmq"}


def test_the_plain_guidance_flies_quickstart_to_pass_and_its_run_replays(tmp_path: Path) -> None:
    facts = flown_with([sys.executable, str(PLAIN)], tmp_path / "foreign.mcap")
    assert facts["verdict"] == "pass"
    assert facts["cause"] == "mission_over"
    replay = [*TWIN, "replay", "foreign.mcap"]
    said = subprocess.run(replay, cwd=tmp_path, stdout=subprocess.PIPE, check=True, text=True).stdout
    assert "not re-executed, taken from the record: guidance" in said


@pytest.mark.skipif(
    shutil.which("node") is None or not (NODE / "node_modules").is_dir(),
    reason="node or its packages are not installed: npm ci --prefix tests/peers/node",
)
def test_a_guidance_in_node_flies_quickstart_to_pass(tmp_path: Path) -> None:
    facts = flown_with(["node", str(NODE / "main.js")], tmp_path / "node.mcap")
    assert facts["verdict"] == "pass"
