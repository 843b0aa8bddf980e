"""Missions and motions made by hand, for tests of loading and judging."""

import struct

import msgspec

from services.library import load_mission
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Piece, Trajectory
from twin.contracts.navigation import PhaseChanged
from twin.mission.script import Mission, Requirement

Vec = tuple[float, float, float]
SECOND = 1_000_000_000
HIGH = (7_000_000.0, 0.0, 0.0)
FAST = (0.0, 7_500.0, 0.0)
"""A state whose ric axes are the eci axes."""
EARTHWARD = (0.0, 0.0, 0.0, 1.0)
"""q_eci_from_body that turns body x to -x of eci: there towards the Earth."""


def quickstart(*requirements: Requirement) -> Mission:
    """The shipped mission with these requirements in place of its own."""
    return msgspec.structs.replace(load_mission("quickstart"), requirements=requirements)


def requirement(kind: str, that: str, when: str = "true") -> Requirement:
    return made_requirement(kind=kind, that=that, when=when)


def made_requirement(**keys: object) -> Requirement:
    """A requirement of any kind."""
    return msgspec.convert({"name": "one", "text": "made by hand", **keys}, Requirement)


def event(t_ns: int, source: str, body: AnyBody) -> Event:
    return Event(
        t_ns=t_ns, micro=0, source=source, sequence=0, to=(), due_ns=t_ns, delivery="wake", body=body
    )


def straight(body: str, r_m: Vec, v_mps: Vec, q: tuple[float, float, float, float], end_s: float) -> Event:
    """A body in straight and even motion from the epoch, not turning: one linear piece."""
    piece = Piece(
        start_ns=0,
        duration_ns=round(end_s * SECOND),
        order_r=1,
        order_q=0,
        order_w=0,
        coefficients=struct.pack("<13d", *r_m, *v_mps, *q, 0.0, 0.0, 0.0),
    )
    return event(0, body, Trajectory(body=body, mass_kg=1.0, pieces=(piece,)))


def closing_in(from_m: float, speed_mps: float, end_s: float) -> tuple[Event, Event]:
    """A target, and a servicer below it that comes straight up: range = from_m - speed_mps t."""
    x, y, z = HIGH
    _, vy, vz = FAST
    return (
        straight("target", HIGH, FAST, EARTHWARD, end_s),
        straight("servicer", (x - from_m, y, z), (speed_mps, vy, vz), (1.0, 0.0, 0.0, 0.0), end_s),
    )


def phase(t_s: float, name: str, terminal: bool = False) -> Event:
    t_ns = round(t_s * SECOND)
    change = PhaseChanged(t_ns=t_ns, previous="hold_50", phase=name, cue="go", terminal=terminal)
    return event(t_ns, "guidance", change)


def equipment(t_s: float, propellant_kg: float) -> Event:
    state = EquipmentState(
        t_ns=round(t_s * SECOND),
        mass_kg=700.0,
        propellant_kg=propellant_kg,
        wheel_momentum_nms=(1.0, -2.0, 0.5, 0.0),
        battery_fraction=0.9,
        array_power_w=100.0,
        sunlit=1.0,
        firings=3,
        impulse_ns=2.0,
    )
    return event(round(t_s * SECOND), "servicer", state)
