"""The torque on a stack as its own motion tells it."""

import numpy as np
import pytest

from twin.contracts.capture import WindowOpened
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.motion import Piece, Trajectory
from twin.mission.stack_torque import StackTorque

INERTIA = np.diag((18_000.0, 190_000.0, 195_000.0))
SECOND_NS = 1_000_000_000


def told(t_ns, body):
    return Event(
        t_ns=t_ns, micro=0, source="servicer", sequence=0, to=(), due_ns=t_ns, delivery="now", body=body
    )


def stack():
    return BodyState(
        t_ns=0,
        body="stack",
        r_eci_m=(7e6, 0.0, 0.0),
        v_eci_mps=(0.0, 7e3, 0.0),
        q_eci_from_body=(1.0, 0.0, 0.0, 0.0),
        w_body_radps=(0.0, 0.0, 0.0),
        mass_kg=9400.0,
        inertia_body_kgm2=tuple(map(tuple, INERTIA.tolist())),
    )


def turning(w, change, start_ns=0, duration_ns=SECOND_NS):
    rows = [np.zeros(3), np.array((1.0, 0.0, 0.0, 0.0)), np.array(w), np.array(change)]
    return Trajectory(
        body="servicer",
        mass_kg=1600.0,
        pieces=(
            Piece(
                start_ns=start_ns,
                duration_ns=duration_ns,
                order_r=0,
                order_q=0,
                order_w=1,
                coefficients=np.concatenate(rows).astype("<f8").tobytes(),
            ),
        ),
    )


def peak(torque, t_s):
    return torque.columns(np.array([round(t_s * SECOND_NS)]))["truth.stack_torque_peak_nm"][0]


def test_it_is_that_of_euler_and_the_largest_counts():
    torque, w, change = StackTorque(), np.array((0.004, 0.02, 0.03)), np.array((0.0, 4e-4, 6e-4))
    assert np.isnan(peak(torque, 0.0))
    torque.take(told(0, stack()))
    torque.take(told(0, turning(w, change)))
    torque.take(told(SECOND_NS, turning(w, np.zeros(3), SECOND_NS)))
    expected = np.linalg.norm(INERTIA @ change + np.cross(w, INERTIA @ w))
    assert peak(torque, 1.5) == pytest.approx(expected, rel=1e-12)


def test_an_instant_between_two_valves_is_no_load_and_without_a_stack_there_is_none():
    torque = StackTorque()
    torque.take(told(0, stack()))
    torque.take(told(0, turning((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), duration_ns=SECOND_NS // 1000)))
    assert peak(torque, 0.5) == 0.0
    torque.take(told(SECOND_NS, WindowOpened(t_ns=SECOND_NS)))
    assert np.isnan(peak(torque, 1.5))
