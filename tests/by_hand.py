"""Missions flown by hand, by somebody who presses keys and reads the screen of a real terminal, and no more.

python -m tests.by_hand capture          start to capture, GO at each hold; replays to the same digest
python -m tests.by_hand fault --seeds 5  truth hidden, a fault drawn by the seed: seen, ABORT, safe; 12 seeds
                                         from 1 on draw each kind once
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from services.recording.read import Recording
from services.report import print_table
from tests.terminal import ROOT, TWIN, Terminal, left_behind
from twin.mission.verdict import Assessor, RequirementResult

_SIZE: Final = (120, 40)
_GATES: Final = {"quickstart": ("transfer",), "adras-j2": ("approach", "transfer", "close_in")}
"""What each GO leads to, hold by hold."""
_FAULTS: Final = (
    ("thruster.stuck_on", '{ thruster = "fore-z1" }', "for_s = 11.0"),
    ("thruster.stuck_on", '{ thruster = "fore-y3" }', "for_s = 11.0"),
    ("thruster.stuck_on", '{ thruster = "aft-2" }', "for_s = 11.0"),
    ("wheel.friction", "{ wheel = 2, friction_nm = 0.05 }", ""),
    ("star_tracker.bias", "{ z_deg = 15.0 }", ""),
    ("star_tracker.blind", "{}", ""),
    ("gnss.blind", "{}", ""),
    ("gyro.blind", "{}", ""),
    ("camera.bias", "{ azimuth_deg = 1.0 }", ""),
    ("lidar_range.bias", "{ range_m = 2.0 }", ""),
    ("lidar_range.blind", "{}", ""),
    ("lidar_pose.bias", "{ x_m = 1.0 }", ""),
    ("lidar_pose.blind", "{}", ""),
    ("lidar_pose.flip", '{ axis = "y", angle_deg = 180.0 }', ""),
)
"""What is drawn from: kind, arguments, how long. Each shows within a pass in what comes down; what does not
is listed in docs/monitoring.md."""
_MISSION: Final = """
title = "Quickstart, truth hidden, with a fault of seed {seed}"
extends = "quickstart"
[operator]
truth = false
[[faults]]
name = "drawn"
kind = "{kind}"
arguments = {arguments}
at_s = {at_s:.1f}
{lasting}
"""
_SAFE: Final = {
    "range": (40.0, 60.0),
    "closing": (-0.05, 0.05),
    "sigma r": (0.0, 0.35),
    "attitude": (80.0, 100.0),
    "delta v": (0.0, 0.05),
    "propellant": (209.8, 210.1),
    "battery": (80.0, 100.0),
    "wheels": (0.0, 3.0),
}
"""What a shift at the 50 m hold expects of the key parameters."""

_ALARM: Final = r"[wWDCS][#-]+ +T?\+?[0-9:]+ +(\S+)"
"""A row of the Alarms screen, and the name in it."""


class Found(NamedTuple):
    """What was done, what came of it, whether that is as it should be."""

    done: str
    told: str
    holds: bool


def capture(folder: Path, mission: str) -> Found:
    """GO at every hold, in a pass, wait for the calm stack, read the digest, replay."""
    terminal = Terminal(folder, [*TWIN, "fly", mission, "--rate", "2"], size=_SIZE)
    try:
        for number, leads in enumerate(_GATES[mission], start=1):
            _to_the_gate(terminal, leads)
            terminal.press("g", "y")
            terminal.shows(rf"#{number} go completed", within_s=300.0)
            _rate(terminal, "50")
        terminal.shows(r"The run is over: mission over", within_s=2400.0)
        terminal.press("q")
        screen = terminal.shows(r"EXIT \d+")
    except AssertionError as error:
        return Found(f"{mission} by hand", str(error), False)
    finally:
        terminal.close()
    digest = re.search(r"digest +([0-9a-f]{32})", screen)
    (record,) = (folder / "recordings").glob(f"{mission}-*.mcap")
    command = [*TWIN, "replay", str(record)]
    told = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False
    )
    same = digest is not None and told.stdout.startswith("identical") and digest[1] in told.stdout
    left = left_behind(folder)
    holds = same and "EXIT 0" in screen and "PASS" in screen and not left
    done = f"{mission} by hand to the calm stack, {len(_GATES[mission])} GO"
    return Found(done, told.stdout.strip() or told.stderr, holds)


def _rate(terminal: Terminal, rate: str) -> None:
    terminal.press("r")
    terminal.shows("How many simulated seconds")
    terminal.press(*rate, "Enter")
    terminal.shows(rf"LIVE x{rate}\b|PAUSED x{rate}\b|The run is over")


def _to_the_gate(terminal: Terminal, leads: str) -> None:
    """Until the screen says that GO is waited for and a station listens, with time left to be heard."""
    wanted = rf"waits for GO to {leads}"
    terminal.shows(wanted, within_s=2400.0)
    _rate(terminal, "2")
    if coming := re.search(r"LOS, \S+ in ((\d+):)?(\d+):(\d+)", terminal.shows(r"AOS \S+|LOS, \S+ in")):
        hours, minutes, seconds = (int(each or 0) for each in coming.group(2, 3, 4))
        _rate(terminal, "50")
        terminal.press("u")
        terminal.shows("Run until when")
        terminal.press(*f"+{3600 * hours + 60 * minutes + seconds + 30}", "Enter")
        terminal.shows(r"PAUSED", within_s=600.0)
        _rate(terminal, "2")
        terminal.press("space")
    terminal.shows(r"AOS \S+")
    terminal.shows(r"TM \d\.\d s old|TM 1?\d s old", within_s=120.0)


def fault(folder: Path, seed: int) -> Found:
    """A fault that nobody named: noticed in what the screen shows, ABORT sent, and the flight judged."""
    kinds = sorted({kind for kind, _, _ in _FAULTS})
    turn, place = divmod(seed - 1, len(kinds))  # so many seeds in a row draw every kind once
    drawn = random.Random(f"turn {turn}").sample(kinds, len(kinds))[place]
    draw = random.Random(seed)
    kind, arguments, lasting = draw.choice([each for each in _FAULTS if each[0] == drawn])
    at_s = draw.uniform(60.0, 150.0)
    text = _MISSION.format(seed=seed, kind=kind, arguments=arguments, at_s=at_s, lasting=lasting)
    (folder / "drawn.toml").write_text(text)
    done = f"seed {seed}: {kind} {arguments} at {at_s:.0f} s"
    terminal = Terminal(folder, [*TWIN, "fly", "./drawn.toml", "--rate", "10"], size=_SIZE)
    try:
        terminal.shows(r"waits for GO to transfer")
        terminal.press("T")
        terminal.shows(r"operator.truth = false")
        noticed = _noticed(terminal)
        terminal.press("A", "A")
        after = terminal.shows(r"PHASE .* (retreat|drift) ", within_s=120.0)
        terminal.shows(r"The run is over", within_s=240.0)
        terminal.press("q")
        screen = terminal.shows(r"EXIT \d+")
    except AssertionError as error:
        return Found(done, str(error), False)
    finally:
        terminal.close()
    sphere = _judged(folder / "recordings" / "drawn-1.mcap", "sphere")
    left = left_behind(folder)
    safe = sphere.outcome == "pass" and "Traceback" not in after + screen
    told = f"{noticed}; sphere {sphere.outcome}, {sphere.margin:+.1f} m; {len(left)} processes left"
    return Found(done, told, safe and not left)


def _judged(path: Path, requirement: str) -> RequirementResult:
    """One requirement, judged from the recording as the run judged it."""
    recording = Recording(path)
    _, mission = recording.require_sound()
    assessor = Assessor(mission)
    for event, _ in recording.events():
        assessor.take(event)
    results = assessor.finish(recording.until_ns).results
    return next(each for each in results if each.name == requirement)


def _noticed(terminal: Terminal, within_s: float = 90.0) -> str:
    """What is not as it should be, read from the Mission screen like a shift does it."""
    end_wall_s = time.monotonic() + within_s
    while time.monotonic() < end_wall_s:
        screen = terminal.screen
        if re.search(r"ALM  ?[1-9]", screen):
            terminal.press("4")
            named = re.search(_ALARM, terminal.shows(_ALARM))
            terminal.press("1")
            return f"alarm {named[1]}" if named else ""
        if said := re.search(r"T\+\S+ [WDCS]#\S+ +on board +(.{1,50})", screen):
            return f"said on board: {said[1].strip()}"
        for name, value in _values(screen):
            low, high = _SAFE[name]
            if not low <= value <= high:
                return f"{name} {value:g}"
        time.sleep(0.2)
    raise AssertionError(f"nothing was noticed in\n{terminal.screen}")


def _values(screen: str) -> Iterator[tuple[str, float]]:
    for name in _SAFE:
        if found := re.search(rf"(?m)^│ {name} +(-?[0-9.]+) ", screen):
            yield name, float(found[1])


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def main() -> int:
    """Exit code 0 if all is as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.by_hand",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("capture", "fault"))
    parser.add_argument("--missions", nargs="+", default=list(_GATES), choices=_GATES, help="capture: which")
    parser.add_argument("--first", type=int, default=1, help="fault: the first seed")
    parser.add_argument("--seeds", type=int, default=3, help="fault: how many")
    asked = parser.parse_args()
    flights: list[Callable[[Path], Found]] = (
        [partial(fault, seed=seed) for seed in range(asked.first, asked.first + asked.seeds)]
        if asked.what == "fault"
        else [partial(capture, mission=mission) for mission in asked.missions]
    )
    found = []
    for flight in flights:
        with tempfile.TemporaryDirectory(prefix="by-hand-") as folder:
            found.append(flight(Path(folder)))
        print(f"{'holds' if found[-1].holds else 'FAILS'}  {found[-1].done}", file=sys.stderr, flush=True)
    rows = [(each.done, each.told, "yes" if each.holds else "NO") for each in found]
    print_table((asked.what, "found", "holds"), rows)
    return 0 if all(each.holds for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
