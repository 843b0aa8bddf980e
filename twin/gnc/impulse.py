"""What the thrusters gave between two readings, by all that is known on board, and how far to trust it."""

from math import hypot, sqrt
from typing import NamedTuple

import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.gradient import Six, symmetric
from twin.gnc.matrices import Array
from twin.guidance import vectors as vec


class Impulse(NamedTuple):
    """What was commanded since the last reading: velocity change, the 1 sigma of its size and its covariance,
    how long before the present reading its middle acted, how far it has moved the servicer since. Of the
    moments: each times the time from the opening to its valve's middle (N m s2, body), by which over the
    inertia the body has turned less than by a kick at the opening; the 1 sigma of that; and how long before
    the reading the valves opened. `on_s` is empty where two firings fell between two readings.

    Valves that open together close one by one: what they give on the whole does not say how it was spread.
    """

    change_eci_mps: Vec3 = (0.0, 0.0, 0.0)
    sigma_mps: float = 0.0
    before_s: float = 0.0
    moved_eci_m: Vec3 = (0.0, 0.0, 0.0)
    lag_body_nms2: Vec3 = (0.0, 0.0, 0.0)
    sigma_lag_nms2: float = 0.0
    opened_before_s: float = 0.0
    covariance_eci_m2ps2: Six = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    on_s: tuple[float, ...] = ()

    def then(self, wait_s: float) -> "Impulse":
        """As seen from a reading that is `wait_s` later."""
        return self._replace(
            before_s=self.before_s + wait_s,
            opened_before_s=self.opened_before_s + wait_s,
            moved_eci_m=vec.along(self.moved_eci_m, wait_s, self.change_eci_mps),
        )

    @property
    def fired(self) -> bool:
        """Whether a valve was open; on a stack only how long is told, not what it gave."""
        return self.sigma_mps > 0.0 or any(self.on_s)

    def along_with(self, other: "Impulse") -> "Impulse":
        """Both as one, acting at their mean time; of a stack, whose place nobody asks, nothing is left."""
        if not (self.fired and other.fired):
            return self if self.fired else other
        if self.sigma_mps == 0.0 or other.sigma_mps == 0.0:
            return (other if self.sigma_mps == 0.0 else self)._replace(on_s=())
        share = self.sigma_mps / (self.sigma_mps + other.sigma_mps)
        pairs = zip(self.covariance_eci_m2ps2, other.covariance_eci_m2ps2, strict=True)
        xx, xy, xz, yy, yz, zz = (a + b for a, b in pairs)
        return Impulse(
            vec.add(self.change_eci_mps, other.change_eci_mps),
            hypot(self.sigma_mps, other.sigma_mps),
            share * self.before_s + (1.0 - share) * other.before_s,
            vec.add(self.moved_eci_m, other.moved_eci_m),
            vec.add(self.lag_body_nms2, other.lag_body_nms2),
            hypot(self.sigma_lag_nms2, other.sigma_lag_nms2),
            share * self.opened_before_s + (1.0 - share) * other.opened_before_s,
            (xx, xy, xz, yy, yz, zz),
        )

    @property
    def doubt(self) -> Array:
        """Covariance (6, 6) of the place and velocity that it leaves, m and m/s, `eci`."""
        after, doubt = self.before_s, symmetric(self.covariance_eci_m2ps2)
        return np.block([[after * after * doubt, after * doubt], [after * doubt, doubt]])

    def doubted(self, factor: float) -> "Impulse":
        """With `factor` times the variance."""
        if factor == 1.0 or self.sigma_mps == 0.0:
            return self
        xx, xy, xz, yy, yz, zz = self.covariance_eci_m2ps2
        return self._replace(
            sigma_mps=sqrt(factor) * self.sigma_mps,
            sigma_lag_nms2=sqrt(factor) * self.sigma_lag_nms2,
            covariance_eci_m2ps2=(
                factor * xx,
                factor * xy,
                factor * xz,
                factor * yy,
                factor * yz,
                factor * zz,
            ),
        )
