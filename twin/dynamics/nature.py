"""What nature does to a body at a place, term by term as `fidelity.Terms` asks."""

import heyoka as hy

from twin.dynamics.constants import (
    EARTH_RADIUS_M,
    EARTH_ROTATION_RADPS,
    FLATTENING,
    J2,
    MU_M3PS2,
    MU_MOON_M3PS2,
    MU_SUN_M3PS2,
)
from twin.dynamics.eddy import eddy_torque, field_and_rate
from twin.dynamics.fidelity import Terms as Kinds
from twin.dynamics.forces import (
    LENGTH_M,
    EarthAxes,
    Terms,
    cones,
    cross,
    dot,
    harmonic_field,
    light,
    plus,
    radiation_pressure,
    scaled,
    sky,
    thermosphere,
    third_body,
)
from twin.dynamics.slots import Slots
from twin.dynamics.surfaces import air_force, area_seen

MU = MU_M3PS2 / LENGTH_M**3


class Nature:
    """Position `r` and velocity `v` in `eci`, in LENGTH_M and s; what terms share is made once."""

    def __init__(self, r: Terms, v: Terms, kinds: Kinds, slots: Slots) -> None:
        self._r, self._v, self._kinds, self._slots = r, v, kinds, slots
        if kinds.turning_earth:
            self._earth = EarthAxes(slots)
            self._r_ecef = self._earth.to(r)
        if kinds.sun or kinds.moon or kinds.solar_pressure:
            self._sky = sky(slots)
        if kinds.solar_pressure:
            self._cones = cones(r, self._sky.sun)

    def gravity(self) -> Terms:
        """Acceleration of the Earth's field."""
        match self._kinds.gravity:
            case "egm2008":
                return self._earth.back(harmonic_field(self._r_ecef, self._kinds.degree))
            case "point":
                return scaled(-MU * dot(self._r, self._r) ** -1.5, self._r)
            case "j2":
                return self._oblate()

    def _oblate(self) -> Terms:
        """Point mass and J2 about the pole: Montenbruck and Gill, Satellite Orbits (2000), section 3.2."""
        r, pole = self._r, self._slots.par("pole")
        r2 = dot(r, r)
        height = dot(r, pole)
        central = -MU * r2**-1.5
        oblate = (1.5 * J2 * MU * (EARTH_RADIUS_M / LENGTH_M) ** 2) * r2**-2.5
        along_r = central + oblate * (5.0 * height * height / r2 - 1.0)
        return [along_r * x - 2.0 * oblate * height * p for x, p in zip(r, pole, strict=True)]

    def third_bodies(self) -> list[Terms]:
        """Accelerations of Sun and Moon."""
        wanted = []
        if self._kinds.sun:
            wanted.append(third_body(self._r, self._sky.sun, MU_SUN_M3PS2))
        if self._kinds.moon:
            wanted.append(third_body(self._r, self._sky.moon, MU_MOON_M3PS2))
        return wanted

    def on_sphere(self) -> list[Terms]:
        """Accelerations of air and sunlight on a body of one area for every attitude."""
        wanted = []
        if self._kinds.atmosphere != "none":
            air = self._air()
            speed = hy.sqrt(dot(air, air))
            factor = (-0.5 * LENGTH_M) * self._slots.one("drag_m2pkg") * self._density() * speed
            wanted.append(scaled(factor, air))
        if self._kinds.solar_pressure:
            wanted.append(scaled(self._slots.one("radiation_m2pkg") / LENGTH_M, self._pressure()))
        return wanted

    def on_hull(self, axes: list[Terms]) -> Terms:
        """Force (N) of air and sunlight on the hull, in `eci`; `axes` turns body into eci."""
        long_axis = [row[0] for row in axes]
        forces = []
        if self._kinds.atmosphere != "none":
            forces.append(self.air_on_hull(long_axis))
        if self._kinds.solar_pressure:
            forces.append(self.light_on_hull(long_axis))
        return plus(*forces)

    def air_on_hull(self, long_axis: Terms) -> Terms:
        """Force (N) of the air, in `eci`; `long_axis` is a unit vector there."""
        air_mps = scaled(LENGTH_M, self._air())
        area_m2 = area_seen(long_axis, air_mps, self._slots)
        return air_force(self._density(), air_mps, area_m2, self._slots)

    def light_on_hull(self, long_axis: Terms) -> Terms:
        """Force (N) of sunlight, in `eci`."""
        pressure = self._pressure()
        away = [x - s for x, s in zip(self._r, self._sky.sun, strict=True)]
        coefficient = self._slots.par("coefficients")[1]
        return scaled(coefficient * area_seen(long_axis, away, self._slots), pressure)

    def eddy(self, axes: list[Terms], w: Terms) -> Terms:
        """Torque of eddy currents, body axes."""
        b, rate = field_and_rate(self._r, self._v, self._earth, self._r_ecef, self._slots)
        b_body, rate_body = ([dot([row[k] for row in axes], x) for k in range(3)] for x in (b, rate))
        return eddy_torque(b_body, rate_body, w, self._slots)

    def shadow_edges(self) -> list[hy.expression]:
        """What changes sign where the Sun begins to vanish and where it has vanished."""
        return [self._cones.penumbra, self._cones.umbra] if self._kinds.solar_pressure else []

    def shadow(self) -> list[hy.expression]:
        """Both edges and the distance behind the Earth, for `lighting`."""
        return [*self.shadow_edges(), self._cones.behind]

    def _air(self) -> Terms:
        """Velocity through the air, which turns with the Earth."""
        if self._kinds.turning_earth:
            wind = self._earth.wind(self._r)
        else:
            wind = cross([EARTH_ROTATION_RADPS * p for p in self._slots.par("pole")], self._r)
        return [x - y for x, y in zip(self._v, wind, strict=True)]

    def _density(self) -> hy.expression:
        if self._kinds.atmosphere == "nrlmsise00":
            return thermosphere(self._r_ecef, self._slots)
        density, altitude, scale = self._slots.par("profile")
        return density * hy.exp((altitude - self._height_m()) / scale)

    def _height_m(self) -> hy.expression:
        """Above the ellipsoid, to first order in its flattening: within 50 m in low orbit."""
        r2 = dot(self._r, self._r)
        above = dot(self._r, self._slots.par("pole"))
        surface_m = EARTH_RADIUS_M - (EARTH_RADIUS_M * FLATTENING) * above * above / r2
        return LENGTH_M * hy.sqrt(r2) - surface_m

    def _pressure(self) -> Terms:
        return radiation_pressure(self._r, self._sky.sun, light(self._cones, self._slots))
