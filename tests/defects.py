"""Mistakes that could be made in guidance, put in on purpose: a verdict that they do not turn is no verdict.

A defect replaces one function of the product while a mission flies in process.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any, NamedTuple
from unittest.mock import patch

from msgspec.structs import replace

from services.laws import laws
from services.library import load_mission
from services.run import Options, RunReport, fly
from twin.dynamics.rotation import conj
from twin.gnc import gaze, heading, knowledge, navigator
from twin.gnc.allocation import Allocator
from twin.gnc.attitude_control import Wheels
from twin.gnc.steering import Steering
from twin.guidance import glideslope, hold, retreat, waypoints
from twin.guidance import vectors as vec
from twin.guidance.glideslope import Glideslope

LAWS = (hold, waypoints, glideslope, retreat)
PATIENCE_S = 2600.0
"""A sound flight ends at about 1900 s; one that never arrives need not fly its two hours out."""


class Defect(NamedTuple):
    """Who holds a function, its name, and what replaces it, made from the original."""

    owners: tuple[Any, ...]
    name: str
    spoilt: Callable[[Any], Any]


def _thrust_reversed(steer: Any) -> Any:
    def spoilt(self: Any, carried: Any, known: Any, acceleration: Any, *rest: Any) -> Any:
        return steer(self, carried, known, vec.scale(-1.0, acceleration), *rest)

    return spoilt


def _torque_reversed(command: Any) -> Any:
    return lambda self, torque_body_nm: command(self, vec.scale(-1.0, torque_body_nm))


def feedback_reversed(pursue: Any) -> Any:
    """The error is taken as position minus place: the loop pushes away from where it should be."""

    def spoilt(tracker: Any, seen: Any, point: Any) -> Any:
        away = vec.sub(vec.scale(2.0, seen.r_ric_m), point.r_ric_m)
        return pursue(tracker, seen, point._replace(r_ric_m=away))

    return spoilt


def _glideslope_outwards(speed: Any) -> Any:
    return lambda self, to_go_m, period_s: -speed(self, to_go_m, period_s)


def _inverse_matrix(matrix: Any) -> Any:
    return lambda q_eci_from_body: matrix(q_eci_from_body).T


def _wrong_order(mul: Any) -> Any:
    return lambda a, b: mul(b, a)


def _eci_taken_for_ric(relative_in_ric: Any) -> Any:
    return lambda axes, rate, r_eci_m, v_eci_mps: (r_eci_m, v_eci_mps)


def _transposed(to_ric: Any) -> Any:
    return lambda axes, v: to_ric(tuple(zip(*axes, strict=True)), v)


def _port_seen_inversely(at_port: Any) -> Any:
    return lambda q, q_target, w, q_port: at_port(q, conj(q_target), w, q_port)


def _mirrored(fire: Any) -> Any:
    """Thruster k is wired where thruster n - k should be."""

    def spoilt(self: Any, *asked: Any) -> Any:
        firing = fire(self, *asked)
        return firing._replace(on_s=firing.on_s[::-1])

    return spoilt


DEFECTS: dict[str, Defect] = {
    "translation: thrust the wrong way": Defect((Steering,), "steer", _thrust_reversed),
    "translation: feedback with the wrong sign": Defect(LAWS, "pursue", feedback_reversed),
    "glideslope: outwards instead of inwards": Defect((Glideslope,), "_speed", _glideslope_outwards),
    "attitude: wheel torque with the wrong sign": Defect((Wheels,), "command", _torque_reversed),
    "attitude: port seen from the wrong frame": Defect((heading,), "at_port", _port_seen_inversely),
    "filter: body and eci swapped in the pose": Defect((gaze,), "matrix", _inverse_matrix),
    "filter: rotations in the wrong order": Defect((gaze,), "mul", _wrong_order),
    "filter: eci taken for ric": Defect((navigator,), "relative_in_ric", _eci_taken_for_ric),
    "filter: axes of ric transposed": Defect((knowledge,), "to_ric", _transposed),
    "valves: wired in the wrong order": Defect((Allocator,), "fire", _mirrored),
}
SOUND = "none: the product as it is"
LIE = "requirement: propellant below what a flight takes"
CASES = (SOUND, LIE, *DEFECTS)


@contextmanager
def put_in(defect: Defect) -> Iterator[None]:
    """The product with the defect."""
    with ExitStack() as stack:
        for owner in defect.owners:
            spoilt = defect.spoilt(getattr(owner, defect.name))
            stack.enter_context(patch.object(owner, defect.name, spoilt))
        yield


def flown(case: str) -> RunReport:
    """Fly the last 50 m in process, with what `case` says."""
    mission = load_mission("rendezvous", laws())
    mission = replace(mission, ending=replace(mission.ending, latest_s=PATIENCE_S))
    if case == LIE:
        lies = [
            replace(each, at_most=0.001) if each.name == "propellant" else each
            for each in mission.requirements
        ]
        mission = replace(mission, requirements=tuple(lies))
    with put_in(DEFECTS[case]) if case in DEFECTS else nullcontext():
        return fly(mission, Options(in_process=True))


def failed(report: RunReport) -> tuple[str, ...]:
    """Names of the requirements that did not pass."""
    results = report.verdict.results if report.verdict else ()
    return tuple(each.name for each in results if each.outcome != "pass")
