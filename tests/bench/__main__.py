"""Measure everything and print the report.

python -m tests.bench            some minutes
python -m tests.bench --quick    some seconds: small samples, no starts, no day-long missions
python -m tests.bench --json     one object on standard output
"""

import argparse
import compileall
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.laws import laws
from services.library import load_mission
from tests.bench import (
    children,
    comparing,
    compiling,
    console,
    contact,
    cycles,
    guidance,
    noise,
    propagation,
    recovery,
    rounds,
    speed,
    startup,
    wire,
)
from tests.bench.figures import Figure
from tests.bench.flights import Flight, flown
from tests.bench.report import Report, show
from tests.bench.whereabouts import by_package
from twin.mission.script import Mission


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured; `until_s` None flies missions to their end, day-long ones and cold starts too."""

    until_s: float | None
    rounds: int
    repeats: int
    draws: int


FULL = Size(until_s=None, rounds=3000, repeats=3, draws=20_000)
QUICK = Size(until_s=90.0, rounds=200, repeats=1, draws=500)


class Bench:
    """One run of all measurements, with recordings in `folder`."""

    def __init__(self, size: Size, folder: Path) -> None:
        self.size = size
        self.folder = folder
        self.near = load_mission("rendezvous", laws())
        self.whole = load_mission("adras-j2", laws())
        self.flights: dict[str, Flight] = {}

    def report(self) -> Report:
        """Measure; what is being measured is said on standard error."""
        figures = tuple(self._figures())
        self._say("profile")
        shares = by_package(self.near, self.folder / "profile.mcap", self.size.until_s)
        who = {name: flight.held_s for name, flight in self.flights.items()}
        return Report(figures=figures, held=who, shares=shares)

    def _figures(self) -> Iterator[Figure]:
        size = self.size
        self._fly("rendezvous, warming up", self.near, in_process=True)
        del self.flights["rendezvous, warming up"]
        near = self._fly("rendezvous in process", self.near, in_process=True)
        before_per_s = rounds.bare_rounds_per_s(size.rounds)
        apart = self._fly("rendezvous as processes", self.near, in_process=False)
        after_per_s = rounds.bare_rounds_per_s(size.rounds)
        yield from cycles.figures(near, apart, 0.5 * (before_per_s + after_per_s))
        self._say("rounds")
        yield from rounds.figures(self.near, self.folder, size.rounds, size.repeats)
        yield cycles.recorder(near)
        self._say("recovery, comparison")
        yield from recovery.figures(self.near, self.folder)
        yield comparing.figure(self.whole, self.folder)
        yield from self._missions()
        yield from self._memory()
        self._say("starts")
        yield startup.help_figure(size.repeats)
        if size.until_s is None:
            yield from startup.figures(size.repeats)
            yield from self.console()
            yield from compiling.figures()
        self._say("propagation, noise")
        yield propagation.figure(self.near, 10 * size.repeats)
        yield from noise.figures(size.draws)
        self._say("filters, laws, allocation")
        yield from guidance.figures(100 * size.repeats)
        self._say("contact window, camera")
        yield from contact.figures(size.repeats)

    def console(self) -> Iterator[Figure]:
        """The console under load."""
        self._say("console")
        return console.figures(load_mission("quickstart", laws()), self.folder, console.RATES, 15.0)

    def _missions(self) -> Iterator[Figure]:
        near = self._fly("adras-j2 in process", self.whole, in_process=True)
        yield speed.figure("adras-j2 in process", near, None)
        yield cycles.recorder(near)
        apart = self._fly("adras-j2 as processes", self.whole, in_process=False)
        yield speed.figure("adras-j2 as processes", apart, None)
        if self.size.until_s is None:
            yield from self._long_missions()
        yield from wire.figures(self.folder / "adras-j2 in process.mcap", self.whole)
        orbit_s = wire.orbit_s(self.whole) if self.size.until_s is None else self.size.until_s
        self._fly("one orbit of drift", wire.coasting(self.whole), in_process=True, until_s=orbit_s)
        yield wire.coasting_figure(self.folder / "one orbit of drift.mcap", orbit_s)

    def _long_missions(self) -> Iterator[Figure]:
        day = speed.day_long(self.whole)
        for way, in_process, budget in (("in process", True, 3000.0), ("as processes", False, 1000.0)):
            name = f"adras-j2, a day at 300 m first, {way}"
            yield speed.figure(name, self._fly(name, day, in_process=in_process), budget)

    def _memory(self) -> Iterator[Figure]:
        """Of the last, longest mission flown as processes."""
        name, flight = [item for item in self.flights.items() if item[1].peak_bytes][-1]
        for service, peak in flight.peak_bytes.items():
            note = f"VmHWM, {name}"
            yield Figure(what=f"peak memory, {service}", measured=peak / 2**20, unit="MiB", note=note)
        own = children.own_peak_bytes() / 2**20
        yield Figure(what="peak memory, this process", measured=own, unit="MiB", note="all runs so far")

    def _fly(self, name: str, mission: Mission, *, in_process: bool, until_s: float | None = None) -> Flight:
        self._say(name)
        flight = flown(
            mission,
            self.folder / f"{name}.mcap",
            in_process=in_process,
            until_s=self.size.until_s if until_s is None else until_s,
        )
        self.flights[name] = flight
        return flight

    def _say(self, what: str) -> None:
        print(f"bench: {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="small samples: does it work, roughly how fast")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--console", action="store_true", help="only the console under load")
    asked = parser.parse_args()
    # Starts are of a product that has its bytecode, as an installed one does, wherever this is run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(__file__).parents[2], maxlevels=3, quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(QUICK if asked.quick else FULL, Path(folder))
        report = (
            Report(figures=tuple(bench.console()), held={}, shares={}) if asked.console else bench.report()
        )
    if asked.json:
        print(msgspec.json.encode(report.plain()).decode())
    else:
        show(report)


if __name__ == "__main__":
    main()
