"""The transport itself, simulated: the real conductor and real seats over a network and a disk that fail.

python -m tests.storm                          quickstart, a crash at every grant outside the contact window
python -m tests.storm --seed 7 --mission rendezvous --until 200
python -m tests.storm --only 812               the one crash at that grant, to look at a failure

Delays, duplicates, order, stalls and crashes are drawn from the seed, so a failure is one seed (and one
grant, with --only). Every event is compared with those of a calm run as soon as it is committed.
"""

import argparse
import importlib
import itertools
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.conductor import Coordinator, Outcome
from services.keeping import Keeping
from services.laws import laws
from services.library import load_mission
from services.run import ROLES
from tests.calm import KEPT_EVERY, Calm, Compared, calm
from tests.storm_disk import taken_up
from tests.storm_network import SimPeers, Weather
from twin.mission.ending import EndingWatch
from twin.mission.script import Mission


def created(role: str) -> Any:
    """A fresh participant."""
    return importlib.import_module(f"services.{role}").create()


def stormy(mission: Mission, base: Calm, weather: Weather, until_ns: int | None) -> Outcome:
    """The mission in a storm; TraceMismatchError in the outcome's text if an event differs."""
    run = Coordinator(
        mission,
        SimPeers(created, ROLES, weather),
        Compared(base.events),
        (weather.hear,),
        ending=EndingWatch(mission),
        until_ns=until_ns,
        keeping=Keeping(fewest=KEPT_EVERY, many=KEPT_EVERY, share=0.0),
        clock=partial(next, (tick * 1e-3 for tick in itertools.count())),  # else chance is the machine's
    )
    return run.run()


def main() -> int:
    """Exit code 0 if every crash left the run what it would have been."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.storm",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mission", default="quickstart")
    parser.add_argument("--seed", type=int, default=1, help="of the first storm")
    parser.add_argument("--storms", type=int, default=1, help="how many, each with the next seed")
    parser.add_argument("--only", type=int, help="let only this crash happen")
    parser.add_argument("--until", type=float, help="end at this mission time, s")
    parser.add_argument("--conductors", type=int, default=5, help="deaths of the conductor inside a write")
    asked = parser.parse_args()
    mission = load_mission(asked.mission, laws())
    until_ns = None if asked.until is None else round(asked.until * 1e9)
    begun_s, begun_wall_s = time.process_time(), time.perf_counter()
    again = f"again: python -m tests.storm --mission {asked.mission}"
    again += "" if asked.until is None else f" --until {asked.until}"
    base = calm(mission, until_ns)
    print(f"calm: {base.outcome.rounds} rounds, {len(base.events)} events, {base.outcome.digest}", flush=True)
    failures = 0
    for seed in range(asked.seed, asked.seed + asked.storms):
        weather = Weather(seed, asked.only)
        outcome = stormy(mission, base, weather, until_ns)
        same = outcome.digest == base.outcome.digest
        failures += not same
        last = weather.crashes[-1] if weather.crashes else None
        inside = sum(each.in_window for each in weather.crashes)
        did = ", ".join(f"{count} {what}" for what, count in sorted(weather.done.items()))
        crashes = f"{len(weather.crashes)} crashes at {weather.grants} grants, {inside} in the contact window"
        print(f"storm {seed}: {crashes}: {did}, {outcome.kept.times} states kept")
        print("  digest equal" if same else f"  DIFFERS: {outcome.text} after {last}", flush=True)
        if not same and last is not None:
            print(f"  {again} --seed {seed} --conductors 0; that crash alone: --only {last.number}")
    with TemporaryDirectory(prefix="t-") as folder:
        for seed in range(asked.seed, asked.seed + asked.conductors):
            found = taken_up(mission, base, seed, until_ns, Path(folder))
            failures += bool(found.wrong)
            where = f"conductor {seed}: died in the write after event {found.at_event}"
            flown = f"{found.flown} of {found.rounds} rounds flown in its second life"
            said = found.wrong or "taken up, digest equal"
            print(f"{where}, {found.prefixes} prefixes, {flown}: {said}", flush=True)
            if found.wrong:
                print(f"  {again} --storms 0 --seed {seed} --conductors 1")
    cpu_s, wall_s = time.process_time() - begun_s, time.perf_counter() - begun_wall_s
    print(f"{failures} failures, {cpu_s:.0f} s of CPU, {wall_s:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
