"""Closed-loop control cycles: sense, filter, law, actuate; two rounds each, recorded and digested."""

from tests.bench.figures import Figure, least, most
from tests.bench.flights import Flight
from tests.peers.basilisk_control import by_basilisk

_CYCLES = 5000


def figures(in_process: Flight, processes: Flight, bare_rounds_per_s: float) -> list[Figure]:
    """Cycles a second of one mission flown both ways; a cycle is one ActuatorCommand."""
    name = in_process.report.mission.name
    return [
        Figure(
            what=f"control cycles in process, {name}",
            measured=in_process.cycles_per_s,
            unit="1/s",
            budget=least(3000.0),
            note="wall clock",
        ),
        Figure(
            what=f"control cycles in process, {name}, per CPU second",
            measured=in_process.cycles_per_cpu_s,
            unit="1/s",
            reference=_basilisk_per_cpu_s(),
            against="Basilisk's own modules in one process: no filter, sensors, ground or record",
            note="what an idle machine would show, or nearly",
        ),
        Figure(
            what=f"control cycles as processes, {name}",
            measured=processes.cycles_per_s,
            unit="1/s",
            reference=bare_rounds_per_s,
            against="bare ROUTER/DEALER rounds, mean of before and after",
            budget=least(0.3, "ratio"),
            note="two rounds each; aim 1,000",
        ),
    ]


def _basilisk_per_cpu_s() -> float | None:
    """None where the extra `peers` is absent."""
    try:
        loop = by_basilisk(_CYCLES)
    except ImportError:
        return None
    return loop.cycles / loop.cpu_s


def recorder(flight: Flight) -> Figure:
    """Share of a run's wall time that its recorder takes, compaction at the end included."""
    return Figure(
        what=f"recorder, {flight.report.mission.name} in process",
        measured=flight.recorder_s,
        unit="s",
        reference=flight.whole_s,
        against="the whole run",
        budget=most(0.2, "ratio"),
    )
