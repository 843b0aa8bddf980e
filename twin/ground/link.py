"""The space link as the ground sees it: which station holds it, how long a signal takes, what is heard.

Assumptions and limits: one station at a time, handed over only when the present one loses sight; no
signal-to-noise budget yet: above the mask every bit arrives, below it none. The rate of the downlink is a
mission setting that the servicer's radio is told when the carrier locks, and keeps to when it fills its
frames.
"""

from collections.abc import Sequence
from math import dist
from typing import TYPE_CHECKING

from msgspec import Struct

from twin.contracts.fields import Name, TimeNs, Vec3
from twin.contracts.radio import TelemetryFrame

if TYPE_CHECKING:  # it brings orbits: not for a console that only asks what is heard
    from twin.ground.visibility import Pass

C_MPS = 299_792_458.0


class Link(Struct, kw_only=True):
    """The station that holds the link, and when the last one lost it: the part that a snapshot keeps."""

    station: Name | None = None
    lost_ns: TimeNs | None = None

    def heard(self, frame: TelemetryFrame) -> bool:
        """Whether a frame that arrives now was sent while a station listened."""
        return self.station is not None or (self.lost_ns is not None and frame.sent_ns <= self.lost_ns)


def light_time_ns(r_ecef_m: Vec3, station_ecef_m: Vec3) -> int:
    """One way, straight line, in vacuum; to the nearest nanosecond."""
    return round(dist(r_ecef_m, station_ecef_m) / C_MPS * 1e9)


def holder(present: str | None, risen: "Sequence[Pass]") -> str | None:
    """The present station while it sees the spacecraft, else the one that will see it longest."""
    if any(each.station == present for each in risen):
        return present
    longest = max(risen, key=lambda each: each.set_ns, default=None)
    return None if longest is None else longest.station
