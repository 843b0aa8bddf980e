"""Every kind of fault there is, with its arguments, their units and ranges: one table for missions and runs.

A fault of a service goes to it as a `FaultRequest`. A fault of messages is carried out by the conductor,
where messages are delivered; one of processes by whoever started them, and is no event: it changes nothing.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from twin.contracts.fields import Name
from twin.contracts.operations import FaultRequest
from twin.contracts.radio import Argument
from twin.errors import ContractError

Concerns = Literal["servicer", "ground", "messages", "processes"]
Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Offset = Annotated[float, Meta(ge=-1e9, le=1e9)]
Positive = Annotated[float, Meta(gt=0.0, le=1e6)]
Anyone = Annotated[str, Meta(max_length=64)]
"""A name, or "" for every one."""


class FaultArguments(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a kind of fault takes; units are in the names."""


class OfThruster(FaultArguments, frozen=True, kw_only=True):
    """`thruster` by its name in the vehicle file."""

    thruster: Name


class WeakThruster(OfThruster, frozen=True, kw_only=True):
    """`share` of the thrust that is left."""

    share: Share


class WheelFriction(FaultArguments, frozen=True, kw_only=True):
    """Coulomb friction of wheel 1 to 4."""

    wheel: Annotated[int, Meta(ge=1, le=4)]
    friction_nm: Positive


class BatteryCell(FaultArguments, frozen=True, kw_only=True):
    """`share` of the battery's capacity that is lost, with what was stored in it."""

    share: Annotated[float, Meta(ge=0.0, le=0.95)]


class PoseFlip(FaultArguments, frozen=True, kw_only=True):
    """The body is taken for itself turned by `angle_deg` about an axis of the target."""

    axis: Literal["x", "y", "z"] = "y"
    angle_deg: Annotated[float, Meta(ge=-180.0, le=180.0)] = 180.0


class LateLook(FaultArguments, frozen=True, kw_only=True):
    """What the sensor sees is ready `delay_s` after it was seen."""

    delay_s: Annotated[float, Meta(gt=0.0, le=600.0)]


class JointJam(FaultArguments, frozen=True, kw_only=True):
    """Joint 1 to 7, counted from the servicer."""

    joint: Annotated[int, Meta(ge=1, le=7)] = 1


class LatchSensorFalse(FaultArguments, frozen=True, kw_only=True):
    """What the latch's sensor says, whatever the latch does."""

    says: Literal["open", "closed"] = "open"


class StationOut(FaultArguments, frozen=True, kw_only=True):
    """`station` by its name; "" is every one."""

    station: Anyone = ""


class CommandLost(FaultArguments, frozen=True, kw_only=True):
    """Each telecommand that is released is lost on its way up with this probability; `command` names one."""

    command: Anyone = ""
    probability: Share = 1.0


class OnLink(FaultArguments, frozen=True, kw_only=True):
    """Messages of `kind` from `source` to `destination` ("" is any), each hit with this probability."""

    source: Anyone = ""
    destination: Anyone = ""
    kind: Anyone = ""
    probability: Share = 1.0


class Later(OnLink, frozen=True, kw_only=True):
    """`delay_s` later than it would be there."""

    delay_s: Annotated[float, Meta(gt=0.0, le=86400.0)]


class OfProcess(FaultArguments, frozen=True, kw_only=True):
    """The process of a role that is not foreign."""

    role: Name


class Stalled(OfProcess, frozen=True, kw_only=True):
    """It stands still for `wall_s`, during which simulated time does too."""

    wall_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 1.0


class Slowed(OfProcess, frozen=True, kw_only=True):
    """The process runs for `share` of the time."""

    share: Annotated[float, Meta(ge=0.01, le=0.99)] = 0.2


class FaultKind(Struct, frozen=True, kw_only=True):
    """A kind of fault: whom it concerns, what it takes, what it does."""

    name: str
    concerns: Concerns
    arguments: type[FaultArguments]
    text: str


SENSORS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "gnss": ("m", ("x", "y", "z")),
    "star_tracker": ("deg", ("x", "y", "z")),
    "gyro": ("deg_per_s", ("x", "y", "z")),
    "camera": ("deg", ("azimuth", "elevation")),
    "lidar_range": ("m", ("range",)),
    "lidar_pose": ("m", ("x", "y", "z")),
}
"""Sensor to the unit of its errors and the components they have: `gnss` in `eci`, the others in body axes."""

_PER_S: Final = {"m": "mps", "deg": "deg_per_s", "deg_per_s": "deg_per_s2"}

_LATE: Final = "readings come later, with the time at which they were taken"
_EQUIPMENT: Final[tuple[tuple[str, type[FaultArguments], str], ...]] = (
    ("thruster.stuck_off", OfThruster, "its valve stays closed"),
    ("thruster.stuck_on", OfThruster, "its valve stays open, until the tank is empty"),
    ("thruster.weak", WeakThruster, "it gives a share of its thrust"),
    ("wheel.friction", WheelFriction, "friction brakes the wheel"),
    ("battery.cell", BatteryCell, "a part of the capacity is gone"),
    ("lidar_pose.flip", PoseFlip, "a symmetric body is taken for itself turned round"),
    *((f"{each}.late", LateLook, _LATE) for each in ("camera", "lidar_range", "lidar_pose")),
    ("arm.joint_jam", JointJam, "a joint of the arm stays where it is"),
    ("arm.finger_stuck", FaultArguments, "the fingers of the jaw do not move"),
    ("arm.latch_sensor_false", LatchSensorFalse, "the latch's sensor says one thing, whatever it does"),
)
_GROUND: Final[tuple[tuple[str, type[FaultArguments], str], ...]] = (
    ("station.out", StationOut, "the station neither sends nor hears"),
    ("command.lost", CommandLost, "a telecommand does not arrive"),
)
_MESSAGES: Final[tuple[tuple[str, type[FaultArguments], str], ...]] = (
    ("message.drop", OnLink, "it is not delivered"),
    ("message.delay", Later, "it is delivered later"),
    ("message.duplicate", Later, "it is delivered again, later"),
    (
        "message.corrupt",
        OnLink,
        "one number in it is another; what the contract then refuses is not delivered",
    ),
)
_PROCESSES: Final[tuple[tuple[str, type[FaultArguments], str], ...]] = (
    ("process.kill", OfProcess, "SIGKILL; the service is restarted and catches up"),
    ("process.stall", Stalled, "it stands still, and simulated time with it"),
    ("process.slow", Slowed, "it stands still again and again"),
)


def _of_sensors() -> Iterator[FaultKind]:
    for sensor, (unit, components) in SENSORS.items():
        offsets = [(f"{each}_{unit}", Offset, 0.0) for each in components]
        drifts = [(f"{each}_{_PER_S[unit]}", Offset, 0.0) for each in components]
        outliers = [("probability", Share, 1.0), (f"size_{unit}", Positive)]
        yield _sensor(sensor, "bias", offsets, "a constant is added to every reading")
        yield _sensor(sensor, "drift", drifts, "an error grows with time from the fault's beginning")
        yield _sensor(sensor, "outliers", outliers, "some readings are off by a size, in a random direction")
        yield _sensor(sensor, "blind", [], "there are no readings")
        yield _sensor(sensor, "freeze", [], "the first reading of the fault is repeated")


def _sensor(sensor: str, effect: str, fields: list[Any], text: str) -> FaultKind:
    title = "".join(part.capitalize() for part in f"{sensor}_{effect}".split("_"))
    arguments = msgspec.defstruct(
        title, fields, bases=(FaultArguments,), frozen=True, kw_only=True, forbid_unknown_fields=True
    )
    assert issubclass(arguments, FaultArguments)
    return FaultKind(name=f"{sensor}.{effect}", concerns="servicer", arguments=arguments, text=text)


def _all() -> Iterator[FaultKind]:
    rows: tuple[tuple[Concerns, tuple[tuple[str, type[FaultArguments], str], ...]], ...] = (
        ("servicer", _EQUIPMENT),
        ("ground", _GROUND),
        ("messages", _MESSAGES),
        ("processes", _PROCESSES),
    )
    for concerns, kinds in rows:
        for name, arguments, text in kinds:
            yield FaultKind(name=name, concerns=concerns, arguments=arguments, text=text)
        if concerns == "servicer":
            yield from _of_sensors()


FAULT_KINDS: Final[dict[str, FaultKind]] = {kind.name: kind for kind in _all()}
"""Every kind by its name."""


def arguments_of(request: FaultRequest) -> FaultArguments:
    """The typed arguments of a request; ContractError for an unknown kind or arguments out of range."""
    kind = FAULT_KINDS.get(request.fault)
    if kind is None:
        raise ContractError(f"no kind of fault is called {request.fault!r}", place="fault")
    try:
        return msgspec.convert(as_written(request.arguments), kind.arguments)
    except msgspec.ValidationError as error:
        raise ContractError(f"{request.fault}: {error}", place="arguments") from None


def as_written(arguments: Mapping[str, Argument]) -> dict[str, Argument]:
    """Arguments with whole numbers as such: on their way they are floats."""
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in arguments.items()
    }
