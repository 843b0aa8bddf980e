"""The abort ladder on board: the first rung that its prediction calls safe, or the one with the most room."""

import numpy as np
import pytest
from msgspec.structs import replace

from services.laws import laws
from services.library import load_mission
from tests.bad_laws import BAD
from tests.gnc_world import Array, World
from twin.contracts.navigation import PhaseChanged, SafetyVerdict
from twin.errors import MissionError
from twin.gnc.computer import Computer
from twin.gnc.settings import Ladder
from twin.guidance.phases import Phase
from twin.mission.checks import check
from twin.mission.script import Mission

RENDEZVOUS = load_mission("rendezvous", laws())
EVERY = Ladder(hold="hold_50", retreat="retreat", cam="cam", free_drift="drift")


def mission(ladder: Ladder, law: str = "raises") -> Mission:
    """A rendezvous with a ladder; the law of the hold at 50 m fails after 20 s."""
    guidance = RENDEZVOUS.guidance
    rows = [
        replace(row, law=law, parameters={"after_s": 20.0}) if row.name == "hold_50" else row
        for row in guidance.phases
    ]
    rows.append(Phase(name="cam", law="cam", period_s=0.5, zone="free", on={"arrived": "drift"}))
    safety = replace(guidance.safety, ladder=ladder)
    return replace(RENDEZVOUS, guidance=replace(guidance, phases=tuple(rows), safety=safety))


def aborted(
    ladder: Ladder, r_ric_m: tuple[float, float, float] = (0.0, -50.0, 0.0)
) -> tuple[SafetyVerdict, str]:
    """What the ladder said, and the phase that follows."""
    flown = mission(ladder)
    flown = replace(flown, start=replace(flown.start, r_ric_m=r_ric_m))
    return _aborted(flown, np.array(r_ric_m))


def _aborted(flown: Mission, r_ric_m: Array) -> tuple[SafetyVerdict, str]:
    computer, world = Computer(flown, {**laws(), **BAD}), World(flown, 1, r_ric_m=r_ric_m)
    for _ in range(8):
        command, says = computer.cycle(world.readings())
        changed = [each for each in says if isinstance(each, PhaseChanged)]
        if changed:
            verdicts = [each for each in says if isinstance(each, SafetyVerdict)]
            return next(each for each in verdicts if each.monitor == "ladder"), changed[0].phase
        world.fly(command)
    raise AssertionError("nothing was aborted")


def test_outside_the_sphere_staying_is_the_first_rung_that_is_safe() -> None:
    verdict, phase = aborted(replace(EVERY, hold="hold_17"))
    assert (verdict.level, phase) == ("watch", "hold_17")
    assert verdict.text.startswith("hold: the first that is safe")


def test_without_a_hold_the_next_rung_leaves_by_a_drift_that_is_said() -> None:
    verdict, phase = aborted(replace(EVERY, hold=None))
    assert (verdict.level, phase) == ("watch", "retreat")
    assert "mm/s in ric; 24 h come no nearer than" in verdict.text
    assert verdict.value >= verdict.limit == 20.0


def test_where_none_is_safe_the_one_with_the_most_room_is_taken_and_it_says_so() -> None:
    # From 25 m ahead, above: a drift comes back through the sphere within a revolution.
    verdict, phase = aborted(Ladder(free_drift="drift"), (3.0, -24.0, 0.0))
    assert (verdict.level, phase) == ("abort", "drift")
    assert "none is safe, this one has the most room" in verdict.text
    assert verdict.value < verdict.limit


def aborted_inside(ladder: Ladder, lateral_m: float = 0.0) -> tuple[SafetyVerdict, str]:
    """The same from 12 m before the fitting, in the corridor; `lateral_m` off its axis, in-track."""
    flown = mission(ladder)
    rows = [
        replace(row, law="raises", parameters={"after_s": 5.0}) if row.name == "close_in" else row
        for row in flown.guidance.phases
    ]
    out_m = 12.0 + flown.target.port.r_body_m[0]
    axis = np.array((-np.cos(np.radians(19.7)), 0.0, np.sin(np.radians(19.7))))
    start = out_m * axis + np.array((0.0, lateral_m, 0.0))
    guidance = replace(flown.guidance, phases=tuple(rows), start_phase="close_in")
    place = replace(flown.start, r_ric_m=tuple(start.tolist()))
    return _aborted(replace(flown, guidance=guidance, start=place), start)


def test_from_inside_the_ladder_leaves_by_the_corridor_and_says_how_much_room_there_is() -> None:
    verdict, phase = aborted_inside(EVERY)
    assert (verdict.level, phase) == ("watch", "retreat")
    assert "out inside the corridor, " in verdict.text
    assert aborted_inside(replace(EVERY, retreat=None))[1] == "cam"


def test_beside_the_corridor_no_rung_is_safe_and_that_is_said() -> None:
    verdict, _ = aborted_inside(EVERY, lateral_m=6.0)
    assert verdict.level == "abort"
    assert "out beside the corridor, " in verdict.text


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        (Ladder(), "a ladder needs at least one rung"),
        (Ladder(cam="camm"), "unknown phase `camm`; nearest: cam"),
    ],
)
def test_a_ladder_that_leads_nowhere_is_refused_at_load(ladder: Ladder, said: str) -> None:
    with pytest.raises(MissionError, match=said):
        check(mission(ladder), "mine.toml", {**laws(), **BAD})
