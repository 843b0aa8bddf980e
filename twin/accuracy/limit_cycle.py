"""V31: an attitude limit cycle on the thrusters' least impulse, flown by the servicer's plant."""

from collections.abc import Iterator
from math import asin, degrees, radians

import numpy as np
from msgspec.structs import replace

from twin.accuracy.case import Case, Group, Reference, listed
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.plant import PoweredBody
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

_ARM_M, _IMPULSE_NS, _INERTIA_KGM2, _BAND_RAD = 0.5, 0.05, 100.0, radians(0.5)
_PULSE_NS = 1_000_000
_TORQUE_NM = _ARM_M * _IMPULSE_NS / (_PULSE_NS / NS_PER_S)
_STILL = (0.0, 0.0, 0.0)


def limit_cycle(_: Reference) -> Iterator[Case]:
    """One pulse at each edge of the band turns the rate about; four edges are flown."""
    half_radps = 0.5 * _ARM_M * _IMPULSE_NS / _INERTIA_KGM2
    space = Surroundings(environment=Environment(gravity="point", atmosphere="none", gravity_gradient=False))
    start = KinematicState(
        np.array((7e6, 0.0, 0.0)),
        np.array((0.0, 7546.0, 0.0)),
        np.array((1.0, 0.0, 0.0, 0.0)),
        np.array((0.0, 0.0, half_radps)),
    )
    body = PoweredBody(start, space)
    edges = [_to_edge_and_back(body) for _ in range(4)]
    rows = (
        ("rate", degrees(abs(float(body.state.w_body_radps[2]))), 0.00716197, "deg/s", 5e-9),
        ("period", 1e-9 * (edges[3] - edges[1]), 279.2527, "s", 2.1e-3),
    )
    rate, period = listed("V31 limit cycle of 0.05 N s at 0.5 m in +-0.5 deg, ", "attitude", rows)
    yield rate
    yield replace(period, because="the two pulses last 1 ms each")


def _to_edge_and_back(body: PoweredBody) -> int:
    """Coast to the edge of the band, fire once against the motion; when, ns."""
    inertia = _INERTIA_KGM2 * np.eye(3)
    state = body.state
    rate = float(state.w_body_radps[2])
    angle = 2.0 * asin(float(state.q_eci_from_body[3]))
    to_go_s = (np.copysign(_BAND_RAD, rate) - angle) / rate
    body.advance(round(to_go_s * NS_PER_S), _STILL, _STILL, _STILL, 800.0, inertia)
    fired_ns = body.t_ns
    torque = (0.0, 0.0, -float(np.copysign(_TORQUE_NM, rate)))
    body.advance(_PULSE_NS, _STILL, torque, _STILL, 800.0, inertia)
    return fired_ns


GROUPS = (Group("limit cycle", limit_cycle),)
