"""Bodies and states that the tests of the dynamics share."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import numpy as np

from twin.dynamics.plant import FreeBody, PoweredBody
from twin.dynamics.settings import Environment, TargetBody
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.mission.script import Mission, Start

HOUR_NS = 3600 * 10**9
EPOCH = "2022-01-23T02:47:21.8Z"
STILL = (0.0, 0.0, 0.0)
VACUUM = Surroundings(environment=Environment(density_kgpm3=0.0))
SLENDER = np.diag([6000.0, 33250.0, 33250.0])
FAR_M = 1e10
"""So far out that gravity (4e-6 m/s2) and its gradient (1e-15 1/s2) are below what is tested."""


def stage() -> TargetBody:
    path = Path(__file__).parent.parent / "missions" / "bodies" / "h2a-33500.toml"
    return msgspec.toml.decode(path.read_bytes(), type=TargetBody)


def mission(seed: int = 1, body: TargetBody | None = None, start: Start | None = None) -> Mission:
    """As much of a mission as the dynamics read."""
    parts = SimpleNamespace(
        seed=seed,
        epoch_utc=EPOCH,
        target=body or stage(),
        start=start or Start(r_ric_m=(0.0, -300.0, 0.0)),
        environment=Environment(),
    )
    return cast(Mission, parts)


def circular(
    radius_m: float, inclination_rad: float, w_body_radps: tuple[float, ...] = STILL
) -> KinematicState:
    """On a circular (two-body) orbit at its ascending node, body axes along eci."""
    speed = np.sqrt(3.986004418e14 / radius_m)
    direction = np.array((0.0, np.cos(inclination_rad), np.sin(inclination_rad)))
    return KinematicState(
        np.array((radius_m, 0.0, 0.0)),
        speed * direction,
        np.array((1.0, 0.0, 0.0, 0.0)),
        np.array(w_body_radps),
    )


def far_away(w_body_radps: tuple[float, ...], q: tuple[float, ...] = (1.0, 0.0, 0.0, 0.0)) -> KinematicState:
    return KinematicState(np.array((FAR_M, 0.0, 0.0)), np.zeros(3), np.array(q), np.array(w_body_radps))


def free(start: KinematicState, inertia: np.ndarray = SLENDER) -> FreeBody:
    return FreeBody(start, VACUUM, mass_kg=3000.0, inertia_body_kgm2=inertia)


def powered(start: KinematicState, wheels: tuple[float, ...] = STILL) -> PoweredBody:
    return PoweredBody(start, VACUUM, wheel_momentum_body_nms=wheels)
