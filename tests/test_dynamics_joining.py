"""Motion through samples and motion fixed to a body: what joins must join, what is fixed must stay so."""

import numpy as np
import pytest
from dynamics_samples import stage

from twin.dynamics.joining import fixed_to, pieces_through
from twin.dynamics.plant import PoweredBody
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, mul, rotate
from twin.dynamics.segments import Track
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.errors import UsageError

MS = 1_000_000
SLOWLY = np.array((0.007, -0.002, 0.004))


def flight(duration_ns):
    """A body under thrust and torque in orbit."""
    start = KinematicState(
        np.array((6_978_137.0, 0.0, 0.0)),
        np.array((0.0, 4_000.0, 6_400.0)),
        canonical((0.3, -0.5, 0.7, 0.2)),
        SLOWLY,
    )
    body = PoweredBody(start, Surroundings())
    inertia = np.array(stage().inertia_body_kgm2)
    return Track(
        body.advance(duration_ns, (22.0, 5.0, 0.0), (3.0, 1.0, -2.0), (0.0, 0.0, 0.0), 801.0, inertia)
    )


def difference(a, b):
    turn = mul(conj(a.q_eci_from_body), b.q_eci_from_body)
    return np.abs(a.r_eci_m - b.r_eci_m).max(), 2.0 * np.abs(turn[1:]).max()


def test_pieces_through_samples_meet_them_to_rounding():
    track = flight(1000 * MS)
    times = range(0, 1001 * MS, 100 * MS)
    samples = [(t_ns, track.state(t_ns)) for t_ns in times]
    joined = Track(pieces_through(samples))
    for t_ns, state in samples:
        metres, radians = difference(joined.state(t_ns), state)
        assert metres < 4e-9  # two rounding units of the orbit's radius
        assert radians < 1e-15
        assert np.abs(joined.state(t_ns).v_eci_mps - state.v_eci_mps).max() < 1e-6


def test_between_samples_a_steady_thrust_is_met_to_a_micrometre():
    track = flight(1000 * MS)
    samples = [(t_ns, track.state(t_ns)) for t_ns in range(0, 1001 * MS, 100 * MS)]
    joined = Track(pieces_through(samples))
    for t_ns in range(50 * MS, 1000 * MS, 100 * MS):
        metres, radians = difference(joined.state(t_ns), track.state(t_ns))
        assert metres < 1e-6
        assert radians < 1e-8


def test_a_part_fixed_to_a_body_keeps_its_place():
    track = flight(500 * MS)
    away, turn = np.array((6.2, -0.4, 1.1)), canonical((0.1, 0.2, -0.9, 0.3))
    part = Track(tuple(fixed_to(piece, away, turn) for piece in track.pieces))
    for t_ns in range(0, 501 * MS, 125 * MS):
        whole, piece = track.state(t_ns), part.state(t_ns)
        expected = whole.r_eci_m + rotate(whole.q_eci_from_body, away)
        assert np.abs(piece.r_eci_m - expected).max() < 1e-8  # what is cut from the whole's own pieces
        carried = whole.v_eci_mps + rotate(whole.q_eci_from_body, np.cross(whole.w_body_radps, away))
        assert np.abs(piece.v_eci_mps - carried).max() < 1e-8
        assert (
            difference(piece, KinematicState(expected, carried, mul(whole.q_eci_from_body, turn), SLOWLY))[1]
            < 1e-10
        )
        assert np.abs(rotate(turn, piece.w_body_radps) - whole.w_body_radps).max() < 1e-12


def test_the_sign_of_a_quaternion_makes_no_turn():
    half = from_rotation_vector((np.pi - 0.001, 0.0, 0.0))
    on = from_rotation_vector((np.pi + 0.001, 0.0, 0.0))
    still = (np.zeros(3), np.zeros(3))
    rate = np.array((0.02, 0.0, 0.0))
    samples = [
        (0, KinematicState(*still, np.array(canonical(half)), rate)),
        (100 * MS, KinematicState(*still, np.array(canonical(on)), rate)),
    ]
    between = Track(pieces_through(samples)).state(50 * MS)
    assert between.q_eci_from_body == pytest.approx((0.0, 1.0, 0.0, 0.0), abs=1e-12)


def test_one_sample_is_no_motion():
    with pytest.raises(UsageError, match="needs two"):
        pieces_through([(0, flight(100 * MS).state(0))])
