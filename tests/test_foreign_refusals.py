"""What a foreign guidance does wrong in a real run is refused with a line that says where; then it dies.

One run of `quickstart` tells the whole story; each test is a claim about it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from peers.spoken import Spoken

from services.cli import BAD_INPUT, SERVICE_FAILED, call
from tests.twins import PATIENCE_S, free_endpoint, private_folder, started

PLAIN = Path(__file__).parent / "peers" / "plain"
PAGE = Path(__file__).parent.parent / "docs" / "peers.md"
STRANGERS: dict[str, dict[str, Any]] = {
    "a role that is not there": {"name": "pilot"},
    "a role that is ours": {"name": "ground"},
    "another version of the wire": {"schema": "twin-wire-0"},
    "one of our own services": {"foreign": False, "schema": "0123456789abcdef"},
}
COMMAND = {
    "kind": "actuator_command",
    "reading_ns": 0,
    "thruster_on_s": [0.0] * 12,
    "wheel_torque_nm": [0.0] * 4,
    "next_reading_ns": 1_000_000_000,
}
TO_SERVICER = {"to": ["servicer"], "delay_ns": 100_000_000, "delivery": "wake"}
NONSENSE: dict[str, dict[str, Any]] = {
    "not a number": {**TO_SERVICER, "body": {**COMMAND, "thruster_on_s": [float("nan")] * 12}},
    "a field is missing": {
        **TO_SERVICER,
        "body": {key: COMMAND[key] for key in COMMAND if key != "reading_ns"},
    },
    "an unknown field": {**TO_SERVICER, "body": {**COMMAND, "thrust": 1.0}},
    "no such kind": {**TO_SERVICER, "body": {**COMMAND, "kind": "thruster_command"}},
    "a kind of others": {
        **TO_SERVICER,
        "body": {"kind": "contact_state", "t_ns": 0, "force_n": 0.0, "impulse_ns": 0.0, "latched": True}
        | {"gap_m": 0.0, "offset_m": 0.0, "misalignment_rad": 0.0},
    },
    "too few thrusters": {**TO_SERVICER, "body": {**COMMAND, "thruster_on_s": [0.0] * 8}},
    "too many wheels": {**TO_SERVICER, "body": {**COMMAND, "wheel_torque_nm": [0.0] * 5}},
    "to somebody else": {**TO_SERVICER, "to": ["ground"], "body": COMMAND},
    "to nobody known": {**TO_SERVICER, "to": ["pilot"], "body": COMMAND},
}


class Told(NamedTuple):
    """What each peer heard, and how the run ended."""

    reasons: dict[str, str]
    second: "subprocess.CompletedProcess[str]"
    facts: dict[str, Any]
    status: int
    errors: str
    recording: Path


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with private_folder() as folder:
        endpoint = free_endpoint()
        options = ["--foreign", "guidance", "--endpoint", endpoint, "--json", "--record", "a.mcap"]
        run = started(["run", "quickstart", "--quiet", *options], folder)
        try:
            assert run.stderr is not None
            waiting = run.stderr.readline()
            reasons, second = _story(endpoint)
            out, errors = run.communicate(timeout=PATIENCE_S)
        finally:
            run.kill()
        yield Told(reasons, second, json.loads(out), run.returncode, waiting + errors, folder / "a.mcap")


def _story(endpoint: str) -> tuple[dict[str, str], "subprocess.CompletedProcess[str]"]:
    reasons = {}
    for what, hello in STRANGERS.items():
        stranger = Spoken(endpoint, "guidance")
        reasons[what] = _refused(stranger.join(**hello))
        stranger.close()
    guidance = Spoken(endpoint, "guidance")
    guidance.get_ready()
    plain = [sys.executable, str(PLAIN), endpoint]
    second = subprocess.run(plain, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    grant = guidance.hear()
    while not any(each["body"]["kind"] == "sensor_readings" for each in grant["inbox"]):
        guidance.reply(grant)
        grant = guidance.hear()
    for what, message in NONSENSE.items():
        guidance.reply(grant, message)
        reasons[what] = _refused(guidance.hear())
    guidance.reply(grant, {**TO_SERVICER, "body": COMMAND})
    guidance.hear()  # the run goes on as if nothing had been said
    guidance.close()
    return reasons, second


def _refused(frame: dict[str, Any]) -> str:
    assert frame["frame"] == "refused", frame
    return str(frame["reason"])


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (
            "a role that is not there",
            "no role pilot in this run; its roles: target, servicer, guidance, ground",
        ),
        (
            "a role that is ours",
            "role ground is not open to a peer of this sort; open to foreign: guidance",
        ),
        ("another version of the wire", "guidance speaks schema 'twin-wire-0', this run 'twin-wire-1'"),
        (
            "one of our own services",
            "role guidance is not open to a peer of this sort; open to foreign: guidance",
        ),
        (
            "not a number",
            "Expected `float` >= 0.0, which NaN and infinity are not (at reaction.messages[0].body",
        ),
        ("a field is missing", "missing required field `reading_ns` (at reaction.messages[0].body)"),
        ("an unknown field", "unknown field `thrust` (at reaction.messages[0].body)"),
        ("no such kind", "thruster_command"),
        (
            "a kind of others",
            "guidance does not say contact_state; it says: actuator_command, arm_command, command_report, "
            "estimate, phase_changed, safety_verdict (at reaction.messages[0].body.kind)",
        ),
        (
            "too few thrusters",
            "8 values, the vehicle has 12 (at reaction.messages[0].body.thruster_on_s)",
        ),
        ("too many wheels", "5 values, the vehicle has 4 (at reaction.messages[0].body.wheel_torque_nm)"),
        ("to somebody else", "what guidance says goes to the servicer (at reaction.messages[0].to)"),
        ("to nobody known", "what guidance says goes to the servicer (at reaction.messages[0].to)"),
    ],
)
def test_each_wrong_thing_is_refused_in_one_line_that_says_where(told: Told, what: str, reason: str) -> None:
    assert reason in told.reasons[what]
    assert "\n" not in told.reasons[what]


def test_everybody_at_the_run_reads_every_refusal_too(told: Told) -> None:
    assert told.errors.startswith("twin: waiting for guidance to join\n")
    for reason in told.reasons.values():
        assert f"{reason}\n" in told.errors


def test_a_second_guidance_leaves_with_one_line_and_the_first_flies_on(told: Told) -> None:
    assert told.second.returncode == BAD_INPUT
    assert told.second.stderr == "guidance: refused: role guidance is taken\n"


def test_a_guidance_that_dies_ends_the_run_with_its_name_the_time_and_what_was_refused(told: Told) -> None:
    assert told.status == SERVICE_FAILED
    assert (told.facts["cause"], told.facts["participant"]) == ("peer_lost", "guidance")
    assert told.facts["text"].startswith(
        "guidance was lost at 1.000 s: its connection is gone, after it was refused: "
    )
    assert told.errors.endswith(f"twin: {told.facts['text']}\n")


def test_what_was_flown_before_is_on_disk_and_replays(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["replay", str(told.recording)]) == 0
    assert "taken from the record: guidance" in capsys.readouterr().out


def test_the_page_for_developers_tells_what_is_really_said(told: Told) -> None:
    rows = re.findall(r"^\| [a-z].*? \| (`+)(.*?)\1 \|$", PAGE.read_text(), re.MULTILINE)
    said = [*told.reasons.values(), told.second.stderr.partition("refused: ")[2].strip()]
    lines = [line for _, line in rows if " s: " not in line]
    assert len(lines) == 10
    assert [line for line in lines if line not in said] == []
