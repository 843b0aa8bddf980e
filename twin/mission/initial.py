"""Where both spacecraft are at the epoch: the target on its orbit, the servicer from the script."""

from math import cos, pi, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import MU_M3PS2
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ric_from_eci, w_ric_radps
from twin.dynamics.libration import libration
from twin.dynamics.moments import inverse_of_symmetric
from twin.dynamics.relative import RelativeState, eci_of_relative
from twin.dynamics.rotation import from_matrix
from twin.dynamics.settings import TargetBody, Tumbling
from twin.dynamics.state import KinematicState
from twin.guidance.relative_elements import Reference, osculating, spread
from twin.kernel.streams import Stream
from twin.mission.orbit import orbit_at
from twin.mission.script import Mission

Array = NDArray[np.float64]


def target_at_epoch(mission: Mission) -> KinematicState:
    """The target on its orbit: tumbling as its file says, or spinning, librating by at most `libration_deg`.

    How the libration is shared between its two modes, their phases and the spin's come from the seed, and so
    does the angle about a tumbling body's angular momentum.
    """
    body = mission.target
    r_eci_m, v_eci_mps = orbit_at(body, Epoch(mission.epoch_utc))
    if mission.start.elements_sigma is not None:
        off = (doubt_at_epoch(mission) * Stream(mission.seed, "target.orbit").normal(0, 6)).sum(axis=1)
        r_eci_m, v_eci_mps = r_eci_m + off[:3], v_eci_mps + off[3:]
    if body.tumbling is not None:
        return _tumbling(body.tumbling, np.array(body.inertia_body_kgm2), mission.seed, r_eci_m, v_eci_mps)
    along, across, long_axis = _long_axis(body)
    spin_radps = radians(body.spin_deg_per_s)
    up = 1.0 if (body.port_towards == "space") == (body.port.r_body_m[0] >= 0.0) else -1.0
    rest = libration(_mean_motion(r_eci_m, v_eci_mps), along, across, spin_radps, up)
    share, *phases = Stream(mission.seed, "target.libration").uniform(0, 4).tolist()
    size = radians(body.libration_deg)
    slow, fast, spun = (2.0 * pi * phase for phase in phases)
    axis, drift = rest.deviated((size * share, size * (1.0 - share)), (slow, fast))
    carried = drift + np.cross((0.0, 0.0, rest.n_radps), axis)
    rate_ric_radps = np.cross(axis, carried) + spin_radps * axis
    eci_from_ric = ric_from_eci(r_eci_m, v_eci_mps).T
    ric_from_body = _times(_axes_along(axis, spun), _axes_along(long_axis, 0.0).T)
    eci_from_body = _times(eci_from_ric, ric_from_body)
    w_body_radps = _turned(ric_from_body.T, rate_ric_radps)
    return KinematicState(r_eci_m, v_eci_mps, np.array(from_matrix(eci_from_body)), w_body_radps)


def servicer_at_epoch(mission: Mission) -> KinematicState:
    """The servicer at the script's relative state, dispersed by the seed, boresight on the target.

    Body y lies against the orbit's normal as nearly as the boresight allows (against the radial if
    it looks along the normal); the body turns with `ric`.
    """
    start, target = mission.start, _believed(mission)
    draw = Stream(mission.seed, "servicer.start").normal(0, 6)
    relative = RelativeState(
        np.array(start.r_ric_m) + start.sigma_r_m * draw[:3],
        np.array(start.v_ric_mps) + start.sigma_v_mps * draw[3:],
    )
    r_eci_m, v_eci_mps = eci_of_relative(target, relative)
    eci_from_ric = ric_from_eci(target.r_eci_m, target.v_eci_mps).T
    ric_from_body = _looking(-relative.r_ric_m)
    w_body_radps = _turned(ric_from_body.T, w_ric_radps(target.r_eci_m, target.v_eci_mps))
    return KinematicState(
        r_eci_m, v_eci_mps, np.array(from_matrix(_times(eci_from_ric, ric_from_body))), w_body_radps
    )


def doubt_at_epoch(mission: Mission) -> Array:
    """How well the ground knows the target's orbit: matrix (6, 6) that makes of six numbers of sigma 1 an
    error of its position (m) and velocity (m/s) in `eci`. Zero where the mission says nothing of it."""
    sigma = mission.start.elements_sigma
    if sigma is None:
        return np.zeros((6, 6))
    r_eci_m, v_eci_mps = orbit_at(mission.target, Epoch(mission.epoch_utc))
    axis_m, latitude_rad, *_, inclination_rad, _ = osculating(r_eci_m, v_eci_mps).tolist()
    orbit = Reference(axis_m, inclination_rad, latitude_rad)
    columns = spread(orbit, latitude_rad) * np.array(sigma.row())
    ric = ric_from_eci(r_eci_m, v_eci_mps)
    return np.concatenate((_times(ric.T, columns[:3]), _times(ric.T, columns[3:])))


def _believed(mission: Mission) -> KinematicState:
    """The target where the ground believes it: only that is known where the servicer is put."""
    target = target_at_epoch(mission)
    r_eci_m, v_eci_mps = orbit_at(mission.target, Epoch(mission.epoch_utc))
    return target._replace(r_eci_m=r_eci_m, v_eci_mps=v_eci_mps)


def _tumbling(how: Tumbling, inertia: Array, seed: int, r_eci_m: Array, v_eci_mps: Array) -> KinematicState:
    """Angular momentum along `momentum_ric`, turned about it by an angle of the seed."""
    w_body_radps = np.array([radians(each) for each in how.w_body_deg_per_s])
    (share,) = Stream(seed, "target.tumbling").uniform(0, 1).tolist()
    body_from_held = _axes_along(_unit(_turned(inertia, w_body_radps)), 0.0)
    ric_from_held = _axes_along(_unit(np.array(how.momentum_ric)), 2.0 * pi * share)
    eci_from_ric = ric_from_eci(r_eci_m, v_eci_mps).T
    eci_from_body = _times(eci_from_ric, _times(ric_from_held, body_from_held.T))
    return KinematicState(r_eci_m, v_eci_mps, np.array(from_matrix(eci_from_body)), w_body_radps)


def _mean_motion(r_eci_m: Array, v_eci_mps: Array) -> float:
    radius_m = sqrt(float((r_eci_m * r_eci_m).sum()))
    inverse_axis = 2.0 / radius_m - float((v_eci_mps * v_eci_mps).sum()) / MU_M3PS2
    return sqrt(MU_M3PS2 * inverse_axis**3)


def _long_axis(body: TargetBody) -> tuple[float, float, Array]:
    """Least moment of inertia, mean of the two others, and the principal axis (3,) of the least, near +x.

    Power iteration on the inverse: no BLAS, whose eigenvectors differ from machine to machine in the
    last digit. A long body's moments differ by a factor of two at least, so 60 turns are ample.
    """
    inertia = np.array(body.inertia_body_kgm2)
    inverse = inverse_of_symmetric(inertia)
    axis = np.array((1.0, 0.0, 0.0))
    for _ in range(60):
        axis = _unit(_turned(inverse, axis))
    along = float((axis * _turned(inertia, axis)).sum())
    return along, 0.5 * (float(inertia.trace()) - along), axis


def _axes_along(axis: Array, spun_rad: float) -> Array:
    """Matrix (3, 3) whose first column is `axis`, the others by `spun_rad` about it from its y."""
    side = _unit(np.array((0.0, 1.0, 0.0)) - axis[1] * axis)
    other = np.cross(axis, side)
    c, s = cos(spun_rad), sin(spun_rad)
    return np.column_stack((axis, c * side + s * other, c * other - s * side))


def _looking(direction_ric: Array) -> Array:
    """ric_from_body (3, 3) of a body whose x points along `direction_ric`."""
    x = _unit(direction_ric)
    reference = np.array((0.0, 0.0, -1.0)) if abs(x[2]) < 0.99 else np.array((-1.0, 0.0, 0.0))
    y = _unit(reference - float((reference * x).sum()) * x)
    return np.column_stack((x, y, np.cross(x, y)))


def _unit(v: Array) -> Array:
    return v / sqrt(float((v * v).sum()))


def _turned(a_from_b: Array, v_b: Array) -> Array:
    turned: Array = (a_from_b * v_b).sum(axis=1)
    return turned


def _times(a: Array, b: Array) -> Array:
    product: Array = (a[:, :, None] * b[None, :, :]).sum(axis=1)
    return product
