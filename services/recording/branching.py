"""A branch of a recorded run: the same up to a moment, then with something else done, flown to its end.

The parent is computed again from its inputs up to that moment and compared event by event on the way, so a
branch begins from nothing but what was flown. What enters then is on the branch's own record: a law swap, a
`branched` with another seed, faults of the mission from that moment on. What the parent's operator did after
it is done again at the same times. So a branch replays like any run, and can be branched again.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from services import fingerprint
from services.recording.again import RUN, Again, Cast
from services.recording.read import Recording
from services.recording.replay import require_contract
from services.words import mission_time
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.operations import Branched, LawSwap, PeerLost, SnapshotTaken
from twin.errors import RecordingError, UsageError
from twin.kernel.conductor import Cause, Conductor
from twin.kernel.participant import Participant
from twin.mission.ending import EndingWatch
from twin.mission.faults import SOURCE as FAULTS
from twin.mission.faults import FaultScript
from twin.mission.script import Fault, Mission

SOURCE: Final = "branch"
"""Who says what is done otherwise."""
Enter = Callable[[Event, bytes], None]


class Change(Struct, frozen=True, kw_only=True):
    """What is done otherwise from `at_ns` on; the faults begin then, unless they say when.

    `until_ns`: the branch ends there, if the mission does not before.
    """

    at_ns: int
    until_ns: int | None = None
    seed: int | None = None
    swaps: tuple[LawSwap, ...] = ()
    faults: tuple[Fault, ...] = ()

    def of(self, mission: Mission) -> Mission:
        """The mission with the faults in it."""
        return replace(mission, faults=(*mission.faults, *self.faults))


class Ended(Struct, frozen=True, kw_only=True):
    """How a branch ended."""

    t_ns: int
    cause: Cause
    digest: str
    digests_by_source: dict[str, str]
    events: int
    rounds: int


def require_branchable(parent: Recording, at_ns: int) -> Mission:
    """The parent's mission. RecordingError, UsageError: it cannot be computed again, or ends before."""
    require_contract(parent)
    run, mission = parent.require_sound()
    if run.foreign:
        raise UsageError(
            f"{', '.join(run.foreign)} was foreign in {parent.path}: it cannot fly on from there"
        )
    if run.fingerprint != fingerprint():
        raise RecordingError(f"{parent.path} is of another numeric environment: fly it here, then branch")
    if at_ns >= parent.until_ns:
        raise UsageError(f"{parent.path} holds nothing after {mission_time(parent.until_ns)}")
    return mission


def branch(parent: Recording, change: Change, cast: Sequence[Participant], enter: Enter) -> Ended:
    """Fly the branch with fresh participants; `enter` gets every event of it, from the epoch on.

    Raises as `require_branchable`, and DifferenceError when the parent does not replay up to the moment.
    """
    mission = change.of(require_branchable(parent, change.at_ns))
    run, _ = parent.require_sound()
    onward = _Onward(mission, run.participants, cast, enter)
    onward.until_ns = change.until_ns
    before = (event for event, _ in parent.events() if event.t_ns < change.at_ns)
    onward.again.follow(before)
    onward.reach(change.at_ns)
    parent_digest = parent.end.digest if parent.end else ""
    onward.put((), Branched(parent=parent_digest, seed=change.seed, text=_words(change)), change.at_ns)
    if change.seed is not None:
        onward.cast.reseed(change.seed)
    for swap in change.swaps:
        onward.put(("guidance",), swap, change.at_ns)
    later = deque(event for event, _ in parent.events() if event.t_ns >= change.at_ns and _of_operator(event))
    return onward.fly(later)


def _of_operator(event: Event) -> bool:
    """What somebody did: not a fault of the mission, which is switched anew, nor word of the run itself."""
    about_the_run = isinstance(event.body, PeerLost | SnapshotTaken | Branched)
    return event.external and event.source not in (FAULTS, SOURCE) and not about_the_run


def _words(change: Change) -> str:
    words = [f"seed {change.seed}"] if change.seed is not None else []
    words += [f"{swap.law} flies {swap.phase}" for swap in change.swaps]
    words += [f"fault {fault.kind}" for fault in change.faults]
    return ", ".join(words)


class _Onward:
    """A run that was computed again up to a moment, and goes on by itself."""

    def __init__(
        self, mission: Mission, names: tuple[str, ...], local: Sequence[Participant], enter: Enter
    ) -> None:
        self.cast = Cast(local, {}, mission)
        self._mission = mission
        self._conductor = Conductor(names, RUN, seed=mission.seed)
        self._ending = EndingWatch(mission)
        self._faults = FaultScript(mission)
        self._put = enter
        self.again = Again(self._conductor, self.cast, exact=True, enter=self._enter)
        self._rounds = 0
        self.until_ns: int | None = None

    def _enter(self, event: Event, raw: bytes) -> None:
        self._ending.take(event)
        self._faults.take(event)
        self._put(event, raw)

    def reach(self, t_ns: int) -> None:
        """Rounds that left no event before the moment."""
        while (next_ns := self._conductor.next_ns) is not None and next_ns < t_ns:
            self._round()

    def put(self, to: tuple[str, ...], body: AnyBody, t_ns: int, source: str = SOURCE) -> None:
        """Something from outside, at `t_ns` or, where the run has gone past it already, now."""
        later = t_ns > self._conductor.now_ns
        self._conductor.inject(source, to, body, t_ns=t_ns if later else None)
        self._commit()

    def fly(self, later: deque[Event]) -> Ended:
        """To the end of the mission; `later` is done at its own times."""
        conductor = self._conductor
        while True:
            next_ns = conductor.next_ns
            switch = self._faults.next(conductor.now_ns, next_ns)
            given = later[0] if later and (next_ns is None or later[0].t_ns <= next_ns) else None
            times = [each.t_ns for each in (switch, given) if each is not None]
            coming_ns = min(times) if times else next_ns
            if coming_ns is None or coming_ns > self._last[0]:
                return self._end()
            if given is not None and given.t_ns == coming_ns:
                later.popleft()
                self.put(given.to, given.body, given.t_ns, given.source)
            elif switch is not None and switch.is_event:
                self.put(switch.to, switch.request, switch.t_ns, FAULTS)
            elif switch is not None:
                self._faults.done(switch)
            else:
                self._round()

    @property
    def _last(self) -> tuple[int, Cause]:
        """When it ends as far as is known now, and why."""
        end_ns = self._ending.end_ns
        if self.until_ns is not None and self.until_ns < end_ns:
            return self.until_ns, "until"
        return end_ns, self._ending.cause

    def _round(self) -> None:
        for assignment in self._conductor.grants():
            self._conductor.reply(assignment.name, self.cast.answer(assignment))
        self._rounds += 1
        self._commit()

    def _commit(self) -> None:
        for event, raw in self._conductor.take_committed():
            self.again.digests.update(event, raw)
            self.again.events += 1
            self._enter(event, raw)

    def _end(self) -> Ended:
        end_ns, cause = self._last
        self._conductor.end(cause, "", t_ns=max(end_ns, self._conductor.now_ns))
        self._commit()
        return Ended(
            t_ns=self._conductor.now_ns,
            cause=cause,
            digest=self.again.digests.run_hex,
            digests_by_source=self.again.digests.by_source,
            events=self.again.events,
            rounds=self._rounds,
        )
