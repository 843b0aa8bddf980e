"""What crosses zero when something happens to moving bodies: nodes, apsides, zones, corridors, light, sight.

Each function gives a signal of n instants, to be searched by `twin.dynamics.roots.crossings`. The Earth is
a sphere for shadow and the WGS-84 ellipsoid for lines of sight.
"""

from collections.abc import Callable
from math import radians

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import EARTH_RADIUS_M, FLATTENING
from twin.dynamics.environment import shadow_depth, sun_position_eci
from twin.dynamics.epochs import Epoch
from twin.dynamics.roots import Signal, Times
from twin.dynamics.segments import Track

Array = NDArray[np.float64]
Places = Callable[[Times], Array]
"""Positions (n, 3) in `eci`, m, at n instants."""


def places_of(track: Track) -> Places:
    """Where a body is."""
    return lambda times: track.states(times).r_eci_m


def node(track: Track, pole_eci: tuple[float, float, float]) -> Signal:
    """Height over the equator, m: rising at the ascending node."""
    pole = np.array(pole_eci)
    return lambda times: _dot(track.states(times).r_eci_m, pole)


def apsis(track: Track) -> Signal:
    """r . v, m2/s: rising at perigee, falling at apogee."""

    def outwards(times: Times) -> Array:
        states = track.states(times)
        return _dot(states.r_eci_m, states.v_eci_mps)

    return outwards


def zone(target: Track, servicer: Track, radius_m: float) -> Signal:
    """Depth inside the sphere of this radius about the target, m: rising when the servicer enters."""

    def depth(times: Times) -> Array:
        apart = servicer.states(times).r_eci_m - target.states(times).r_eci_m
        return radius_m - _length(apart)

    return depth


def corridor(
    target: Track, servicer: Track, apex_body_m: Array, axis_body: Array, half_angle_deg: float
) -> Signal:
    """Angle inside the cone about the target's live axis, rad: rising when the servicer enters.

    `apex_body_m` and the unit vector `axis_body` are fixed in the target's body axes.
    """

    def depth(times: Times) -> Array:
        body = target.states(times)
        axis = _turned(body.q_eci_from_body, axis_body)
        line = servicer.states(times).r_eci_m - body.r_eci_m - _turned(body.q_eci_from_body, apex_body_m)
        return radians(half_angle_deg) - _angle(axis, line)

    return depth


def lit_face(
    epoch: Epoch, target: Track, camera: Track, *, place_body_m: Array, normal_body: Array, grazing_deg: float
) -> Signal:
    """How far a face of the target is both sunlit and seen, rad: rising when a camera could image it.

    The least of: the Sun above the face, the camera above the face by more than `grazing_deg`, and the
    target outside the penumbra. `place_body_m` is on the face, `normal_body` its outward unit normal.
    """

    def least(times: Times) -> Array:
        body = target.states(times)
        normal = _turned(body.q_eci_from_body, normal_body)
        face = body.r_eci_m + _turned(body.q_eci_from_body, place_body_m)
        sun = np.pi / 2.0 - _angle(normal, sun_position_eci(epoch, times) - face)
        seen = np.pi / 2.0 - _angle(normal, camera.states(times).r_eci_m - face) - radians(grazing_deg)
        return np.minimum(np.minimum(sun, seen), -shadow_depth(epoch, times, body.r_eci_m, "penumbra"))

    return least


def line_of_sight(one: Places, other: Places, ellipsoid_from_eci: Callable[[Times], Array]) -> Signal:
    """Height of the line between two places over the ellipsoid where it is least, m: rising at acquisition.

    `ellipsoid_from_eci` gives matrices (n, 3, 3) into axes whose third is the ellipsoid's. The height is
    measured after stretching that axis, which turns the ellipsoid into a sphere and leaves contact alone.
    """
    stretch = np.array((1.0, 1.0, 1.0 / (1.0 - FLATTENING)))

    def height(times: Times) -> Array:
        turn = ellipsoid_from_eci(times)
        p, q = (stretch * (turn @ places(times)[:, :, None])[:, :, 0] for places in (one, other))
        along = q - p
        part = np.clip(-_dot(p, along) / _dot(along, along), 0.0, 1.0)
        return _length(p + part[:, None] * along) - EARTH_RADIUS_M

    return height


def _dot(a: Array, b: Array) -> Array:
    product: Array = (a * b).sum(axis=-1)
    return product


def _length(v: Array) -> Array:
    return np.sqrt(_dot(v, v))


def _angle(a: Array, b: Array) -> Array:
    """Angle between vectors (n, 3), rad, exact also near 0 and pi."""
    return np.arctan2(_length(np.cross(a, b)), _dot(a, b))


def _turned(q_eci_from_body: Array, v_body: Array) -> Array:
    """Components (n, 3) in eci of one vector (3,) of the body, for n attitudes (n, 4)."""
    w, axis = q_eci_from_body[:, :1], q_eci_from_body[:, 1:]
    twice = 2.0 * np.cross(axis, v_body)
    turned: Array = v_body + w * twice + np.cross(axis, twice)
    return turned
