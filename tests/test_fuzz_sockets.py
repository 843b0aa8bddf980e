"""A sample of the fuzz over sockets (`python -m tests.evidence fuzz`): the run does not notice."""

from pathlib import Path

from fuzz_flight import endured

TESTS = Path(__file__).parent


def test_rubbish_over_every_socket_changes_no_digest_and_every_refusal_is_counted(
    folder: Path, toys_for_children: None
) -> None:
    found = endured(6000, 1, folder)
    assert sum(found.sent.values()) >= 6000
    assert found.refused == {plane: found.sent[plane] for plane in ("operator", "control")}
    assert found.digest == found.calm
