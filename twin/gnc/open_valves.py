"""Which valve stays open when it should be shut: a moment nobody asked for, of one thruster, all the time.

What body and wheels gained between two readings, less what the commanded firing gives, must lie along the
moment of one thruster and be of the size of its full thrust for the time in which it should have been shut.
Such a thruster is to be cut off from the tank. Seen in one reading: at 22 N and 0.6 m the body turns at
2 deg/s after a second, and the gyro's noise is a thousandth of that.

Assumptions and limitations: as in `twin.gnc.thruster_health`; one valve at a time; what the loss of a
commanded thruster would explain as well is left to that; a thruster that leaks is not found, nor one whose
moment the body does not feel.
"""

from itertools import product

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.impulse import Impulse
from twin.gnc.matrices import IDENTITY3, Array
from twin.gnc.relative import RelativeFilter
from twin.guidance import vectors as vec
from twin.vehicle.settings import Propulsion

_FIT = 0.08
"""Of its size, what of a moment may lie across that of the thruster: a body that turns by 20 deg/s after a
period of 10 s leaves 0.03."""
_LEAST, _MOST = 0.7, 1.15
"""Of full thrust over the time when it should have been shut; the first period is open but for the delay."""


class OpenSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Thrusters found open, in that order, and whether the last was found at the reading before."""

    found: tuple[int, ...] = ()
    fresh: bool = False


class OpenValves:
    """`state` is all that changes."""

    def __init__(self, propulsion: Propulsion) -> None:
        arms = [vec.cross(each.r_body_m, each.direction_body) for each in propulsion.thrusters]
        self._moments_nm: Array = propulsion.thrust_n * np.array(arms).T
        self._sizes_nm: Array = np.sqrt((self._moments_nm**2).sum(axis=0))
        self._thrust_n = propulsion.thrust_n
        self._ways = tuple(each.direction_body for each in propulsion.thrusters)
        self._names = tuple(each.name for each in propulsion.thrusters)
        self.state = OpenSnapshot()

    @property
    def named(self) -> str:
        """The thruster that was found with the last readings, or nothing."""
        return self._names[self.state.found[-1]] if self.state.fresh else ""

    def see(self, gained_body_nms: Vec3, on_s: tuple[float, ...], dt_s: float) -> Vec3 | None:
        """What body and wheels gained over `dt_s`, in which valves were told to open for `on_s`; where one
        stays open, the impulse (N s, body) that it gave."""
        on = np.array(on_s) if on_s else np.zeros(len(self._sizes_nm))
        excess = np.array(gained_body_nms) - self._moments_nm @ on
        size = float(np.sqrt(excess @ excess))
        shut_s = dt_s - on
        open_s = (excess @ self._moments_nm) / np.maximum(self._sizes_nm, 1e-9) ** 2
        across = np.sqrt(np.maximum(size * size - (open_s * self._sizes_nm) ** 2, 0.0))
        fits = (across < _FIT * size) & (open_s > _LEAST * shut_s) & (open_s < _MOST * shut_s)
        fits &= shut_s > 0.5 * dt_s
        fits[list(self.state.found)] = False
        lacking = (on > 0.0) & (across < _FIT * size) & (open_s < 0.0)
        if not fits.any() or lacking.any():
            self.state = msgspec.structs.replace(self.state, fresh=False)
            return None
        k = int(np.argmin(np.where(fits, across, np.inf)))
        self.state = OpenSnapshot(found=(*self.state.found, k), fresh=True)
        return vec.scale(self._thrust_n * float(open_s[k]), self._ways[k])


def astray(relative: RelativeFilter, change_eci_mps: Vec3, dt_s: float) -> None:
    """The relative state after a push over `dt_s` that nobody asked for; its direction is known badly, as the
    body turned meanwhile."""
    relative.redo(Impulse(change_eci_mps, moved_eci_m=vec.scale(0.5 * dt_s, change_eci_mps)))
    doubt = vec.dot(change_eci_mps, change_eci_mps)
    corners = range(0, len(relative.state) // 6 * 6, 6)  # far away the servicer's own orbit has it too
    for row, column in product(corners, corners):
        block = relative.covariance[row : row + 6, column : column + 6]
        block[3:, 3:] += doubt * IDENTITY3
        block[:3, :3] += 0.25 * dt_s * dt_s * doubt * IDENTITY3
