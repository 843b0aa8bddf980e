"""The equations of motion as Taylor systems: the point orbit, and the rigid body with wheels.

Assumptions and limitations: what acts is chosen by `fidelity.Terms`. At `basic`, Earth's field is the
point mass and J2 about a fixed pole, drag that of a sphere in an exponential atmosphere above the
ellipsoid that turns with the Earth, and the torque of nature the gravity gradient alone; the rest is in
`nature`. Wheels are a momentum vector in body axes; their inertia is part of the body's.

Lengths in the integrator are multiples of LENGTH_M: its error bound is relative to the largest
number in the state, and in metres the orbit would allow the attitude 1e-10.
"""

from functools import cache

import heyoka as hy

from twin.dynamics.fidelity import BASIC
from twin.dynamics.fidelity import Terms as Kinds
from twin.dynamics.flexible import FLEXIBLE_STATES, appendages
from twin.dynamics.forces import LENGTH_M, Terms, cross, dot, plus, scaled, symmetric
from twin.dynamics.nature import MU, Nature
from twin.dynamics.slots import AIR, DATED, FIELD, FLEXIBLE, GIVEN, RIGID, SURFACE, Slots
from twin.dynamics.surfaces import torque_of

__all__ = ["LENGTH_M", "cache_fault", "cache_folder"]

# One thread and no parallel compilation: neither may depend on how many cores there are.
hy.set_nthreads(1)
# heyoka writes its warnings to standard output, which belongs to results; `cache_fault` says the same.
hy.set_logger_level_error()

ORBIT_SLOTS = Slots(AIR, DATED)
BODY_SLOTS = Slots(AIR, RIGID, GIVEN, DATED, SURFACE, FIELD, FLEXIBLE)


def cache_fault() -> str:
    """Why compiled models cannot be kept from run to run; empty when they can.

    A fault costs half a second a model at each start and nothing else: results are the same.
    """
    try:
        hy.llvm_state.get_diskcache_size()
    except (RuntimeError, ValueError, OSError) as error:
        return str(error)
    return ""


def keep_compiled_in(folder: str) -> None:
    """Keep compiled models in a folder of ours."""
    hy.llvm_state.set_diskcache_path(folder)


def limit_compiled(limit_bytes: int) -> None:
    """Let the cache grow to a size; the least used go first. Without a cache, nothing."""
    if not cache_fault():
        hy.llvm_state.set_diskcache_limit(limit_bytes)


def cache_folder() -> str:
    """Where heyoka keeps compiled models."""
    return str(hy.llvm_state.get_diskcache_path())


def _axes_of_body(q: Terms) -> list[Terms]:
    """Rows of the matrix that turns body components into eci components."""
    w, x, y, z = q
    return [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z), 2.0 * (x * z + w * y)],
        [2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)],
        [2.0 * (x * z - w * y), 2.0 * (y * z + w * x), 1.0 - 2.0 * (x * x + y * y)],
    ]


def _turning(q: Terms, rate: Terms) -> Terms:
    """q' = q (0, rate) / 2 for q_eci_from_body and the rate in body axes."""
    w, x, y, z = q
    return [
        -0.5 * dot((x, y, z), rate),
        0.5 * (w * rate[0] + y * rate[2] - z * rate[1]),
        0.5 * (w * rate[1] + z * rate[0] - x * rate[2]),
        0.5 * (w * rate[2] + x * rate[1] - y * rate[0]),
    ]


_COOLDOWN_S = 1e-3


def _build(
    names: Terms, rates: Terms, nature: Nature, *, dated: bool, tolerance: float = 0.0
) -> hy.taylor_adaptive:
    # These settings change bits, so they are fixed here. Compact code compiles in a fifth of the time;
    # level 2 compiles in 0.42 s instead of 0.50 s (the body) and steps as fast as level 3. Equations that
    # know the date are long and take few steps, for they fly far ahead: level 0 compiles `standard` in 0.5 s
    # instead of 4.5 s (degree 70 in 3 s instead of 13 s) and flies a day in 1.6 s instead of 0.3 s.
    return hy.taylor_adaptive(
        list(zip(names, rates, strict=True)),
        [1.0] * len(names),
        # The light changes at an edge, and with it the root by a rounding unit: it is not met twice.
        t_events=[hy.t_event(edge, cooldown=_COOLDOWN_S) for edge in nature.shadow_edges()],
        tol=tolerance,
        compact_mode=True,
        opt_level=0 if dated else 2,
        parjit=False,
    )


@cache
def orbit_model(kinds: Kinds = BASIC) -> hy.taylor_adaptive:
    """State r, v in eci (LENGTH_M, s); ORBIT_SLOTS. Compiled once a process; copy before use."""
    names = list(hy.make_vars("rx", "ry", "rz", "vx", "vy", "vz"))
    r, v = names[:3], names[3:]
    nature = Nature(r, v, kinds, ORBIT_SLOTS)
    acceleration = plus(nature.gravity(), *nature.on_sphere(), *nature.third_bodies())
    return _build(names, v + acceleration, nature, dated=not kinds.fixed_in_time)


_STATES = ("rx", "ry", "rz", "vx", "vy", "vz", "qw", "qx", "qy", "qz", "wx", "wy", "wz", "hx", "hy", "hz")


@cache
def body_model(kinds: Kinds = BASIC, flexible: bool = False, tolerance: float = 0.0) -> hy.taylor_adaptive:
    """State r, v as in `orbit_model`, q_eci_from_body, w_body_radps, wheel momentum in body axes; BODY_SLOTS.

    I w' = gravity gradient + torque + wheel torque - w x (I w + h), h' = -wheel torque
    (Hughes, Spacecraft Attitude Dynamics (1986), 9.1 with the gyrostat of 6.1). With `flexible` the
    states of `flexible.FLEXIBLE_STATES` follow. A `tolerance` of zero is a rounding unit, 2.2e-16.
    """
    slots = BODY_SLOTS
    names = list(hy.make_vars(*_STATES, *(FLEXIBLE_STATES if flexible else ())))
    r, v, q, w, h = (names[a:b] for a, b in ((0, 3), (3, 6), (6, 10), (10, 13), (13, 16)))
    axes = _axes_of_body(q)
    nature = Nature(r, v, kinds, slots)
    force, wheel = slots.par("force_body_n"), slots.par("wheel_torque_body_nm")
    torques = [slots.par("torque_body_nm"), wheel]
    if kinds.gravity_gradient:
        torques.insert(0, _gradient(r, axes, slots))
    push = [dot(row, force) / (LENGTH_M * slots.one("mass_kg")) for row in axes]
    accelerations = [nature.gravity()]
    if kinds.surfaces:
        outside = nature.on_hull(axes)
        accelerations.append(scaled(1.0 / (LENGTH_M * slots.one("mass_kg")), outside))
        torques.append(torque_of(outside, axes, slots))
    else:
        accelerations += nature.on_sphere()
    accelerations += nature.third_bodies()
    if kinds.given:
        given = slots.par("given")
        accelerations.append([given[k] + hy.time * (given[3 + k] + hy.time * given[6 + k]) for k in range(3)])
    if kinds.eddy_currents:
        torques.append(nature.eddy(axes, w))
    stored = [a + b for a, b in zip(symmetric(slots, "inertia_kgm2", w), h, strict=True)]
    torques.append([-1.0 * c for c in cross(w, stored)])
    extra: Terms = []
    if flexible:
        shaken = appendages(names[16:], w, force, torques, slots)
        push, turn, extra = plus(push, shaken.push(axes)), shaken.turn, shaken.rates
    else:
        turn = symmetric(slots, "inverse_inertia", plus(*torques))
    rates = v + plus(accelerations[0], *accelerations[1:], push) + _turning(q, w) + turn
    rates += [-u for u in wheel] + extra
    return _build(names, rates, nature, dated=not kinds.fixed_in_time, tolerance=tolerance)


def _gradient(r: Terms, axes: list[Terms], slots: Slots) -> Terms:
    """Torque of the point mass' field on the body, body axes."""
    down = [dot([row[k] for row in axes], r) for k in range(3)]
    return [(3.0 * MU) * dot(r, r) ** -2.5 * x for x in cross(down, symmetric(slots, "inertia_kgm2", down))]
