"""A launcher to be killed by tests: `python launch.py FOLDER SECONDS [RATE] [MODULE]` flies the toys."""

import sys
from pathlib import Path

from peers.toys import MODULES, NAMES, toy_mission
from services.bus.interrupts import Interrupts
from services.bus.launcher import Fleet
from services.conductor import Coordinator
from twin.contracts.envelope import Event
from twin.kernel.pace import Pace


def say(event: Event) -> None:
    print("event", event.t_ns, event.source, flush=True)


def main() -> None:
    folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
    rate = float(sys.argv[3]) if len(sys.argv) > 3 else 1.0
    modules = {**MODULES, **({"beacon": sys.argv[4]} if len(sys.argv) > 4 else {})}
    with Interrupts() as interrupts:
        print("begun", flush=True)
        with Fleet(NAMES, modules=modules, folder=folder) as fleet:
            fleet.start()
            print("pids", *fleet.pids.values(), flush=True)
            mission, pace = toy_mission(seconds), Pace(rate=rate)
            run = Coordinator(mission, fleet, None, (say,), pace, interrupted=interrupts.asked)
            outcome = run.run()
    print("outcome", outcome.cause, outcome.participant, outcome.text, flush=True)


if __name__ == "__main__":
    main()
