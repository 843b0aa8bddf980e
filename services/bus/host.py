"""One participant as a process: `python -m services.bus.host NAME ENDPOINT`.

    python -m services.bus.host guidance ipc:///tmp/twin-x/peers --parent 4711

Ends with its parent: the kernel kills it when the parent dies, however that happens.
"""

import argparse
import ctypes
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable

import zmq

from services.bus.seat import RecentLines, Seat
from services.source import source_hash
from services.stdout import guard
from services.watchdog import limited
from twin.contracts.codec import MAX_BYTES, encode
from twin.kernel.participant import Participant

_PR_SET_PDEATHSIG = 1
_LINGER_MS = 1_000  # a failure report still leaves when the process ends


def follow(parent: int) -> None:
    """End this process when `parent` ends; if it has ended already, end now."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above could take effect
        sys.exit("the launcher is gone")


def converse(socket: "zmq.Socket[bytes]", name: str, service: str, log: RecentLines) -> str:
    """Take part in a run until it is over; returns what this participant raised, or ""."""
    seat = Seat(name, lambda: _created(service), log, source_hash())
    socket.send(seat.hello())
    try:
        importlib.import_module(_module(service))  # the heavy part, while others start too
    except Exception as error:  # an import can raise anything; the conductor must hear of it
        socket.send(encode(seat.failure(error)))
    limit_s = getattr(sys.modules.get(_module(service)), "CPU_LIMIT_S", None)
    while not seat.over:
        frame = socket.recv()
        with limited(limit_s):
            answer = seat.take(frame)
        if answer is not None:
            socket.send(answer)
    return seat.ended_by


def _module(service: str) -> str:
    return service.partition(":")[0]


def _created(service: str) -> Participant:
    create: Callable[[], Participant] = getattr(
        importlib.import_module(_module(service)), service.partition(":")[2] or "create"
    )
    return create()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m services.bus.host", description=__doc__)
    parser.add_argument("name", help="role in the run, for example guidance")
    parser.add_argument("endpoint", help="where the conductor listens")
    parser.add_argument(
        "--service", help="MODULE[:FUNCTION] that makes the participant (services.NAME:create)"
    )
    parser.add_argument("--parent", type=int, default=os.getppid(), help="process to end with")
    return parser.parse_args()


def main() -> int:
    """Exit status: 0 if the run was ended by the conductor, 1 if this participant failed."""
    guard()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of a terminal: the launcher decides
    arguments = _arguments()
    follow(arguments.parent)
    log = RecentLines()
    logging.basicConfig(level=logging.INFO, handlers=[log, logging.StreamHandler()])
    with zmq.Context() as context, context.socket(zmq.DEALER) as socket:
        socket.linger = _LINGER_MS
        socket.maxmsgsize = MAX_BYTES
        socket.connect(arguments.endpoint)
        ended_by = converse(socket, arguments.name, arguments.service or f"services.{arguments.name}", log)
    if ended_by:
        print(ended_by, file=sys.stderr)
    return 1 if ended_by else 0


if __name__ == "__main__":
    sys.exit(main())
