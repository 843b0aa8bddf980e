"""Relative motion as a drawing in metres: what is where in one plane of `ric`, without a screen."""

from dataclasses import dataclass, field
from math import cos, pi, radians, sin, sqrt, tan
from struct import unpack_from
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tui.store import Known
from tui.view.overlay import TruthNow, Vec, fitting_m, nominal_axis
from twin.contracts.radio import Housekeeping
from twin.mission.script import Mission

if TYPE_CHECKING:
    from twin.gnc.outlook import Outlook

Point = tuple[float, float]
Ink = Literal["muted", "drift", "zone", "corridor", "trail", "servicer", "target", "truth"]
ABOUT: Final = (
    "Places of the servicer from the target, T, in metres, both axes to one scale. S: as last reported, with "
    "the ellipse of the estimate; dots: the reports before; o: hold points; faint line: where it drifts in "
    "the next orbit if nothing is done; circle: keep-out sphere; wedge: corridor of the body file. Truth, "
    "when shown: x, and the live corridor."
)
AXES: Final = {"in-plane": (1, 0), "out-of-plane": (2, 0)}
"""Index in `ric` of the axis to the right, and of the one upward."""
NAMES: Final = ("radial", "in-track", "cross-track")
_CIRCLE: Final = 72
_TRAIL: Final = 1500  # reports drawn
_ENTRY: Final = {(0, 0): 0, (1, 0): 1, (1, 1): 2, (2, 0): 3, (2, 1): 4, (2, 2): 5}
"""Where the position's covariance stands in the packed triangle."""
_NICE: Final = (1.0, 2.0, 5.0, 10.0)


class Mark(NamedTuple):
    """A word at a place: its first character stands there."""

    at: Point
    text: str
    ink: Ink


class Box(NamedTuple):
    """What must be seen, metres right and up."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass
class Scene:
    """Lines, dots and marks in metres, right and up; the names of these axes."""

    right: str
    up: str
    box: Box
    lines: list[tuple[Ink, list[Point]]] = field(default_factory=list)
    dots: list[tuple[Ink, list[Point]]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)


def scene(
    mission: Mission, known: Known, plane: str, truth: TruthNow | None, outlook: "Outlook | None" = None
) -> Scene:
    """The target, keep-out sphere, corridor, hold points, the trail as reported, the servicer, its drift."""
    axes = AXES[plane]
    newest = known.newest
    here = newest.r_ric_m if newest else truth.r_ric_m if truth else mission.start.r_ric_m
    holds = hold_points(mission)
    seen = [here, truth.r_ric_m if truth else here]
    # A hold point farther out than where the servicer is has been left behind.
    farthest_m = 1.2 * max(abs(each) for each in here)
    seen += [place for _, place in holds if max(abs(each) for each in place) <= farthest_m]
    drawn = Scene(NAMES[axes[0]], NAMES[axes[1]], _box(mission, [_seen(each, axes) for each in seen]))
    _zones(drawn, mission, axes, truth)
    if outlook is not None:
        drawn.lines.append(("drift", [_seen(each, axes) for each in outlook.path_ric_m]))
    drawn.dots.append(("trail", [_seen(report.r_ric_m, axes) for report in known.history[-_TRAIL:]]))
    drawn.marks += [Mark(_seen(place, axes), "o", "muted") for _, place in holds]
    drawn.marks.append(Mark((0.0, 0.0), "T", "target"))
    if truth:
        drawn.marks.append(Mark(_seen(truth.r_ric_m, axes), "x", "truth"))
    if newest:
        drawn.lines.append(("servicer", _spread(newest, axes, mission.guidance.safety.sigmas)))
        drawn.marks.append(Mark(_seen(newest.r_ric_m, axes), "S", "servicer"))
    return drawn


def hold_points(mission: Mission) -> list[tuple[str, Vec]]:
    """Places of the phase table that are fixed in `ric`."""
    found: list[tuple[str, Vec]] = []
    for phase in mission.guidance.phases:
        place = phase.parameters.get("place")
        if phase.law == "hold" and isinstance(place, dict) and place.get("r_ric_m"):
            x, y, z = place["r_ric_m"]
            found.append((phase.name, (float(x), float(y), float(z))))
    return found


def _seen(place: Vec, axes: tuple[int, int]) -> Point:
    return (place[axes[0]], place[axes[1]])


def _box(mission: Mission, seen: list[Point]) -> Box:
    """About the sphere and all that must be seen, with a tenth to spare."""
    radius_m = 1.15 * mission.guidance.safety.keep_out_radius_m
    left, right = min(-radius_m, *(x for x, _ in seen)), max(radius_m, *(x for x, _ in seen))
    bottom, top = min(-radius_m, *(y for _, y in seen)), max(radius_m, *(y for _, y in seen))
    spare = 0.08 * max(right - left, top - bottom)
    return Box(left - spare, bottom - spare, right + spare, top + spare)


def _spread(report: Housekeeping, axes: tuple[int, int], sigmas: float) -> list[Point]:
    """Outline of the estimate's ellipse in the plane of the drawing; empty where no covariance came down."""
    if len(report.covariance) < 8 * 6:
        return []
    packed = unpack_from("<6d", report.covariance)
    right, up = axes
    xx, yy = packed[_ENTRY[right, right]], packed[_ENTRY[up, up]]
    xy = packed[_ENTRY[max(axes), min(axes)]]
    # The root of a symmetric (2, 2) by Cholesky's way.
    a = sqrt(max(xx, 0.0))
    b = xy / a if a > 0.0 else 0.0
    c = sqrt(max(yy - b * b, 0.0))
    x, y = _seen(report.r_ric_m, axes)
    turn = [2.0 * pi * k / _CIRCLE for k in range(_CIRCLE + 1)]
    return [(x + sigmas * a * cos(t), y + sigmas * (b * cos(t) + c * sin(t))) for t in turn]


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


def step_m(span_m: float, ticks: int) -> float:
    """A round distance between ticks: 1, 2 or 5 times a power of ten, at most `ticks` of them in the span."""
    rough = span_m / max(ticks, 1)
    power = 10.0 ** len(str(int(rough))) / 10.0 if rough >= 1.0 else 0.1
    return next(nice * power for nice in _NICE if nice * power >= rough)
