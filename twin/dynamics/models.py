"""The equations of motion as Taylor systems: the point orbit, and the rigid body with wheels.

Assumptions and limitations: Earth's field is the point mass and J2 about a fixed pole, drag is
that of a sphere in an exponential atmosphere above the equatorial radius that turns with the
Earth; no third bodies, no solar pressure. The torques of nature are the gravity gradient alone.
Wheels are a momentum vector in body axes; their inertia is part of the body's.

Lengths in the integrator are multiples of LENGTH_M: its error bound is relative to the largest
number in the state, and in metres the orbit would allow the attitude 1e-10.
"""

from collections.abc import Sequence
from functools import cache

import heyoka as hy

from twin.dynamics.constants import EARTH_RADIUS_M, EARTH_ROTATION_RADPS, J2, MU_M3PS2

Terms = list[hy.expression]

LENGTH_M = 2.0**20
"""Metres in the integrator's unit of length; a power of two, so that turning units is exact."""
AIR_PARAMETERS = 7
"""pole_eci (3), drag area x coefficient / mass (m2/kg), density (kg/m3) at altitude (m), scale height (m)."""
BODY_PARAMETERS = 29
"""The air's, then force_body_n, torque_body_nm, wheel_torque_body_nm (3 each), mass_kg, inertia (6) and
its inverse (6), both as xx, yy, zz, xy, xz, yz."""

_MU = MU_M3PS2 / LENGTH_M**3

# One thread and no parallel compilation: neither may depend on how many cores there are.
hy.set_nthreads(1)
# heyoka writes its warnings to standard output, which belongs to results; `cache_fault` says the same.
hy.set_logger_level_error()


def cache_fault() -> str:
    """Why compiled models cannot be kept from run to run; empty when they can.

    A fault costs half a second a model at each start and nothing else: results are the same.
    """
    try:
        hy.llvm_state.get_diskcache_size()
    except (RuntimeError, ValueError, OSError) as error:
        return str(error)
    return ""


def cache_folder() -> str:
    """Where heyoka keeps compiled models."""
    return str(hy.llvm_state.get_diskcache_path())


def _dot(a: Sequence[hy.expression], b: Sequence[hy.expression]) -> hy.expression:
    return hy.sum([x * y for x, y in zip(a, b, strict=True)])


def _cross(a: Sequence[hy.expression], b: Sequence[hy.expression]) -> Terms:
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]


def _symmetric(p: int, v: Sequence[hy.expression]) -> Terms:
    """Symmetric matrix held in parameters p.. as xx, yy, zz, xy, xz, yz, times a vector."""
    xx, yy, zz, xy, xz, yz = (hy.par[p + k] for k in range(6))
    return [_dot(row, v) for row in ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))]


def _gravity(r: Terms) -> Terms:
    """Point mass and J2 about the pole: Montenbruck and Gill, Satellite Orbits (2000), section 3.2."""
    pole = [hy.par[k] for k in range(3)]
    r2 = _dot(r, r)
    height = _dot(r, pole)
    central = -_MU * r2**-1.5
    oblate = (1.5 * J2 * _MU * (EARTH_RADIUS_M / LENGTH_M) ** 2) * r2**-2.5
    along_r = central + oblate * (5.0 * height * height / r2 - 1.0)
    return [along_r * x - 2.0 * oblate * height * p for x, p in zip(r, pole, strict=True)]


def _drag(r: Terms, v: Terms) -> Terms:
    """Exponential atmosphere that turns with the Earth: Vallado, Fundamentals (2013), 8.6.2."""
    turn = [EARTH_ROTATION_RADPS * hy.par[k] for k in range(3)]
    wind = _cross(turn, r)
    air = [x - y for x, y in zip(v, wind, strict=True)]
    altitude_m = LENGTH_M * hy.sqrt(_dot(r, r)) - EARTH_RADIUS_M
    density = hy.par[4] * hy.exp((hy.par[5] - altitude_m) / hy.par[6])
    factor = (-0.5 * LENGTH_M) * hy.par[3] * density * hy.sqrt(_dot(air, air))
    return [factor * x for x in air]


def _axes_of_body(q: Sequence[hy.expression]) -> list[Terms]:
    """Rows of the matrix that turns body components into eci components."""
    w, x, y, z = q
    return [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
    ]


def _turning(q: Sequence[hy.expression], rate: Terms) -> Terms:
    """q' = q (0, rate) / 2 for q_eci_from_body and the rate in body axes."""
    w, x, y, z = q
    return [
        -0.5 * _dot((x, y, z), rate),
        0.5 * (w * rate[0] + y * rate[2] - z * rate[1]),
        0.5 * (w * rate[1] + z * rate[0] - x * rate[2]),
        0.5 * (w * rate[2] + x * rate[1] - y * rate[0]),
    ]


def _build(equations: list[tuple[hy.expression, hy.expression]], parameters: int) -> hy.taylor_adaptive:
    # Both settings change bits, so they are fixed here. Compact code compiles in a fifth of the time;
    # level 2 compiles in 0.42 s instead of 0.50 s (the body) and steps as fast as level 3.
    return hy.taylor_adaptive(
        equations,
        [1.0] * len(equations),
        pars=[1.0] * parameters,
        compact_mode=True,
        opt_level=2,
        parjit=False,
    )


@cache
def orbit_model() -> hy.taylor_adaptive:
    """State r, v in eci (LENGTH_M, s); AIR_PARAMETERS. Compiled once a process; copy before use."""
    names = hy.make_vars("rx", "ry", "rz", "vx", "vy", "vz")
    r, v = list(names[:3]), list(names[3:])
    acceleration = [g + d for g, d in zip(_gravity(r), _drag(r, v), strict=True)]
    return _build(list(zip(r + v, v + acceleration, strict=True)), AIR_PARAMETERS)


@cache
def body_model() -> hy.taylor_adaptive:
    """State r, v as in `orbit_model`, q_eci_from_body, w_body_radps, wheel momentum in body axes.

    I w' = gravity gradient + torque + wheel torque - w x (I w + h), h' = -wheel torque
    (Hughes, Spacecraft Attitude Dynamics (1986), 9.1 with the gyrostat of 6.1).
    """
    names = hy.make_vars(
        "rx", "ry", "rz", "vx", "vy", "vz", "qw", "qx", "qy", "qz", "wx", "wy", "wz", "hx", "hy", "hz"
    )
    r, v, q, w, h = (list(names[a:b]) for a, b in ((0, 3), (3, 6), (6, 10), (10, 13), (13, 16)))
    force, torque, wheel = ([hy.par[k + i] for i in range(3)] for k in (7, 10, 13))
    axes = _axes_of_body(q)
    push = [_dot(row, force) / (LENGTH_M * hy.par[16]) for row in axes]
    acceleration = [hy.sum(list(terms)) for terms in zip(_gravity(r), _drag(r, v), push, strict=True)]
    down = [_dot([row[k] for row in axes], r) for k in range(3)]
    gradient = [(3.0 * _MU) * _dot(r, r) ** -2.5 * x for x in _cross(down, _symmetric(17, down))]
    stored = [a + b for a, b in zip(_symmetric(17, w), h, strict=True)]
    total = [
        hy.sum([g, t, u, -c]) for g, t, u, c in zip(gradient, torque, wheel, _cross(w, stored), strict=True)
    ]
    rates = v + acceleration + _turning(q, w) + _symmetric(23, total) + [-u for u in wheel]
    return _build(list(zip(names, rates, strict=True)), BODY_PARAMETERS)
