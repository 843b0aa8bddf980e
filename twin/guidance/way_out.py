"""Whether a dispersed way out of the keep-out sphere keeps to the corridor: the cone about the live axis.

The room beside the way is that of the cone where the servicer is along the axis, less how far its ellipsoid
reaches from the axis; it is judged every few seconds from inside the sphere to where the mean has left it.
Assumptions and limitations: between points of the transitions the way is straight; the axis turns evenly
meanwhile, as `twin.guidance.live_axis` has it; its own doubt counts as a length across it at the range.
"""

from collections.abc import Iterator
from math import inf, tan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3
from twin.guidance import vectors as vec
from twin.guidance.law import Seen
from twin.guidance.live_axis import turned

Array = NDArray[np.float64]

_STEP_S = 5.0
_POINTS = 25


class Corridor(NamedTuple):
    """The fitting and its axis now (`ric`), how they turn, the cone about them: its slope, and how far behind
    the fitting its apex lies; `sigma_rad` is how well the axis is known."""

    port_ric_m: Vec3
    axis_ric: Vec3
    rate_ric_radps: Vec3
    slope: float
    slack_m: float
    sigma_rad: float

    def later(self, t_s: float) -> "Corridor":
        """As it is then."""
        return self._replace(
            port_ric_m=turned(self.port_ric_m, self.rate_ric_radps, t_s),
            axis_ric=turned(self.axis_ric, self.rate_ric_radps, t_s),
        )

    def room_m(self, mean_m: Array, covariance_m2: Array, sigmas: float) -> float:
        """Room between the ellipsoid of `sigmas` and the cone, negative where it reaches out of it."""
        axis = np.array(self.axis_ric)
        away = mean_m - np.array(self.port_ric_m)
        axial = float(away @ axis)
        beside = away - axial * axis
        across = np.eye(3) - np.outer(axis, axis)
        widest2 = float(np.linalg.eigvalsh(across @ covariance_m2 @ across)[-1])
        unsure2 = self.sigma_rad**2 * float(mean_m @ mean_m)
        reaches_m = float(np.sqrt(beside @ beside)) + sigmas * (widest2 + unsure2) ** 0.5
        nearest_m = axial - sigmas * float(axis @ covariance_m2 @ axis) ** 0.5
        room_m: float = max(0.0, nearest_m + self.slack_m) * self.slope - reaches_m
        return room_m

    def drift_room_m(
        self, rows: Array, times_s: Array, state: Array, covariance: Array, *, outside_m: float, sigmas: float
    ) -> float:
        """The least room on a drift from `state` (6,) in `ric`, `rows` (n, 3, 6) at `times_s` (n,), until the
        mean has left the sphere of `outside_m`; infinite where it begins outside."""
        least_m = inf
        for row, t_s in _finely(rows, times_s):
            mean = row @ state
            if float(mean @ mean) >= outside_m * outside_m:
                break
            least_m = min(least_m, self.later(t_s).room_m(mean, row @ covariance @ row.T, sigmas))
        return least_m

    def path_room_m(
        self, places_m: Array, times_s: Array, covariance_m2: Array, *, outside_m: float, sigmas: float
    ) -> float:
        """The least room at `places_m` (n, 3), of which those within `outside_m` count."""
        inside = [
            self.later(t_s).room_m(place, covariance_m2, sigmas)
            for place, t_s in zip(places_m, times_s.tolist(), strict=True)
            if float(place @ place) < outside_m * outside_m
        ]
        return min(inside, default=inf)

    def along(self, from_m: Array, to_range_m: float, speed_mps: float) -> tuple[Array, Array]:
        """Out along the turning axis from where `from_m` lies on it to a range from the target: places
        (n, 3), and times (n,) from now."""
        port, axis = np.array(self.port_ric_m), np.array(self.axis_ric)
        start_m, off = float((from_m - port) @ axis), float(port @ axis)
        end_m = -off + max(0.0, off * off - float(port @ port) + to_range_m * to_range_m) ** 0.5
        times_s = np.linspace(0.0, max(0.0, end_m - start_m) / speed_mps, _POINTS)
        there = [self.later(t_s) for t_s in times_s.tolist()]
        places = [
            np.array(each.port_ric_m) + (start_m + speed_mps * t_s) * np.array(each.axis_ric)
            for each, t_s in zip(there, times_s.tolist(), strict=True)
        ]
        return np.array(places), times_s


def corridor_of(
    port: tuple[Vec3, Vec3, Vec3],
    cone: tuple[float, float],
    place: tuple[Vec3, Array],
    sigma_lateral_m: float,
) -> Corridor:
    """`port`: the fitting, its axis, how they turn, in `ric`; `cone`: half angle (rad) and how far behind the
    fitting the apex lies; `place` of the servicer with its covariance (3, 3). What of the 1 sigma of the
    distance from the axis is not the servicer's own place is the doubt of the axis."""
    axis, (r_ric_m, covariance) = np.array(port[1]), place
    own2 = 0.5 * float(np.trace(covariance) - axis @ covariance @ axis)
    sigma_rad = max(0.0, sigma_lateral_m * sigma_lateral_m - own2) ** 0.5 / max(vec.norm(r_ric_m), 1e-3)
    return Corridor(*port, tan(cone[0]), cone[1], sigma_rad)


def corridor_seen(seen: Seen) -> Corridor | None:
    """The corridor as a law sees it; None while the axis is not known."""
    if not seen.pose_known:
        return None
    covariance = np.array(seen.covariance_ric).reshape(6, 6)[:3, :3]
    return corridor_of(
        (seen.port_ric_m, seen.port_axis_ric, seen.port_precession_ric_radps or seen.port_rate_ric_radps),
        (seen.corridor_half_angle_rad, seen.corridor_apex_slack_m),
        (seen.r_ric_m, covariance),
        seen.sigma_lateral_m,
    )


def _finely(rows: Array, times_s: Array) -> Iterator[tuple[Array, float]]:
    for k in range(len(rows) - 1):
        lasts_s = float(times_s[k + 1] - times_s[k])
        count = max(1, round(lasts_s / _STEP_S))
        for j in range(count):
            share = j / count
            yield rows[k] + share * (rows[k + 1] - rows[k]), float(times_s[k]) + share * lasts_s
