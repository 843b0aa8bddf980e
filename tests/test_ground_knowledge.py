"""What the ground knows: the newest by time of generation, absent when unknown."""

from ground_samples import LOOKS
from hypothesis import given
from hypothesis import strategies as st

from twin.contracts.navigation import Looks
from twin.contracts.radio import Housekeeping, OnBoardEvent, TelemetryFrame
from twin.ground.knowledge import Knowledge
from twin.mission.quantities import QUANTITIES

S = 1_000_000_000


def housekeeping(
    t_s: float, phase: str = "hold_300", range_m: float = 300.0, looks: Looks | None = LOOKS
) -> Housekeeping:
    return Housekeeping(
        generated_ns=round(t_s * S),
        phase=phase,
        r_ric_m=(1.0, -range_m, 2.0),
        v_ric_mps=(0.0, 0.1, 0.0),
        sigma_r_m=1.0,
        range_m=range_m,
        range_rate_mps=-0.1,
        port_axial_m=280.0,
        port_lateral_m=3.0,
        attitude_error_rad=0.1,
        propellant_kg=50.0,
        battery_fraction=0.9,
        delta_v_mps=0.2,
        wheel_momentum_max_nms=4.0,
        rejected=2,
        nis=0.8,
        looks=looks,
        wheel_drag_nm=0.0,
    )


def frame(sequence: int, *reports: Housekeeping, events: tuple[OnBoardEvent, ...] = ()) -> TelemetryFrame:
    return TelemetryFrame(sequence=sequence, sent_ns=0, stored=False, housekeeping=reports, events=events)


def test_before_the_first_frame_only_the_link_is_known() -> None:
    assert Knowledge().values(5 * S, None) == {"ground.in_pass": False}
    assert Knowledge().values(5 * S, 9 * S) == {"ground.in_pass": True, "ground.pass_remaining_s": 4.0}


def test_every_value_is_a_declared_quantity_and_every_declared_one_is_given() -> None:
    knowledge = Knowledge()
    knowledge.take(frame(0, housekeeping(1.0)))
    given_names = set(knowledge.values(5 * S, 9 * S))
    assert given_names == {name for name in QUANTITIES if name.startswith("ground.")}


def test_what_a_report_leaves_out_is_unknown_not_nought() -> None:
    knowledge = Knowledge()
    knowledge.take(frame(0, housekeeping(1.0, looks=None)))
    values = knowledge.values(5 * S, 9 * S)
    assert not {"ground.pose_misfit", "ground.gnss_age_s"} & set(values)
    assert values["ground.range_m"] == 300.0


def test_values_carry_units_and_age() -> None:
    knowledge = Knowledge()
    knowledge.take(frame(0, housekeeping(10.0)))
    values = knowledge.values(25 * S, None)
    assert values["ground.age_s"] == 15.0
    assert values["ground.closing_mps"] == 0.1
    assert abs(values["ground.attitude_error_deg"] - 5.729577951308232) < 1e-12
    assert "ground.pass_remaining_s" not in values


@given(st.permutations([float(t) for t in range(8)]), st.integers(1, 4))
def test_a_dump_never_turns_a_value_back(times: list[float], size: int) -> None:
    knowledge = Knowledge()
    ages = []
    for k in range(0, len(times), size):
        knowledge.take(frame(k, *(housekeeping(t, range_m=100.0 + t) for t in times[k : k + size])))
        ages.append(knowledge.values(100 * S, None)["ground.age_s"])
        assert knowledge.values(100 * S, None)["ground.range_m"] == 100.0 + max(times[: k + size])
    assert ages == sorted(ages, reverse=True)


def test_the_age_of_a_phase_counts_from_the_event_on_board() -> None:
    knowledge = Knowledge()
    knowledge.take(frame(0, housekeeping(20.0)))
    assert knowledge.values(30 * S, None)["ground.phase_age_s"] == 30.0
    change = OnBoardEvent(generated_ns=24 * S, severity="info", name="phase_changed", text="a to b on go")
    safety = OnBoardEvent(generated_ns=28 * S, severity="high", name="safety", text="corridor")
    knowledge.take(frame(1, housekeeping(29.0, phase="approach_50"), events=(change, safety)))
    assert knowledge.values(30 * S, None)["ground.phase_age_s"] == 6.0


def test_frames_that_never_arrived_are_counted() -> None:
    knowledge = Knowledge()
    for sequence in (0, 1, 5, 6, 6, 9):
        knowledge.take(frame(sequence))
    assert (knowledge.received.frames, knowledge.received.missed) == (6, 5)
