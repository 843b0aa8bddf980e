"""Runs the conductor over real peers: grants, paces, records, supervises. One loop for both transports."""

import time
import uuid
from collections.abc import Callable, Sequence

import msgspec
from msgspec import Raw

from services.books import Books, Committed
from services.bus.health import health
from services.bus.peers import Loss, Peers
from services.conversation import Conversation
from services.keeping import Keeping
from services.manners import Manners, unheard
from services.milestones import heard_again, milestone_of
from services.onlookers import Ending, Operator, Sink
from services.outcome import Outcome, RunOver, latest_end, outcome_of
from services.pacing import Pacing
from services.recording.history import History
from services.recording.milestone import Milestone, Milestones
from services.watchdog import GUIDANCE, LawWatch, overran
from twin.contracts.codec import encode
from twin.contracts.envelope import AnyBody, Event, Start, Stop
from twin.contracts.navigation import PhaseChanged
from twin.contracts.operations import PeerLost
from twin.contracts.steering import ServiceHealth, Status
from twin.errors import TwinError
from twin.kernel.conductor import Assignment, Conductor
from twin.kernel.pace import Pace
from twin.mission.faults import SOURCE as FAULTS
from twin.mission.faults import FaultScript, Switch
from twin.mission.script import Mission

__all__ = ["Coordinator", "Outcome"]

SUPERVISOR = "supervisor"
"""Source of external events about the run itself."""
_SLICE_S = 0.02  # how long a death, a signal or an operator may go unseen while peers compute
_ERRAND_S = 0.01  # how often they are looked for while rounds follow each other without a wait


class Coordinator:
    """One run of `mission` over `peers`, from the handshake to the last event.

    `until_ns` ends it early; `ending` ends it as the mission says, `mission.ending.latest_s` at the latest.
    `interrupted` is asked between rounds and while waiting; a text ends the run. `observers` see every event
    once it is on the record; `tell` takes lines for people: who is refused, waited for, lost, back. `history`
    is what a run that is taken up again has on the record: it is flown again from its milestone on, with what
    came from outside, before all else. `milestones` are kept on the way.
    """

    def __init__(
        self,
        mission: Mission,
        peers: Peers,
        recorder: Sink | None = None,
        observers: Sequence[Callable[[Event], None]] = (),
        pace: Pace | None = None,
        *,
        view: Sink | None = None,
        operator: Operator | None = None,
        ending: Ending | None = None,
        until_ns: int | None = None,
        interrupted: Callable[[], str] = str,
        tell: Callable[[str], None] = unheard,
        history: History | None = None,
        keeping: Keeping | None = None,
        milestones: Milestones | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.mission = mission
        self._clock = clock
        self.pacing = Pacing(pace or Pace())
        self.rounds = 0
        self._peers = peers
        self._books = Books([sink for sink in (history or recorder, view) if sink], observers, ending)
        self._faults = FaultScript(mission)
        self._law_watch = LawWatch(mission)
        self._operator, self._interrupted = operator, interrupted
        self._run = uuid.uuid4().hex
        self._conductor = Conductor(peers.names, self._run, seed=mission.seed)
        start = Start(run=self._run, epoch=0, mission=Raw(msgspec.msgpack.encode(mission)))
        self._manners = Manners(mission, peers, tell)
        self._talk = Conversation(
            peers,
            self._conductor,
            start,
            self._look_around,
            manners=self._manners,
            keeping=keeping or Keeping(),
            on_disk=milestones is not None,
        )
        self._milestones = milestones
        self._history = history
        self._end_ns, self._end_cause = latest_end(mission, until_ns)
        self._moved = False
        self._errand_wall_s = 0.0
        self._serving, self._stopped = False, ""

    def run(self) -> Outcome:
        """Fly to the end. Errors of the run are in the outcome; only those of our own code are raised."""
        wall_s = self._clock()
        try:
            if self._history is not None and self._history.milestone is not None:
                self._begin_at(self._history, self._history.milestone)
            self._talk.gather()
            self._fly()
        except RunOver as over:
            end = over
        except TwinError as error:
            end = RunOver("error", f"{type(error).__name__}: {error}")
        finally:
            self._peers.stop(encode(Stop(run=self._run, cause="the run is over")))
        self._close(end)
        return outcome_of(
            end,
            self._conductor.now_ns,
            self._books,
            self._talk,
            refused=self._manners.refused,
            rounds=self.rounds,
            wall_s=self._clock() - wall_s,
        )

    def inject(self, source: str, to: tuple[str, ...], body: AnyBody) -> None:
        """Outside input, now: recorded, and given to `to` at the next micro-step."""
        self._conductor.inject(source, to, body)
        if not self._conductor.waiting:  # else it enters the order with the round
            self._commit()
            self._books.settle()

    def probe(self, name: str) -> None:
        """Grant `name` an empty inbox: a participant that does not stay idle ends the run.

        Raises UsageError while a round is outstanding.
        """
        self._exchange((self._conductor.probe(name),))

    def snapshot(self) -> dict[str, bytes]:
        """State after its last grant of every participant that gives one (a foreign one may not).

        Raises UsageError while a round is outstanding.
        """
        return self._talk.states()

    def stop(self, reason: str) -> None:
        """End the run before the next round."""
        self._stopped = reason

    def status(self) -> Status:
        """Where the run is, and who holds time."""
        now_ns = self._conductor.now_ns
        return Status(
            now_ns=now_ns,
            position_ns=self.pacing.position_ns,
            end_ns=self._end_ns,
            paused=self.pacing.paused,
            wanted_rate=self.pacing.wanted,
            achieved_rate=self.pacing.achieved,
            waiting_for=self._talk.waiting_for,
            waits=dict(self._talk.waits),
            rounds=self.rounds,
            events=self._books.events,
        )

    def services(self) -> dict[str, ServiceHealth]:
        """How every service is: looked up now."""
        return health(self._peers, self._books.said)

    def _fly(self) -> None:
        conductor = self._conductor
        while True:
            if self._relive():
                continue
            next_ns = conductor.next_ns
            begun = conductor.micro >= 0  # the first round is free: before it nothing can be steered
            switch = self._faults.next(conductor.now_ns, next_ns) if begun else None
            next_ns = next_ns if switch is None else switch.t_ns
            if next_ns is not None and next_ns > self._end_ns:
                raise RunOver(self._end_cause, t_ns=self._end_ns)
            wait_s = self.pacing.wait_s(conductor.now_ns, next_ns) if begun and next_ns is not None else 0.0
            if wait_s > 0.0 or self._clock() - self._errand_wall_s > _ERRAND_S:
                self._look_around(min(wait_s, _SLICE_S))
                continue
            self._talk.collect()  # who died between two rounds is back before the next
            if switch is not None:
                self._switch(switch)
                continue
            self.pacing.granted()
            self._exchange(conductor.grants())
            self.rounds += 1
            states = self._talk.keep(conductor.now_ns, moved=self._moved)
            if states and self._milestones is not None:
                self._milestones.keep(milestone_of(self._books, conductor.standing(), states))
            self._moved = False

    def _begin_at(self, history: History, milestone: Milestone) -> None:
        """What came before the milestone is heard once more, and nothing of it computed."""
        told = heard_again(history, milestone, self._books, self._enter)
        self._conductor.take_up(milestone.standing, told)
        self._talk.begin_at(milestone)
        self._moved = False
        after_s = milestone.standing.now[0] * 1e-9
        self._manners.tell(
            f"taken up at {after_s:.3f} s, after {milestone.events} events: what follows is flown"
        )

    def _relive(self) -> bool:
        """Play a round that is on the record, or give again what came from outside; False beyond it."""
        if self._history is None:
            return False
        expected = self._history.expected
        if expected is None:
            self._history = None
            return False
        if self._clock() - self._errand_wall_s > _ERRAND_S:
            self._look_around()
            self._talk.collect()
        if expected.external and self._conductor.stands(expected):
            later = expected.t_ns > self._conductor.now_ns
            t_ns = expected.t_ns if later else None
            self._conductor.inject(expected.source, expected.to, expected.body, t_ns=t_ns)
            self._commit()
        else:
            self._exchange(self._conductor.grants())
            self.rounds += 1
        return True

    def _switch(self, switch: Switch) -> None:
        """A fault of the mission begins or ends; one of processes is no event."""
        if not switch.is_event:
            self._peers.disturb(switch.request)
            self._faults.done(switch)
            return
        self._conductor.inject(FAULTS, switch.to, switch.request, t_ns=switch.t_ns)
        self._commit()
        self._books.settle()

    def _exchange(self, assignments: Sequence[Assignment]) -> None:
        """Hand the grants out and wait for every reply; then the round is on the record."""
        self._talk.hand_out(assignments)
        self._books.settle()  # while they compute
        self._talk.collect()
        self._commit()

    def _commit(self) -> None:
        self._enter(self._conductor.take_committed())

    def _enter(self, committed: Committed) -> None:
        books = self._books
        books.enter(committed)
        for event, _ in committed:
            self._faults.take(event)
            self._law_watch.take(event)
            self._moved = self._moved or isinstance(event.body, PhaseChanged)
        if books.over_ns is not None and books.over_ns < self._end_ns:
            self._end_ns, self._end_cause = books.over_ns, "mission_over"

    def _look_around(self, timeout_s: float = 0.0) -> None:
        """Whatever is not a reply: signals, deaths, the operator; waits at most `timeout_s`."""
        self._books.settle()
        if self._operator is not None and not self._serving and self._history is None:
            self._serving = True
            self._operator.serve(self, timeout_s)
            self._serving = False
        elif timeout_s > 0.0:
            time.sleep(timeout_s)
        for loss in self._peers.losses():
            self._lose(loss)
        reason = self._stopped or self._interrupted()
        if reason:
            raise RunOver("interrupted", f"stopped by {reason}{self._manners.waiting}")
        self._errand_wall_s = self._clock()

    def _lose(self, loss: Loss) -> None:
        self._talk.hear_out(loss)
        if reason := self._interrupted():  # a signal to the whole process group reaches services first
            raise RunOver("interrupted", f"stopped by {reason}")
        self._answer_for(loss)
        self._talk.revive(loss)

    def _answer_for(self, loss: Loss) -> None:
        """A guidance that was ended by its watchdog hears of it before the readings that it hung on."""
        if overran(loss) and GUIDANCE in self._conductor.outstanding:
            self._conductor.interpose(SUPERVISOR, (GUIDANCE,), self._law_watch.finding)

    def _close(self, end: RunOver) -> None:
        """The last events; a run that never began has none, nor one that was not taken up."""
        conductor = self._conductor
        if conductor.micro < 0 or self._history is not None:
            return
        if end.cause == "peer_lost":
            lost = PeerLost(participant=end.participant, cause=end.text, granted_ns=conductor.now_ns)
            conductor.inject(SUPERVISOR, (), lost)
        t_ns = None if end.t_ns is None else max(end.t_ns, conductor.now_ns)
        conductor.end(end.cause, end.text, t_ns=t_ns)
        self._commit()
        self._books.settle()
