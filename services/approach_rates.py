"""The real approach at several rates of control and tolerances of the physics: what it converges to.

Cases of `twin accuracy` that need whole flights: mission `rendezvous` with its own guidance, in process, with
every noise and dispersion zero, so that nothing but the rate or the tolerance differs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from services.laws import laws
from services.library import load_mission
from services.run import fly_whole
from twin.accuracy.case import Case, Group, Reference
from twin.contracts.envelope import Event
from twin.contracts.motion import Piece, Trajectory
from twin.contracts.navigation import PhaseChanged
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.rotation import conj, rotate
from twin.dynamics.segments import Track
from twin.errors import UsageError
from twin.mission.script import Mission

Array = NDArray[np.float64]

FINEST_HZ: Final = 5
_ROUNDING: Final = 2.220446049250313e-16
_RADIUS_ULP_M: Final = 9.4e-10
_case = partial(Case, model="plant", source="rendezvous with the product's guidance, flown again", unit="m")


@dataclass(frozen=True, slots=True)
class Flight:
    """Both motions, and when each phase was first entered."""

    mission: Mission
    target: Track
    servicer: Track
    entered_ns: dict[str, int]
    end_ns: int

    def r_port_m(self, t_ns: int) -> Array:
        """Place (3,) of the servicer from the fitting, in the fitting's axes."""
        target, port = self.target.state(t_ns), self.mission.target.port
        away = self.servicer.state(t_ns).r_eci_m - target.r_eci_m
        in_body = np.array(rotate(conj(target.q_eci_from_body), away)) - np.array(port.r_body_m)
        return np.array(rotate(port.q_port_from_body, in_body))


@cache
def flown(rate_hz: int, tolerance: float = 0.0) -> Flight:
    """The approach with every phase at `rate_hz`; UsageError if it is not ready for capture at its end."""
    mission = _still(load_mission("rendezvous", laws()), rate_hz, tolerance)
    pieces: dict[str, list[Piece]] = {"target": [], "servicer": []}
    entered_ns: dict[str, int] = {}

    def take(event: Event) -> None:
        match event.body:
            case Trajectory(body=body, pieces=more) if body == event.source:
                pieces[body].extend(more)
            case PhaseChanged(phase=phase):
                entered_ns.setdefault(phase, event.t_ns)

    report = fly_whole(mission, (take,))
    if "ready" not in entered_ns:
        raise UsageError(
            f"the approach at {rate_hz} Hz is not ready for capture: it ended {report.outcome.cause}"
        )
    target, servicer = (Track(pieces[body]) for body in ("target", "servicer"))
    return Flight(mission, target, servicer, entered_ns, report.outcome.end_t_ns)


def _still(mission: Mission, rate_hz: int, tolerance: float) -> Mission:
    phases = tuple(replace(phase, period_s=1.0 / rate_hz) for phase in mission.guidance.phases)
    return replace(
        mission,
        guidance=replace(mission.guidance, phases=phases),
        dispersions=replace(mission.dispersions, sensor_noise=0.0, thruster_error=0.0),
        start=replace(mission.start, sigma_r_m=0.0, sigma_v_mps=0.0),
        environment=replace(mission.environment, tolerance=tolerance),
    )


def rates(_: Reference, slower_hz: tuple[int, ...] = (1, 2), finest_hz: int = FINEST_HZ) -> Iterator[Case]:
    """Where each is ready, and the way there; a phase's dead bands are what its law leaves alone."""
    finest = flown(finest_hz)
    for rate_hz in slower_hz:
        one = flown(rate_hz)
        name = f"approach with control at {rate_hz} Hz against {finest_hz} Hz"
        ready = [each.r_port_m(each.entered_ns["ready"]) for each in (one, finest)]
        yield _case(
            name=f"{name}: distance where it is ready for capture",
            ours=_apart_m(*ready),
            reference=0.0,
            tolerance=2.0 * _dead_band_m(one, "close_in"),
            because="the final law leaves 6 mm alone: each ends somewhere within them",
        )
        yield _case(
            name=f"{name}: largest distance on the last 14 m, from their start",
            ours=_on_the_way_m(one, finest),
            reference=0.0,
            tolerance=2.0 * _dead_band_m(one, "hold_17"),
            because="the hold before it leaves 0.3 m alone: each starts somewhere within them",
        )


def tolerances(_: Reference) -> Iterator[Case]:
    """The physics at half and twice its tolerance, control at 1 Hz."""
    same = flown(1, _ROUNDING)
    for word, factor in (("half", 0.5), ("twice", 2.0)):
        other = flown(1, factor * _ROUNDING)
        until_s = min(same.end_ns, other.end_ns) // NS_PER_S
        times = range(0, until_s * NS_PER_S, 10 * NS_PER_S)
        yield _case(
            name=f"approach at {word} the physics' tolerance: largest distance",
            ours=max(_apart_m(same.r_port_m(t_ns), other.r_port_m(t_ns)) for t_ns in times),
            reference=0.0,
            tolerance=until_s * _RADIUS_ULP_M,
            because="a rounding unit of the orbit's radius, 9e-10 m, a period",
        )


def _on_the_way_m(one: Flight, other: Flight) -> float:
    spans = [each.entered_ns["ready"] - each.entered_ns["close_in"] for each in (one, other)]
    return max(
        _apart_m(*(each.r_port_m(each.entered_ns["close_in"] + t_ns) for each in (one, other)))
        for t_ns in range(0, min(spans), 5 * NS_PER_S)
    )


def _dead_band_m(flight: Flight, phase: str) -> float:
    row = next(each for each in flight.mission.guidance.phases if each.name == phase)
    return float(row.parameters["deadband_m"])


def _apart_m(one: Array, other: Array) -> float:
    return float(np.sqrt(((one - other) ** 2).sum()))


GROUPS = (
    Group("approach at other rates", rates, slow=True),
    Group("approach at other tolerances", tolerances, slow=True),
)
