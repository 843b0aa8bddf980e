"""The state that an orbit ephemeris gives at an instant, in `eci`."""

from collections.abc import Callable, Sequence

import erfa
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci, eci_from_teme
from twin.errors import NdmError
from twin.ndm.oem import Ephemeris

Array = NDArray[np.float64]

_DEFAULT_DEGREE = 7
_HALF_NS = NS_PER_S // 2
_OFFSET_FROM_TAI_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19 * NS_PER_S}
"""What is added to a reading in the scale to have TAI; UTC goes by its leap seconds."""


def state_at(segments: Sequence[Ephemeris], epoch: Epoch) -> tuple[Array, Array]:
    """Position (m) and velocity (m/s), (3,) each, in `eci` at the epoch.

    Of several segments the last one that covers it counts. NdmError when none does, or when centre,
    axes, time scale or interpolation are not among those below.
    """
    for segment in reversed(segments):
        first, last = (_tai_ns(at.ns, segment.time_system) for at in segment.usable)
        if first <= epoch.tai_ns <= last:
            return _state(segment, epoch)
    spans = ", ".join(f"{segment.usable[0].text} to {segment.usable[1].text}" for segment in segments)
    raise NdmError(f"the epoch {epoch.utc} is not covered: usable from {spans} {segments[0].time_system}")


def _state(segment: Ephemeris, epoch: Epoch) -> tuple[Array, Array]:
    if segment.center.upper() != "EARTH":
        raise NdmError(f"CENTER_NAME {segment.center:.20}: the twin flies about EARTH")
    frame = segment.frame.upper()
    # ITRF2000, ITRF-97 and the like are one here: they differ by centimetres.
    into_eci = _FRAMES.get("ITRF" if frame.startswith("ITRF") else frame)
    if into_eci is None:
        raise NdmError(f"REF_FRAME {segment.frame:.20}; taken are {', '.join(_FRAMES)}")
    # Of two rows at one instant, a jump, the later holds from there on.
    tai_ns = np.array([_tai_ns(at.ns, segment.time_system) for at in segment.instants])
    _, from_end = np.unique(tai_ns[::-1], return_index=True)
    kept = len(tai_ns) - 1 - from_end
    since_s = (tai_ns[kept] - epoch.tai_ns) * 1e-9
    r_m, v_mps = _interpolated(segment, since_s, segment.r_m[kept], segment.v_mps[kept])
    return into_eci(epoch, r_m, v_mps)


def _tai_ns(ns: int, system: str) -> int:
    """TAI nanoseconds since 2000 of a reading of a time scale."""
    name = system.upper()
    if name in _OFFSET_FROM_TAI_NS:
        return ns + _OFFSET_FROM_TAI_NS[name]
    if name != "UTC":
        raise NdmError(f"TIME_SYSTEM {system:.20}; taken are UTC, {', '.join(_OFFSET_FROM_TAI_NS)}")
    days, rest_ns = divmod(ns, 86_400 * NS_PER_S)
    year, month, day, _ = erfa.jd2cal(2_451_544.5, float(days))
    return (
        ns + round(float(erfa.dat(int(year), int(month), int(day), rest_ns / (86_400 * NS_PER_S)))) * NS_PER_S
    )


def _interpolated(segment: Ephemeris, t_s: Array, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    """State at 0 s from rows at `t_s` (n,): by the message's method, Hermite if it names none."""
    exact = np.flatnonzero(t_s == 0.0)
    if len(exact):
        return r_m[exact[0]], v_mps[exact[0]]
    degree = segment.degree or _DEFAULT_DEGREE
    match segment.interpolation:
        case "" | "HERMITE":
            near = _nearest(t_s, max((degree + 1) // 2, 2))
            return _hermite(t_s[near], r_m[near], v_mps[near])
        case "LAGRANGE" | "LINEAR":
            near = _nearest(t_s, 2 if segment.interpolation == "LINEAR" else degree + 1)
            weights = _lagrange(t_s[near])
            return weights @ r_m[near], weights @ v_mps[near]
        case other:
            raise NdmError(f"INTERPOLATION {other:.20}; taken are HERMITE, LAGRANGE, LINEAR")


def _nearest(t_s: Array, count: int) -> slice:
    """The rows around 0 s, as many on each side as there are; all if there are fewer than `count`."""
    after = int(np.searchsorted(t_s, 0.0))
    first = min(max(after - count // 2, 0), max(len(t_s) - count, 0))
    return slice(first, first + count)


def _lagrange(t_s: Array) -> Array:
    """Weights (n,) of the values at `t_s` for the polynomial's value at 0."""
    return np.array([np.prod([-b / (a - b) for j, b in enumerate(t_s) if j != i]) for i, a in enumerate(t_s)])


def _hermite(t_s: Array, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    """Value and slope at 0 of the polynomial through values and slopes, by divided differences."""
    nodes = np.repeat(t_s, 2)
    column, newton = np.repeat(r_m, 2, axis=0), [r_m[0]]
    for order in range(1, len(nodes)):
        gaps = nodes[order:] - nodes[:-order]
        rises = column[1:] - column[:-1]
        if order == 1:
            column = np.where(gaps[:, None] == 0.0, np.repeat(v_mps, 2, axis=0)[:-1], rises / _or_one(gaps))
        else:
            column = rises / gaps[:, None]
        newton.append(column[0])
    value, slope = newton[-1], np.zeros(3)
    for coefficient, node in zip(newton[-2::-1], nodes[len(nodes) - 2 :: -1], strict=True):
        slope = value - node * slope
        value = coefficient - node * value
    return value, slope


def _or_one(gaps: Array) -> Array:
    return np.where(gaps == 0.0, 1.0, gaps)[:, None]


def _from_gcrf(_: Epoch, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    return r_m, v_mps


def _from_j2000(_: Epoch, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    """Mean equator and equinox of J2000: the frame bias, 23 mas."""
    bias, _, _ = erfa.bp00(2_451_545.0, 0.0)
    return bias.T @ r_m, bias.T @ v_mps


def _from_teme(epoch: Epoch, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    turn = eci_from_teme(epoch, 0)
    return turn @ r_m, turn @ v_mps


def _from_itrf(epoch: Epoch, r_m: Array, v_mps: Array) -> tuple[Array, Array]:
    """The velocity is relative to the turning axes."""
    turn = ecef_from_eci(epoch, 0).T
    # Over one second the difference quotient errs by (7e-5)^2 / 24 of the Earth's turn: 1e-7 m/s in orbit.
    rate = (ecef_from_eci(epoch, _HALF_NS) - ecef_from_eci(epoch, -_HALF_NS)).T
    return turn @ r_m, turn @ v_mps + rate @ r_m


_FRAMES: dict[str, Callable[[Epoch, Array, Array], tuple[Array, Array]]] = {
    "GCRF": _from_gcrf,
    "ICRF": _from_gcrf,
    "EME2000": _from_j2000,
    "J2000": _from_j2000,
    "ITRF": _from_itrf,
    "TEME": _from_teme,
}
