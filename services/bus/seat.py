"""A participant's seat at the bus: frames in, frames out, no socket.

Exact semantics are in PROTOCOL.md: one grant at a time, a duplicate gets the cached reply, a gap ends
the participant, whatever it raises becomes a `Failure` that names its fault.
"""

import logging
import traceback
from collections import deque
from collections.abc import Callable

import msgspec

from services import fingerprint
from twin.contracts.codec import decode_delivered, decode_to_peer, encode, schema_hash
from twin.contracts.envelope import (
    Failure,
    FromPeer,
    Grant,
    Hello,
    Ready,
    Refused,
    Reply,
    SnapshotAsked,
    SnapshotGiven,
    Start,
    Stop,
)
from twin.errors import ContractError, TwinError
from twin.kernel.participant import Participant
from twin.mission.script import Mission

_LOG_LINES = 20
_TRACE_LINES = 6
_LINE_LENGTH = 400


class RecentLines(logging.Handler):
    """Keeps the last lines logged, for the report of a failure."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=_LOG_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record)[:_LINE_LENGTH])

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)


class Seat:
    """Answers the conductor's frames on behalf of one participant.

    `create` is called at START, so that a peer can say HELLO before it loads anything heavy.
    `source` is the hash of the code it runs, "" where nobody asks.
    `over` is True once the conversation has ended; then `ended_by` says why ("" for a plain Stop).
    """

    def __init__(
        self,
        name: str,
        create: Callable[[], Participant],
        log: RecentLines | None = None,
        source: str = "",
    ) -> None:
        self.name = name
        self.over = False
        self.ended_by = ""
        self._create = create
        self._source = source
        self._log = log
        self._participant: Participant | None = None
        self._mission: Mission | None = None
        self._run = ""
        self._epoch = 0
        self._number = -1
        self._cached = b""

    def hello(self) -> bytes:
        """The first frame of the conversation."""
        return encode(
            Hello(name=self.name, schema=schema_hash(), fingerprint=fingerprint(), source=self._source)
        )

    def take(self, raw: bytes) -> bytes | None:
        """The answer to a frame from the conductor, or None where none is due."""
        try:
            answer = self._answer(raw)
        except Exception as error:  # whatever a participant raises must reach the conductor with its name
            return encode(self.failure(error))
        return answer if isinstance(answer, bytes | None) else encode(answer)

    def failure(self, error: BaseException) -> Failure:
        """End the conversation: what was raised, where, and the last log lines."""
        self.over = True
        self.ended_by = f"{type(error).__name__}: {error}"
        trace = "".join(traceback.format_exception(error)).splitlines()[-_TRACE_LINES:]
        told = () if isinstance(error, TwinError) else tuple(line[:_LINE_LENGTH] for line in trace)
        return Failure(
            run=self._run,
            epoch=self._epoch,
            number=max(self._number, 0),
            error=self.ended_by[:4096],
            log=(self._log.lines if self._log else ()) + told,
        )

    def _answer(self, raw: bytes) -> FromPeer | bytes | None:
        frame = decode_to_peer(raw)
        match frame:
            case Grant():
                return self._react(frame)
            case Start():
                return self._start(frame)
            case SnapshotAsked():
                state = self._seated().snapshot()
                granted = self._number + 1
                return SnapshotGiven(run=self._run, epoch=self._epoch, state=state, granted=granted)
            case Refused(reason=reason):
                raise ContractError(f"the conductor refuses {self.name}: {reason}")
            case Stop():
                self.over = True
                return None

    def _start(self, start: Start) -> Ready:
        if self._participant is not None and (start.run, start.epoch) == (self._run, self._epoch):
            return Ready(run=self._run, epoch=self._epoch)
        self._run, self._epoch = start.run, start.epoch
        self._mission = msgspec.msgpack.decode(start.mission, type=Mission)
        self._participant = self._create()
        if start.state:
            self._participant.restore(self._mission, start.state)
        self._number = start.granted - 1
        return Ready(run=self._run, epoch=self._epoch)

    def _seated(self) -> Participant:
        if self._participant is None:
            raise ContractError(f"{self.name} was asked before START")
        return self._participant

    def _react(self, grant: Grant) -> bytes | None:
        participant = self._seated()
        if (grant.run, grant.epoch) != (self._run, self._epoch):
            return None  # a grant of another run or an earlier life: not ours to answer
        if grant.number == self._number:
            return self._cached
        if grant.number < self._number:
            return None
        if grant.number > self._number + 1:
            raise ContractError(
                f"{self.name} has grant {self._number}, now gets {grant.number}: some are lost"
            )
        if grant.number == 0 and self._mission is not None:
            reaction = participant.begin(self._mission)
        else:
            inbox = tuple([decode_delivered(raw) for raw in grant.inbox])
            reaction = participant.react(grant.t_ns, inbox)
        self._number = grant.number
        self._cached = encode(Reply(run=self._run, epoch=self._epoch, number=grant.number, reaction=reaction))
        return self._cached
