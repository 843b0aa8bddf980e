"""Trajectories evaluated: against the integrator itself, superseding, edges, order, bytes."""

from itertools import pairwise

import numpy as np
import pytest

from tests.dynamics_samples import HOUR_NS, SLENDER, STILL, VACUUM, circular, free, powered
from twin.contracts.motion import Trajectory
from twin.dynamics.orbit import coast
from twin.dynamics.segments import Track
from twin.dynamics.state import KinematicState
from twin.errors import UsageError

START = circular(7.0e6, 1.71, (0.007, 0.001, -0.0008))


def apart(a: KinematicState, b: KinematicState) -> tuple[float, float, float, float]:
    pairs = (
        (a.r_eci_m, b.r_eci_m),
        (a.v_eci_mps, b.v_eci_mps),
        (a.q_eci_from_body, b.q_eci_from_body),
        (a.w_body_radps, b.w_body_radps),
    )
    r, v, q, w = (float(np.abs(x - y).max()) for x, y in pairs)
    return r, v, q, w


def test_a_track_is_the_integrator_to_its_precision():
    track = Track(free(START).advance_to(HOUR_NS))
    for t_ns in (1, 777_777_777_777, 2_000_000_000_001, HOUR_NS):
        stopped = free(START)
        stopped.advance_to(t_ns)
        r, v, q, w = apart(track.state(t_ns), stopped.state)
        # An extra stop moves an adaptive integrator by nanometres; the cut tail adds 1e-8 m at most.
        assert r < 5e-8
        assert v < 5e-10
        assert q < 1e-11
        assert w < 2e-11  # the rate's own tail


def test_many_instants_give_the_same_states_as_one_by_one():
    track = Track(free(START).advance_to(HOUR_NS))
    times = np.array([0, 5, HOUR_NS // 3, HOUR_NS, 7, 1_000_000_000_000])
    together = track.states(times)
    for k, t_ns in enumerate(times.tolist()):
        alone = track.state(t_ns)
        assert np.abs(together.r_eci_m[k] - alone.r_eci_m).max() < 1e-8
        assert np.abs(together.q_eci_from_body[k] - alone.q_eci_from_body).max() < 1e-14


def test_pieces_join_without_a_step():
    pieces = free(START).advance_to(HOUR_NS)
    assert len(pieces) > 5
    for earlier, later in pairwise(pieces):
        assert earlier.start_ns + earlier.duration_ns == later.start_ns
        end, begin = Track((earlier,)).state(later.start_ns), Track((later,)).state(later.start_ns)
        r, v, q, w = apart(end, begin)
        assert max(r, 10.0 * v) < 2e-8
        assert max(q, w) < 2e-11


def test_velocity_is_the_derivative_of_position():
    track = Track(free(START).advance_to(HOUR_NS))
    for t_ns in (10**9, HOUR_NS // 2):
        difference = (track.state(t_ns + 10**6).r_eci_m - track.state(t_ns - 10**6).r_eci_m) / 2e-3
        # Rounding of positions (1e-9 m) over 2 ms.
        assert np.abs(difference - track.state(t_ns).v_eci_mps).max() < 3e-6


def test_a_second_under_thrust_is_one_low_piece():
    body = powered(START)
    (piece,) = body.advance(10**9, (22.0, 0.0, 5.0), (3.0, -2.0, 1.0), (0.1, 0.0, 0.0), 800.0, 0.02 * SLENDER)
    assert piece.order_r <= 8
    assert len(piece.coefficients) < 900


def test_a_newer_trajectory_supersedes_from_its_start():
    old, other = free(START), free(circular(7.2e6, 1.71))
    track = Track(old.advance_to(HOUR_NS))
    before = track.state(HOUR_NS // 2 - 1)
    other.advance_to(HOUR_NS // 2)
    track.extend(Trajectory(body="target", mass_kg=1.0, pieces=other.advance_to(HOUR_NS // 2 + 10**9)))
    assert np.array_equal(track.state(HOUR_NS // 2 - 1).r_eci_m, before.r_eci_m)
    assert np.linalg.norm(track.state(HOUR_NS // 2).r_eci_m) == pytest.approx(7.2e6, rel=0.01)
    assert track.end_ns == HOUR_NS // 2 + 10**9
    assert not track.covers(HOUR_NS)


def test_republished_pieces_change_nothing():
    pieces = free(START).advance_to(HOUR_NS)
    track = Track(pieces)
    track.add(pieces[3:])
    assert track.pieces == pieces
    assert Track(track.pieces).pieces == pieces


def test_outside_its_cover_a_track_refuses_and_says_what_it_has():
    track = Track(free(START).advance_to(10**9))
    assert track.covers(0)
    assert track.covers(10**9)
    for t_ns in (-1, 10**9 + 1):
        assert not track.covers(t_ns)
        with pytest.raises(UsageError, match="covers 0 to 1000000000 ns"):
            track.state(t_ns)
    with pytest.raises(UsageError):
        track.states(np.array([0, 10**9 + 1]))
    with pytest.raises(UsageError):
        Track().state(0)


def test_a_gap_between_trajectories_is_not_covered():
    body = free(START)
    first = body.advance_to(10**9)
    body.advance_to(2 * 10**9)
    track = Track(first + body.advance_to(3 * 10**9))
    assert not track.covers(1_500_000_000)
    with pytest.raises(UsageError):
        track.states(np.array([0, 1_500_000_000, 3 * 10**9]))


def test_forgetting_keeps_what_is_still_to_come():
    track = Track(free(START).advance_to(HOUR_NS))
    wanted = track.state(HOUR_NS // 2)
    track.forget_before(HOUR_NS // 2)
    assert track.pieces[0].start_ns <= HOUR_NS // 2 < track.pieces[1].start_ns
    assert np.array_equal(track.state(HOUR_NS // 2).r_eci_m, wanted.r_eci_m)


def test_a_piece_whose_bytes_do_not_fit_its_orders_is_refused():
    (piece,) = free(START).advance_to(10**9)
    with pytest.raises(UsageError, match="bytes of coefficients"):
        Track((type(piece)(**{**{f: getattr(piece, f) for f in piece.__struct_fields__}, "order_r": 0}),))


def test_an_orbit_alone_coasts_like_the_body():
    track = coast(START.r_eci_m, START.v_eci_mps, 0, HOUR_NS, VACUUM)
    body = free(START)
    body.advance_to(HOUR_NS)
    assert (
        np.abs(track.state(HOUR_NS).r_eci_m - body.state.r_eci_m).max() < 1e-7
    )  # two integrations' rounding
    assert np.array_equal(track.state(5).q_eci_from_body, (1.0, 0.0, 0.0, 0.0))
    assert np.array_equal(track.state(5).w_body_radps, STILL)
