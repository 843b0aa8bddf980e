"""What arm and gripper report of themselves."""

from typing import NamedTuple

from twin.capture.interface import ArmFaults, ArmState, Seven
from twin.capture.latch import Felt
from twin.capture.sequence import Stage
from twin.capture.settings import GripperSettings
from twin.capture.world import Scene, World


class Told(NamedTuple):
    """What only the arm's computer and the latch know."""

    stage: Stage
    refusal: str
    felt: Felt
    latched: bool
    faults: ArmFaults


def arm_state(gripper: GripperSettings, world: World, scene: Scene, told: Told) -> ArmState:
    """Telemetry of one instant, the latch's sensor being sound or not."""
    says = told.faults.latch_sensor_says
    pose = world.pose(scene)
    seven, fingers = scene.joints[:7], scene.joints[7:]
    return ArmState(
        t_ns=scene.t_ns,
        phase=told.stage.value,
        joint_rad=_seven([joint.position for joint in seven]),
        joint_radps=_seven([joint.rate for joint in seven]),
        joint_nm=_seven([joint.effort for joint in seven]),
        tool_body_m=pose.r_tool_m,
        q_body_from_tool=pose.q_tool,
        finger_gap_m=2.0 * gripper.half_opening_m - sum(joint.position for joint in fingers),
        finger_mps=max(abs(joint.rate) for joint in fingers),
        finger_load_n=told.felt.load_n,
        latched=told.latched,
        latch_sensor=told.latched if says is None else says == "closed",
        refusal=told.refusal,
    )


def _seven(values: list[float]) -> Seven:
    a, b, c, d, e, f, g = values
    return (a, b, c, d, e, f, g)
