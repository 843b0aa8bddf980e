"""A place to be, as a mission file says it: fixed in `ric`, or on the target's live capture axis."""

import msgspec

from twin.contracts.fields import Float, Vec3
from twin.guidance.law import Seen
from twin.guidance.live_axis import axis_point
from twin.guidance.tracking import Point, fixed, on_axis


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of the two: a point in `ric`, or a distance from the fitting along the capture axis.

    On the axis of a target that tumbles (`tumbling`) the point is pushed by the change of its turn as well,
    and by what it is in the middle of the coming period.
    """

    r_ric_m: Vec3 | None = None
    port_axial_m: Float | None = None
    tumbling: bool = False

    def __post_init__(self) -> None:
        if (self.r_ric_m is None) == (self.port_axial_m is None):
            raise ValueError("a place is either r_ric_m or port_axial_m; give exactly one")

    def known(self, seen: Seen) -> bool:
        """A place on the target's axis is known once its attitude is."""
        return self.r_ric_m is not None or seen.pose_known

    def now(self, seen: Seen) -> Point:
        """Where this place is now; while the target's attitude is unknown, a place on its axis is here."""
        if self.r_ric_m is not None:
            return fixed(self.r_ric_m)
        if self.port_axial_m is None or not seen.pose_known:
            return fixed(seen.r_ric_m)
        if not self.tumbling:
            return on_axis(seen, self.port_axial_m)
        here = axis_point(seen, self.port_axial_m)
        ahead = axis_point(seen, self.port_axial_m, ahead_s=0.5 * seen.period_s)
        return here._replace(a_ric_mps2=ahead.a_ric_mps2)
