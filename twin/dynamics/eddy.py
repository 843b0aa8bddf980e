"""Eddy currents: what the Earth's field does to a tumbling conductor.

T = -(M dB/dt) x B, with B and its rate as the body sees them (Ortiz Gomez and Walker, Advances in
Space Research 56 (2015) 494); in a constant field it is (M (w x B)) x B. B is IGRF-14 to degree
DEGREE at the mission's epoch; how it changes along the orbit is taken of its dipole, nine tenths of it.
Assumptions and limitations: quasi-static (a wall thinner than the skin depth: tumbles below some
revolutions a second), a linear conductor, no permanent magnet.
"""

from twin.dynamics.constants import EARTH_ROTATION_RADPS
from twin.dynamics.forces import LENGTH_M, EarthAxes, Terms, Vector, cross, dot, plus, scaled, symmetric
from twin.dynamics.geomagnetism import RADIUS_M, field_of
from twin.dynamics.slots import Slots

DEGREE = 6
"""Within 1 % of the full field at 600 km; each degree more costs compile and step time."""
COEFFICIENTS = DEGREE * (DEGREE + 3)
"""Numbers in the parameters: g and h of every degree and order from 1 on."""


def field_and_rate(
    r_eci: Vector, v_eci: Vector, earth: EarthAxes, r_ecef: Vector, slots: Slots
) -> tuple[Terms, Terms]:
    """B (T) and how it changes along the orbit (T/s), in `eci`."""
    flat = slots.par("field_t")
    pairs = list(zip(flat[0::2], flat[1::2], strict=True))
    b = earth.back(field_of(r_ecef, pairs, LENGTH_M))
    over_ground = earth.to([v - w for v, w in zip(v_eci, earth.wind(r_eci), strict=True)])
    along = earth.back(_dipole_rate(r_ecef, over_ground, [flat[2], flat[3], flat[0]]))
    return b, plus(along, scaled(EARTH_ROTATION_RADPS, cross(earth.axis(), b)))


def _dipole_rate(r: Vector, v: Vector, normalised_t: Vector) -> Terms:
    """(v . grad) B of B = a^3 (3 (g . r) r / r^5 - g / r^3), with g the Schmidt coefficients of degree 1."""
    g = scaled(3.0**0.5 * (RADIUS_M / LENGTH_M) ** 3, normalised_t)
    r2, gr, gv, rv = dot(r, r), dot(g, r), dot(g, v), dot(r, v)
    inward = 3.0 * r2**-2.5
    along_r = inward * (gv - 5.0 * gr * rv / r2)
    return [along_r * x + inward * (gr * y + rv * z) for x, y, z in zip(r, v, g, strict=True)]


def eddy_torque(b_body: Vector, rate_body: Vector, w_body: Vector, slots: Slots) -> Terms:
    """Torque, N m, from B and its rate along the orbit, both in body axes."""
    seen = [x - y for x, y in zip(rate_body, cross(w_body, b_body), strict=True)]
    return [-1.0 * x for x in cross(symmetric(slots, "magnetic_sm4", seen), b_body)]
