"""What swings on the servicer: the first mode of its panel, and propellant that sloshes.

Panel: hybrid coordinates, first antisymmetric bending mode (Likins, JPL TR 32-1329 (1970), 3.4):
    I w' + d e'' = torque,   e'' + 2 z s e' + s^2 e = -d . w',
with e in kg^0.5 m and d the rotational coupling, so that (I - d d^T) w' = torque + d (2 z s e' + s^2 e).
Slosh: one mass on an isotropic spring and damper (Dodge, The New Dynamic Behavior of Liquids in
Moving Containers (2000), 3.2: a spring mass stands for the first mode).
Assumptions and limitations: small bending, no translation of the panel's mode; a spring that is the
same in all directions and does not change with thrust; no gravity gradient on the sloshing mass.
The state's r, v are those of the rigid part.
"""

from dataclasses import dataclass

from twin.dynamics.forces import LENGTH_M, Terms, Vector, cross, dot, plus, scaled, symmetric
from twin.dynamics.slots import Slots

FLEXIBLE_STATES = ("bend", "bend_rate", "sx", "sy", "sz", "ux", "uy", "uz")
"""Modal coordinate and its rate; displacement (m) and velocity (m/s) of the sloshing mass in body axes."""


@dataclass(frozen=True, slots=True)
class Appendages:
    """What the swinging parts add: acceleration of the rigid part (body axes), turn, own rates."""

    acceleration_body_mps2: Terms
    turn: Terms
    rates: Terms

    def push(self, axes: list[Terms]) -> Terms:
        """The acceleration in `eci`, integrator's units."""
        return [dot(row, self.acceleration_body_mps2) / LENGTH_M for row in axes]


def appendages(
    state: Terms, w: Terms, force_body_n: Vector, torques: list[Terms], slots: Slots
) -> Appendages:
    """Equations of panel and slosh; `mass_kg` and `inertia_kgm2` are those of the rigid part.

    `inverse_inertia` holds the inverse of (I - d d^T); with mass 1e-300 the slosh vanishes.
    """
    bend, bend_rate, s, u = state[0], state[1], state[2:5], state[5:8]
    panel, slosh = slots.par("panel"), slots.par("slosh")
    coupling, rate, damping = panel[0:3], panel[3], panel[4]
    place, mass, stiffness, drag = slosh[0:3], slosh[3], slosh[4], slosh[5]
    on_body = [stiffness * x + drag * y for x, y in zip(s, u, strict=True)]
    at = plus(place, s)
    restoring = 2.0 * damping * rate * bend_rate + rate * rate * bend
    turn = symmetric(
        slots, "inverse_inertia", plus(*torques, cross(at, on_body), scaled(restoring, coupling))
    )
    hub_mass = slots.one("mass_kg")
    acceleration = scaled(1.0 / hub_mass, on_body)
    frame = plus(
        scaled(1.0 / hub_mass, plus(force_body_n, on_body)),
        cross(turn, at),
        cross(w, cross(w, at)),
        scaled(2.0, cross(w, u)),
    )
    relative = [-1.0 * f / mass - a for f, a in zip(on_body, frame, strict=True)]
    bending = -1.0 * restoring - dot(coupling, turn)
    return Appendages(acceleration, turn, [bend_rate, bending, *u, *relative])
