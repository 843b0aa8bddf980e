"""Looks at the target that come late, taken for the instant at which they were made.

State and covariance are carried back to that instant, the look is taken there like any other, and what comes
of it is carried forward again. Process noise in between is left out (Hilton, Martin and Blair, Tracking with
time-delayed data in multisensor systems, NSWCDD/TR-93/351 (1993); compared with the exact solution by
Bar-Shalom, IEEE Trans. Aerospace and Electronic Systems 38 (2002) 769): over 3 s it is 4e-6 m and 5e-8 rad.

Assumptions and limitations: a look is used once, by its sensor and its time; one taken while a valve was open
between two readings is taken for one before or after the pulse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple

import msgspec

from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.sensing import Bearing, LidarPose, LidarRange, SensorReadings
from twin.gnc.gradient import Gravity
from twin.gnc.impulse import Impulse
from twin.gnc.knowledge import Orbit
from twin.gnc.own_attitude import OwnAttitude
from twin.gnc.relative import RelativeFilter
from twin.gnc.target_attitude import TargetFilter
from twin.guidance import vectors as vec

_SENSORS = ("bearing", "lidar_range", "lidar_pose")
_KEPT = 40
"""Instants that are remembered at most: 4 s in the fastest loop."""
_STEP_S = 1.0
"""The attitude's transition is a series: there and back over a second of 3.5 deg/s it is 1e-6 off."""


class Sights(NamedTuple):
    """What was seen of the target at one instant."""

    t_ns: int
    bearing: Bearing | None = None
    lidar_range: LidarRange | None = None
    lidar_pose: LidarPose | None = None


def by_time(readings: SensorReadings) -> list[Sights]:
    """The looks of these readings, the oldest first; what was taken with them, if anything, at the end."""
    sampled_ns = readings.sampled_ns
    looks = [(name, getattr(readings, name)) for name in _SENSORS]
    found: dict[int, Sights] = {sampled_ns: Sights(sampled_ns)}
    for name, look in looks:
        if look is not None:
            t_ns = sampled_ns if look.sampled_ns is None else look.sampled_ns
            found[t_ns] = found.get(t_ns, Sights(t_ns))._replace(**{name: look})
    return [found[t_ns] for t_ns in sorted(found)]


class Instant(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be remembered of a reading: the servicer's attitude and its variance, its orbit, and what
    was fired since the reading before (`Impulse`, without its doubt)."""

    t_ns: int
    q_eci_from_body: Quaternion
    variance_rad2: float
    r_eci_m: Vec3
    v_eci_mps: Vec3
    fired: Impulse


def instant(t_ns: int, orbit: Orbit, own: OwnAttitude, impulse: Impulse) -> Instant:
    """That of readings, with what was `fired` since those before."""
    return Instant(
        t_ns=t_ns,
        q_eci_from_body=own.q_eci_from_body,
        variance_rad2=own.variance_rad2,
        r_eci_m=orbit.r_eci_m,
        v_eci_mps=orbit.v_eci_mps,
        fired=impulse,
    )


class Step(NamedTuple):
    """A piece of the way back: `fired` is undone first where it lies in it."""

    dt_s: float
    middle_eci_m: Vec3
    fired: Impulse


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """The newest instant last; `used` are looks by time and sensor."""

    instants: tuple[Instant, ...] = ()
    used: tuple[tuple[int, str], ...] = ()

    def then(self, instant: Instant, late_s: float) -> "Remembered":
        """With another instant; what lies more than `late_s` before it is forgotten."""
        first_ns = instant.t_ns - round(late_s * 1e9)
        kept = tuple(each for each in (*self.instants, instant)[-_KEPT:] if each.t_ns >= first_ns)
        used = tuple(each for each in self.used if each[0] >= kept[0].t_ns)
        return Remembered(instants=kept, used=used)

    def using(self, sights: Sights) -> "Remembered":
        """With these marked as used."""
        seen = tuple((sights.t_ns, name) for name in _SENSORS if getattr(sights, name) is not None)
        return Remembered(instants=self.instants, used=self.used + seen) if seen else self

    def unused(self, sights: Sights) -> Sights:
        """Without those that were used before."""
        used = {name for t_ns, name in self.used if t_ns == sights.t_ns}
        return Sights(sights.t_ns, *(None if name in used else getattr(sights, name) for name in _SENSORS))

    def at(self, t_ns: int) -> Instant | None:
        """The reading of that instant, if there was one."""
        return next((each for each in self.instants if each.t_ns == t_ns), None)

    def back_to(self, t_ns: int) -> list[Step] | None:
        """The way from the newest instant back to `t_ns`, or None where that is too long ago."""
        if not self.instants or t_ns < self.instants[0].t_ns:
            return None
        steps: list[Step] = []
        for earlier, later in zip(self.instants[-2::-1], self.instants[:0:-1], strict=True):
            if later.t_ns <= t_ns:
                break
            steps += _pieces(later, max(earlier.t_ns, t_ns))
        return steps


def _pieces(instant: Instant, until_ns: int) -> Iterator[Step]:
    whole_s = (instant.t_ns - until_ns) * 1e-9
    fired = instant.fired if instant.fired.opened_before_s <= whole_s + 1e-9 else Impulse()
    count = max(1, ceil(whole_s / _STEP_S))
    dt_s = whole_s / count
    for k in range(count):
        middle = vec.along(instant.r_eci_m, -(k + 0.5) * dt_s, instant.v_eci_mps)
        yield Step(dt_s, middle, fired if k == 0 else Impulse())


@contextmanager
def back_there(
    way: list[Step], relative: RelativeFilter, target: TargetFilter, gravity: Gravity
) -> Iterator[None]:
    """Both filters as of the end of the `way` back, and as of now again afterwards."""
    for step in way:
        relative.undo(step.fired)
        relative.carry(-step.dt_s, step.middle_eci_m, gravity)
        target.predict(-step.dt_s, step.middle_eci_m, 0.0)
    yield
    for step in reversed(way):
        target.predict(step.dt_s, step.middle_eci_m, 0.0)
        relative.carry(step.dt_s, step.middle_eci_m, gravity)
        relative.redo(step.fired)
