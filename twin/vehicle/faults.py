"""Faults of the spacecraft's equipment that are in force, and what they do to it.

A fault takes hold at the first control boundary at or after its beginning: the plant advances nowhere else.
Its noise comes from a stream of its own, so it moves no other draw.
"""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from twin.capture.interface import ArmFaults
from twin.contracts.faults import (
    FAULT_KINDS,
    BatteryCell,
    FaultArguments,
    JointJam,
    LatchSensorFalse,
    OfThruster,
    WeakThruster,
    WheelFriction,
    arguments_of,
)
from twin.contracts.operations import FaultRequest
from twin.errors import ContractError
from twin.vehicle.settings import Propulsion
from twin.vehicle.thrusters import ALL_SOUND, ThrusterHealth
from twin.vehicle.wheels import FREE, Four

_STUCK: Final = ("thruster.stuck_off", "thruster.stuck_on")
_FINGERS: Final = "arm.finger_stuck"


class InForce(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault that has begun and not ended."""

    request: FaultRequest
    since_ns: int

    @property
    def arguments(self) -> FaultArguments:
        return arguments_of(self.request)


class Faults:
    """The faults in force, in order of their beginning."""

    def __init__(self, propulsion: Propulsion, in_force: tuple[InForce, ...] = ()) -> None:
        self._names = [thruster.name for thruster in propulsion.thrusters]
        self.in_force = in_force

    def hear(self, request: FaultRequest, now_ns: int) -> None:
        """Begin or end a fault; raises ContractError for one that is not of this spacecraft."""
        kind = FAULT_KINDS.get(request.fault)
        if kind is None or kind.concerns != "servicer":
            raise ContractError(f"no equipment can have the fault {request.fault}", place="fault")
        arguments = arguments_of(request)
        if isinstance(arguments, OfThruster) and arguments.thruster not in self._names:
            raise ContractError(f"no thruster is called {arguments.thruster}", place="arguments.thruster")
        others = tuple(each for each in self.in_force if not _same(each.request, request))
        self.in_force = (*others, InForce(request=request, since_ns=now_ns)) if request.active else others

    @property
    def thrusters(self) -> ThrusterHealth:
        """Which valves are stuck, and what is left of each thrust; stuck closed wins over stuck open."""
        health = ALL_SOUND
        for each in self.in_force:
            match each.arguments:
                case WeakThruster(thruster=name, share=share):
                    health = replace(health, shares=(*health.shares, (self._names.index(name), share)))
                case OfThruster(thruster=name) if each.request.fault == _STUCK[0]:
                    health = replace(health, closed=health.closed | {self._names.index(name)})
                case OfThruster(thruster=name) if each.request.fault == _STUCK[1]:
                    health = replace(health, open=health.open | {self._names.index(name)})
        return health

    @property
    def wheel_friction_nm(self) -> Four:
        """Friction of each wheel."""
        friction = list(FREE)
        for each in self.in_force:
            if isinstance(arguments := each.arguments, WheelFriction):
                friction[arguments.wheel - 1] += arguments.friction_nm
        a, b, c, d = friction
        return (a, b, c, d)

    @property
    def battery_share(self) -> float:
        """What is left of the battery's capacity."""
        share = 1.0
        for each in self.in_force:
            if isinstance(arguments := each.arguments, BatteryCell):
                share *= 1.0 - arguments.share
        return share

    @property
    def arm(self) -> ArmFaults:
        """What is broken of the arm; of several false latch sensors the newest is believed."""
        broken = ArmFaults()
        for each in self.in_force:
            match each.arguments:
                case JointJam(joint=number):
                    broken = replace(broken, jammed_joints=(*broken.jammed_joints, number - 1))
                case LatchSensorFalse(says=says):
                    broken = replace(broken, latch_sensor_says=says)
                case _ if each.request.fault == _FINGERS:
                    broken = replace(broken, finger_stuck=True)
        return broken


def _same(a: FaultRequest, b: FaultRequest) -> bool:
    return (a.fault, a.name) == (b.fault, b.name)
