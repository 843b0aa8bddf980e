"""The seam of guidance: a law sees an estimate and says which acceleration it wants.

A law is a frozen struct of parameters with `start` and `step`; its memory goes in and out, so the
same parameters and the same sights give the same demands. It may be twenty lines long.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import msgspec

from twin.contracts.capture import ArmMode, CaptureKind
from twin.contracts.fields import Float, Text, Vec3
from twin.errors import MissionError
from twin.guidance.phases import Phase
from twin.mission.strict import nearest


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a law knows at a control boundary: the estimate, predicted to when its demand takes effect.

    Relative quantities are of the servicer from the target. `ric` axes turn at `orbit_rate_radps` about
    +z; `orbit_rate_change_radps2` is its derivative, `gravity_per_s2` is mu / R^3. The port's place, axis and
    turning rate (relative to the `ric` axes) are of the live, estimated target; `in_corridor`: it is known,
    and the servicer is inside the cone about its axis. `arm_events` are what the arm has said since the step
    before. `port_rate_change_ric_radps2` is the target's angular acceleration, `port_precession_ric_radps`
    the even turn about its angular momentum that carries the capture axis ahead, `most_mps2` what
    acceleration is given at most, `covariance_ric` (36 numbers, row by row) that of position and velocity.
    `push_mps2` is what the valves that push along the boresight give a stack at most while they turn it too,
    0 while the servicer is alone.
    """

    t_ns: int
    period_s: float
    r_ric_m: Vec3
    v_ric_mps: Vec3
    sigma_r_m: float
    sigma_v_mps: float
    orbit_rate_radps: float
    orbit_rate_change_radps2: float
    gravity_per_s2: float
    target_r_eci_m: Vec3
    target_v_eci_mps: Vec3
    pose_known: bool
    port_ric_m: Vec3
    port_axis_ric: Vec3
    port_rate_ric_radps: Vec3
    port_axial_m: float
    port_lateral_m: float
    sigma_lateral_m: float
    in_corridor: bool
    attitude_error_rad: float
    rate_error_radps: float
    keep_out_radius_m: float
    drift_horizon_s: float
    arm_events: tuple[CaptureKind, ...] = ()
    port_rate_change_ric_radps2: Vec3 = (0.0, 0.0, 0.0)
    port_precession_ric_radps: Vec3 | None = None
    most_mps2: float = 0.02
    corridor_half_angle_rad: float = 0.2617993877991494
    corridor_apex_slack_m: float = 0.5
    covariance_ric: tuple[float, ...] = ()
    propellant_kg: float = 0.0
    push_mps2: float = 0.0


class DriftCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of propagating a free drift: least distance over the horizon, and what it must be."""

    least_range_m: Float
    limit_m: Float
    text: str


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """Mean acceleration wanted over the coming period, in `ric`; `arrived` moves the phase table on; `arm`
    is what the arm shall do (None: what it did); `abort` says why the phase must be broken off, `reason` what
    it has arrived at; `quick` asks for the phase's short period, `quick_s`, until a demand does not."""

    acceleration_ric_mps2: Vec3 = (0.0, 0.0, 0.0)
    arrived: bool = False
    checked: DriftCheck | None = None
    arm: ArmMode | None = None
    abort: Text = ""
    reason: Text = ""
    quick: bool = False


class Law(Protocol):
    """`memory_type`, the type of the memory (None for a law without), must be one msgspec can encode. A class
    attribute `version` (1 where there is none) says which memories it can go on from."""

    memory_type: ClassVar[Any]

    def start(self, seen: Seen) -> Any:
        """Memory at the first step of a phase."""
        ...

    def step(self, memory: Any, seen: Seen) -> tuple[Any, Demand]:
        """One control period."""
        ...


Laws = Mapping[str, type[Any]]


def version_of(law: Any) -> int:
    """`version` of a law or its class: raise it when a memory of before means something else. Default 1."""
    return int(getattr(law, "version", 1))


def law_of(phase: Phase, laws: Laws) -> Law:
    """The phase's law with its parameters type-checked.

    Raises MissionError, with the nearest right names, for an unknown law or parameter.
    """
    place = f"guidance.phases.{phase.name}"
    if phase.law not in laws:
        raise MissionError(f"unknown law `{phase.law}`{nearest(phase.law, list(laws))}", place=f"{place}.law")
    kind = laws[phase.law]
    for key in phase.parameters:
        if key not in kind.__struct_fields__:
            near = nearest(key, list(kind.__struct_fields__))
            raise MissionError(
                f"law {phase.law} has no parameter `{key}`{near}", place=f"{place}.parameters.{key}"
            )
    try:
        return msgspec.convert(phase.parameters, type=kind)  # type: ignore[no-any-return]
    except (msgspec.ValidationError, MissionError) as error:
        raise MissionError(f"law {phase.law}: {error}", place=f"{place}.parameters") from None
