"""When a station sees the spacecraft: elevation above the horizon, and passes as roots of it.

Assumptions and limits: geometry is instantaneous (light time shifts a rise by less than 8 ms), refraction
is left out (it would lengthen a pass at 5 deg by a few seconds at each end), and so is antenna travel;
terrain is what the station's horizon says.
"""

from collections.abc import Iterator
from math import cos, radians, sin

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from twin.contracts.fields import Float, Name, TimeNs
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci, ecef_of
from twin.dynamics.roots import crossings
from twin.dynamics.segments import Track
from twin.ground.settings import Station

Array = NDArray[np.float64]
Times = NDArray[np.int64]

STEP_NS = 60_000_000_000
"""Grid on which passes are first looked for: a pass in low orbit lasts minutes."""
HORIZON_STEP_NS = 5_000_000_000
"""Grid over a broken horizon, whose notches a spacecraft crosses in seconds."""
NEAR_RAD = radians(3.0)
"""A maximum this far below the mask on the grid may still rise above it between two points of the grid."""
POINTS = 129
"""Points at which a bracket is sampled to shrink it 128 times (64 times about a maximum)."""
FLAT_NS = 100_000_000
"""A maximum is known to a millionth of a radian when its time is known to this."""
EDGE_NS = 1_000
"""How well the times of rise and set are known."""


class Pass(Struct, frozen=True, kw_only=True):
    """A station sees the spacecraft from `rise_ns` to `set_ns`, to 1 microsecond on its track."""

    station: Name
    rise_ns: TimeNs
    set_ns: TimeNs
    max_elevation_rad: Float


class Site(Struct, frozen=True, kw_only=True):
    """A station as geometry: position and unit vertical in `ecef`, mask, horizon of azimuth and elevation."""

    name: Name
    r_ecef_m: tuple[float, float, float]
    up_ecef: tuple[float, float, float]
    mask_rad: Float
    horizon_rad: tuple[tuple[float, float], ...] = ()


def site_of(station: Station) -> Site:
    """Geometry of a station, from its geodetic coordinates."""
    latitude, longitude = radians(station.latitude_deg), radians(station.longitude_deg)
    x, y, z = ecef_of(station.latitude_deg, station.longitude_deg, station.height_m)
    up = (cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
    return Site(
        name=station.name,
        r_ecef_m=(float(x), float(y), float(z)),
        up_ecef=up,
        mask_rad=radians(station.mask_deg),
        horizon_rad=tuple((radians(azimuth), radians(height)) for azimuth, height in station.horizon),
    )


def elevation_rad(r_ecef_m: Array, site: Site) -> Array:
    """Elevation of positions (n, 3) above the horizon of a site: (n,)."""
    up = np.array(site.up_ecef)
    line_m = r_ecef_m - np.array(site.r_ecef_m)
    upwards_m = (line_m * up).sum(axis=-1)
    across_m = line_m - upwards_m[:, None] * up
    level_m = np.sqrt((across_m * across_m).sum(axis=-1))
    elevation: Array = np.arctan2(upwards_m, level_m)
    return elevation


def azimuth_rad(r_ecef_m: Array, site: Site) -> Array:
    """Azimuth of positions (n, 3) from north over east: (n,), 0 to 2 pi."""
    up = np.array(site.up_ecef)
    east = np.array((-up[1], up[0], 0.0))
    line_m = r_ecef_m - np.array(site.r_ecef_m)
    # Neither is a unit vector, but both are as long as each other.
    azimuth: Array = np.arctan2((line_m * east).sum(axis=-1), (line_m * np.cross(up, east)).sum(axis=-1))
    return np.mod(azimuth, 2.0 * np.pi)


def hidden_rad(r_ecef_m: Array, site: Site) -> Array | float:
    """Elevation that hides the sky towards positions (n, 3): the mask, or the horizon where higher."""
    if not site.horizon_rad:
        return site.mask_rad
    azimuths, heights = np.array(site.horizon_rad).T
    horizon: Array = np.interp(azimuth_rad(r_ecef_m, site), azimuths, heights, period=2.0 * np.pi)
    hidden: Array = np.maximum(horizon, site.mask_rad)
    return hidden


def above_rad(r_ecef_m: Array, site: Site) -> Array:
    """Elevation of positions (n, 3) over what hides the sky there: (n,)."""
    above: Array = elevation_rad(r_ecef_m, site) - hidden_rad(r_ecef_m, site)
    return above


class Sky:
    """The spacecraft's track as the stations see it, from one instant to the track's end."""

    def __init__(self, epoch: Epoch, track: Track, from_ns: int) -> None:
        self._epoch = epoch
        self._track = track
        end_ns = track.end_ns
        self._grid = np.append(np.arange(from_ns, end_ns, STEP_NS, dtype=np.int64), np.int64(end_ns))
        self._r_ecef_m = self.r_ecef_m(self._grid)

    def r_ecef_m(self, t_ns: Times) -> Array:
        """Positions (n, 3) at n instants."""
        r_eci_m = self._track.states(t_ns).r_eci_m
        turned: Array = (ecef_from_eci(self._epoch, t_ns) * r_eci_m[:, None, :]).sum(axis=-1)
        return turned

    def passes(self, site: Site) -> Iterator[Pass]:
        """Passes over one station in order of time, each searched when it is asked for.

        A pass already in progress rises at the start; one still in progress at the end sets there. Of a pass
        with several culminations (there is none in low orbit) the first counts as its maximum.
        """
        if site.horizon_rad:
            yield from self._over_horizon(site)
            return
        grid = self._grid
        above = elevation_rad(self._r_ecef_m, site) - site.mask_rad
        below = grid[above <= 0.0]
        last_ns = -1
        for k in _maxima(above):
            peak_ns, peak = self._peak(site, grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)])
            if peak <= 0.0 or peak_ns <= last_ns:
                continue
            before, after = below[below < peak_ns], below[below > peak_ns]
            rise_ns = self._crossing(site, before[-1], peak_ns, +1.0) if len(before) else int(grid[0])
            last_ns = self._crossing(site, peak_ns, after[0], -1.0) if len(after) else int(grid[-1])
            yield Pass(
                station=site.name,
                rise_ns=rise_ns,
                set_ns=last_ns,
                max_elevation_rad=peak + site.mask_rad,
            )

    def _above(self, site: Site, t_ns: Times) -> Array:
        return above_rad(self.r_ecef_m(t_ns), site)

    def _over_horizon(self, site: Site) -> Iterator[Pass]:
        """Passes over a broken horizon, which may hide the spacecraft in between."""
        start_ns, end_ns = int(self._grid[0]), int(self._grid[-1])

        def above(t_ns: Times) -> Array:
            return self._above(site, t_ns)

        found = crossings(above, start_ns, end_ns, HORIZON_STEP_NS)
        rises = [each.t_ns for each in found if each.rising]
        if above(self._grid[:1])[0] > 0.0:
            rises.insert(0, start_ns)
        for rise_ns in rises:
            set_ns = next((each.t_ns for each in found if not each.rising and each.t_ns > rise_ns), end_ns)
            times = _between(np.int64(rise_ns), np.int64(set_ns))
            highest = elevation_rad(self.r_ecef_m(times), site)
            yield Pass(
                station=site.name, rise_ns=rise_ns, set_ns=set_ns, max_elevation_rad=float(highest.max())
            )

    def _peak(self, site: Site, low: np.int64, high: np.int64) -> tuple[np.int64, float]:
        """Time and height above the mask of the maximum between two points of the grid."""
        while True:
            times = _between(low, high)
            above = self._above(site, times)
            best = int(above.argmax())
            if high - low < FLAT_NS:
                return times[best], float(above[best])
            low, high = times[max(best - 1, 0)], times[min(best + 1, POINTS - 1)]

    def _crossing(self, site: Site, low: np.int64, high: np.int64, sign: float) -> int:
        """Where the elevation crosses the mask upwards (+1) or downwards (-1); the first instant after it."""
        while high - low > EDGE_NS:
            times = _between(low, high)
            after = sign * self._above(site, times[1:-1]) > 0.0
            first = int(after.argmax()) + 1 if after.any() else POINTS - 1
            low, high = times[first - 1], times[first]
        return int(high)


def _between(low: np.int64, high: np.int64) -> Times:
    return low + (np.arange(POINTS, dtype=np.int64) * (high - low)) // (POINTS - 1)


def _maxima(above: Array) -> list[int]:
    """Where samples are not below their neighbours, and not far below the mask."""
    padded = np.concatenate([[-np.inf], above, [-np.inf]])
    peak = (padded[1:-1] >= padded[:-2]) & (padded[1:-1] > padded[2:]) & (above > -NEAR_RAD)
    return [int(k) for k in np.flatnonzero(peak)]
