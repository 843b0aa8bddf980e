"""Small participants for tests of the kernel, a driver, and an oracle that knows no cleverness."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from types import SimpleNamespace
from typing import cast

import msgspec

from twin.contracts.codec import decode_delivered, decode_from_peer, decode_to_peer, encode
from twin.contracts.envelope import Delivered, Event, Grant, Outgoing, Reaction, Reply
from twin.contracts.operations import LawUnresponsive, Mark
from twin.kernel.conductor import Conductor
from twin.kernel.digest import Digests
from twin.mission.script import Mission

NO_MISSION = cast(Mission, SimpleNamespace())  # toys look at no setting of it
NAMES = ("alpha", "beta", "gamma")


class Chatter:
    """Says things that follow from everything it ever heard, so any change of order changes all of it."""

    def __init__(self, name: str, seed: int = 0, others: Sequence[str] = NAMES) -> None:
        self.name = name
        self._others = tuple(others)
        self._heard = blake2b(f"{seed} {name}".encode(), digest_size=16).digest()
        self._wake_ns: int | None = None

    def begin(self, mission: Mission) -> Reaction:
        return self._answer(0)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        if not inbox and now_ns != self._wake_ns:
            return Reaction(wake_ns=self._wake_ns)
        for message in inbox:
            self._hear(encode(message))
        return self._answer(now_ns)

    def snapshot(self) -> bytes:
        return encode((self._heard, self._wake_ns))

    def restore(self, mission: Mission, state: bytes) -> None:
        self._heard, self._wake_ns = msgspec.msgpack.decode(state, type=tuple[bytes, int | None])

    def _hear(self, raw: bytes) -> None:
        self._heard = blake2b(self._heard + raw, digest_size=16).digest()

    def _answer(self, now_ns: int) -> Reaction:
        self._hear(b"%d" % now_ns)
        dice = self._heard
        self._wake_ns = None if dice[0] < 40 and self.name != "alpha" else now_ns + 1 + dice[1] % 7
        messages = [self._message(dice[4 + 4 * i : 8 + 4 * i]) for i in range(dice[2] % 4)]
        return Reaction(messages=tuple(messages), wake_ns=self._wake_ns)

    def _message(self, dice: bytes) -> Outgoing:
        to = tuple(name for i, name in enumerate(self._others) if dice[0] >> i & 1)
        text = dice.hex()
        return Outgoing(
            to=to,
            delay_ns=(0, 1, 1, 2, 3, 5, 8, 13)[dice[1] % 8],
            delivery=("wake", "wait", "latest")[dice[2] % 3],
            body=Mark(text=text) if dice[3] % 2 else LawUnresponsive(law="x", cpu_s=float(dice[3])),
        )


class Desk:
    """A participant's side of the wire: bytes in, bytes out, the last reply kept for a repeated grant."""

    def __init__(self, participant: Chatter) -> None:
        self._participant = participant
        self._last: tuple[int, bytes] = (-1, b"")

    def answer(self, raw: bytes) -> bytes:
        grant = decode_to_peer(raw)
        assert isinstance(grant, Grant)
        if grant.number != self._last[0]:
            inbox = tuple(decode_delivered(item) for item in grant.inbox)
            begin = grant.number == 0
            reaction = (
                self._participant.begin(NO_MISSION) if begin else self._participant.react(grant.t_ns, inbox)
            )
            reply = Reply(run=grant.run, epoch=grant.epoch, number=grant.number, reaction=reaction)
            self._last = (grant.number, encode(reply))
        return self._last[1]


def take(conductor: Conductor, name: str, raw: bytes) -> str:
    """Hand an encoded reply to the conductor."""
    reply = decode_from_peer(raw)
    assert isinstance(reply, Reply)
    return conductor.reply(name, reply)


def chatters(seed: int, names: Sequence[str] = NAMES) -> dict[str, Desk]:
    return {name: Desk(Chatter(name, seed, names)) for name in names}


def fly(
    seed: int,
    rounds: int,
    disturb: Callable[[Conductor, dict[str, Desk], list[tuple[str, bytes]]], None] = lambda *_: None,
    names: Sequence[str] = NAMES,
) -> list[tuple[Event, bytes]]:
    """Events of a number of rounds; `disturb` may reorder the replies, repeat them, probe, inject."""
    conductor, desks = Conductor(tuple(names), "toy"), chatters(seed, names)
    trace: list[tuple[Event, bytes]] = []
    for _ in range(rounds):
        replies = [(name, desks[name].answer(encode(grant))) for name, grant in conductor.grants()]
        disturb(conductor, desks, replies)
        for name, raw in replies:
            take(conductor, name, raw)
        assert not conductor.outstanding
        trace += conductor.take_committed()
    return trace


def digest(trace: Sequence[tuple[Event, bytes]]) -> str:
    digests = Digests()
    for event, raw in trace:
        digests.update(event, raw)
    return digests.run_hex


def oracle(seed: int, rounds: int, names: Sequence[str] = NAMES) -> list[Event]:
    """The same run by the plainest means: every message ever sent is looked at in every round."""
    players = {name: Chatter(name, seed, names) for name in names}
    wake: dict[str, int | None] = dict.fromkeys(names, 0)
    sent: list[Event] = []
    got: set[tuple[str, str, int]] = set()
    now = (0, -1)
    for _ in range(rounds):
        due = {name: _due(name, wake[name], sent, got) for name in names}
        t_ns = min(at for at in due.values() if at is not None)[0]
        now = (t_ns, now[1] + 1 if t_ns == now[0] else 0)
        said: list[Event] = []
        for name in names:
            at = due[name]
            if at is not None and at <= now:
                reaction = _reaction(players[name], names, now, _inbox(name, now, sent, got, names))
                wake[name] = reaction.wake_ns
                said += _events(name, now, reaction, sum(event.source == name for event in sent))
        sent += said
    return sent


def _visible(event: Event) -> tuple[int, int]:
    return (event.due_ns, event.micro + 1 if event.due_ns == event.t_ns else 0)


def _due(name, wake_ns, sent, got):
    mail = [
        _visible(event)
        for event in sent
        if name in event.to and event.delivery == "wake" and (name, event.source, event.sequence) not in got
    ]
    return min(mail + ([] if wake_ns is None else [(wake_ns, 0)]), default=None)


def _inbox(name, now, sent, got, names):
    mine = [event for event in sent if name in event.to and _visible(event) <= now]
    new = [event for event in mine if (name, event.source, event.sequence) not in got]
    got.update((name, event.source, event.sequence) for event in mine)
    fresh = [event for event in new if not _replaced(event, mine)]
    return sorted(fresh, key=lambda event: (_visible(event), names.index(event.source), event.sequence))


def _replaced(event, mine):
    return event.delivery == "latest" and any(
        other.delivery == "latest"
        and other.source == event.source
        and type(other.body) is type(event.body)
        and other.sequence > event.sequence
        for other in mine
    )


def _reaction(player, names, now, inbox):
    if now == (0, 0):
        return player.begin(NO_MISSION)
    delivered = [
        Delivered(t_ns=at[0], micro=at[1], source=event.source, sequence=event.sequence, body=event.body)
        for event in inbox
        for at in [_visible(event)]
    ]
    return player.react(now[0], tuple(delivered))


def _events(name, now, reaction, first):
    return [
        Event(
            t_ns=now[0],
            micro=now[1],
            source=name,
            sequence=first + index,
            to=message.to,
            due_ns=now[0] + message.delay_ns,
            delivery=message.delivery,
            body=message.body,
        )
        for index, message in enumerate(reaction.messages)
    ]
