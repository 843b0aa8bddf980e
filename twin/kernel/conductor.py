"""Who may advance, and when: a conservative coordinator that touches no socket and no clock.

One round: everyone due at the next instant is granted together, replies are collected in whatever order
they arrive, and only then sorted, numbered and delivered. Arrival order decides nothing.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from msgspec import Raw
from msgspec.structs import replace

from twin.contracts.codec import decode_body, encode
from twin.contracts.envelope import AnyBody, Event, Grant, Outgoing, Reply
from twin.contracts.operations import FaultRequest, RunEnded
from twin.errors import UsageError
from twin.kernel.ledger import Ledger
from twin.kernel.schedule import NEVER, Instant
from twin.kernel.seats import Seat, holder
from twin.kernel.stalls import Chain, DeadlockError, GapError
from twin.kernel.standing import Standing

MICRO_STEPS = 64
"""Rounds in a row at one simulated time, without outside input, before it is called a loop."""
OWN_NAME = "conductor"
Receipt = Literal["accepted", "duplicate", "stale"]
Cause = Literal["mission_over", "until", "deadline", "peer_lost", "interrupted", "error"]


class Assignment(NamedTuple):
    """A grant and the participant it is for."""

    name: str
    grant: Grant


class Conductor:
    """Grants time to `names` (their order is their rank) in run `run`, and puts events in order.

    `seed` is of the noise of faults of messages.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        run: str,
        *,
        epoch: int = 0,
        micro_steps: int = MICRO_STEPS,
        seed: int = 0,
    ) -> None:
        if not names or len(set(names)) < len(names) or OWN_NAME in names:
            raise UsageError(f"participants need names of their own, none {OWN_NAME!r}; got {names}")
        self._run = run
        self._ledger = Ledger(names, seed)
        self._seats = {name: Seat(name, self._ledger.mailboxes[name], epoch) for name in names}
        self._open: set[str] = set()
        self._now: Instant = (0, -1)
        self._held: list[tuple[int | None, str, Outgoing]] = []
        self._chain = Chain(micro_steps)
        self._next: Instant | None = None
        self._ended = False

    @property
    def now_ns(self) -> int:
        """Highest simulated time reached so far, by a grant or by outside input."""
        return self._now[0]

    @property
    def micro(self) -> int:
        """Micro-step within `now_ns`; -1 before the first grant."""
        return self._now[1]

    @property
    def waiting(self) -> bool:
        """Whether a grant is not answered yet."""
        return bool(self._open)

    @property
    def outstanding(self) -> tuple[str, ...]:
        """Participants that have a grant and have not answered it, in rank order."""
        return tuple([name for name in self._seats if name in self._open])

    @property
    def ended(self) -> bool:
        """Whether `end` was called: nothing is granted any more."""
        return self._ended

    @property
    def next_ns(self) -> int | None:
        """Time of the next round; None while replies are outstanding, at a deadlock and after the end."""
        if self._open or self._ended:
            return None
        if self._next is None:
            self._next = min([seat.due() for seat in self._seats.values()])
        return None if self._next == NEVER else self._next[0]

    def grants(self) -> tuple[Assignment, ...]:
        """Grants of the next round, in rank order; empty while replies are outstanding and after the end.

        Raises DeadlockError if nobody will ever be due, AlgebraicLoopError if time stands still.
        """
        if self._open or self._ended:
            return ()
        t_ns = self.next_ns
        if t_ns is None:
            raise DeadlockError.of(self.now_ns, [holder(seat) for seat in self._seats.values()])
        self._now = self._following(t_ns)
        self._chain.reaches(*self._now)
        now, seats = self._now, self._seats.values()
        return tuple([self._grant(seat, seat.mailbox.take(now)) for seat in seats if seat.due() <= now])

    def probe(self, name: str) -> Assignment:
        """An extra grant with an empty inbox at the current time: the reply must change nothing.

        It moves neither time nor order, and no event comes of it.
        """
        if name not in self._seats or self._open or not self._running:
            raise UsageError(f"no probe of {name!r} now: only of a participant, between two rounds of a run")
        seat = self._seats[name]
        seat.probing = True
        return self._grant(seat, ())

    def epoch_of(self, name: str) -> int:
        """Which life of a participant this is, from 0."""
        return self._seats[name].epoch

    def revive(self, name: str) -> tuple[int, Grant | None]:
        """A new life of a participant: its epoch, and the grant it owes an answer to, if there is one.

        What its former life still says is stale from here on.
        """
        seat = self._seats[name]
        seat.epoch += 1
        if name in self._open and seat.granted is not None:
            seat.granted = replace(seat.granted, epoch=seat.epoch)
            return seat.epoch, seat.granted
        return seat.epoch, None

    def reply(self, name: str, reply: Reply) -> Receipt:
        """Take an answer; after the last one of a round its events are in order and delivered.

        Raises GapError for a grant never given, ContractError for an answer that cannot be used: the
        participant then still owes one.
        """
        seat = self._seats.get(name)
        if seat is None:
            raise UsageError(f"no participant is called {name!r}; here: {', '.join(self._seats)}")
        if self._ended or (reply.run, reply.epoch) != (self._run, seat.epoch):
            return "stale"
        if reply.number > seat.number:
            raise GapError(name, expected=seat.number, got=reply.number)
        if name not in self._open or reply.number < seat.number:
            return "duplicate" if reply.number == seat.replied else "stale"
        self._accept(seat, reply)
        return "accepted"

    def inject(self, source: str, to: tuple[str, ...], body: AnyBody, *, t_ns: int | None = None) -> None:
        """Outside input: an event in a micro-step of its own, at the highest time reached; or at `t_ns`, not
        after the next round.

        While a round is outstanding it is held until that round is complete. Receivers are woken at the
        micro-step after it. Raises ContractError if it cannot be delivered.
        """
        if source in self._seats or source == OWN_NAME or not self._running:
            raise UsageError(f"no input from {source!r} now: only from outside, during a run")
        if t_ns is not None and not self.reaches(t_ns):
            raise UsageError(f"no input at {t_ns} ns now: only between two rounds, until the later one")
        message = Outgoing(to=to, body=decode_body(encode(body)))
        self._ledger.sent(source, self._now, message)  # refuse now what could not be delivered later
        self._held.append((t_ns, source, message))
        if not self._open:
            self._commit_held()

    def interpose(self, source: str, to: tuple[str, ...], body: AnyBody) -> None:
        """Outside input before the round that is outstanding, which moves one micro-step on.

        Receivers find it in the inbox of the grant that they owe an answer to: `revive` gives that grant.
        Raises UsageError when one of them owes none.
        """
        if not self._open or not set(to) <= self._open or not self._running:
            raise UsageError(f"no input before this round: {', '.join(to)} must owe an answer in it")
        message = Outgoing(to=to, body=decode_body(encode(body)))
        self._ledger.commit(self._ledger.sent(source, self._now, message, external=True))
        self._ledger.commit_disturbances(OWN_NAME, self._now)
        self._now = self._following(self.now_ns)
        self._chain.broken(self.micro)
        for name, seat in self._seats.items():
            if seat.sent:  # it has answered already: what it said is said a micro-step later
                seat.sent = self._ledger.said(name, self._now, seat.said)
            if name in self._open and seat.granted is not None:
                more = seat.mailbox.take(self._now) if name in to else ()
                seat.granted = replace(seat.granted, micro=self.micro, inbox=(*seat.granted.inbox, *more))

    def reaches(self, t_ns: int) -> bool:
        """Whether time can go on to `t_ns` now without a round in between."""
        next_ns = self.next_ns
        return not self._open and self.now_ns <= t_ns and (next_ns is None or t_ns <= next_ns)

    def stands(self, event: Event) -> bool:
        """Whether an event given from outside now would stand in the order where `event` stands."""
        if self.micro < 0 or self._following(event.t_ns) != (event.t_ns, event.micro):
            return False
        # What is later than now is here only once no round comes before it, and some rounds leave no event.
        return event.t_ns == self.now_ns or self.reaches(event.t_ns)

    def end(self, cause: Cause, text: str = "", *, t_ns: int | None = None) -> None:
        """End the run with a last event at `t_ns` (default: now); an unfinished round leaves no trace."""
        at_ns = self.now_ns if t_ns is None else t_ns
        if not self._running:
            raise UsageError("only a run that has begun and is not over can be ended")
        last_ns = self.now_ns if self._open else self.next_ns
        if at_ns < self.now_ns or (last_ns is not None and at_ns > last_ns):
            raise UsageError(
                f"cannot end at {at_ns} ns: between {self.now_ns} ns and {last_ns} ns is possible"
            )
        self._commit_held()
        self._now = self._following(at_ns)
        message = Outgoing(body=RunEnded(t_ns=at_ns, cause=cause, text=text))
        self._ledger.commit(self._ledger.sent(OWN_NAME, self._now, message))
        self._open.clear()
        self._ended = True

    def standing(self) -> Standing:
        """Where the run stands; UsageError while a round is outstanding."""
        if self._open or not self._running:
            raise UsageError("a run stands somewhere only between two rounds")
        return Standing(
            now=self._now,
            loop=tuple(self._chain.links),
            loop_micro=self._chain.since,
            seats={name: seat.standing() for name, seat in self._seats.items()},
            sequences=dict(self._ledger.sequences),
        )

    def take_up(self, standing: Standing, told: Iterable[FaultRequest]) -> None:
        """Go on where another conductor stood; `told` are the faults switched until then."""
        self._now = standing.now
        self._chain.links, self._chain.since = list(standing.loop), standing.loop_micro
        for name, each in standing.seats.items():
            self._seats[name].take_up(each)
        self._ledger.take_up(standing.sequences, told)

    def take_committed(self) -> tuple[tuple[Event, bytes], ...]:
        """Events that have entered the order since the last call, each with its canonical bytes."""
        return self._ledger.take()

    @property
    def _running(self) -> bool:
        return self.micro >= 0 and not self._ended

    def _following(self, t_ns: int) -> Instant:
        """The instant after the current one, at `t_ns`."""
        return (t_ns, self.micro + 1) if t_ns == self.now_ns else (t_ns, 0)

    def _grant(self, seat: Seat, inbox: tuple[Raw, ...]) -> Assignment:
        t_ns, micro = self._now
        seat.number += 1
        seat.granted_ns = t_ns
        self._open.add(seat.name)
        run, epoch = self._run, seat.epoch
        seat.granted = Grant(run=run, epoch=epoch, number=seat.number, t_ns=t_ns, micro=micro, inbox=inbox)
        return Assignment(seat.name, seat.granted)

    def _accept(self, seat: Seat, reply: Reply) -> None:
        wake_ns, messages = reply.reaction.wake_ns, reply.reaction.messages
        seat.check(reply.reaction, self.now_ns)
        # Encoded at once, while others still compute: only sorting is left for the end of the round.
        seat.sent = self._ledger.said(seat.name, self._now, messages)
        seat.said = messages
        seat.wake_ns, seat.replied, seat.probing = wake_ns, reply.number, False
        self._next = None
        self._open.remove(seat.name)
        if not self._open:
            self._commit_round()

    def _commit_round(self) -> None:
        for seat in self._seats.values():
            for sent in seat.sent:
                self._ledger.commit(sent)
                if sent.due[0] == self.now_ns and sent.event.to:
                    self._chain.links.append(f"{seat.name}:{sent.kind}")
            seat.sent = ()
        self._ledger.commit_disturbances(OWN_NAME, self._now)
        self._commit_held()

    def _commit_held(self) -> None:
        """Outside input gets a micro-step each, so that its order is its order of arrival and no other."""
        held, self._held = self._held, []
        for t_ns, source, message in held:
            self._now, self._next = self._following(self.now_ns if t_ns is None else t_ns), None
            self._chain.broken(self.micro)
            self._ledger.commit(self._ledger.sent(source, self._now, message, external=True))
            self._ledger.commit_disturbances(OWN_NAME, self._now)
