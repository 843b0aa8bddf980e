"""PROTOCOL.md says what is so: its worked trace is flown, its tables are complete."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import msgspec
from peers.toys import PERIOD_NS, all_toys, toy_mission

from services.bus.handshake import WIRE
from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from twin.contracts import codec, envelope, steering
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.capture import ArmCommand, ArmState
from twin.contracts.codec import kind_of
from twin.contracts.envelope import Event, Grant, Reply
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.operations import Mark
from twin.contracts.radio import CommandReport, Telecommand
from twin.contracts.sensing import SensorReadings
from twin.kernel.pace import Pace

PROTOCOL = (Path(__file__).parent.parent / "services" / "bus" / "PROTOCOL.md").read_text()


class Overheard(InprocPeers):
    """Writes down grants and replies, and the events of every round."""

    def __init__(self) -> None:
        super().__init__(all_toys())
        self.lines: list[str] = []

    def send(self, name: str, frame: bytes) -> None:
        grant = codec.decode_to_peer(frame)
        if isinstance(grant, Grant):
            inbox = [codec.decode_delivered(raw) for raw in grant.inbox]
            said = ", ".join(f"{kind_of(each.body)} of {each.source} {each.sequence}" for each in inbox)
            self.lines.append(f"{_at(grant.t_ns, grant.micro)}  grant {grant.number} {name} [{said}]")
        super().send(name, frame)

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        heard = super().receive(timeout_s)
        for name, raw in heard:
            reply = codec.decode_from_peer(raw)
            if isinstance(reply, Reply):
                wake_ns = reply.reaction.wake_ns
                wake = "no wake" if wake_ns is None else f"wake {wake_ns}"
                says = "".join(
                    f"{kind_of(each.body)} to {list(each.to)} +{each.delay_ns}, "
                    for each in reply.reaction.messages
                )
                self.lines.append(f"{'':15}  reply {reply.number} {name}: {says}{wake}")
        return heard

    def round(self, committed: Sequence[tuple[Event, bytes]]) -> None:
        for event, _ in committed:
            mark = " external" if event.external else ""
            key = f"{event.source} {event.sequence}"
            self.lines.append(
                f"{_at(event.t_ns, event.micro)}  event {key} {kind_of(event.body)} due {event.due_ns}{mark}"
            )


class SaysHello:
    """An operator who speaks once, after the first message has gone all the way."""

    def __init__(self) -> None:
        self._said = False

    def serve(self, run: Coordinator, timeout_s: float) -> None:
        if not self._said and run.rounds == 4:
            self._said = True
            run.inject("operator", ("relay",), Mark(text="hello"))


def _at(t_ns: int, micro: int) -> str:
    return f"{t_ns:>11} . {micro}"


def test_the_worked_trace_is_what_happens() -> None:
    peers = Overheard()
    pace = Pace(rate=0.25)  # so that there is a long wait in which the operator is looked after
    until_ns = 2 * PERIOD_NS
    Coordinator(toy_mission(), peers, peers, (), pace, operator=SaysHello(), until_ns=until_ns).run()
    trace = "\n".join(peers.lines)
    told = trace in PROTOCOL
    assert told, f"PROTOCOL.md does not tell this trace:\n{trace}"


def test_every_kind_of_message_is_in_the_tables() -> None:
    unions = (envelope.AnyBody, envelope.FromPeer, envelope.ToPeer, steering.Request, steering.Answer)
    tags = [each.__struct_config__.tag for union in unions for each in get_args(union)]
    assert [tag for tag in tags if f"`{tag}`" not in PROTOCOL] == []


def test_the_fields_of_the_frames_are_those_of_the_code() -> None:
    for union in (envelope.FromPeer, envelope.ToPeer):
        for each in get_args(union):
            fields = [field.encode_name for field in msgspec.structs.fields(each)]
            row = re.search(rf"^\| `{each.__struct_config__.tag}` \|.*$", PROTOCOL, re.MULTILINE)
            assert row, each
            assert [field for field in fields if field not in row.group()] == []


def test_the_fields_of_the_guidance_conversation_are_those_of_the_code() -> None:
    heard = (SensorReadings, Telecommand, ArmState)
    said = (ActuatorCommand, ArmCommand, Estimate, PhaseChanged, SafetyVerdict, CommandReport)
    for each in (*heard, *said):
        fields = [field.encode_name for field in msgspec.structs.fields(each)]
        row = re.search(rf"^\| `{each.__struct_config__.tag}` \| (`.*?`) \|.*$", PROTOCOL, re.MULTILINE)
        assert row, each
        assert row.group(1) == ", ".join(f"`{field}`" for field in fields)


def test_version_and_limits_are_those_of_the_code() -> None:
    assert f"`{WIRE}`" in PROTOCOL
    assert f"{codec.MAX_BYTES // 2**20} MiB" in PROTOCOL
