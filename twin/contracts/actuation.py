"""What the on-board computer tells the equipment."""

from typing import Annotated

from msgspec import Meta

from twin.contracts.fields import Body, Count, Float, NonNegative, TimeNs

OnTimes = Annotated[tuple[NonNegative, ...], Meta(min_length=1, max_length=64)]
WheelTorques = Annotated[tuple[Float, ...], Meta(min_length=1, max_length=16)]


class ActuatorCommand(Body, frozen=True, kw_only=True, tag="actuator_command"):
    """Applied when it arrives, until the next one does.

    Every thruster opens at the arrival and closes after its own on-time; wheels hold their torque,
    the motor's on the wheel: its momentum grows at that rate and the body gets the opposite.
    `next_reading_ns` is when the on-board computer wants the next readings: it sets the pace of
    the control loop. Thrusters in `isolated`, by their number, are cut off from the tank by
    latching valves, from now until another command: they give nothing, whatever their own valves do.
    """

    reading_ns: TimeNs
    thruster_on_s: OnTimes
    wheel_torque_nm: WheelTorques
    next_reading_ns: TimeNs
    isolated: Annotated[tuple[Count, ...], Meta(max_length=64)] = ()
