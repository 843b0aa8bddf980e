"""Lines of sight against STK's access windows, as the Open Space Toolkit publishes them."""

from collections.abc import Iterator
from csv import reader
from datetime import datetime
from math import radians

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.constants import MU_M3PS2, NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci, ecef_of
from twin.dynamics.roots import Signal, Times, crossings
from twin.dynamics.signals import Places, line_of_sight
from twin.ground.link import C_MPS

Array = NDArray[np.float64]

_UTC = "2018-01-01T00:00:00Z"
_EPOCH = Epoch(_UTC)
_A_M, _INCLINATION_RAD = 7.0e6, radians(45.0)
_STEP_NS = 60 * NS_PER_S
_DAY_S = 86_400


def circling(node_deg: float, from_node_deg: float) -> Places:
    """Places on the scenarios' circular two-body orbit."""
    node = radians(node_deg)
    to_node = np.array((np.cos(node), np.sin(node), 0.0))
    up = np.sin(_INCLINATION_RAD)
    ahead = np.array((-np.sin(node) * np.cos(_INCLINATION_RAD), np.cos(node) * np.cos(_INCLINATION_RAD), up))
    rate_radps = (MU_M3PS2 / _A_M**3) ** 0.5

    def places(times: Times) -> Array:
        u = (radians(from_node_deg) + rate_radps * 1e-9 * times)[:, None]
        at: Array = _A_M * (np.cos(u) * to_node + np.sin(u) * ahead)
        return at

    return places


def _turn(times: Times) -> Array:
    return ecef_from_eci(_EPOCH, times)


def _light_later(one: Places, other: Places) -> Places:
    """Where the other is when light that leaves the one now arrives, to first order."""

    def places(times: Times) -> Array:
        apart = other(times) - one(times)
        return other(times + np.rint(np.sqrt((apart * apart).sum(axis=1)) / C_MPS * 1e9).astype(np.int64))

    return places


def between_satellites(reference: Reference) -> Iterator[Case]:
    """Scenario 1: one day; STK waits for the light, 19 ms over 5770 km."""
    one, other = circling(0.0, 0.0), circling(180.0, 180.0)
    sight = line_of_sight(one, _light_later(one, other), _turn)
    yield from _compared("between two satellites", sight, _windows(reference("dynamics/stk_access_1.csv")), 1)


def from_the_ground(reference: Reference) -> Iterator[Case]:
    """Scenario 2: two days from a place on the equator, 20 m up."""
    station = ecef_of(0.0, 0.0, 20.0)
    sight = line_of_sight(circling(0.0, 0.0), lambda times: station @ _turn(times), _turn)
    yield from _compared("from the ground", sight, _windows(reference("dynamics/stk_access_2.csv")), 2)


def _windows(text: str) -> Array:
    """Start and stop (n, 2), s from the epoch."""
    start = datetime.fromisoformat(_UTC).replace(tzinfo=None)

    def seconds(words: str) -> float:
        whole, _, part = words.partition(".")
        return (datetime.strptime(whole, "%d %b %Y %H:%M:%S") - start).total_seconds() + float("0." + part)  # noqa: DTZ007 (both are UTC without a zone)

    rows = [row for row in list(reader(text.splitlines()))[1:] if row]
    return np.array([(seconds(row[0]), seconds(row[2])) for row in rows])


def _compared(what: str, sight: Signal, windows: Array, days: int) -> Iterator[Case]:
    found = crossings(sight, 0, days * _DAY_S * NS_PER_S, _STEP_NS)
    edges = {
        "start": ([1e-9 * c.t_ns for c in found if c.rising], windows[:, 0]),
        "stop": ([1e-9 * c.t_ns for c in found if not c.rising], windows[:, 1]),
    }
    for edge, (ours, theirs) in edges.items():
        # A window open at the start or the end of the span has no crossing there.
        inside = theirs[(theirs > 0.0) & (theirs < days * _DAY_S)]
        yield Case(
            name=f"access {what}, number of windows that {edge}",
            model="events",
            source="STK, in Open Space Toolkit's tests",
            ours=float(len(ours)),
            reference=float(len(inside)),
            unit="1",
            tolerance=0.0,
            because="a window is there or it is not",
        )
        yield Case(
            name=f"access {what}, worst {edge}",
            model="events",
            source="STK, in Open Space Toolkit's tests",
            ours=float(np.abs(np.array(ours) - inside).max()) if len(ours) == len(inside) else float("nan"),
            reference=0.0,
            unit="s",
            tolerance=5e-3,
            because="STK's own convergence of an access edge, 5 ms by default",
        )


GROUPS = (
    Group("access between satellites", between_satellites),
    Group("access from the ground", from_the_ground),
)
