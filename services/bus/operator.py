"""The operator plane: a ROUTER that takes requests and answers each of them, and its client."""

import time
from contextlib import suppress
from typing import Protocol, Self

import msgspec
import zmq
from msgspec.structs import replace

from services.bus.doors import Door, Rates
from services.bus.keys import Gatekeeper, unlock
from services.bus.peers import Refusals
from services.bus.sockets import bind
from services.bus.view import View
from services.pacing import Pacing
from twin.contracts.codec import decode_answer, decode_request, encode
from twin.contracts.envelope import AnyBody
from twin.contracts.operations import LawSwap, TelecommandRequest
from twin.contracts.steering import (
    Answer,
    AskLatest,
    AskMission,
    AskServices,
    AskSnapshot,
    AskStatus,
    Declined,
    Done,
    HandleAlarms,
    MissionGiven,
    Pause,
    Probe,
    Request,
    Resume,
    RunUntil,
    SendTelecommand,
    ServiceHealth,
    ServicesGiven,
    SetRate,
    States,
    Status,
    StepRounds,
    StepTime,
    StopRun,
    SwapLaw,
)
from twin.errors import TwinError, UsageError
from twin.mission.script import Mission

OPERATOR = "operator"
"""Source of what an operator enters into the run."""
_LONGEST = 2**16  # bytes of a request; a longer one costs its connection
_QUEUE = 256  # requests kept of a client that asks faster than it is answered
_AT_ONCE = 64  # requests answered before the run goes on: a flood cannot hold time
_TICK_S = 0.001  # the poll counts whole milliseconds


class Steered(Protocol):
    """What the plane needs of the run it steers."""

    pacing: Pacing
    mission: Mission

    def inject(self, source: str, to: tuple[str, ...], body: AnyBody) -> None: ...

    def probe(self, name: str) -> None: ...

    def snapshot(self) -> dict[str, bytes]: ...

    def stop(self, reason: str) -> None: ...

    def status(self) -> Status: ...

    def services(self) -> dict[str, ServiceHealth]: ...


class OperatorPlane:
    """Takes requests at `endpoint`; one frame each way, `id` echoed. Rubbish is declined and counted."""

    def __init__(
        self,
        context: "zmq.Context[zmq.Socket[bytes]]",
        endpoint: str,
        view: View | None = None,
        keeper: Gatekeeper | None = None,
    ) -> None:
        """Raises UsageError if the endpoint cannot be had. `view` answers late joiners; with a
        gatekeeper only its operators are let in."""
        self.refused = 0
        self._view = view
        self._socket = context.socket(zmq.ROUTER)
        self._door = Door(self._socket, "operator")
        self._rates = Rates()
        self._socket.maxmsgsize = _LONGEST
        self._socket.rcvhwm = _QUEUE
        self._socket.linger = 200  # ms: the last answers still leave when the run ends
        self._keeper = keeper
        if keeper is not None:
            keeper.lock(self._socket, "operator")
        self.endpoint = bind(self._socket, endpoint)

    def serve(self, run: Steered, timeout_s: float) -> None:
        """Answer requests that are there; wait for one at most `timeout_s`."""
        self._door.look()
        if self._view is not None:
            self._view.look()  # a paused run has no rounds, and viewers come and go
        if 0.0 < timeout_s < _TICK_S:
            time.sleep(timeout_s)
            timeout_s = 0.0
        for _ in range(_AT_ONCE):
            if not self._socket.poll(int(timeout_s * 1000)):
                return
            client, *frames = self._socket.recv_multipart()
            answer = self._answer(run, frames) if self._rates.admits(client) else self._too_fast()
            self._socket.send_multipart((client, encode(answer)))
            timeout_s = 0.0

    @property
    def refusals(self) -> Refusals:
        """What was not let in so far."""
        keyless = self._keeper.refused["operator"] if self._keeper else 0
        return Refusals(
            frames=self.refused, unread=self._rates.over, connections=self._door.turned_away + keyless
        )

    def close(self) -> None:
        self._door.close()
        self._socket.close()

    def _too_fast(self) -> Declined:
        self.refused += 1
        return Declined(id=0, reason="too many requests in a second: this one was not read")

    def _answer(self, run: Steered, frames: list[bytes]) -> Answer:
        request_id = 0
        try:
            if len(frames) != 1:
                raise UsageError(f"a request is one frame, this one has {len(frames)}")
            request = decode_request(frames[0])
            request_id = request.id
            return self._done(run, request)
        except TwinError as error:
            self.refused += 1
            return Declined(id=request_id, reason=str(error)[:4096])

    def _done(self, run: Steered, request: Request) -> Answer:
        match request:
            case AskStatus():
                return replace(run.status(), id=request.id)
            case AskLatest():
                if self._view is None:
                    raise UsageError("this run has no view plane")
                return self._view.latest(request.id)
            case AskSnapshot():
                return States(id=request.id, t_ns=run.status().now_ns, states=run.snapshot())
            case AskServices():
                return ServicesGiven(id=request.id, wall_s=time.monotonic(), services=run.services())
            case AskMission():
                return MissionGiven(id=request.id, mission=msgspec.json.encode(run.mission))
            case _:
                _steer(run, request)
                return Done(id=request.id)


def _steer(run: Steered, request: Request) -> None:
    match request:
        case Pause():
            run.pacing.pause()
        case Resume():
            run.pacing.resume()
        case SetRate(rate=rate):
            run.pacing.at_rate(rate)
        case StepTime(seconds=seconds):
            run.pacing.step(seconds)
        case StepRounds(rounds=rounds):
            run.pacing.step_rounds(rounds)
        case RunUntil(t_ns=t_ns):
            run.pacing.until(t_ns)
        case SendTelecommand(name=name, arguments=arguments):
            run.inject(OPERATOR, ("ground",), TelecommandRequest(name=name, arguments=arguments))
        case SwapLaw():
            _swap_law(run, request)
        case HandleAlarms(handled=handled):
            run.inject(OPERATOR, (), handled)
        case Probe(participant=name):
            run.probe(name)
        case StopRun():
            run.stop("the operator")


def _swap_law(run: Steered, asked: SwapLaw) -> None:
    """Refused here if it cannot be flown: on board it could only fail."""
    swap = LawSwap(phase=asked.phase, law=asked.law, arguments=asked.arguments, shadow=asked.shadow)
    from services.choosing import check_swap  # brings every law: not before one is asked for

    check_swap(run.mission, swap)
    run.inject(OPERATOR, ("guidance",), swap)


class Console:
    """A client of the operator plane: asks one thing at a time and waits for its answer.

    `asked` counts the requests: it is the `id` of the last one.
    """

    def __init__(self, endpoint: str, timeout_s: float = 10.0) -> None:
        self._timeout_ms = int(timeout_s * 1000)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.linger = 0
        self._socket.sndtimeo = self._timeout_ms  # a run that refuses our key takes nothing
        unlock(self._socket)
        self._socket.connect(endpoint)
        self.asked = 0

    def ask(self, request: Request) -> Answer:
        """The answer; raises UsageError if the run declines, or gives none in time (it may be over)."""
        self.asked += 1
        with suppress(zmq.Again):  # not taken: then there is no answer either, as said below
            self._socket.send(encode(replace(request, id=self.asked)))
        while self._socket.poll(self._timeout_ms):
            answer = decode_answer(self._socket.recv())
            if isinstance(answer, Declined) and answer.id in {self.asked, 0}:  # 0: it could not be read
                raise UsageError(answer.reason)
            if answer.id == self.asked:
                return answer
        raise UsageError(f"no answer within {self._timeout_ms / 1000:g} s: is the run over?")

    def close(self) -> None:
        self._context.destroy(linger=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
