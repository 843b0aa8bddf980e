"""The frames between the conductor and its peers: the start, grants and replies, states, and new lives."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from services.bus.handshake import Handshake
from services.bus.peers import Loss, Peers
from services.keeping import Keeping
from services.lives import LIVES, Life, Lives
from services.manners import Manners
from services.outcome import Restart, RunOver
from services.recording.milestone import Milestone
from services.rejoin import Logbook, Rejoin
from twin.contracts.codec import decode_from_peer, encode
from twin.contracts.envelope import (
    Failure,
    FromPeer,
    Ready,
    Reply,
    SnapshotAsked,
    SnapshotGiven,
    Start,
)
from twin.errors import ContractError, TraceMismatchError, UsageError
from twin.kernel.conductor import Assignment, Conductor
from twin.kernel.stalls import GapError

_SLICE_S: Final = 0.02  # how long a death, a signal or an operator may go unseen while peers compute
_LAST_WORDS_S: Final = 0.2


class Conversation:
    """Speaks with all `peers` of one run; `look` is called while nothing comes, `manners` hear what people
    shall hear. With `on_disk` the states of those are kept too who cannot die alone.

    `waits`: wall seconds the rounds waited for each peer.
    """

    def __init__(
        self,
        peers: Peers,
        conductor: Conductor,
        start: Start,
        look: Callable[[], None],
        *,
        manners: Manners,
        keeping: Keeping,
        on_disk: bool = False,
    ) -> None:
        self.waits = dict.fromkeys(peers.names, 0.0)
        self.keeping = keeping
        self.handshake = Handshake(peers.names, start)
        self._peers = peers
        self._conductor = conductor
        self._look = look
        self._manners = manners
        self._logs = {name: Logbook() for name in peers.names if on_disk or name in peers.mortal}
        self._assigned: dict[str, Assignment] = {}
        self._rejoins: dict[str, Rejoin] = {}
        self._lives = Lives(peers)
        self._states: dict[str, bytes] = {}
        self._awaited: set[str] = set()

    @property
    def restarts(self) -> tuple[Restart, ...]:
        """Who came back."""
        return tuple(self._lives.restarts)

    @property
    def catching_up(self) -> tuple[str, ...]:
        """Peers that are on their way back: no round may begin."""
        return tuple(self._rejoins)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Who owes something."""
        return self.handshake.missing or self._conductor.outstanding or self.catching_up

    def gather(self) -> None:
        """Until everybody is ready for the first grant."""
        while not self.handshake.complete:
            self._look()
            for name, raw in self._peers.receive(_SLICE_S):
                self._greet(name, raw)
            self._manners.joining(self.handshake.missing)

    def hand_out(self, assignments: Sequence[Assignment]) -> None:
        """Send grants."""
        for assignment in assignments:
            self._assigned[assignment.name] = assignment
            self._peers.send(assignment.name, encode(assignment.grant))

    def collect(self) -> None:
        """Until every grant is answered and everybody is back."""
        while self._conductor.waiting or self._rejoins:
            self._listen()

    def states(self) -> dict[str, bytes]:
        """State after its last grant of every peer that gives one (a foreign one may not).

        Raises UsageError while a round is outstanding.
        """
        if self._conductor.waiting or self._rejoins or self._conductor.micro < 0:
            raise UsageError("no snapshot now: only between two rounds of a run")
        return self._asked_for(self.handshake.with_snapshots)

    def _own_states(self) -> dict[str, bytes]:
        """States of those who begin at them when they come back: a foreign peer never does."""
        able = self.handshake.with_snapshots
        return self._asked_for(
            [name for name in able if name in self._logs and name not in self._peers.foreign]
        )

    def _asked_for(self, names: Sequence[str]) -> dict[str, bytes]:
        self._states.clear()
        self._awaited = set(names)
        for name in names:
            self._ask_state(name)
        while self._awaited:
            self._listen()
        return dict(self._states)

    def begin_at(self, milestone: Milestone) -> None:
        """Everybody begins where it was at the milestone."""
        for name, state in milestone.states.items():
            granted = milestone.granted(name)
            self.handshake.starts[name] = replace(self.handshake.start, granted=granted, state=state)
            if name in self._logs:
                self._logs[name].granted, self._logs[name].state = granted, state

    def keep(self, now_ns: int, *, moved: bool) -> dict[str, bytes]:
        """Keep the peers' states if it is time: now and then, and where a phase has begun (`moved`).

        Returns those of all, {} if it was not time or one has none.
        """
        own = [log for name, log in self._logs.items() if name not in self._peers.foreign]
        told = max((len(log.since) for log in own), default=0)
        if not self.keeping.due(told, now_ns, moved=moved):
            return {}
        states = self.keeping.keep(now_ns, self._own_states)
        return states if len(states) == len(self._peers.names) else {}

    def hear_out(self, loss: Loss) -> None:
        """What a lost child of ours said last counts; a failure report says more than a dead process."""
        if loss.name in self._peers.foreign:
            return  # its connection is gone, and the next frame in its role may be of its successor
        while frames := self._peers.receive(_LAST_WORDS_S):
            for name, raw in frames:
                (self._take if self.handshake.complete else self._greet)(name, raw)

    def revive(self, loss: Loss) -> None:
        """Give a lost peer a new life; RunOver if it has none, or has died of the same grant too often."""
        name = loss.name
        starting = not self.handshake.complete
        if starting:
            self.handshake.forget(name)
            if name in self._peers.foreign:
                return  # it may join again: nothing has begun
        life = Life(loss, self._number_of(name), self._conductor.now_ns)
        if not self._lives.another(life):
            raise self._lost_for_good(life)
        self._manners.tell(f"{name} was lost: {self._manners.cause(loss)}; {self._lives.promise(name)}")
        self._peers.revive(name)
        if not starting:
            epoch, owed = self._conductor.revive(name)
            if owed is not None:  # it may have got more to read meanwhile
                self._assigned[name] = Assignment(name, owed)
            start = replace(self.handshake.start, epoch=epoch)
            self._rejoins[name] = Rejoin(name, self._logs[name], start, self.handshake.hello(name), owed)
            self._lives.begins(life)

    def _number_of(self, name: str) -> int:
        """The grant it had last; -1 before the first."""
        if (rejoin := self._rejoins.get(name)) is not None and rejoin.last is not None:
            return rejoin.last
        return self._assigned[name].grant.number if name in self._assigned else -1

    def _lost_for_good(self, life: Life) -> RunOver:
        loss, now_s = life.loss, self._conductor.now_ns * 1e-9
        text = f"{loss.name} was lost at {now_s:.3f} s: {self._manners.cause(loss)}"
        fatal: tuple[bytes, ...] = ()
        if self._lives.spent(life):
            text += f", for the {LIVES}rd time at grant {life.grant}"
            if loss.name in self._assigned:
                frames = self._logs[loss.name].frames(self.handshake.start)
                owed = self._assigned[loss.name].grant
                fatal = (*frames, encode(replace(owed, epoch=self.handshake.start.epoch)))
        return RunOver("peer_lost", text, participant=loss.name, log=loss.log, fatal=fatal)

    def _ask_state(self, name: str) -> None:
        run = self.handshake.start.run
        self._peers.send(name, encode(SnapshotAsked(run=run, epoch=self._conductor.epoch_of(name))))

    def _greet(self, name: str, raw: bytes) -> None:
        try:
            frame = decode_from_peer(raw)
            if isinstance(frame, Failure):
                raise RunOver.failed(name, frame, 0)
            for receiver, answer in self.handshake.take(name, frame):
                self._peers.send(receiver, answer)
        except ContractError as error:
            self._peers.refuse(name, self._manners.refuse(name, error))

    def _listen(self) -> None:
        wall_s = time.perf_counter()
        frames = self._peers.receive(_SLICE_S)
        for name, raw in frames:
            self._take(name, raw)
            self.waits[name] += time.perf_counter() - wall_s
            self._manners.heard()
        if not frames:
            self._charge(time.perf_counter() - wall_s)
            self._look()
            self._give_up_on_foreign()

    def _charge(self, wall_s: float) -> None:
        owing = self._conductor.outstanding or self.catching_up
        for name in owing:
            self.waits[name] += wall_s / len(owing)
        self._manners.waited(owing, self._conductor.now_ns, wall_s)

    def _take(self, name: str, raw: bytes) -> None:
        try:
            frame = decode_from_peer(raw)
            if isinstance(frame, Failure):
                raise RunOver.failed(name, frame, self._conductor.now_ns)
            rejoin = self._rejoins.get(name)
            if rejoin is None:
                self._accept(name, frame)
            else:
                self._catch_up(rejoin, frame)
        except GapError:
            raise
        except TraceMismatchError as error:
            raise RunOver("error", str(error), participant=name) from error
        except ContractError as error:
            self._peers.send(name, self._manners.refuse(name, error))

    def _accept(self, name: str, frame: FromPeer) -> None:
        match frame:
            case Reply():
                self._manners.check(name, frame)
                receipt = self._conductor.reply(name, frame)
                if receipt == "accepted" and name in self._logs:
                    self._logs[name].answered(self._assigned[name].grant, frame.reaction)
            case SnapshotGiven(state=state, granted=granted) if self._asked(name, granted):
                self._states[name] = state
                self._awaited.remove(name)
                if name in self._logs and name not in self._peers.foreign:
                    self._logs[name].kept(state)
            case Ready() | SnapshotGiven():
                return  # said twice, or too late
            case _:
                raise ContractError(f"{type(frame).__name__} of {name} is out of place during the run")

    def _asked(self, name: str, granted: int) -> bool:
        """Whether a state is one that is waited for; a foreign peer need not say of which grant it is."""
        return name in self._awaited and granted in (0, self._granted(name))

    def _granted(self, name: str) -> int:
        log = self._logs.get(name)
        return self._assigned[name].grant.number + 1 if log is None else log.granted + len(log.since)

    def _catch_up(self, rejoin: Rejoin, frame: FromPeer) -> None:
        answer = rejoin.take(frame)
        if answer is not None:
            self._peers.send(rejoin.name, answer)
        if rejoin.done:
            self._is_back(rejoin)

    def _is_back(self, rejoin: Rejoin) -> None:
        name = rejoin.name
        del self._rejoins[name]
        back = self._lives.ended(name, rejoin.fed, self._conductor.now_ns)
        took = f"{rejoin.fed} grants told again, {back.wall_s:.1f} s lost"
        self._manners.tell(f"{name} is back at grant {back.grant}: {took}")
        if rejoin.owed is not None:
            self._peers.send(name, encode(rejoin.owed))
        elif name in self._awaited:
            self._ask_state(name)

    def _give_up_on_foreign(self) -> None:
        for life in self._lives.overdue:
            if not self._rejoins[life.loss.name].heard:
                raise self._lost_for_good(life)
