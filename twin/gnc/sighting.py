"""Range and bearing as the relative filter takes them: as a position, a bearing alone across its line."""

from math import cos, hypot, sin, sqrt

import numpy as np

from twin.contracts.fields import Vec3
from twin.contracts.sensing import Bearing, ModelMatch
from twin.dynamics.rotation import matrix
from twin.gnc.lateness import Instant, Sights
from twin.gnc.matrices import IDENTITY3, Array
from twin.gnc.relative import RelativeFilter
from twin.gnc.settings import Navigation
from twin.gnc.two_orbits import TwoOrbits
from twin.vehicle.settings import ModelMatching, Sensors

# Sigma along what a sensor did not measure: far beyond any distance here, so that it carries no weight.
_UNMEASURED_M = 1e5


def see_sight(
    sights: Sights,
    relative: RelativeFilter,
    own: Instant,
    sensors: Sensors,
    settings: Navigation,
) -> bool:
    """Range, bearing or both into the filter; True if they were used. A bearing is as good as the camera and
    the servicer's own attitude are together."""
    eci_from_body = matrix(own.q_eci_from_body)
    bearing, lidar_range = sights.bearing, sights.lidar_range
    looked = False
    if isinstance(relative, TwoOrbits) and bearing is not None:
        looked = _see_camera(bearing, relative, own, sensors, settings)
        if lidar_range is None:
            return looked
        bearing = None
    if bearing is not None and lidar_range is None:
        unit = -(eci_from_body @ np.array(_direction(bearing)))
        sigma_rad = sensors.camera.sigma_rad(sqrt(float(relative.state[:3] @ relative.state[:3])))
        sigma_rad = hypot(sigma_rad, sqrt(own.variance_rad2))
        sigma_rad = hypot(sigma_rad, sensors.camera.alignment_rad)
        return relative.see_bearing(unit, sigma_rad, settings.innovation_gate)
    predicted = relative.state[:3]
    range_m = sqrt(float(predicted @ predicted))
    along_m = across_m = _UNMEASURED_M
    freedom = 0
    if lidar_range is not None:
        range_m = max(lidar_range.range_m, 1e-3)
        along_m = sensors.lidar.sigma_range_m(range_m)
        freedom += 1
    if bearing is not None:
        unit = -(eci_from_body @ np.array(_direction(bearing)))
        sigma_rad = hypot(sensors.camera.sigma_rad(range_m), sqrt(own.variance_rad2))
        across_m = range_m * hypot(sigma_rad, sensors.camera.alignment_rad)
        freedom += 2
    else:
        unit = predicted / sqrt(float(predicted @ predicted))
    across2, along2 = across_m * across_m, along_m * along_m
    noise = across2 * IDENTITY3 + (along2 - across2) * unit[:, None] * unit
    return relative.see_sight(range_m * unit, noise, freedom, settings.innovation_gate) or looked


def _see_camera(
    bearing: Bearing, relative: TwoOrbits, own: Instant, sensors: Sensors, settings: Navigation
) -> bool:
    """A bearing alone into the filter that looks for the camera's alignment, too."""
    eci_from_body = matrix(own.q_eci_from_body)
    unit = -(eci_from_body @ np.array(_direction(bearing)))
    leans = -(eci_from_body @ np.array(_leaning(bearing)).T)
    range_m = sqrt(float(relative.state[:3] @ relative.state[:3]))
    sigma_rad = hypot(sensors.camera.sigma_rad(range_m), sqrt(own.variance_rad2))
    return relative.see_camera(unit, leans, sigma_rad, settings.innovation_gate)


def match_noise(match: ModelMatch, own: Instant, matching: ModelMatching) -> Array:
    """Covariance (3, 3), m2, `eci`, of the place that the model in the picture shows: along the line of
    sight, and across it with the servicer's own attitude."""
    range_m = sqrt(sum(each * each for each in match.r_body_m))
    line = matrix(own.q_eci_from_body) @ np.array(match.r_body_m) / range_m
    across2 = matching.sigma_lateral_m(range_m) ** 2 + range_m * range_m * own.variance_rad2
    along2 = matching.sigma_axial_m(range_m) ** 2
    noise: Array = across2 * IDENTITY3 + (along2 - across2) * line[:, None] * line
    return noise


def _direction(bearing: Bearing) -> Vec3:
    """Unit vector to the target, body axes."""
    azimuth, elevation = bearing.azimuth_rad, bearing.elevation_rad
    forward = cos(elevation)
    return (forward * cos(azimuth), forward * sin(azimuth), sin(elevation))


def _leaning(bearing: Bearing) -> tuple[Vec3, Vec3]:
    """How that unit vector goes with the azimuth and with the elevation."""
    azimuth, elevation = bearing.azimuth_rad, bearing.elevation_rad
    forward, up = cos(elevation), sin(elevation)
    return (
        (-forward * sin(azimuth), forward * cos(azimuth), 0.0),
        (-up * cos(azimuth), -up * sin(azimuth), forward),
    )
