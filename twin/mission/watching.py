"""Conditions over every plane while a run flies, truth included: for those who stand outside of it.

A condition is looked at on a grid of simulated time, with what had been said before; an instant that the
motion of both bodies does not reach yet is one at which nothing holds.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.contracts.envelope import Event
from twin.contracts.radio import LinkState, PassEvent, TelemetryFrame
from twin.ground.knowledge import Knowledge
from twin.ground.link import Link
from twin.mission.expressions import Expression
from twin.mission.sampling import Columns, Sampler, Times
from twin.mission.script import Mission

_GROUND = "ground."


class GroundView:
    """What the ground knows, from what was said: frames it heard, passes it is in."""

    def __init__(self) -> None:
        self._knowledge = Knowledge()
        self._link = Link()
        self._sets_ns: dict[str, int] = {}
        self._coming: list[tuple[int, TelemetryFrame]] = []

    def take(self, event: Event) -> None:
        """Note an event of the run."""
        match event.body:
            case TelemetryFrame() as frame:
                self._coming.append((event.due_ns, frame))
            case LinkState(up=True, station=station):
                self._link = Link(station=station)
            case LinkState(up=False, t_ns=t_ns):
                self._link = Link(lost_ns=t_ns)
            case PassEvent(event="acquired", station=station, set_ns=set_ns):
                self._sets_ns[station] = set_ns
            case PassEvent(event="lost", station=station):
                self._sets_ns.pop(station, None)

    def columns(self, t_ns: Times, now_ns: int) -> Columns:
        """Quantities of the ground plane at `t_ns` (n,), none of them before `now_ns`."""
        for due_ns, frame in self._coming:
            if due_ns <= now_ns and self._link.heard(frame):
                self._knowledge.take(frame)
        self._coming = [each for each in self._coming if each[0] > now_ns]
        until_ns = max(self._sets_ns.values(), default=None)
        rows = [self._knowledge.values(each, until_ns) for each in t_ns.tolist()]
        return {name: np.array([row[name] for row in rows]) for name in (rows[0] if rows else ())}


class Watch:
    """Hears the events of a run; says where on the grid a condition holds."""

    def __init__(self, mission: Mission) -> None:
        self._sampler = Sampler(mission)
        self._ground = GroundView()

    def take(self, event: Event) -> None:
        """Note an event; in the order of the run."""
        self._sampler.take(event)
        self._ground.take(event)

    def holds(self, conditions: Sequence[Expression], t_ns: Times, now_ns: int) -> list[NDArray[np.bool_]]:
        """For each condition where it holds, at `t_ns` (n,) sorted, none of them before `now_ns`."""
        self._sampler.forget_before(now_ns)
        covered = t_ns[t_ns <= min(track.end_ns for track in self._sampler.tracks.values())]
        held = [np.zeros(len(t_ns), np.bool_) for _ in conditions]
        if not len(covered):
            return held
        values: dict[str, Any] = self._sampler.columns(covered)
        if any(name.startswith(_GROUND) for each in conditions for name in each.names):
            values |= self._ground.columns(covered, now_ns)
        for condition, where in zip(conditions, held, strict=True):
            where[: len(covered)] = condition.holds(values)
        return held
