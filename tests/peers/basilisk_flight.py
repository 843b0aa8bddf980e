"""The same orbit and rotation flown by Basilisk and by the twin; it needs the extra `peers` (package bsk)."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np

from twin.dynamics.constants import EARTH_RADIUS_M, J2, MU_M3PS2
from twin.dynamics.plant import FreeBody, PoweredBody
from twin.dynamics.rotation import canonical, conj, mul, rotation_vector
from twin.dynamics.segments import Track
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

DAY_S, SAMPLE_S = 86_400, 600
MASS_KG = 3000.0
INERTIA = np.array(((6000.0, 40.0, -30.0), (40.0, 33250.0, 25.0), (-30.0, 25.0, 33250.0)))
FAR_M = 1e10


@dataclass(frozen=True)
class Problem:
    """Gravity `point` or `j2`; `far` puts the body where nothing turns it."""

    gravity: str = "point"
    far: bool = False


@dataclass(frozen=True)
class Flight:
    """States every SAMPLE_S, (n, 3), (n, 4), and the CPU seconds that they took."""

    r_m: np.ndarray
    q: np.ndarray
    cpu_s: float


def random_start(seed: int, far: bool) -> KinematicState:
    """A low, slightly eccentric orbit in any plane, any attitude, tumbling at up to 2 deg/s."""
    rng = np.random.default_rng(seed)
    radial, other = rng.normal(size=(2, 3))
    radial /= np.linalg.norm(radial)
    along = np.cross(np.cross(radial, other), radial)
    along /= np.linalg.norm(along)
    r = (FAR_M if far else rng.uniform(6.9e6, 7.4e6)) * radial
    v = np.zeros(3) if far else rng.uniform(1.0, 1.02) * np.sqrt(MU_M3PS2 / np.linalg.norm(r)) * along
    q = np.array(canonical(rng.normal(size=4)))
    return KinematicState(r, v, q, np.radians(rng.uniform(-1.2, 1.2, 3)))


def by_twin(start: KinematicState, problem: Problem, tolerance: float = 0.0) -> Flight:
    """The target's plant."""
    around = Surroundings(
        environment=Environment(gravity=problem.gravity, atmosphere="none", tolerance=tolerance)
    )
    body = FreeBody(start, around, mass_kg=MASS_KG, inertia_body_kgm2=INERTIA)
    began = process_time()
    pieces = body.advance_to(DAY_S * 10**9)
    states = Track(pieces).states(np.arange(0, DAY_S + 1, SAMPLE_S) * 10**9)
    return Flight(states.r_eci_m, states.q_eci_from_body, process_time() - began)


def by_twin_held(start: KinematicState, problem: Problem, period_s: int) -> Flight:
    """The servicer's plant, stopped at every control period though nothing is commanded."""
    around = Surroundings(environment=Environment(gravity=problem.gravity, atmosphere="none"))
    body, still = PoweredBody(start, around), (0.0, 0.0, 0.0)
    r, q, began = [start.r_eci_m], [start.q_eci_from_body], process_time()
    for k in range(1, DAY_S // period_s + 1):
        body.advance(period_s * 10**9, still, still, still, MASS_KG, INERTIA)
        if k * period_s % SAMPLE_S == 0:
            state = body.state
            r.append(state.r_eci_m)
            q.append(state.q_eci_from_body)
    return Flight(np.array(r), np.array(q), process_time() - began)


def by_basilisk(start: KinematicState, problem: Problem, step_s: float, scheme: str = "RKF78") -> Flight:
    """Basilisk's spacecraft and gravity-gradient effector; `scheme` as in its `svIntegrator` names."""
    from Basilisk.simulation import GravityGradientEffector, spacecraft, svIntegrators
    from Basilisk.utilities import SimulationBaseClass, macros, simHelpers, simIncludeGravBody

    simulation = SimulationBaseClass.SimBaseClass()
    simulation.CreateNewProcess("p").addTask(simulation.CreateNewTask("t", macros.sec2nano(step_s)))
    craft = spacecraft.Spacecraft()
    craft.hub.mHub, craft.hub.IHubPntBc_B = MASS_KG, simHelpers.np2EigenMatrix3d(INERTIA.ravel())
    factory = simIncludeGravBody.gravBodyFactory()
    earth = factory.createCustomGravObject("earth", MU_M3PS2)
    earth.isCentralBody = True
    with TemporaryDirectory() as folder:
        if problem.gravity == "j2":
            earth.useSphericalHarmonicsGravityModel(_field_file(Path(folder)), 2)
            earth.radEquator = EARTH_RADIUS_M
        factory.addBodiesTo(craft)
        _set_start(craft, start)
        integrator = getattr(svIntegrators, f"svIntegrator{scheme}")(craft)
        if scheme.startswith("RKF"):
            integrator.setRelativeTolerance(1e-13)
            integrator.setAbsoluteTolerance(1e-13)
        craft.setIntegrator(integrator)
        gradient = GravityGradientEffector.GravityGradientEffector()
        gradient.addPlanetName(earth.planetName)
        craft.addDynamicEffector(gradient)
        simulation.AddModelToTask("t", craft)
        simulation.AddModelToTask("t", gradient)
        seen = craft.scStateOutMsg.recorder(macros.sec2nano(SAMPLE_S))
        simulation.AddModelToTask("t", seen)
        simulation.InitializeSimulation()
        simulation.ConfigureStopTime(macros.sec2nano(DAY_S))
        began = process_time()
        simulation.ExecuteSimulation()
        spent = process_time() - began
    return Flight(np.array(seen.r_BN_N), np.array([_quaternion(s) for s in seen.sigma_BN]), spent)


def apart(a: Flight, b: Flight) -> tuple[float, float]:
    """Largest distance (m) and angle (rad) between two flights."""
    distance = np.linalg.norm(a.r_m - b.r_m, axis=1).max()
    angles = [np.linalg.norm(rotation_vector(mul(conj(p), q))) for p, q in zip(a.q, b.q, strict=True)]
    return float(distance), float(max(angles))


def _set_start(craft: Any, start: KinematicState) -> None:
    w, *xyz = start.q_eci_from_body.tolist()
    craft.hub.r_CN_NInit, craft.hub.v_CN_NInit = start.r_eci_m, start.v_eci_mps
    # Its MRP of body against inertial is the vector part over 1 + w of our q_eci_from_body.
    craft.hub.sigma_BNInit = [[x / (1.0 + w)] for x in xyz]
    craft.hub.omega_BN_BInit = [[x] for x in start.w_body_radps.tolist()]


def _quaternion(sigma: np.ndarray) -> np.ndarray:
    s2 = float(sigma @ sigma)
    return np.array(canonical(np.array((1.0 - s2, *(2.0 * sigma))) / (1.0 + s2)))


def _field_file(folder: Path) -> str:
    """Basilisk's gravity file with nothing but J2, normalised."""
    file = folder / "j2.txt"
    rows = [f"{EARTH_RADIUS_M!r},{MU_M3PS2!r},0,2,2,1,0,0"]
    for n in range(3):
        for m in range(n + 1):
            c = 1.0 if n == 0 else -J2 / 5.0**0.5 if (n, m) == (2, 0) else 0.0
            rows.append(f"{n},{m},{c!r},0.0,0.0,0.0")
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(file)
