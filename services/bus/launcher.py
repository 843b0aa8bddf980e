"""One process per service: started together, watched, and ended together whatever happens."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import zmq

import services
from services.bus.disturbing import Disturbances
from services.bus.endpoints import Claim, SocketFolder, checked_endpoint, claimed
from services.bus.health import tail
from services.bus.keys import Gatekeeper, ring_of
from services.bus.peers import Loss, Refusals
from services.bus.sockets import RouterPeers
from twin.contracts.faults import OfProcess, arguments_of
from twin.contracts.operations import FaultRequest
from twin.errors import UsageError

_GRACE_S = 1.0
_LOG_LINES = 20


class _Child:
    """A service's process, its log file and, where the system has them, its pidfd."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self._log = log
        root = str(Path(services.__file__).parent.parent)
        known = os.environ.get("PYTHONPATH")
        environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{known}" if known else root}
        with log.open("ab") as sink:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=environment
            )
        self.pidfd = os.pidfd_open(self.process.pid)

    def loss(self) -> Loss:
        """How it ended, with the last lines it wrote."""
        status = self.process.wait()
        cause = f"killed by {signal.Signals(-status).name}" if status < 0 else f"exited with status {status}"
        return Loss(name=self.name, cause=cause, log=self.said(_LOG_LINES))

    def said(self, lines: int) -> tuple[str, ...]:
        """The last lines it wrote."""
        return tail(self._log, lines)

    def end(self, deadline_s: float) -> None:
        """Wait until `deadline_s` (time.monotonic), then kill."""
        try:
            self.process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.pidfd)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Blocked signals are inherited: Ctrl-C in a terminal reaches no child, not even one just born."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Fleet:
    """`Peers` whose participants are processes: our children, or (roles in `foreign`) somebody else's.

    A context manager: on the way out all children end (a second after their Stop at the latest, at once
    if they were told none), the sockets close and their folder goes. `endpoint` is where foreign peers
    join. `modules` says for a role which MODULE[:FUNCTION] makes its participant, where that is not
    services.NAME:create. `tell` takes lines for people about strangers who were refused. With the folder
    `keys` only foreign peers on its list are let in, and `endpoint` may be one that leaves this machine.
    """

    def __init__(
        self,
        names: Iterable[str],
        *,
        foreign: Iterable[str] = (),
        endpoint: str | None = None,
        modules: Mapping[str, str] | None = None,
        folder: Path | None = None,
        tell: Callable[[str], None] = lambda text: None,
        keys: Path | None = None,
    ) -> None:
        """Opens the sockets; raises UsageError, and leaves nothing behind, if one cannot be had."""
        self._children: dict[str, _Child] = {}
        self._ended = select.poll()
        self._modules = dict(modules or {})
        self._disturbances = Disturbances(lambda: self.pids)
        self._claim: Claim | None = None
        self._grace_s = 0.0
        roles = tuple(names)
        outside = frozenset(foreign)
        if not outside <= set(roles) or bool(outside) != bool(endpoint):
            raise UsageError(
                f"foreign roles need an endpoint and must be of this run: {sorted(outside)} at {endpoint}; "
                f"roles: {', '.join(roles)}"
            )
        ring = ring_of(keys) if keys and endpoint else None
        if endpoint:
            checked_endpoint(endpoint, keys=ring is not None)
        self._gatekeeper: Gatekeeper | None = None
        self.folder = SocketFolder(folder)
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._router = RouterPeers(roles, self.context, tell)
        try:
            self.endpoint = self._router.listen(self.folder.endpoint("peers"))
            if endpoint:
                self._claim = claimed(endpoint)
                self._gatekeeper = Gatekeeper(self.context, ring) if ring else None
                self._router.open_to(outside, endpoint, self._gatekeeper)
        except BaseException:
            self.close()
            raise

    @property
    def names(self) -> tuple[str, ...]:
        return self._router.names

    @property
    def foreign(self) -> frozenset[str]:
        return self._router.foreign

    @property
    def refusals(self) -> Refusals:
        """What was not let in so far; connections without a key among it."""
        router = self._router
        keyless = self._gatekeeper.refused["control"] if self._gatekeeper else 0
        return Refusals(frames=router.refused, unread=router.unread, connections=router.turned_away + keyless)

    @property
    def pids(self) -> dict[str, int]:
        """Process of every child that was started."""
        return {name: child.process.pid for name, child in self._children.items()}

    def log(self, name: str, lines: int) -> tuple[str, ...]:
        child = self._children.get(name)
        return child.said(lines) if child else ()

    def start(self) -> Self:
        """Start a process for every role that is not foreign; HELLO comes from each when it is there."""
        with _without_interrupts():
            for name in self.names:
                if name not in self.foreign:
                    self._start(name)
        return self

    def send(self, name: str, frame: bytes) -> None:
        self._router.send(name, frame)

    def receive(self, timeout_s: float) -> list[tuple[str, bytes]]:
        return self._router.receive(timeout_s)

    def losses(self) -> list[Loss]:
        lost = {loss.name: loss for loss in self._router.losses()}
        by_pidfd = {child.pidfd: child for child in self._children.values()}
        for pidfd, _ in self._ended.poll(0):
            self._ended.unregister(pidfd)
            child = by_pidfd[pidfd]
            lost[child.name] = child.loss()  # says more than that it cannot be reached
        return [lost[name] for name in self.names if name in lost]

    def disturb(self, fault: FaultRequest) -> None:
        arguments = arguments_of(fault)
        if not fault.active:
            self._disturbances.end(fault.name)
        elif isinstance(arguments, OfProcess):
            self._disturbances.begin(fault.name, fault.fault, arguments)

    @property
    def mortal(self) -> frozenset[str]:
        return frozenset(self.names)

    def revive(self, name: str) -> None:
        self._router.forget(name)
        if name not in self.foreign:
            with _without_interrupts():
                self._start(name)

    def refuse(self, name: str, frame: bytes) -> None:
        self._router.refuse(name, frame)

    def stop(self, frame: bytes) -> None:
        self._router.stop(frame)
        self._grace_s = _GRACE_S

    def close(self) -> None:
        self._disturbances.close()
        deadline_s = time.monotonic() + self._grace_s
        for child in self._children.values():
            child.end(deadline_s)
        self._children.clear()
        self._router.close()
        if self._gatekeeper:
            self._gatekeeper.close()
        self.context.destroy(linger=0)
        if self._claim:
            self._claim.release()
        self.folder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _start(self, name: str) -> None:
        service = self._modules.get(name, f"services.{name}")
        host = [
            sys.executable,
            "-P",
            "-m",
            "services.bus.host",
        ]  # -P: no module of the working folder gets in
        command = [*host, name, self.endpoint, "--service", service, "--parent", str(os.getpid())]
        if (former := self._children.pop(name, None)) is not None:
            with suppress(KeyError):  # its end was found by its connection, before its pidfd was looked at
                self._ended.unregister(former.pidfd)
            former.end(time.monotonic())
        child = _Child(name, command, self.folder.path / f"{name}.log")
        self._children[name] = child
        self._ended.register(child.pidfd, select.POLLIN)
