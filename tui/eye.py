"""The camera behind the screens: asks for pictures only while one is looked at, at most two a second.

A picture comes down like everything else: while a station hears the servicer. Outside a pass the last one
stays, with its age; with truth shown the link does not matter.
"""

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from tui.store import Store
from twin.errors import TwinError
from twin.mission.script import Mission

if TYPE_CHECKING:
    from services.camera import CameraProcess
    from twin.vehicle.lookout import Lookout

_FORGOTTEN: Final = 20
"""Paints without anybody looking after which the renderer is closed."""

_SETTLED: Final = 5
"""Paints before the renderer is started: the screens come first."""


class Frame(NamedTuple):
    """A picture uint8 (240, 320, 3) of the instant `t_ns`, or none; `note` says why there is no newer one."""

    t_ns: int
    pixels: np.ndarray | None
    lit: float
    note: str


NO_FRAME: Final = Frame(0, None, 0.0, "no picture yet")


class Eye:
    """One mission's camera. `look` with every paint of a screen that shows it; `blink` with every other."""

    def __init__(self) -> None:
        self._lookout: Lookout | None = None
        self._camera: CameraProcess | None = None
        self._asked_ns = -1
        self._lit: dict[int, float] = {}
        self._last = NO_FRAME
        self._unseen = self._seen = 0
        self._problem = ""

    def look(self, mission: Mission, store: Store, *, anyway: bool) -> Frame:
        """The newest picture; asks for one of now if the link, or truth, allows it."""
        self._unseen = 0
        self._seen += 1
        t_ns = store.known.now_ns
        if self._problem:
            return self._last._replace(note=self._problem)
        if not (anyway or store.known.station):
            return self._last._replace(note="no link")
        if not store.truth.covers(t_ns):
            return self._last._replace(note="no motion published for this moment")
        if self._seen < _SETTLED:
            return self._last
        try:
            self._ask(mission, store, t_ns)
        except TwinError as error:
            self._problem = f"no camera: {error}"
        return self._newest()

    @property
    def taken_ns(self) -> int:
        """Of the newest picture that the renderer has made; -1 before the first."""
        shot = self._camera.newest if self._camera else None
        return shot.t_ns if shot else -1

    def blink(self) -> None:
        """Nobody looks at this paint."""
        self._unseen += 1
        if self._unseen > _FORGOTTEN:
            self.close()

    def close(self) -> None:
        """End the renderer; it starts again when it is looked through again."""
        if self._camera is not None:
            self._camera.close()
            self._camera = None
        self._asked_ns = -1
        self._seen = 0

    def _ask(self, mission: Mission, store: Store, t_ns: int) -> None:
        from services.camera import (  # not before the screens: it brings the engine's data
            CameraProcess,
            lookout_of,
        )

        self._lookout = self._lookout or lookout_of(mission)
        self._camera = self._camera or CameraProcess(self._lookout.subject)
        self._problem = f"no camera: {self._camera.problem}" if self._camera.problem else ""
        newest = self._camera.newest
        busy = self._asked_ns >= 0 and (newest is None or newest.t_ns != self._asked_ns)
        if busy or t_ns == self._asked_ns:
            return
        tracks = store.truth.tracks
        servicer, target = tracks["servicer"].state(t_ns), tracks["target"].state(t_ns)
        view = self._lookout.view(t_ns, servicer, target, store.truth.arm)
        self._asked_ns = t_ns
        self._lit = {t_ns: view.lit}
        self._camera.ask(t_ns, view)

    def _newest(self) -> Frame:
        shot = self._camera.newest if self._camera else None
        if shot is not None and shot.t_ns != self._last.t_ns:
            self._last = Frame(shot.t_ns, shot.pixels, self._lit.get(shot.t_ns, 1.0), "")
        waiting = NO_FRAME.note if self._last.pixels is None else ""
        return self._last._replace(note=self._problem or waiting)
