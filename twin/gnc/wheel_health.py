"""Whether the wheels do as they are told: momentum gained against torque commanded.

Assumptions and limitations: the wheels' gauges are exact, as `twin.vehicle.sensors` has them; a command takes
hold the computing delay after its reading; a wheel at its momentum limit is not judged.
"""

import msgspec

from twin.contracts.fields import TimeNs
from twin.contracts.sensing import SensorReadings
from twin.vehicle.settings import Wheel

Four = tuple[float, float, float, float]
_AT_REST: Four = (0.0, 0.0, 0.0, 0.0)
_FULL = 0.999
"""Share of the momentum limit from which on a motor gives less than it is told to."""


class WheelSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The reading before, what was commanded at the one before that, and at it, from so long after it on."""

    t_ns: TimeNs
    momentum_nms: Four
    before_nm: Four
    commanded_nm: Four = _AT_REST
    delay_s: float = 0.0


class WheelHealth:
    """`see` each set of readings, then `tell` what is commanded."""

    def __init__(self, wheels: tuple[Wheel, ...]) -> None:
        self._wheels = wheels
        self._last: WheelSnapshot | None = None

    def see(self, readings: SensorReadings) -> float | None:
        """The largest torque (N m) that a wheel lacked of what it was told, mean over the time since the
        reading before; None at the first."""
        last, momentum_nms = self._last, readings.wheel_momentum_nms
        self._last = WheelSnapshot(
            t_ns=readings.sampled_ns,
            momentum_nms=momentum_nms,
            before_nm=last.commanded_nm if last else _AT_REST,
        )
        if last is None or readings.sampled_ns <= last.t_ns:
            return None
        lasted_s = (readings.sampled_ns - last.t_ns) * 1e-9
        old_s = min(last.delay_s, lasted_s)
        lacked = [
            abs(h0 + _within(wheel, old) * old_s + _within(wheel, new) * (lasted_s - old_s) - h1)
            for wheel, h0, h1, old, new in zip(
                self._wheels, last.momentum_nms, momentum_nms, last.before_nm, last.commanded_nm, strict=True
            )
            if max(abs(h0), abs(h1)) < _FULL * wheel.maximum_momentum_nms
        ]
        return max(lacked, default=0.0) / lasted_s

    def tell(self, torque_nm: Four, delay_s: float) -> None:
        """The command that answers the readings just seen, and how long after them it takes hold."""
        assert self._last is not None
        self._last = msgspec.structs.replace(self._last, commanded_nm=torque_nm, delay_s=delay_s)

    def snapshot(self) -> WheelSnapshot | None:
        """None before the first readings."""
        return self._last

    def restore(self, snapshot: WheelSnapshot | None) -> None:
        self._last = snapshot


def _within(wheel: Wheel, torque_nm: float) -> float:
    return min(max(torque_nm, -wheel.maximum_torque_nm), wheel.maximum_torque_nm)
