"""Bytes on the wire, from a recording: every event's canonical bytes, times its receivers, by phase."""

from math import pi, sqrt
from pathlib import Path

import msgspec
import numpy as np

from services.recording.read import Recording
from tests.bench.figures import Figure
from twin.contracts.navigation import PhaseChanged
from twin.dynamics.constants import MU_M3PS2
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

_NS_PER_S = 1_000_000_000


def by_phase(record: Path, start_phase: str) -> dict[str, tuple[int, float]]:
    """Bytes on the wire and seconds of every phase, in order of first entry."""
    totals: dict[str, list[float]] = {}
    phase, since_ns, last_ns = start_phase, 0, 0
    for event, raw in Recording(record).events():
        last_ns = event.t_ns
        if isinstance(event.body, PhaseChanged):
            _add(totals, phase, seconds=(last_ns - since_ns) / _NS_PER_S)
            phase, since_ns = event.body.phase, last_ns
        _add(totals, phase, octets=len(raw) * len(event.to))
    _add(totals, phase, seconds=(last_ns - since_ns) / _NS_PER_S)
    return {name: (int(octets), seconds) for name, (octets, seconds) in totals.items()}


def _add(totals: dict[str, list[float]], phase: str, *, octets: int = 0, seconds: float = 0.0) -> None:
    total = totals.setdefault(phase, [0.0, 0.0])
    total[0] += octets
    total[1] += seconds


def figures(record: Path, mission: Mission) -> list[Figure]:
    """Bytes a second of every phase that lasted."""
    return [
        Figure(
            what=f"wire, phase {phase}",
            measured=octets / seconds,
            unit="B/s",
            note=f"{octets} B in {seconds:.0f} s, period {_period_s(mission, phase):g} s",
        )
        for phase, (octets, seconds) in by_phase(record, mission.guidance.start_phase).items()
        if seconds > 0.0
    ]


def _period_s(mission: Mission, phase: str) -> float:
    return next(each.period_s for each in mission.guidance.phases if each.name == phase)


def orbit_s(mission: Mission) -> float:
    """Period of the target's osculating orbit (Vallado, Fundamentals (2013), eq. 1-26 with 2-74)."""
    start = target_at_epoch(mission)
    r_m, v_mps = np.linalg.norm(start.r_eci_m), np.linalg.norm(start.v_eci_mps)
    axis_m = 1.0 / (2.0 / r_m - v_mps**2 / MU_M3PS2)
    return float(2.0 * pi * sqrt(axis_m**3 / MU_M3PS2))


def coasting(mission: Mission, phase: str = "drift") -> Mission:
    """`mission` with nothing to do but to coast: from 300 m behind, in `phase`, without a timeline."""
    guidance = msgspec.structs.replace(mission.guidance, start_phase=phase)
    ending = msgspec.structs.replace(mission.ending, linger_s=1e6, latest_s=1e6)
    return msgspec.structs.replace(mission, guidance=guidance, timeline=(), ending=ending)


def coasting_figure(record: Path, orbit_duration_s: float) -> Figure:
    """Bytes on the wire while both bodies coast once round the Earth, and the target's own share."""
    whole = target = 0
    for event, raw in Recording(record).events():
        octets = len(raw) * len(event.to)
        whole += octets
        target += octets * (event.source == "target")
    return Figure(
        what="wire, one coasting orbit",
        measured=float(whole),
        unit="B",
        note=f"{whole / orbit_duration_s:.0f} B/s in {orbit_duration_s:.0f} s; of the target {target} B",
    )
