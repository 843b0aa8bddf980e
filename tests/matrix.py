"""The defect matrix: mistakes in guidance code, each flown against the requirements of a mission.

python -m tests.matrix                         fly them all, print the table (about ten minutes of one core)
python -m tests.matrix --page docs/testing.md  and put it there, between the two marks

A defect is caught when a requirement fails, or the flight itself; one that only leaves some vacuous is not.
Approach defects fly rendezvous, those of the capture fly quickstart.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from services.junit import FLIGHT
from services.laws import laws
from services.library import load_mission
from services.run import Options, fly
from services.words import margin_text
from services.workers import workers
from tests.defects import DEFECTS, Defect, feedback_reversed, put_in
from tests.spoiling import (
    a_cycle_late,
    answer_a_cycle_late,
    changed,
    far_aside,
    fingers_faster,
    further,
    given,
    instead,
    lidar_askew,
    minus,
    moved,
    nearer,
    not_turned,
    patiently,
    ranges_too_long,
    ring,
    scalar_last,
    scaled,
    torques_reversed,
    with_the_orbit,
    without_arms,
    without_turning_axes,
)
from twin.capture import grasp as arm
from twin.dynamics.rotation import conj
from twin.gnc import allocation, computer, navigator, relative, steering, target_attitude
from twin.gnc.allocation import Allocator
from twin.gnc.feeling import Felt
from twin.gnc.navigator import Navigator
from twin.gnc.relative import RelativeFilter
from twin.gnc.stack_control import StackControl
from twin.gnc.steering import Steering
from twin.gnc.target_attitude import TargetFilter
from twin.gnc.tumble import Tumble
from twin.guidance import glideslope, grasp, hold, tracking, waypoints
from twin.guidance import vectors as vec
from twin.guidance.glideslope import Glideslope
from twin.guidance.waypoints import Waypoints

LATEST_S = {"rendezvous": 2600.0, "quickstart": 5400.0}
"""Sound flights end at 1922 s and 2067 s: one that never arrives need not fly its two hours out, though the
third reach of one that is refused comes at about 5000 s."""
BEGIN, END = "<!-- defect matrix -->", "<!-- end of the defect matrix -->"


_LAWS = (hold, waypoints, glideslope)
APPROACH: dict[str, Defect] = {
    "steering: body axes taken for eci": Defect((steering,), "rotate", not_turned),
    "steering: attitude with the wrong sign": Defect((steering,), "conj", lambda _: lambda q: q),
    "steering: impulse in newtons for kilonewtons": Defect(
        (Allocator,), "fire", given(1, lambda v: vec.scale(1000.0, v))
    ),
    "steering: impulse a hundredth": Defect((Allocator,), "fire", given(1, lambda v: vec.scale(0.01, v))),
    "attitude: degrees for radians": Defect((steering,), "wanted_acceleration", scaled(57.3)),
    "attitude: gain a hundredth": Defect((steering,), "wanted_acceleration", scaled(0.01)),
    "attitude: error with the wrong sign": Defect(
        (steering,), "wanted_acceleration", given(0, lambda p: p._replace(missing_rad=minus(p.missing_rad)))
    ),
    "attitude: rate of the target left out": Defect(
        (steering,), "wanted_acceleration", given(0, lambda p: p._replace(rate_radps=vec.ZERO))
    ),
    "attitude: a cycle late": Defect((Steering,), "_torque", answer_a_cycle_late),
    "valves: arms of the thrusters left out": Defect((allocation,), "_column", without_arms),
    "guidance: nature with the wrong sign": Defect((tracking,), "natural_acceleration", scaled(-20.0)),
    "guidance: axis of the fitting inwards": Defect((glideslope,), "on_axis", given(1, lambda axial: -axial)),
    "guidance: turning of the axis left out": Defect(
        (glideslope,), "on_axis", changed(v_ric_mps=lambda _: vec.ZERO)
    ),
    "guidance: demand a cycle late": Defect(_LAWS, "pursue", answer_a_cycle_late),
    "guidance: feedback a hundredth": Defect(_LAWS, "pursue", scaled(0.01)),
    "glideslope: ten times as fast": Defect((Glideslope,), "_speed", scaled(10.0)),
    "glideslope: distance to go not updated": Defect((Glideslope,), "_speed", instead(0.0)),
    "waypoints: correction left out": Defect((Waypoints,), "_correction", instead(vec.ZERO)),
    "waypoints: correction with the wrong sign": Defect((Waypoints,), "_correction", scaled(-1.0)),
    "waypoints: brake with the wrong sign": Defect((waypoints,), "brake", scaled(-1.0)),
    "filter: readings of the cycle before": Defect((Navigator,), "take", a_cycle_late(1)),
    "filter: own thrust with the wrong sign": Defect(
        (RelativeFilter,), "predict", given(3, lambda i: i._replace(change_eci_mps=minus(i.change_eci_mps)))
    ),
    "filter: process noise dropped": Defect((relative, target_attitude), "add_noise", instead(None)),
    "filter: pose of the relative position mirrored": Defect(
        (RelativeFilter,), "see_pose", given(1, lambda r: -r)
    ),
    "filter: axes of ric do not turn": Defect((navigator,), "relative_in_ric", without_turning_axes),
    "filter: ranges a fifth too long": Defect((Navigator,), "take", given(1, ranges_too_long)),
    "filter: mounting of the lidar left out": Defect((Navigator,), "take", given(1, lidar_askew)),
    "attitude: turns with the orbit at the ready point": Defect(
        (computer,), "pointing_of", with_the_orbit("ready")
    ),
    "target: attitude seen inversely": Defect((TargetFilter,), "see", given(1, conj)),
    "target: taken as at rest": Defect(
        (Tumble,), "advance", lambda _: lambda self, q, w, r, dt: (q, (0.0, 0.0, 0.0))
    ),
}
CAPTURE: dict[str, Defect] = {
    "arm: place of the ring with the wrong sign": Defect((computer,), "arm_command", ring(r_body_m=minus)),
    "arm: scalar of the quaternion last": Defect(
        (computer,), "arm_command", ring(q_body_from_port=scalar_last)
    ),
    "arm: ring ten centimetres aside": Defect((computer,), "arm_command", ring(r_body_m=moved)),
    "arm: ring fifteen centimetres aside": Defect((computer,), "arm_command", ring(r_body_m=far_aside)),
    "arm: base feedback with the wrong sign": Defect((grasp,), "pursue", feedback_reversed),
    "arm: base left alone while it reaches": Defect((grasp,), "pursue", instead(vec.ZERO)),
    "arm: ring twenty centimetres further": Defect((computer,), "arm_command", ring(r_body_m=further)),
    "arm: ring twenty centimetres nearer": Defect((computer,), "arm_command", ring(r_body_m=nearer)),
    "arm: turns with the orbit while it reaches": Defect(
        (computer,), "pointing_of", with_the_orbit("reach", "settle")
    ),
    "arm: speed of the ring in the wrong unit": Defect(
        (computer,), "arm_command", ring(v_body_mps=lambda v: vec.scale(100.0, vec.add(v, (1e-3, 1e-3, 0.0))))
    ),
    "arm: rate of the ring in degrees": Defect(
        (computer,), "arm_command", ring(w_body_radps=lambda w: vec.scale(57.3, w))
    ),
    "arm: works where it should wait": Defect(
        (grasp.Grasp,), "_done", lambda _: lambda self, memory, seen: False
    ),
    "latch: its sensor not heard": Defect((Felt,), "cues", lambda _: lambda self: iter(())),
    "latch: asked to hold for 4 s, impulse not counted": Defect((arm.Grasp,), "_secure", patiently(20.0)),
    "arm: fingers ten times as fast": Defect((arm,), "driven", given(0, fingers_faster(10.0))),
    "stack: torque with the wrong sign": Defect((StackControl,), "steer", torques_reversed),
    "stack: no torque": Defect((StackControl,), "_limited", instead(0.0)),
    "stack: target on the wrong side": Defect((computer,), "gripped", changed(target_r_body_m=minus)),
}
MATRIX: dict[str, tuple[str, Defect]] = {
    **{name: ("rendezvous", each) for name, each in {**DEFECTS, **APPROACH}.items()},
    **{name: ("quickstart", each) for name, each in CAPTURE.items()},
}


class Row(NamedTuple):
    """What came of one defect."""

    defect: str
    mission: str
    ended: str
    failed: tuple[str, ...]
    worst: str

    @property
    def caught(self) -> bool:
        return bool(self.failed)


def flown(defect: str) -> Row:
    """Fly one defect, in process."""
    name, spoilt = MATRIX[defect]
    mission = load_mission(name, laws())
    mission = replace(mission, ending=replace(mission.ending, latest_s=LATEST_S[name]))
    with put_in(spoilt):
        report = fly(mission, Options(in_process=True))
    results = report.verdict.results if report.verdict else ()
    failed = [each for each in results if each.outcome == "fail"]
    misfit = "spoilt" in report.outcome.text
    assert not misfit, f"{defect} no longer fits the code: {report.outcome.text}"
    names = tuple(each.name for each in failed) if report.verdict else (FLIGHT,)
    measured = [each for each in failed if each.margin is not None]
    worst = f"{measured[0].name} {margin_text(measured[0])}" if measured else "-"
    ended = f"{report.outcome.cause} at {report.end_s:.0f} s"
    return Row(defect, name, ended, names, worst)


def page(rows: list[Row]) -> str:
    """The matrix and what each requirement caught, as Markdown."""
    lines = ["| defect | mission | ended | caught by | first margin |", "|---|---|---|---|---|"]
    for row in rows:
        names = ", ".join(row.failed[:4]) + (
            f" and {len(row.failed) - 4} more" if len(row.failed) > 4 else ""
        )
        lines.append(
            f"| {row.defect} | {row.mission} | {row.ended} | {names or '**nothing**'} | {row.worst} |"
        )
    counts = Counter(name for row in rows for name in row.failed)
    every = {each.name for name in LATEST_S for each in load_mission(name, laws()).requirements}
    idle = sorted(every - set(counts))
    caught = sum(row.caught for row in rows)
    lines += ["", f"{caught} of {len(rows)} caught, {100.0 * caught / len(rows):.1f} %."]
    lines += [
        "Defects caught by each requirement: " + ", ".join(f"{n} {c}" for n, c in counts.most_common()) + "."
    ]
    lines += [f"Caught nothing here: {', '.join(idle) or 'none'}."]
    return "\n".join(lines)


def _kept(path: Path | None) -> dict[str, Row]:
    """Rows of an earlier call."""
    if path is None or not path.exists():
        return {}
    rows = [Row(*json.loads(line)) for line in path.read_text().splitlines()]
    return {row.defect: row._replace(failed=tuple(row.failed)) for row in rows}


def main() -> int:
    """Exit code 0 if at least 95 % are caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--page", type=Path, help="put the table between the marks of this file")
    parser.add_argument("--jobs", type=int, default=2, help="flights at a time; 0: only what was kept")
    parser.add_argument("--only", default="", help="this defect, or those of this mission")
    parser.add_argument("--rows", type=Path, help="keep what was flown here, and fly only what is missing")
    asked = parser.parse_args()
    chosen = [name for name in MATRIX if asked.only in (name, MATRIX[name][0], "")]
    known = _kept(asked.rows)
    missing = [name for name in chosen if name not in known] if asked.jobs else []
    with workers(max(asked.jobs, 1)) as pool:
        for row in pool.map(flown, missing):
            said = ", ".join(row.failed) or "NOTHING"
            print(f"{row.defect}: {row.ended}: {said}", file=sys.stderr, flush=True)
            known[row.defect] = row
            if asked.rows:
                with asked.rows.open("a") as file:
                    file.write(json.dumps(row) + "\n")
    rows = [known[name] for name in chosen if name in known]
    text = page(rows)
    print(text)
    if asked.page:
        whole = asked.page.read_text(encoding="utf-8")
        before, after = whole.split(BEGIN)[0], whole.split(END)[1]
        asked.page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    return 0 if sum(row.caught for row in rows) >= 0.95 * len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
