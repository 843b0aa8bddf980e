"""The seam under pressure: laws that fail, laws swapped in flight, laws that only look on."""

import subprocess
import sys
from pathlib import Path
from re import escape

import numpy as np
import pytest
from msgspec.structs import replace

from services.choosing import Choice, chosen
from services.laws import laws
from services.library import load_mission
from services.recording.read import Recording
from services.recording.replay import replay
from services.run import Options, fly, participants
from tests.bad_laws import BAD, installed
from tests.gnc_world import World
from twin.contracts.navigation import LawCompared, PhaseChanged, SafetyVerdict
from twin.contracts.operations import LawSwap, LawUnresponsive
from twin.contracts.radio import CommandReport, Telecommand
from twin.contracts.steering import SwapLaw
from twin.dynamics.rotation import matrix
from twin.errors import ContractError, MissionError, TwinError, UsageError
from twin.gnc.computer import Computer
from twin.guidance.law import Laws
from twin.mission.script import Mission

ALL: Laws = {**laws(), **BAD}
RENDEZVOUS = load_mission("rendezvous", laws())


def in_corridor(law: str = "glideslope") -> Mission:
    """Rendezvous, begun 60 m out on the axis in the phase of the final approach; bad laws begin at 5 s."""
    world = World(RENDEZVOUS, 1)
    start = replace(
        RENDEZVOUS.start, r_ric_m=tuple((60.0 * world.frame() @ matrix(world.q_target)[:, 0]).tolist())
    )
    phases = tuple(
        replace(row, law=law, parameters=row.parameters if law == "glideslope" else {"after_s": 5.0})
        if row.name == "close_in"
        else row
        for row in RENDEZVOUS.guidance.phases
    )
    guidance = replace(RENDEZVOUS.guidance, phases=phases, start_phase="close_in")
    return replace(RENDEZVOUS, guidance=guidance, start=start)


def flown(computer: Computer, world: World, cycles: int) -> list[object]:
    said: list[object] = []
    for _ in range(cycles):
        command, says = computer.cycle(world.readings())
        said += says
        world.fly(command)
    return said


def world_on_axis(mission: Mission) -> World:
    return World(mission, 1, r_ric_m=np.array(mission.start.r_ric_m))


@pytest.mark.parametrize("law", BAD)
def test_a_law_that_fails_is_replaced_at_that_step(law: str) -> None:
    mission = in_corridor(law)
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    said = flown(computer, world, 10)
    verdict = next(each for each in said if isinstance(each, SafetyVerdict))
    changed = next(each for each in said if isinstance(each, PhaseChanged))
    assert (verdict.monitor, verdict.level) == ("law", "abort")
    assert f"law {law} of phase close_in failed" in verdict.text
    assert (changed.cue, changed.phase, changed.t_ns) == ("abort", "retreat", verdict.t_ns)
    assert verdict.t_ns == (6 if law == "forgets" else 5) * 10**9


def test_where_no_phase_follows_the_safe_law_flies_on() -> None:
    mission = in_corridor("raises")
    phases = tuple(
        replace(row, on={"arrived": "ready"}) if row.name == "close_in" else row
        for row in mission.guidance.phases
    )
    mission = replace(mission, guidance=replace(mission.guidance, phases=phases))
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    said = flown(computer, world, 10)
    assert [each.monitor for each in said if isinstance(each, SafetyVerdict)] == ["law"]
    command, _ = computer.cycle(world.readings())
    assert max(command.thruster_on_s) == 0.0


def test_a_failure_says_nothing_that_another_process_would_say_otherwise() -> None:
    mission = in_corridor("raises")
    said = flown(Computer(mission, ALL), world_on_axis(mission), 10)
    text = next(each.text for each in said if isinstance(each, SafetyVerdict))
    assert "object at 0x…>" in text


def test_a_swap_and_the_swap_back_leave_the_mission_s_own_parameters() -> None:
    mission = in_corridor()
    world, computer, plain = world_on_axis(mission), Computer(mission, ALL), Computer(mission, ALL)
    for _ in range(6):
        readings = world.readings()
        command, _ = computer.cycle(readings)
        assert plain.cycle(readings)[0] == command
        world.fly(command)
    computer.swap(LawSwap(phase="close_in", law="drift"))
    flown(computer, world, 3)
    computer.swap(LawSwap(phase="close_in", law="glideslope"))
    back = computer.snapshot()
    assert back.pilot.memory is None
    flown(computer, world, 1)
    memory = computer.snapshot().pilot.memory
    assert memory is not None
    assert memory.law == "glideslope"


def test_a_telecommand_swaps_a_law_and_says_why_it_cannot() -> None:
    mission = in_corridor()
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    arguments = {"phase": "hold_17", "law": "hold", "parameters.place.port_axial_m": 18.0}
    computer.hear(Telecommand(command=1, name="swap_law", arguments=dict(arguments)))
    computer.hear(Telecommand(command=2, name="swap_law", arguments={"phase": "hold_17", "law": "holt"}))
    computer.hear(Telecommand(command=3, name="swap_law", arguments={"law": "hold", "shadow": True}))
    reports = [each for each in flown(computer, world, 1) if isinstance(each, CommandReport)]
    assert [(each.command, each.stage) for each in reports] == [
        (1, "accepted"),
        (1, "started"),
        (1, "completed"),
        (2, "failed"),
        (3, "failed"),
    ]
    assert "unknown law `holt`; nearest: hold" in reports[3].reason


def test_a_shadow_is_compared_and_changes_no_command() -> None:
    mission = in_corridor()
    plain, watched = Computer(mission, ALL), Computer(mission, ALL)
    watched.swap(LawSwap(phase="close_in", law="drift", shadow=True))
    world = world_on_axis(mission)
    for _ in range(8):
        readings = world.readings()
        command, says = watched.cycle(readings)
        assert plain.cycle(readings)[0] == command
        world.fly(command)
        (compared,) = (each for each in says if isinstance(each, LawCompared))
        assert (compared.law, compared.shadow) == ("glideslope", "drift")
        assert compared.difference_mps2 == pytest.approx(np.linalg.norm(compared.flown_ric_mps2))
    watched.swap(LawSwap(phase="close_in", law="none", shadow=True))
    assert not any(isinstance(each, LawCompared) for each in flown(watched, world, 2))


def test_a_shadow_that_fails_is_heard_no_more_and_survives_a_restore_so() -> None:
    mission = in_corridor()
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    computer.swap(LawSwap(phase="close_in", law="raises", arguments={"after_s": 3.0}, shadow=True))
    said = flown(computer, world, 8)
    compared = [each for each in said if isinstance(each, LawCompared)]
    assert [bool(each.failed) for each in compared] == [False, False, False, True]
    assert not any(isinstance(each, PhaseChanged) for each in said)
    again = Computer(mission, ALL)
    again.restore(computer.snapshot())
    readings = world.readings()
    assert again.cycle(readings) == computer.cycle(readings)


def test_a_memory_of_another_version_of_a_law_is_refused() -> None:
    mission = in_corridor()
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    flown(computer, world, 2)
    newer = type("Newer", (ALL["glideslope"],), {"version": 2}, frozen=True, kw_only=True)
    other = Computer(mission, {**ALL, "glideslope": newer})
    with pytest.raises(ContractError, match="of law glideslope, version 1; here flies glideslope, version 2"):
        other.restore(computer.snapshot())


def test_a_flight_whose_law_fails_in_the_corridor_retreats_passes_the_zones_and_replays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(installed(tmp_path / "site"))
    mission = load_mission("rendezvous", laws())
    mission = chosen(mission, Choice(laws=("close_in=raises",)))
    report = fly(mission, Options(in_process=True, record=tmp_path / "a.mcap"))
    assert report.verdict is not None
    outcome = {each.name: each.outcome for each in report.verdict.results}
    assert (outcome["sphere"], outcome["no_abort"], outcome["ready_reached"]) == ("pass", "fail", "fail")
    assert replay(Recording(tmp_path / "a.mcap"), participants()).exact


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(laws=("close_in=glideslop",)), "unknown law `glideslop`; nearest: glideslope"),
        (Choice(laws=("closein=hold",)), "no phase `closein` in rendezvous; nearest: close_in"),
        (Choice(laws=("glideslope",), parameters=("speed=3",)), "no parameter `speed`; nearest: speed_mps"),
        (Choice(laws=("glideslope",), parameters=("speed_mps=fast",)), "Expected `float`, got `str`"),
        (Choice(laws=("glideslope",), parameters=("speed_mps",)), "a parameter is written KEY=VALUE"),
        (Choice(parameters=("speed_mps=1",)), "needs a --law or --shadow"),
        (Choice(laws=("close_in=hold",)), "missing required field `place`"),
    ],
)
def test_a_wrong_choice_is_refused_in_one_line(choice: Choice, said: str) -> None:
    with pytest.raises(TwinError, match=escape(said)) as caught:
        chosen(RENDEZVOUS, choice)
    assert "\n" not in str(caught.value)


def test_without_a_phase_the_law_flies_the_first_one_of_the_corridor() -> None:
    mission = chosen(RENDEZVOUS, Choice(laws=("hold",), parameters=("place={port_axial_m = 12.0}",)))
    row = next(row for row in mission.guidance.phases if row.name == "close_in")
    assert (row.law, row.parameters) == ("hold", {"place": {"port_axial_m": 12.0}})


def test_a_new_law_is_a_package_with_its_test_that_passes(tmp_path: Path) -> None:
    from services.new_law import write

    write("mine", tmp_path)
    assert sorted(each.name for each in (tmp_path / "mine").iterdir()) == [
        "README.md",
        "mine.py",
        "pyproject.toml",
        "test_mine.py",
    ]
    root = str(Path(__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path / "mine")],
        env={"PYTHONPATH": root, "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    with pytest.raises(UsageError, match="is there already"):
        write("mine", tmp_path)
    for name in ("hold", "Mine", "class", "twin"):
        with pytest.raises(UsageError):
            write(name, tmp_path)


def test_an_operator_s_swap_that_cannot_fly_is_declined() -> None:
    from services.bus.operator import _swap_law

    with pytest.raises(MissionError, match="unknown law `mcp`"):
        _swap_law(_Run(), SwapLaw(phase="close_in", law="mcp"))
    run = _Run()
    _swap_law(run, SwapLaw(phase="close_in", law="drift"))
    assert run.injected == [("operator", ("guidance",), LawSwap(phase="close_in", law="drift"))]


class _Run:
    """What the operator plane needs of a run, for a swap."""

    mission = RENDEZVOUS

    def __init__(self) -> None:
        self.injected: list[object] = []

    def inject(self, source: str, to: tuple[str, ...], body: object) -> None:
        self.injected.append((source, to, body))


def test_a_law_that_hangs_is_ended_by_its_computing_time_and_the_replay_agrees(
    tmp_path: Path, bad_laws: None
) -> None:
    choice = Choice(laws=("hold_50=hangs",), parameters=("after_s=20",))
    mission = chosen(load_mission("rendezvous", laws()), choice)
    report = fly(mission, Options(record=tmp_path / "a.mcap", until_s=60.0))
    assert [each.cause for each in report.outcome.restarts] == ["killed by SIGPROF"]
    recording = Recording(tmp_path / "a.mcap")
    bodies = [(event, event.body) for event, _ in recording.events()]
    ((hung, said),) = [(event, body) for event, body in bodies if isinstance(body, LawUnresponsive)]
    assert (said.law, hung.external, hung.to) == ("hangs", True, ("guidance",))
    changed = next(body for _, body in bodies if isinstance(body, PhaseChanged))
    assert (changed.t_ns, changed.phase) == (hung.t_ns, "retreat")
    assert "law hangs of phase hold_50 failed: no answer after 3 s of computing" in changed.reason
    assert replay(recording, participants()).digest == report.outcome.digest


def test_two_laws_that_do_not_answer_leave_the_safe_one() -> None:
    mission = in_corridor()
    computer, world = Computer(mission, ALL), world_on_axis(mission)
    flown(computer, world, 2)
    computer.unresponsive("no answer")
    computer.unresponsive("no answer")
    said = [each.phase for each in flown(computer, world, 1) if isinstance(each, PhaseChanged)]
    assert said == ["retreat", "drift"]
