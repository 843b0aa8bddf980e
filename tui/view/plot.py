"""Relative motion as a drawing in metres: what is where in one plane of `ric`, without a screen."""

from dataclasses import dataclass, field
from math import cos, pi, radians, sin, tan
from typing import Final, Literal, NamedTuple

from tui.store import Known
from tui.view.overlay import TruthNow, Vec, fitting_m, nominal_axis
from twin.mission.script import Mission

Point = tuple[float, float]
Ink = Literal["muted", "zone", "corridor", "trail", "servicer", "target", "truth"]
AXES: Final = {"in-plane": (1, 0), "out-of-plane": (2, 0)}
"""Index in `ric` of the axis to the right, and of the one upward."""
NAMES: Final = ("radial", "in-track", "cross-track")
_CIRCLE: Final = 72
_TRAIL: Final = 1500  # reports drawn
_NICE: Final = (1.0, 2.0, 5.0, 10.0)


class Mark(NamedTuple):
    """A character at a place."""

    at: Point
    text: str
    ink: Ink


@dataclass
class Scene:
    """Lines and marks in metres, right and up; `reach_m` is what must be seen from the centre."""

    right: str
    up: str
    reach_m: float
    lines: list[tuple[Ink, list[Point]]] = field(default_factory=list)
    dots: list[tuple[Ink, list[Point]]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def scene(mission: Mission, known: Known, plane: str, truth: TruthNow | None) -> Scene:
    """The target at the centre, keep-out sphere, corridor, the trail as reported, the servicer."""
    right, up = AXES[plane]
    newest = known.newest
    reach_m = 1.35 * mission.guidance.safety.keep_out_radius_m
    here = newest.r_ric_m if newest else truth.r_ric_m if truth else mission.start.r_ric_m
    for place in (here, truth.r_ric_m if truth else here):
        reach_m = max(reach_m, 1.15 * max(abs(place[right]), abs(place[up])))
    drawn = Scene(NAMES[right], NAMES[up], reach_m)
    _zones(drawn, mission, (right, up), truth)
    trail = [(report.r_ric_m[right], report.r_ric_m[up]) for report in known.history[-_TRAIL:]]
    drawn.dots.append(("trail", trail))
    drawn.marks.append(Mark((0.0, 0.0), "T", "target"))
    if truth:
        drawn.marks.append(Mark((truth.r_ric_m[right], truth.r_ric_m[up]), "x", "truth"))
    if newest:
        drawn.marks.append(Mark((newest.r_ric_m[right], newest.r_ric_m[up]), "S", "servicer"))
    return drawn


def _zones(drawn: Scene, mission: Mission, axes: tuple[int, int], truth: TruthNow | None) -> None:
    safety = mission.guidance.safety
    turn = [2.0 * pi * k / _CIRCLE for k in range(_CIRCLE + 1)]
    radius_m = safety.keep_out_radius_m
    drawn.lines.append(("zone", [(radius_m * cos(a), radius_m * sin(a)) for a in turn]))
    nominal = _cone(nominal_axis(mission), fitting_m(mission), safety.corridor_half_angle_deg, radius_m, axes)
    drawn.lines.append(("corridor", nominal))
    if truth:
        live = _cone(truth.axis_ric, fitting_m(mission), safety.corridor_half_angle_deg, radius_m, axes)
        drawn.lines.append(("truth", live))


def _cone(axis_ric: Vec, apex_m: float, half_deg: float, end_m: float, axes: tuple[int, int]) -> list[Point]:
    """Outline of the corridor, from its edge over the apex to the other edge, in the plane of the drawing."""
    along = (axis_ric[axes[0]], axis_ric[axes[1]])
    length = (along[0] ** 2 + along[1] ** 2) ** 0.5
    if length < 0.3:
        return []  # seen along its axis: a circle that says nothing
    across = (-along[1] / length, along[0] / length)
    apex = (apex_m * along[0], apex_m * along[1])
    wide_m = (end_m - apex_m) * tan(radians(half_deg))
    end = (end_m * along[0], end_m * along[1])
    edges = [(end[0] + side * wide_m * across[0], end[1] + side * wide_m * across[1]) for side in (1.0, -1.0)]
    return [edges[0], apex, edges[1]]


def step_m(reach_m: float, ticks: int) -> float:
    """A round distance between ticks: 1, 2 or 5 times a power of ten, at most `ticks` of them to the edge."""
    rough = reach_m / max(ticks, 1)
    power = 10.0 ** len(str(int(rough))) / 10.0 if rough >= 1.0 else 0.1
    return next(nice * power for nice in _NICE if nice * power >= rough)
