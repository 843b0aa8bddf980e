"""A run of the toys as processes, with rubbish over all its sockets."""

import threading
from pathlib import Path
from typing import NamedTuple

import psutil
from peers.toys import MODULES, NAMES, all_toys, toy_mission

from services.bus.inproc import InprocPeers
from services.bus.launcher import Fleet
from services.bus.planes import Planes, opened
from services.conductor import Coordinator
from tests.fuzz_sockets import Battery
from tests.twins import until
from twin.kernel.pace import Pace


class Endured(NamedTuple):
    """What was sent to each plane, what each has refused, both digests, and how much memory it took (MiB)."""

    sent: dict[str, int]
    refused: dict[str, int]
    digest: str
    calm: str
    grown_mib: float


class _HoldsOn:
    """An operator plane that holds the last second back until all is fired, and answered."""

    def __init__(self, planes: Planes, gun: threading.Thread, battery: Battery) -> None:
        assert planes.operator is not None
        self._plane, self._gun, self._battery = planes.operator, gun, battery

    def serve(self, run: Coordinator, timeout_s: float) -> None:
        if run.rounds and not self._gun.ident:
            self._gun.start()
        fired = self._gun.ident and not self._gun.is_alive()
        if run.status().now_ns >= 9_000_000_000 and not fired:
            run.pacing.pause()
        elif run.pacing.paused and self._plane.refused >= self._battery.sent["operator"]:
            run.pacing.resume()
        self._plane.serve(run, timeout_s)  # type: ignore[arg-type]


def _refused(fleet: Fleet, sent: int) -> bool:
    """Read a thousand more of what a held run left unread; whether all that was sent is refused."""
    for _ in range(1000):
        fleet.receive(0.0)
    return fleet.refusals.frames >= sent


def endured(count: int, seed: int, folder: Path) -> Endured:
    """Fly under `count` messages of rubbish; sockets in `folder`."""
    view, operator = f"ipc://{folder}/view", f"ipc://{folder}/operator"
    memory = psutil.Process()
    with Fleet(NAMES, modules=MODULES, folder=folder) as fleet, opened(view, operator) as planes:
        battery = Battery(seed, operator=operator, control=fleet.endpoint, view=view)
        gun = threading.Thread(target=battery.fire, args=(count,))
        before = memory.memory_info().rss
        holds = _HoldsOn(planes, gun, battery)
        pace = Pace(rate=20.0)
        run = Coordinator(toy_mission(), fleet.start(), None, (), pace, view=planes.view, operator=holds)
        outcome = run.run()
        gun.join()
        until(lambda: _refused(fleet, battery.sent["control"]), "the last refusal", 600.0)
        assert planes.operator is not None
        refused = {"operator": planes.operator.refused, "control": fleet.refusals.frames}
        grown_mib = (memory.memory_info().rss - before) / 2**20
        battery.close()
    calm = Coordinator(toy_mission(), InprocPeers(all_toys())).run()
    return Endured(battery.sent, refused, outcome.digest, calm.digest, grown_mib)
