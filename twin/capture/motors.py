"""The nine motors in each stage: who pushes how hard, and what is left of it with faults."""

from typing import NamedTuple

from twin.capture.arm import Angles
from twin.capture.interface import ArmFaults
from twin.capture.sequence import Stage
from twin.capture.settings import Arm

YIELDING = (Stage.CLOSING, Stage.OPENING)
"""Stages in which the arm gives way to the ring."""
_OPENING_PER_S = 5.0
_BRAKE_NM = 1e4


class Drive(NamedTuple):
    """Motors of the nine joints until the next period."""

    rates: Angles
    efforts: Angles


def driven(arm: Arm, stage: Stage, rates: Angles, travel_m: float, elapsed_s: float) -> Drive:
    """Arm and fingers; `travel_m` is how far the fingers have closed, `elapsed_s` how old the stage is."""
    gripper = arm.gripper
    opening_mps = -min(gripper.closing_mps, _OPENING_PER_S * max(0.0, travel_m))
    finger_mps = {Stage.CLOSING: gripper.closing_mps, Stage.LATCHED: 0.0}.get(stage, opening_mps)
    # One motor closes both fingers through their coupling: two would work against it and creep.
    return Drive((*rates, finger_mps, 0.0), (*_torques(arm, stage, elapsed_s), gripper.force_n, 0.0))


def broken(drive: Drive, faults: ArmFaults) -> Drive:
    """The same with a joint or the fingers stuck."""
    rates, efforts = list(drive.rates), list(drive.efforts)
    for joint in faults.jammed_joints:
        rates[joint], efforts[joint] = 0.0, _BRAKE_NM
    if faults.finger_stuck:
        rates[7], efforts[7] = 0.0, _BRAKE_NM
    return Drive(tuple(rates), tuple(efforts))


def _torques(arm: Arm, stage: Stage, elapsed_s: float) -> Angles:
    """Full, back-drivable while closing, and fading in as brakes after the latch."""
    joints = arm.arm.joints
    if stage in YIELDING:
        return tuple([joint.closing_torque_nm for joint in joints])
    share = min(1.0, elapsed_s / arm.arm.brake_fade_s) if stage is Stage.LATCHED else 1.0
    return tuple([j.closing_torque_nm + share * (j.torque_nm - j.closing_torque_nm) for j in joints])
