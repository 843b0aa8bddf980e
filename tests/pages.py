"""The output in docs/testing.md, by the code as it is.

python -m tests.pages            compare: every line shown must be printed, in order (three minutes of CPU)
python -m tests.pages --write    and put those printed in the place of those shown
python -m tests.pages --only check

A block that begins with `$ ` is a command. It is run in a folder with the missions of the page and the
recordings that it names, flown for it. `...` stands for lines left out; lines are found by their words, and
what the wall clock says is not compared.
"""

import argparse
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from math import inf, nextafter
from pathlib import Path
from typing import Final, NamedTuple

from msgspec.structs import replace

from services.recording.read import Recording
from services.recording.write import Recorder
from tests.twins import ROOT, private_folder
from twin.contracts.codec import encode
from twin.contracts.navigation import Estimate

PAGE: Final = ROOT / "docs" / "testing.md"
_BLOCK = re.compile(r"^```\n\$ (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FIRST_MISSION = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WALL = re.compile(r"[\d.]+ s(?=, \d+ x real)|\d+ x real|(?<=failed, )[\d.]+ s$|(?<=passed in )[\d.]+s")
_NUMBER = re.compile(r"\b[0-9a-f]{32}\b|\d[\w.:+-]*")
_WORD = re.compile(r"[A-Za-z_]\w*")
_WORDS: Final = 4
_FORGED_NS: Final = 600_000_000_000
STRICT: Final = """extends = "rendezvous"

[[requirements]]
name = "lateral_at_ready"
text = "at most 1 cm beside the capture axis at the ready point"
that = "truth.port_lateral_m <= 0.01"
"""
MANY: Final = """extends = "rendezvous"
title = "The last 50 m with four things wrong"

[[timeline]]
name = "under_way"
expect = "ground.phase == 'transfer'"
within_s = 60.0

[[timeline]]
name = "steady_link"
hold = "ground.in_pass and ground.age_s < 30"
for_s = 60.0

[[timeline]]
name = "note"
mark = "everything heard that the pass had to tell"

[[faults]]
name = "wheel"
kind = "wheel.friction"
arguments = { wheel = 2, friction_nm = 0.002 }
at_s = 20.0

[[faults]]
name = "aside"
kind = "lidar_pose.bias"
arguments = { y_m = 0.2 }
at_s = 30.0

[[faults]]
name = "cell"
kind = "battery.cell"
arguments = { share = 0.1 }
at_s = 40.0

[[faults]]
name = "deaf"
kind = "gnss.bias"
arguments = { x_m = 1.0 }
at_s = 50.0
"""
TWIN: Final = (sys.executable, "-m", "services.cli")
PYTEST: Final = (
    sys.executable,
    "-m",
    "pytest",
    "-p",
    "services.pytest_plugin",
    "-p",
    "no:cacheprovider",
    "-q",
)


class Shown(NamedTuple):
    """A command of the page, the lines shown of what it prints, and where they stand."""

    command: str
    lines: list[str]
    span: tuple[int, int]


def shown(page: str) -> Iterator[Shown]:
    """Every command of a page with its output."""
    for found in _BLOCK.finditer(page):
        yield Shown(found[1], found[2].splitlines(), found.span(2))


def folder_of_the_page(page: str, place: Path) -> None:
    """The missions that the page speaks of."""
    found = _FIRST_MISSION.search(page)
    assert found is not None
    gentle = found[1]
    (place / "missions").mkdir()
    for folder in (place, place / "missions"):
        (folder / "gentle.toml").write_text(gentle)
    (place / "missions" / "strict.toml").write_text(STRICT)
    (place / "many.toml").write_text(MANY)
    (place / "wrong.toml").write_text(gentle.replace('"closing_near"', '"closing_neer"'))
    (place / "wrong2.toml").write_text(gentle.replace("ground.age_s", "ground.ages_s"))


def _one(place: Path, until_s: float | None) -> None:
    _flown(place, "one.mcap", 1, until_s)


def _seven(place: Path, until_s: float | None) -> None:
    _flown(place, "seven.mcap", 7, until_s)


def _forged(place: Path, until_s: float | None) -> None:
    """One estimate of one.mcap is off by one unit in the last place of its range."""
    _made(place, "one.mcap", until_s)
    recording = Recording(place / "one.mcap")
    run, mission = recording.require_sound()
    assert recording.end is not None
    recorder = Recorder(place / "forged.mcap", mission, run)
    for event, raw in recording.events():
        if isinstance(event.body, Estimate) and event.t_ns == _FORGED_NS:
            forged = replace(event, body=replace(event.body, range_m=nextafter(event.body.range_m, -inf)))
            recorder.round(((forged, encode(forged)),))
        else:
            recorder.round(((event, raw),))
    recorder.finish(recording.end)


MADE: Final[dict[str, Callable[[Path, float | None], None]]] = {
    "one.mcap": _one,
    "seven.mcap": _seven,
    "forged.mcap": _forged,
}


def printed(each: Shown, place: Path, until_s: float | None = None) -> list[str]:
    """What the command prints now; recordings that it names are flown first, to `until_s`, if not there."""
    for name in MADE:
        if name in each.command:
            _made(place, name, until_s)
    program, *words = shlex.split(each.command)
    return _output((*(TWIN if program == "twin" else PYTEST), *words), place)


def renewed(each: Shown, output: list[str]) -> list[str]:
    """The lines of the output that the page shows, `...` where it leaves some out.

    Raises LookupError for a line that has no like any more.
    """
    lines, at = [], 0
    for line in each.lines:
        if line.strip() in {"", "..."}:
            lines.append(line)
            continue
        likes = [index for index in range(at, len(output)) if _words(output[index]) == _words(line)]
        if not likes:
            raise LookupError(f"$ {each.command}: nothing printed is like {line!r}")
        at = likes[0] + 1
        lines.append(output[likes[0]].rstrip())
    return lines


def stale(each: Shown, fresh: list[str]) -> list[str]:
    """Lines of the page that are not printed any more."""
    pairs = zip(each.lines, fresh, strict=True)
    return [old for old, new in pairs if _WALL.sub("", old.rstrip()) != _WALL.sub("", new)]


def _words(line: str) -> list[str]:
    """The first words of a line: what it speaks of, whatever its numbers are and however it is spaced."""
    return _WORD.findall(_NUMBER.sub(" ", line))[:_WORDS]


def _made(place: Path, name: str, until_s: float | None) -> None:
    if not (place / name).exists():
        MADE[name](place, until_s)


def _flown(place: Path, name: str, seed: int, until_s: float | None) -> None:
    words = ["run", "rendezvous", "--in-process", "--quiet", "--record", name, "--seed", str(seed)]
    _output((*TWIN, *words, *(["--until", str(until_s)] if until_s else [])), place)


def _output(command: tuple[str, ...], place: Path) -> list[str]:
    done = subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()


def main() -> int:
    """Exit code 1 if the page is stale."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--write", action="store_true", help="put what is printed now into the page")
    parser.add_argument("--only", default="", help="commands with this word")
    asked = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    wrong = 0
    with private_folder() as place:
        folder_of_the_page(page, place)
        for each in reversed(list(shown(page))):
            if asked.only not in each.command:
                continue
            try:
                fresh = renewed(each, printed(each, place))
            except LookupError as error:
                print(error.args[0], flush=True)
                wrong += 1
                continue
            old = stale(each, fresh)
            wrong += bool(old)
            print(f"$ {each.command}: {len(old)} of {len(each.lines)} lines are other now", flush=True)
            for line in old:
                print(f"    {line}")
            page = page[: each.span[0]] + "".join(f"{line}\n" for line in fresh) + page[each.span[1] :]
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")
    return 0 if asked.write or not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
