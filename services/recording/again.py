"""A recorded run computed again, event by event, by whoever took part in it."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, tee, zip_longest
from typing import Final

import msgspec

from services.bus.inproc import InprocPeers
from services.recording.difference import Difference, compare
from services.recording.playback import Playback
from twin.contracts.codec import decode_from_peer, encode
from twin.contracts.envelope import Event, Failure, FromPeer, Ready, Reply, Start
from twin.contracts.operations import Branched, PeerLost, RunEnded
from twin.errors import ContractError, TraceMismatchError, TwinError
from twin.kernel.conductor import Assignment, Conductor
from twin.kernel.digest import Digests
from twin.kernel.participant import Participant
from twin.mission.script import Mission

RUN: Final = "replay"
_TOLD: Final = 10
"""Events before a difference that are told with it."""


class DifferenceError(TraceMismatchError):
    """The run computed again is not the run recorded; `difference` is the first one.

    `before` are the last events that were the same, at most ten.
    """

    def __init__(self, difference: Difference, before: Sequence[Event] = ()) -> None:
        super().__init__(str(difference))
        self.difference = difference
        self.before = tuple(before)


class Cast:
    """Everyone who answers grants: participants through the same codec as in a run, and playbacks."""

    def __init__(
        self, local: Sequence[Participant], foreign: Mapping[str, Playback], mission: Mission
    ) -> None:
        self._peers = InprocPeers(local)
        self._local, self._mission = tuple(local), mission
        self._foreign = foreign
        # As a run sends it: in canonical order a phase's cues would be told in another order than it had.
        told = msgspec.Raw(msgspec.msgpack.encode(mission))
        start = encode(Start(run=RUN, epoch=0, mission=told))
        for name in self._peers.names:
            self._heard()
            self._peers.send(name, start)
        for name in self._peers.names:
            if not isinstance(self._heard(), Ready):
                raise ContractError(f"{name} did not get ready")

    def answer(self, assignment: Assignment) -> Reply:
        playback = self._foreign.get(assignment.name)
        if playback is not None:
            return playback.answer(assignment.grant)
        self._peers.send(assignment.name, encode(assignment.grant))
        reply = self._heard()
        if not isinstance(reply, Reply):
            raise ContractError(f"{assignment.name} answered a grant with {type(reply).__name__}")
        return reply

    def reseed(self, seed: int) -> None:
        """Other noise from here on: everyone goes on from its own state, in a mission with this seed."""
        self._mission = msgspec.structs.replace(self._mission, seed=seed)
        for each in self._local:
            each.restore(self._mission, each.snapshot())

    def _heard(self) -> FromPeer:
        (name, raw), *_ = self._peers.receive(0.0)
        frame = decode_from_peer(raw)
        if isinstance(frame, Failure):
            raise TwinError(f"{name} failed in the replay: {frame.error}")
        return frame


class Again:
    """Runs the conductor along the recorded events, giving it the external ones at their instants.

    `enter` gets every event that was computed again, with its bytes.
    """

    def __init__(
        self,
        conductor: Conductor,
        cast: Cast,
        *,
        exact: bool,
        enter: Callable[[Event, bytes], None] | None = None,
    ) -> None:
        self.exact = exact
        self._enter = enter
        self.events = 0
        self.digests = Digests()
        self._conductor = conductor
        self._cast = cast
        self._committed: deque[tuple[Event, bytes]] = deque()
        self._before: deque[Event] = deque(maxlen=_TOLD)

    def follow(self, recorded: Iterator[Event]) -> None:
        """Until the record ends, or the first difference (DifferenceError)."""
        ahead, behind = tee(recorded)
        for expected, after in zip_longest(behind, islice(ahead, 1, None)):
            got = self._next(expected, after)
            difference = compare(expected, got and got[0], exact=self.exact)
            if difference:
                raise DifferenceError(difference, self._before)
            if got:
                self.digests.update(*got)
                self._before.append(got[0])
                if self._enter is not None:
                    self._enter(*got)
            self.events += 1

    def _next(self, expected: Event, after: Event | None) -> tuple[Event, bytes] | None:
        """The next event of the run computed again; None when nothing can happen any more."""
        while not self._committed and self._advance(expected, after):
            self._committed.extend(self._conductor.take_committed())
        return self._committed.popleft() if self._committed else None

    def _advance(self, expected: Event, after: Event | None) -> bool:
        """Give what came from outside here, or play one more round; False when neither can be."""
        if self._conductor.stands(expected) and self._give(expected):
            return True
        if self._conductor.next_ns is None:
            return False
        assignments = self._conductor.grants()
        if isinstance(expected.body, PeerLost | RunEnded) and self._conductor.stands(expected):
            # The run ended inside this round, which then left no trace; what came from outside
            # enters with the end.
            return self._give(expected) and (after is None or self._give(after))
        for assignment in assignments:
            self._conductor.reply(assignment.name, self._cast.answer(assignment))
        return True

    def _give(self, expected: Event) -> bool:
        """Put an outside input, or the end of the run, into the order; False if `expected` is neither."""
        body = expected.body
        if isinstance(body, RunEnded) and not self._conductor.ended:
            self._conductor.end(body.cause, body.text, t_ns=expected.t_ns)
            return True
        if expected.external:
            later = expected.t_ns > self._conductor.now_ns
            t_ns = expected.t_ns if later else None
            self._conductor.inject(expected.source, expected.to, body, t_ns=t_ns)
            if isinstance(body, Branched) and body.seed is not None:
                self._cast.reseed(body.seed)
        return expected.external
