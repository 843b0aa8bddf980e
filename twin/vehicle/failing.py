"""What faults make of sensor readings: bias, drift, outliers, a flipped pose, a frozen, blind or late sensor.

In this order, whatever the order in which they began; two of one sort add up.
"""

from collections.abc import Callable
from math import radians, sqrt
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from twin.contracts.faults import SENSORS, FaultArguments, LateLook, PoseFlip
from twin.contracts.fields import Quaternion, Vec3
from twin.contracts.sensing import (
    Bearing,
    GnssFix,
    GyroRate,
    LidarPose,
    LidarRange,
    ModelMatch,
    StarTrackerFix,
)
from twin.dynamics.rotation import canonical, from_rotation_vector, mul, rotate
from twin.kernel.streams import Stream
from twin.vehicle.faults import InForce
from twin.vehicle.sensors import Readings

_FIELDS: Final = {"camera": "bearing"}
_ORDER: Final = ("bias", "drift", "outliers", "flip", "freeze", "blind", "late")
_AXES: Final = ("x", "y", "z")
_NO_ERROR: Vec3 = (0.0, 0.0, 0.0)


class Frozen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a sensor repeats: the readings when the fault `name` first was in force."""

    fault: str
    name: str
    readings: Readings


class Coming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a late sensor has seen and not yet given: the fault `name`, when it was seen, the readings."""

    fault: str
    name: str
    sampled_ns: int
    readings: Readings


class FailingSensors:
    """Applies the sensors' faults; `frozen` and `coming` are what it carries from reading to reading."""

    def __init__(self, seed: int, frozen: tuple[Frozen, ...] = (), coming: tuple[Coming, ...] = ()) -> None:
        self.frozen = frozen
        self.coming = coming
        self._seed = seed
        self._streams: dict[str, Stream] = {}

    def seen(self, readings: Readings, in_force: tuple[InForce, ...], t_ns: int, sample: int) -> Readings:
        """What the sensors say at `t_ns`, where sound ones would give `readings`."""
        ours = [each for each in in_force if _split(each)[0] in SENSORS]
        kept = tuple(each for each in self.frozen if any(_holds(each, fault) for fault in ours))
        if kept != self.frozen:
            self.frozen = kept
        self.coming = tuple(each for each in self.coming if any(_holds(each, fault) for fault in ours))
        for fault in sorted(ours, key=lambda each: _ORDER.index(_split(each)[1])):
            readings = self._spoiled(readings, fault, t_ns, sample)
        return readings

    def _spoiled(self, readings: Readings, fault: InForce, t_ns: int, sample: int) -> Readings:
        sensor, effect = _split(fault)
        field = _FIELDS.get(sensor, sensor)
        match effect:
            case "blind":
                return _with(readings, field, None)
            case "freeze":
                return _with(readings, field, getattr(self._frozen(readings, fault), field))
        reading = getattr(readings, field)
        if isinstance(arguments := fault.arguments, LateLook):
            return _with(readings, field, self._late(readings, field, fault, t_ns, arguments.delay_s))
        if reading is None:
            return readings
        if isinstance(arguments := fault.arguments, PoseFlip):
            return readings._replace(lidar_pose=_flipped(reading, arguments))
        error = self._error(sensor, effect, fault, t_ns, sample)
        return _with(readings, field, _SHIFTED[sensor](reading, error))

    def _frozen(self, readings: Readings, fault: InForce) -> Readings:
        for each in self.frozen:
            if _holds(each, fault):
                return each.readings
        request = fault.request
        self.frozen = (*self.frozen, Frozen(fault=request.fault, name=request.name, readings=readings))
        return readings

    def _late(self, readings: Readings, field: str, fault: InForce, t_ns: int, delay_s: float) -> Any:
        """The newest look that is ready, with its time; older ones are overtaken by it."""
        request = fault.request
        if getattr(readings, field) is not None:
            seen = Coming(fault=request.fault, name=request.name, sampled_ns=t_ns, readings=readings)
            self.coming = (*self.coming, seen)
        until_ns = t_ns - round(delay_s * 1e9)
        ready = [each for each in self.coming if _holds(each, fault) and each.sampled_ns <= until_ns]
        self.coming = tuple(each for each in self.coming if each not in ready)
        if not ready:
            return None
        return replace(getattr(ready[-1].readings, field), sampled_ns=ready[-1].sampled_ns)

    def _error(self, sensor: str, effect: str, fault: InForce, t_ns: int, sample: int) -> Vec3:
        """Error in the unit of `SENSORS`, padded with zeros to three components."""
        arguments, components = fault.arguments, SENSORS[sensor][1]
        match effect:
            case "bias":
                return _padded(_values(arguments))
            case "drift":
                elapsed_s = max(0, t_ns - fault.since_ns) * 1e-9
                return _padded([each * elapsed_s for each in _values(arguments)])
        probability, size = _values(arguments)
        stream = self._stream(fault)
        if stream.uniform(sample, 1).tolist()[0] >= probability:
            return _NO_ERROR
        direction = stream.normal(sample, len(components)).tolist()
        norm = sqrt(sum(each * each for each in direction))
        return _padded([size * each / norm for each in direction])

    def _stream(self, fault: InForce) -> Stream:
        name = f"faults.{fault.request.fault}.{fault.request.name}"
        if name not in self._streams:
            self._streams[name] = Stream(self._seed, name)
        return self._streams[name]


def _with(readings: Readings, field: str, reading: Any) -> Readings:
    return readings._replace(**{field: reading})


def _split(fault: InForce) -> tuple[str, str]:
    sensor, _, effect = fault.request.fault.partition(".")
    return sensor, effect


def _holds(kept: Frozen | Coming, fault: InForce) -> bool:
    return (kept.fault, kept.name) == (fault.request.fault, fault.request.name)


def _values(arguments: FaultArguments) -> list[float]:
    return [float(getattr(arguments, field)) for field in arguments.__struct_fields__]


def _padded(values: list[float]) -> Vec3:
    x, y, z = (*values, 0.0, 0.0, 0.0)[:3]
    return (x, y, z)


def _moved(vector: Vec3, error: Vec3) -> Vec3:
    (x, y, z), (dx, dy, dz) = vector, error
    return (x + dx, y + dy, z + dz)


def _turned(error_deg: Vec3, q: Quaternion) -> Quaternion:
    return canonical(mul(from_rotation_vector([radians(each) for each in error_deg]), q))


def _radians(error_deg: Vec3) -> Vec3:
    x, y, z = error_deg
    return (radians(x), radians(y), radians(z))


def _fix(fix: GnssFix, error_m: Vec3) -> GnssFix:
    return replace(fix, r_eci_m=_moved(fix.r_eci_m, error_m))


def _attitude(fix: StarTrackerFix, error_deg: Vec3) -> StarTrackerFix:
    return replace(fix, q_body_from_eci=_turned(error_deg, fix.q_body_from_eci))


def _rate(rate: GyroRate, error_deg_per_s: Vec3) -> GyroRate:
    return replace(rate, w_body_radps=_moved(rate.w_body_radps, _radians(error_deg_per_s)))


def _bearing(bearing: Bearing, error_deg: Vec3) -> Bearing:
    azimuth_rad, elevation_rad, _ = _radians(error_deg)
    return replace(
        bearing,
        azimuth_rad=bearing.azimuth_rad + azimuth_rad,
        elevation_rad=bearing.elevation_rad + elevation_rad,
        model=None if bearing.model is None else _swung(bearing.model, azimuth_rad, elevation_rad),
    )


def _swung(model: ModelMatch, azimuth_rad: float, elevation_rad: float) -> ModelMatch:
    """All that the picture shows, turned with it: about body z, and about -y."""
    turn = from_rotation_vector((0.0, -elevation_rad, azimuth_rad))
    return ModelMatch(
        r_body_m=rotate(turn, model.r_body_m),
        q_servicer_from_target=canonical(mul(turn, model.q_servicer_from_target)),
    )


def _range(reading: LidarRange, error_m: Vec3) -> LidarRange:
    return LidarRange(range_m=max(0.0, reading.range_m + error_m[0]))


def _pose(pose: LidarPose, error_m: Vec3) -> LidarPose:
    return replace(pose, r_body_m=_moved(pose.r_body_m, error_m))


_SHIFTED: Final[dict[str, Callable[..., object]]] = {
    "gnss": _fix,
    "star_tracker": _attitude,
    "gyro": _rate,
    "camera": _bearing,
    "lidar_range": _range,
    "lidar_pose": _pose,
}


def _flipped(pose: LidarPose, flip: PoseFlip) -> LidarPose:
    """The attitude turned about an axis of the target; its place is where it was."""
    turn = [radians(flip.angle_deg) * (axis == flip.axis) for axis in _AXES]
    q_servicer_from_target = mul(pose.q_servicer_from_target, from_rotation_vector(turn))
    return replace(pose, q_servicer_from_target=canonical(q_servicer_from_target))
