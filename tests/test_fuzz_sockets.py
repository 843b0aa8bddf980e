"""A sample of the fuzz over sockets (`python -m tests.evidence fuzz`): the run does not notice."""

import os
import tempfile
from pathlib import Path

import pytest
from fuzz_flight import endured

TESTS = Path(__file__).parent


def test_rubbish_over_every_socket_changes_no_digest_and_every_refusal_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{TESTS}{os.pathsep}{TESTS.parent}")
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        found = endured(6000, 1, Path(folder))
    assert sum(found.sent.values()) >= 6000
    assert found.refused == {plane: found.sent[plane] for plane in ("operator", "control")}
    assert found.digest == found.calm
