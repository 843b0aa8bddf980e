"""Laws swapped and failing in the final approach, and a foreign guidance that conforms."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from services.choosing import Choice, chosen
from services.laws import laws
from services.library import load_mission
from services.recording.read import Recording
from services.recording.replay import replay
from services.run import Options, fly, participants
from tests.test_law_seam import in_corridor, world_on_axis
from tests.twins import PATIENCE_S, free_endpoint, started
from twin.contracts.navigation import Estimate, PhaseChanged
from twin.contracts.operations import LawSwap
from twin.gnc.computer import Computer
from twin.mission.script import Fault

PLAIN = Path(__file__).parent / "peers" / "plain"


def test_a_law_swapped_in_at_30_m_and_back_arrives() -> None:
    """From 60 m on the axis: the glideslope, from 30 m the predictive law, a minute later the glideslope."""
    mission = in_corridor()
    computer, world = Computer(mission, laws()), world_on_axis(mission)
    swapped_ns, phases, widest_m = [], [], 0.0
    for _ in range(2700):
        command, says = computer.cycle(world.readings())
        seen = next((each for each in says if isinstance(each, Estimate)), None)
        phases += [each.phase for each in says if isinstance(each, PhaseChanged)]
        if seen is not None and not swapped_ns and seen.range_m < 30.0:
            computer.swap(LawSwap(phase="close_in", law="mpc", arguments={"end_axial_m": 3.2}))
            swapped_ns.append(seen.t_ns)
        if seen is not None and len(swapped_ns) == 1 and seen.t_ns >= swapped_ns[0] + 60_000_000_000:
            computer.swap(LawSwap(phase="close_in", law="glideslope", arguments={}))
            swapped_ns.append(seen.t_ns)
        if swapped_ns:
            widest_m = max(widest_m, world.port()[1])
        if phases:
            break
        world.fly(command)
    axial_m, lateral_m = world.port()
    assert (len(swapped_ns), phases) == (2, ["ready"])
    assert axial_m == pytest.approx(3.2, abs=0.1)
    assert lateral_m < 0.05
    assert widest_m < 0.5  # the cone is 5 m wide where the law came in


def test_a_law_that_hangs_in_the_final_approach_leads_out_by_the_corridor_and_replays(
    tmp_path: Path, bad_laws: None
) -> None:
    mission = load_mission("rendezvous", laws())
    mission = chosen(mission, Choice(laws=("close_in=hangs",), parameters=("close_in.after_s=1200",)))
    report = fly(mission, Options(record=tmp_path / "a.mcap"))
    assert [each.cause for each in report.outcome.restarts] == ["killed by SIGPROF"]
    assert report.verdict is not None
    outcome = {each.name: each.outcome for each in report.verdict.results}
    assert (outcome["sphere"], outcome["no_abort"], outcome["ready_reached"]) == ("pass", "fail", "fail")
    assert replay(Recording(tmp_path / "a.mcap"), participants()).digest == report.outcome.digest


def test_guidance_killed_at_ten_metres_comes_back_and_the_flight_is_the_same() -> None:
    mission = load_mission("rendezvous", laws())
    when = "onboard.phase == 'close_in' and truth.port_axial_m < 10"
    crash = Fault(name="crash", kind="process.kill", arguments={"role": "guidance"}, when=when)
    killed = fly(msgspec.structs.replace(mission, faults=(crash,)), Options())
    (restart,) = killed.outcome.restarts
    assert (restart.participant, restart.cause) == ("guidance", "killed by SIGKILL")
    assert 1300.0 < restart.t_ns * 1e-9 < 1450.0
    assert killed.verdict is not None
    assert killed.verdict.passed
    assert killed.outcome.digest == fly(mission, Options(in_process=True)).outcome.digest


def test_a_foreign_guidance_conforms_at_its_endpoint(tmp_path: Path) -> None:
    endpoint = free_endpoint()
    judging = started(["conformance", endpoint, "--json"], tmp_path)
    guidance = subprocess.Popen([sys.executable, str(PLAIN), endpoint], stdout=subprocess.DEVNULL)
    try:
        said, _ = judging.communicate(timeout=10.0 * PATIENCE_S)
        assert guidance.wait(PATIENCE_S) == 0
    finally:
        judging.terminate()
        guidance.kill()
        guidance.wait()
    found = json.loads(said[said.index("{") :])
    assert judging.returncode == 0
    assert found["conforms"]
    assert {each["rule"] for each in found["situations"]} >= {
        "stays",
        "speaks",
        "answers",
        "in_time",
        "sphere",
    }
