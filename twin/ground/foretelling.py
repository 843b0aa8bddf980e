"""What the ground can foretell of the orbit without looking: the element set of the mission file, carried on.

The servicer flies within kilometres of the target, so on a map, in a plan of passes and in an elevation curve
the target's catalogued orbit stands for both. Nothing of the truth of the flight is in it.

Assumptions and limits: J2 alone, no drag: a few kilometres after a day, a second of a pass. Latitudes are
geocentric, up to 0.2 deg from the geodetic ones of maps.
"""

from math import degrees
from typing import Final

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.environment import sun_direction_eci, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.orbit import coast
from twin.dynamics.settings import Environment
from twin.ground.outlook import STEP_NS, Outlook, Point
from twin.ground.visibility import Sky, elevation_rad, site_of
from twin.mission.orbit import orbit_at
from twin.mission.script import Mission

Array = NDArray[np.float64]

_CURVE_POINTS: Final = 60


def outlook(mission: Mission, from_ns: int, to_ns: int) -> Outlook:
    """The orbit from `from_ns` to `to_ns`, in mission time; raises what a broken element set raises."""
    epoch = Epoch(mission.epoch_utc)
    r_eci_m, v_eci_mps = orbit_at(mission.target, epoch)
    track = coast(r_eci_m, v_eci_mps, 0, to_ns + STEP_NS, Environment())
    times = np.arange(from_ns, to_ns, STEP_NS, dtype=np.int64)
    sky = Sky(epoch, track, from_ns)
    r_ecef_m = sky.r_ecef_m(times)
    r_track_m = track.states(times).r_eci_m
    latitudes, longitudes = _places(r_ecef_m)
    points = tuple(
        Point(int(t), float(a), float(b), sunlight(epoch, int(t), r) > 0.5)
        for t, a, b, r in zip(times, latitudes, longitudes, r_track_m, strict=True)
    )
    sites = [site_of(station) for station in mission.stations]
    found = [each for site in sites for each in sky.passes(site)]
    by_name = {site.name: site for site in sites}
    curves = {}
    for each in found:
        moments = np.linspace(each.rise_ns, each.set_ns, _CURVE_POINTS).astype(np.int64)
        heights = elevation_rad(sky.r_ecef_m(moments), by_name[each.station])
        curve = tuple((int(t), degrees(height)) for t, height in zip(moments, heights, strict=True))
        curves[each.station, each.rise_ns] = curve
    found.sort(key=lambda each: each.rise_ns)
    return Outlook(from_ns, to_ns, points, tuple(found), curves, _suns(epoch, from_ns, to_ns))


def _places(r_ecef_m: Array) -> tuple[Array, Array]:
    """Geocentric latitude and longitude (deg) of positions (n, 3)."""
    level_m = np.hypot(r_ecef_m[:, 0], r_ecef_m[:, 1])
    latitudes: Array = np.degrees(np.arctan2(r_ecef_m[:, 2], level_m))
    longitudes: Array = np.degrees(np.arctan2(r_ecef_m[:, 1], r_ecef_m[:, 0]))
    return latitudes, longitudes


def _suns(epoch: Epoch, from_ns: int, to_ns: int) -> tuple[tuple[int, float, float], ...]:
    times = np.arange(from_ns, to_ns, 2 * STEP_NS, dtype=np.int64)
    directions = sun_direction_eci(epoch, times)
    turned = (ecef_from_eci(epoch, times) * directions[:, None, :]).sum(axis=-1)
    latitudes, longitudes = _places(turned)
    return tuple((int(t), float(a), float(b)) for t, a, b in zip(times, latitudes, longitudes, strict=True))
