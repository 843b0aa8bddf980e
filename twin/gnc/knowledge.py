"""What the on-board computer knows at a reading: orbit, attitudes, relative state, and what follows."""

from math import sqrt

import msgspec
import numpy as np

from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.navigation import Estimate, Looks
from twin.dynamics.rotation import rotate
from twin.dynamics.settings import Port
from twin.gnc.matrices import Array, packed12
from twin.gnc.own_attitude import OwnAttitude
from twin.guidance import vectors as vec
from twin.guidance.free_drift import MU_M3PS2
from twin.guidance.ric import Axes, axes_ric, to_ric


class Orbit(msgspec.Struct, frozen=True):
    """Absolute state of a centre of mass in `eci`."""

    r_eci_m: Vec3
    v_eci_mps: Vec3


class PortView(msgspec.Struct, frozen=True):
    """The capture fitting as it is now: place and axis, and the servicer's distances from it."""

    r_eci_m: Vec3
    axis_eci: Vec3
    r_ric_m: Vec3
    axis_ric: Vec3
    rate_ric_radps: Vec3
    axial_m: float
    lateral_m: float
    sigma_lateral_m: float
    rate_change_ric_radps2: Vec3 = vec.ZERO
    precession_ric_radps: Vec3 = vec.ZERO


class Knowledge(msgspec.Struct, frozen=True):
    """One reading's worth of knowledge; relative quantities are of the servicer from the target."""

    t_ns: int
    target_orbit: Orbit
    axes: Axes
    orbit_rate_radps: float
    orbit_rate_change_radps2: float
    gravity_per_s2: float
    r_eci_m: Vec3
    v_eci_mps: Vec3
    r_ric_m: Vec3
    v_ric_mps: Vec3
    covariance: Array
    sigma_r_m: float
    sigma_v_mps: float
    own: OwnAttitude
    q_eci_from_target: Quaternion
    w_target_radps: Vec3
    target_covariance: Array
    pose_known: bool
    pose_age_s: float
    sight_age_s: float
    rejected: int
    port: PortView
    boresight_error_rad: float
    mass_kg: float
    wheel_momentum_nms: tuple[float, float, float, float]
    off_target_rad: float = 0.0
    noise_factor: float = 1.0
    nis: float | None = None
    looks: Looks | None = None
    wheel_drag_nm: float | None = None
    dead_thrusters: tuple[int, ...] = ()
    given_up: tuple[str, ...] = ()
    open_thrusters: tuple[int, ...] = ()
    opened: str = ""
    late: int = 0
    contact_age_s: float = 0.0
    propellant_kg: float = 0.0
    far: bool = False


def rates_of(orbit: Orbit) -> tuple[float, float, float]:
    """(turning rate of the `ric` axes, its derivative, mu/R^3) of an osculating orbit."""
    r2 = vec.dot(orbit.r_eci_m, orbit.r_eci_m)
    rate = vec.norm(vec.cross(orbit.r_eci_m, orbit.v_eci_mps)) / r2
    change = -2.0 * rate * vec.dot(orbit.r_eci_m, orbit.v_eci_mps) / r2
    return rate, change, MU_M3PS2 / (r2 * sqrt(r2))


def port_view(
    port: Port,
    axes: Axes,
    orbit_rate_radps: float,
    r_eci_m: Vec3,
    covariance: Array,
    *,
    target: tuple[Quaternion, Vec3, Array],
    turning: tuple[Vec3, Vec3] = (vec.ZERO, vec.ZERO),
) -> PortView:
    """The fitting from the target's estimated (attitude, rate, covariance); `turning` is its (angular
    acceleration, precession) in body axes."""
    q_eci_from_target, w_target_radps, target_covariance = target
    axis_body = rotate(_conjugate(port.q_port_from_body), (1.0, 0.0, 0.0))
    place = rotate(q_eci_from_target, port.r_body_m)
    axis = rotate(q_eci_from_target, axis_body)
    away = vec.sub(r_eci_m, place)
    axial = vec.dot(away, axis)
    w_ric = to_ric(axes, rotate(q_eci_from_target, w_target_radps))
    even = to_ric(axes, rotate(q_eci_from_target, turning[1]))
    return PortView(
        r_eci_m=place,
        axis_eci=axis,
        r_ric_m=to_ric(axes, place),
        axis_ric=to_ric(axes, axis),
        rate_ric_radps=(w_ric[0], w_ric[1], w_ric[2] - orbit_rate_radps),
        axial_m=axial,
        lateral_m=vec.norm(vec.along(away, -axial, axis)),
        sigma_lateral_m=sqrt(
            _across(covariance, axis) + vec.dot(r_eci_m, r_eci_m) * _across(target_covariance, axis_body)
        ),
        rate_change_ric_radps2=to_ric(axes, rotate(q_eci_from_target, turning[0])),
        precession_ric_radps=(even[0], even[1], even[2] - orbit_rate_radps),
    )


def _across(covariance: Array, axis: Vec3) -> float:
    """Mean variance of the first three states in the plane across `axis`: half of trace less axis' P axis."""
    (a, b, c), (_, d, e), (_, _, f) = covariance[:3, :3].tolist()
    x, y, z = axis
    along: float = x * (a * x + 2.0 * (b * y + c * z)) + y * (d * y + 2.0 * e * z) + z * f * z
    across: float = 0.5 * (a + d + f - along)
    return max(0.0, across)


def estimate_of(known: Knowledge, delta_v_mps: float) -> Estimate:
    """The message: covariance turned into `ric` axes."""
    range_m = vec.norm(known.r_ric_m)
    return Estimate(
        t_ns=known.t_ns,
        r_ric_m=known.r_ric_m,
        v_ric_mps=known.v_ric_mps,
        q_eci_from_target=known.q_eci_from_target,
        w_target_radps=known.w_target_radps,
        q_eci_from_servicer=known.own.q_eci_from_body,
        w_servicer_radps=known.own.w_body_radps,
        range_m=range_m,
        range_rate_mps=vec.dot(known.r_ric_m, known.v_ric_mps) / max(range_m, 1e-9),
        port_axial_m=known.port.axial_m,
        port_lateral_m=known.port.lateral_m,
        attitude_error_rad=known.boresight_error_rad,
        pose_known=known.pose_known,
        delta_v_mps=delta_v_mps,
        rejected=known.rejected,
        covariance=packed12(covariance_ric(known), known.target_covariance),
        nis=known.nis,
        looks=known.looks,
        wheel_drag_nm=known.wheel_drag_nm,
        late=known.late,
        contact_age_s=known.contact_age_s,
    )


def covariance_ric(known: Knowledge) -> Array:
    """(6, 6) of position and velocity relative to the turning axes, in `ric`."""
    turn = _into_ric(known)
    turned: Array = turn @ known.covariance @ turn.T
    return turned


def _into_ric(known: Knowledge) -> Array:
    """(6, 6) that takes [r, v inertial] in `eci` to [r, v relative to the turning axes] in `ric`."""
    if known.far:
        return _into_far_ric(known)
    axes = np.array(known.axes)
    n = known.orbit_rate_radps
    turn = np.zeros((6, 6))
    turn[:3, :3] = axes
    turn[3:, 3:] = axes
    turn[3, :3] = n * axes[1]
    turn[4, :3] = -n * axes[0]
    return turn


def _into_far_ric(known: Knowledge) -> Array:
    """The same far away, where the axes lean on what is not known: 3 km of doubt along the track of a target
    300 km off turn them by 130 m of height. By central differences, with the servicer where it is."""
    own = np.array((*known.target_orbit.r_eci_m, *known.target_orbit.v_eci_mps))
    apart = np.array((*known.r_eci_m, *known.v_eci_mps))
    columns = np.empty((6, 6))
    for k, step in enumerate((10.0, 10.0, 10.0, 0.01, 0.01, 0.01)):
        ends = []
        for sign in (step, -step):
            shifted = np.zeros(6)
            shifted[k] = sign
            target, relative = own - shifted, apart + shifted
            orbit = Orbit(vec3(target[:3]), vec3(target[3:]))
            axes, rate = axes_ric(orbit.r_eci_m, orbit.v_eci_mps), rates_of(orbit)[0]
            r_ric, v_ric = relative_in_ric(axes, rate, vec3(relative[:3]), vec3(relative[3:]))
            ends.append(np.array((*r_ric, *v_ric)))
        columns[:, k] = (ends[0] - ends[1]) / (2.0 * step)
    return columns


def vec3(array: Array) -> Vec3:
    x, y, z = array.tolist()
    return (x, y, z)


def _conjugate(q: Quaternion) -> Quaternion:
    return (q[0], -q[1], -q[2], -q[3])


def relative_in_ric(axes: Axes, orbit_rate_radps: float, r_eci_m: Vec3, v_eci_mps: Vec3) -> tuple[Vec3, Vec3]:
    """Position and velocity relative to the turning axes, in `ric`: v = C v_eci - w x r."""
    r = to_ric(axes, r_eci_m)
    v = to_ric(axes, v_eci_mps)
    return r, (v[0] + orbit_rate_radps * r[1], v[1] - orbit_rate_radps * r[0], v[2])
