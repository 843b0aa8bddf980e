"""The abort ladder as seen from a housekeeping report: what each rung would come to, how long it may wait.

Assumptions and limitations: see `twin.guidance.ladder`; the target's orbit is the mission's own (element set
or state), which is public, so the ground needs nothing but what came down.
"""

from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np

from twin.contracts.fields import Vec3
from twin.contracts.radio import Housekeeping
from twin.dynamics.epochs import Epoch
from twin.gnc.coasting import coasted
from twin.gnc.knowledge import Orbit, vec3
from twin.guidance import ladder
from twin.guidance.cam import Cam
from twin.guidance.dispersion import Closest, Zone
from twin.guidance.ladder import Place, Rules, Rung
from twin.guidance.phases import Cue, Phase
from twin.guidance.retreat import Retreat
from twin.guidance.transitions import Transitions, transitions
from twin.mission.orbit import orbit_at
from twin.mission.script import Mission

_AHEAD_S = 6.0 * 3600.0
"""How far reports may lie after the start of the transitions before these are made anew."""
_PATH_S = 6000.0
_AWAY: tuple[Cue, ...] = ("retreat", "abort", "hold")
_LOWER6 = np.tril_indices(6)


class RungOutlook(NamedTuple):
    """One rung now. `cue` is its command, None where the phase does not take it; `wait_s` how long it may
    wait (0: too late, None: beyond `ladder.LONGEST_WAIT_S`)."""

    name: str
    cue: Cue | None
    closest: Closest
    wait_s: float | None

    @property
    def qualifies(self) -> bool:
        return self.closest.margin_m >= 0.0


class Outlook(NamedTuple):
    """All rungs from one report; `reason` says why there are none. `path_ric_m` (n, 3) is the free drift of
    the next orbit."""

    generated_ns: int
    rungs: tuple[RungOutlook, ...]
    path_ric_m: tuple[Vec3, ...] = ()
    reason: str = ""


class Prophet:
    """Outlooks of one mission; keeps the transition matrices from report to report."""

    def __init__(self, mission: Mission) -> None:
        self._mission = mission
        self._phases = {phase.name: phase for phase in mission.guidance.phases}
        self._start_ns = 0
        self._motion: Transitions | None = None
        safety = mission.guidance.safety
        self._horizon_s = safety.drift_horizon_h * 3600.0
        touch_m = mission.target.radius_m + mission.servicer.radius_m
        self._zone = Zone(touch_m, safety.keep_out_radius_m)

    def outlook(self, report: Housekeeping) -> Outlook:
        """The ladder at a report. Takes some tenths of a second, the first half a second more."""
        phase = self._phases.get(report.phase)
        if report.latched:
            return _none(report, "one stack: no rung of the ladder applies")
        if phase is None or len(report.covariance) != 8 * 21:
            return _none(report, "no covariance came down: nothing can be predicted")
        if phase.zone == "far":
            return _none(report, "far range: an abort is to stop thrusting, the ladder holds near the target")
        place, rules = self._place(report), self._rules(phase)
        rungs = tuple(
            RungOutlook(name, cue, rung(place, rules).closest, ladder.no_return_s(rung, place, rules))
            for name, cue, rung in self._ladder(phase)
        )
        rows, _ = place.motion.after(place.elapsed_s, _PATH_S)
        path = tuple((x, y, z) for x, y, z in (rows @ place.state).tolist())
        return Outlook(report.generated_ns, rungs, path)

    def _ladder(self, phase: Phase) -> list[tuple[str, Cue | None, Rung]]:
        """The rungs that this mission's phase table knows."""
        rungs: list[tuple[str, Cue | None, Rung]] = [("HOLD", _taken(phase, "hold"), ladder.hold)]
        away, cue = self._flown_by("retreat", phase)
        if away is not None:
            law = msgspec.convert(away.parameters, type=Retreat)
            rungs.append(("RETREAT", cue, partial(ladder.retreat, law=law)))
        avoiding, cue = self._flown_by("cam", phase)
        if avoiding is not None:
            cam = msgspec.convert(avoiding.parameters, type=Cam)
            made = partial(ladder.avoid, sizes_mps=cam.sizes_mps, error_mps=cam.within_mps)
            rungs.append(("CAM", cue, made))
        rungs.append(("FREE DRIFT", _taken(phase, "free_drift"), ladder.free_drift))
        return rungs

    def _flown_by(self, law: str, phase: Phase) -> tuple[Phase | None, Cue | None]:
        """The phase with this law that a command leads to from `phase`, and the command; else any with it."""
        for cue in _AWAY:
            row = self._phases.get(phase.on.get(cue, ""))
            if row is not None and row.law == law:
                return row, cue
        return next((each for each in self._phases.values() if each.law == law), None), None

    def _rules(self, phase: Phase) -> Rules:
        guidance = self._mission.guidance
        return Rules(
            self._zone,
            guidance.safety.sigmas,
            self._horizon_s,
            guidance.control.maximum_acceleration_mps2,
            phase.period_s + guidance.compute_delay_s,
        )

    def _place(self, report: Housekeeping) -> Place:
        packed = np.frombuffer(report.covariance, dtype="<f8")
        lower = np.zeros((6, 6))
        lower[_LOWER6] = packed
        covariance = lower + np.tril(lower, -1).T
        state = np.array((*report.r_ric_m, *report.v_ric_mps))
        motion = self._moving(report.generated_ns)
        return Place(motion, (report.generated_ns - self._start_ns) * 1e-9, state, covariance)

    def _moving(self, t_ns: int) -> Transitions:
        """Transitions that begin at `t_ns` or up to `_AHEAD_S` before, and reach the horizon from there."""
        if self._motion is None or not 0.0 <= (t_ns - self._start_ns) * 1e-9 <= _AHEAD_S:
            r, v = orbit_at(self._mission.target, Epoch(self._mission.epoch_utc))
            start = coasted(Orbit(vec3(r), vec3(v)), t_ns * 1e-9) if t_ns else Orbit(vec3(r), vec3(v))
            span_s = self._horizon_s + _AHEAD_S + ladder.LONGEST_WAIT_S
            self._start_ns = t_ns
            self._motion = transitions(start.r_eci_m, start.v_eci_mps, span_s)
        return self._motion


def _taken(phase: Phase, cue: Cue) -> Cue | None:
    return cue if cue in phase.on else None


def _none(report: Housekeeping, reason: str) -> Outlook:
    return Outlook(report.generated_ns, (), reason=reason)
