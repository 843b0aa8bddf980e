"""What the window's axes leave over of the orbit: where its origin is, the tidal force, the gradient torque.

The axes are those of `ric` when the window opens and do not rotate; the origin falls freely from the
target's centre of mass. So there is no Coriolis and no centrifugal term. The tide is that of a point
mass; its J2 part (6e-8 m/s2 at 10 m) and differential drag (3e-8 m/s2) are left out.
"""

import numpy as np

from twin.capture.interface import HandOver
from twin.capture.turning import Matrix3, back, product
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.frames import ric_from_eci
from twin.dynamics.orbit import coast
from twin.dynamics.rotation import canonical, conj, from_matrix, mul, rotate
from twin.dynamics.state import KinematicState
from twin.errors import UsageError
from twin.guidance.vectors import cross, dot, norm, scale, sub

_LONGEST_NS = 3_600 * 10**9


class Orbit:
    """The window's frame: its origin's fall, and the way between `eci` and the window's axes."""

    def __init__(self, handover: HandOver) -> None:
        start = handover.target.kinematic
        self._start_ns = handover.t_ns
        self._fall = coast(
            start.r_eci_m,
            start.v_eci_mps,
            handover.t_ns,
            handover.t_ns + _LONGEST_NS,
            handover.surroundings,
            drag_m2pkg=handover.drag_m2pkg,
        )
        axes = ric_from_eci(start.r_eci_m, start.v_eci_mps)
        self._q_window_from_eci = from_matrix(axes)
        self._q_eci_from_window = conj(self._q_window_from_eci)
        self._origin = (start.r_eci_m, start.v_eci_mps)

    def origin_eci(self, t_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """Position and velocity (3,) of the origin; UsageError past an hour."""
        if t_ns == self._start_ns:
            return self._origin
        if t_ns > self._start_ns + _LONGEST_NS:
            raise UsageError("a contact window may be open for an hour; close it and take a new one")
        state = self._fall.state(t_ns)
        return state.r_eci_m, state.v_eci_mps

    def radial(self, t_ns: int) -> tuple[Vec3, float]:
        """Unit vector from the Earth's centre in window axes, and mu / r^3."""
        r_m = rotate(self._q_window_from_eci, _tuple3(self.origin_eci(t_ns)[0]))
        length_m = norm(r_m)
        return scale(1.0 / length_m, r_m), MU_M3PS2 / length_m**3

    def from_eci(self, t_ns: int, state: KinematicState) -> tuple[Vec3, Vec3, Quaternion]:
        """Position, velocity and q_window_from_body of a state in `eci`."""
        r_m, v_mps = self.origin_eci(t_ns)
        q = self._q_window_from_eci
        return (
            rotate(q, _tuple3(state.r_eci_m - r_m)),
            rotate(q, _tuple3(state.v_eci_mps - v_mps)),
            mul(q, _tuple4(state.q_eci_from_body)),
        )

    def to_eci(self, t_ns: int, r_m: Vec3, v_mps: Vec3, q: Quaternion, w_radps: Vec3) -> KinematicState:
        """A state in `eci` from one in window axes (the rate too is given in window axes)."""
        origin_m, origin_mps = self.origin_eci(t_ns)
        turn = self._q_eci_from_window
        return KinematicState(
            origin_m + np.array(rotate(turn, r_m)),
            origin_mps + np.array(rotate(turn, v_mps)),
            np.array(canonical(mul(turn, q))),
            np.array(back(q, w_radps)),
        )


def tidal_force_n(mass_kg: float, r_m: Vec3, up: Vec3, n2: float) -> Vec3:
    """m n^2 (3 u u^T - 1) r, first order in r over the orbit's radius (2e-6 m in 300 s at 9.4 m)."""
    along = 3.0 * dot(up, r_m)
    return scale(mass_kg * n2, sub(scale(along, up), r_m))


def gradient_torque_nm(inertia_kgm2: Matrix3, q: Quaternion, up: Vec3, n2: float) -> Vec3:
    """3 n^2 u x (I u) in window axes, for an inertia in body axes: Hughes (1986), 8.1."""
    up_body = back(q, up)
    return rotate(q, scale(3.0 * n2, cross(up_body, product(inertia_kgm2, up_body))))


def _tuple3(v: np.ndarray) -> Vec3:
    x, y, z = v.tolist()
    return (x, y, z)


def _tuple4(v: np.ndarray) -> Quaternion:
    w, x, y, z = v.tolist()
    return (w, x, y, z)
