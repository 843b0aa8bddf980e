"""Guidance that shares no code with us flies `quickstart`, as a process beside the run."""

import ast
import re
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
PAGE = TESTS.parent / "docs" / "peers.md"


def flown_with(peer: list[str], recording: Path) -> tuple[dict[str, Any], str]:
    """The facts of `quickstart`, its guidance played by the command `peer` with the endpoint after it; what
    that printed.
    """
    endpoint = free_endpoint()
    words = ["run", "quickstart", "--quiet", "--json", "--record", str(recording)]
    run = started([*words, "--foreign", "guidance", "--endpoint", endpoint], recording.parent)
    printed = recording.with_suffix(".txt")
    with printed.open("w") as out:
        guidance = subprocess.Popen([*peer, endpoint], stdout=out)
    try:
        found = facts(run)
        assert guidance.wait(PATIENCE_S) == 0
    finally:
        run.terminate()
        guidance.kill()
        guidance.wait()
    return found, printed.read_text()


def test_the_plain_guidance_imports_nothing_of_the_project() -> None:
    files = list(PLAIN.glob("*.py"))
    imported = set()
    for node in (node for file in files for node in ast.walk(ast.parse(file.read_text()))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    own = {file.stem for file in files}
    assert imported - own - sys.stdlib_module_names == {"msgpack", "numpy", "zmq"}


def test_the_plain_guidance_flies_quickstart_as_its_page_tells_and_the_run_replays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = tmp_path / "foreign.mcap"
    flown, conversation = flown_with([sys.executable, str(PLAIN), "--trace"], recording)
    assert (flown["verdict"], flown["cause"]) == ("pass", "mission_over")
    happened = iter(_numberless(conversation))
    assert [told for told in _numberless(_told_trace()) if told not in happened] == []  # each after the last
    assert call(["replay", str(recording)]) == 0
    assert "not re-executed, taken from the record: guidance" in capsys.readouterr().out


@pytest.mark.skipif(
    shutil.which("node") is None or not (NODE / "node_modules").is_dir(),
    reason="node or its packages are not installed: npm ci --prefix tests/peers/node",
)
def test_a_guidance_in_node_flies_quickstart_to_pass(tmp_path: Path) -> None:
    flown, _ = flown_with(["node", str(NODE / "main.js")], tmp_path / "node.mcap")
    assert flown["verdict"] == "pass"


def _told_trace() -> str:
    """The worked trace of docs/peers.md."""
    found = re.search(r"```\n( we  hello.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert found
    return found.group(1).replace("...\n", "")


def _numberless(trace: str) -> list[str]:
    """Lines without the numbers and times of grants: these depend on the last bits of the peer's library."""
    return [re.sub(r"(grant|reply) \d+( at [\d.]+ s)?:", r"\1:", line) for line in trace.splitlines()]
