"""What a push does to the joints of the arm that the target hangs from."""

import msgspec
import numpy as np
import pytest

from services.laws import laws
from services.library import load_mission
from twin.capture.arm import Kinematics
from twin.contracts.capture import ArmState, WindowOpened
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Piece, Trajectory
from twin.guidance.free_drift import gravity
from twin.mission.stack_change import StackChange
from twin.mission.stack_loads import StackLoads

MISSION = load_mission("envisat-deorbit", laws())
ARM, TARGET = MISSION.servicer.arm, MISSION.target
JOINTS_RAD = (0.2, 0.9, -0.3, -1.4, 0.1, 1.0, 0.4)
SECOND_NS = 1_000_000_000
PLACE_M = np.array((7.06, 0.0, 0.0))
R_M = np.array((7.1e6, 0.0, 3e5))


def told(body, t_ns=0):
    return Event(
        t_ns=t_ns, micro=0, source="servicer", sequence=0, to=(), due_ns=t_ns, delivery="now", body=body
    )


def moving(body, r_m, push_mps2, w_change=(0.0, 0.0, 0.0)):
    """Axes along `eci`, from rest, under gravity and a push; turning faster and faster."""
    acceleration = gravity(r_m[None])[0] + np.array(push_mps2)
    rows = [
        r_m,
        np.zeros(3),
        0.5 * acceleration,
        np.array((1.0, 0.0, 0.0, 0.0)),
        np.zeros(3),
        np.array(w_change),
    ]
    piece = Piece(
        start_ns=0,
        duration_ns=SECOND_NS,
        order_r=2,
        order_q=0,
        order_w=1,
        coefficients=np.concatenate(rows).astype("<f8").tobytes(),
    )
    return Trajectory(body=body, mass_kg=1.0, pieces=(piece,))


def arm_state():
    zeros = (0.0,) * 7
    return ArmState(
        t_ns=0,
        phase="hold",
        joint_rad=JOINTS_RAD,
        joint_radps=zeros,
        joint_nm=zeros,
        tool_body_m=(0.0, 0.0, 0.0),
        q_body_from_tool=(1.0, 0.0, 0.0, 0.0),
        finger_gap_m=0.0,
        finger_load_n=(0.0, 0.0),
        latched=True,
    )


def stack():
    return BodyState(
        t_ns=0,
        body="stack",
        r_eci_m=tuple(R_M.tolist()),
        v_eci_mps=(0.0, 7e3, 0.0),
        q_eci_from_body=(1.0, 0.0, 0.0, 0.0),
        w_body_radps=(0.0, 0.0, 0.0),
        mass_kg=9400.0,
        inertia_body_kgm2=((2e4, 0.0, 0.0), (0.0, 2e5, 0.0), (0.0, 0.0, 2e5)),
    )


def load(push_mps2, w_change=(0.0, 0.0, 0.0)):
    loads = StackLoads(ARM, TARGET)
    target = moving("target", R_M + PLACE_M, push_mps2, w_change)
    for body in (arm_state(), stack(), moving("servicer", R_M, push_mps2), target):
        loads.take(told(body))
    return loads.columns(np.array([SECOND_NS // 2]))["truth.stack_joint_torque_nm"][0]


def test_a_push_turns_each_joint_by_the_target_s_weight_at_its_lever():
    pose = Kinematics(ARM.arm).pose(JOINTS_RAD)
    force = TARGET.mass_kg * np.array((0.012, 0.0, 0.0))
    expected = [
        abs(np.array(axis) @ np.cross(PLACE_M - np.array(place), force))
        for place, axis in zip(pose.r_joints_m, pose.axes, strict=True)
    ]
    # What gravity pulls more at 7 m is no load of the push: 1e-5 m/s2 of 8.
    assert load((0.012, 0.0, 0.0)) == pytest.approx(max(expected), rel=2e-3)
    assert max(expected) > 50.0


def test_a_turn_loads_them_by_the_target_s_inertia():
    pose = Kinematics(ARM.arm).pose(JOINTS_RAD)
    change = np.array((0.0, 3e-4, 0.0))
    moment = np.array(TARGET.inertia_body_kgm2) @ change
    expected = max(abs(np.array(axis) @ moment) for axis in pose.axes)
    assert load((0.0, 0.0, 0.0), tuple(change.tolist())) == pytest.approx(expected, abs=0.1)


def test_it_is_unknown_without_a_stack_and_once_the_window_is_open_again():
    loads = StackLoads(ARM, TARGET)
    loads.take(told(arm_state()))
    assert np.isnan(loads.columns(np.array([0]))["truth.stack_joint_torque_nm"][0])
    loads.take(told(stack()))
    loads.take(told(moving("servicer", R_M, (0.0, 0.0, 0.0))))
    loads.take(told(moving("target", R_M + PLACE_M, (0.0, 0.0, 0.0))))
    loads.take(told(WindowOpened(t_ns=SECOND_NS), SECOND_NS))
    seen = loads.columns(np.array([0, SECOND_NS]))["truth.stack_joint_torque_nm"]
    assert seen[0] == pytest.approx(0.0, abs=0.01)
    assert np.isnan(seen[1])


def test_the_change_of_velocity_is_impulse_over_the_mass_of_that_moment():
    change = StackChange(3000.0)
    burnt = EquipmentState(
        t_ns=SECOND_NS,
        mass_kg=800.0,
        propellant_kg=200.0,
        wheel_momentum_nms=(0.0, 0.0, 0.0, 0.0),
        battery_fraction=1.0,
        array_power_w=0.0,
        sunlit=1.0,
        firings=4,
        impulse_ns=380.0,
    )
    change.take(told(burnt))  # before there is a stack: not its own
    change.take(told(stack()))
    change.take(told(burnt, SECOND_NS))
    lighter = msgspec.structs.replace(burnt, t_ns=2 * SECOND_NS, mass_kg=600.0, impulse_ns=360.0)
    change.take(told(lighter, 2 * SECOND_NS))
    change.take(told(stack(), 2 * SECOND_NS))  # lighter, the same stack
    seen = change.columns(np.array([0, SECOND_NS, 2 * SECOND_NS]))["truth.stack_delta_v_mps"]
    assert seen == pytest.approx([0.0, 0.1, 0.2])
