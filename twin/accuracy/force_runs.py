"""Runs of GMAT, Orekit and STK flown again: two-body, Sun, drag, thrust in orbital frames, the field."""

from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.constants import MU_M3PS2, NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.orbit import coast
from twin.dynamics.outside import Outside
from twin.dynamics.plant import PoweredBody
from twin.dynamics.rotation import conj, rotate
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

Array = NDArray[np.float64]

_MU_OTHERS = 398_600.4415e9
"""GMAT, STK and the Orekit runs; ours differs in the tenth digit, 5 mm of a low orbit's radius."""
_OURS = (MU_M3PS2 / _MU_OTHERS) ** (1.0 / 3.0)
"""Lengths x this, times as they are: the orbit about their Earth becomes one about ours."""
_G0_MPS2 = 9.80665
_POINT = Environment(gravity="point", atmosphere="none")


@dataclass(frozen=True, slots=True)
class Run:
    """A trajectory of another program: times (n,) in ns, positions and velocities (n, 3), SI, GCRF."""

    t_ns: NDArray[np.int64]
    r_m: Array
    v_mps: Array


def gmat_run(text: str) -> Run:
    """A table with `ElapsedSecs` and kilometres."""
    rows = list(DictReader(text.splitlines()))
    names = [f"YAM.EarthICRF.{axis}" for axis in ("X", "Y", "Z", "VX", "VY", "VZ")]
    table = 1e3 * np.array([[float(row[name]) for name in names] for row in rows])
    seconds = [float(row["YAM.ElapsedSecs"]) for row in rows]
    return Run(np.array([round(s * NS_PER_S) for s in seconds]), table[:, :3], table[:, 3:])


def orekit_run(text: str, step_s: float = 30.0) -> Run:
    """A table of metres with one row every `step_s`."""
    rows = list(DictReader(text.splitlines()))
    names = [f"{what}_{axis}" for what in ("POS", "VEL") for axis in "XYZ"]
    table = np.array([[float(row[name]) for name in names] for row in rows])
    return Run(np.arange(len(rows)) * round(step_s * NS_PER_S), table[:, :3], table[:, 3:])


def _apart_m(run: Run, epoch: str, environment: Environment, drag_m2pkg: float = 0.0) -> float:
    """Largest distance between our flight from the run's first state and the run."""
    around = Surroundings.at(Epoch(epoch), environment)
    r, v, last_ns = _OURS * run.r_m[0], _OURS * run.v_mps[0], int(run.t_ns[-1])
    ours = coast(r, v, 0, last_ns, around, drag_m2pkg=drag_m2pkg).states(run.t_ns).r_eci_m / _OURS
    return float(np.sqrt(((ours - run.r_m) ** 2).sum(axis=1)).max())


def _deviation(  # noqa: PLR0917 - a row of the table
    name: str, model: str, source: str, apart_m: float, tolerance_m: float, because: str
) -> Case:
    return Case(
        name=f"{name}: largest distance",
        model=model,
        source=source,
        ours=apart_m,
        reference=0.0,
        unit="m",
        tolerance=tolerance_m,
        because=because,
    )


_START = "2021-03-20T00:00:00Z"


def two_body(reference: Reference) -> Iterator[Case]:
    """GMAT, two bodies, 2 h."""
    run = gmat_run(reference("dynamics/gmat_twobody_2h.csv"))
    apart = _apart_m(run, _START, _POINT)
    yield _deviation("two-body, 2 h", "gravity", "GMAT", apart, 2e-3, "GMAT's integrator: 1 mm in 2 h")


def sun(reference: Reference) -> Iterator[Case]:
    """GMAT, two bodies and the Sun, 2 h."""
    run = gmat_run(reference("dynamics/gmat_twobody_sun_2h.csv"))
    apart = _apart_m(run, _START, Environment(gravity="point", atmosphere="none", sun=True))
    because = "GMAT's integrator: 1 mm in 2 h; the Sun moves the orbit by metres"
    yield _deviation("two-body and Sun, 2 h", "third-body", "GMAT", apart, 3e-3, because)


def field(reference: Reference) -> Iterator[Case]:
    """STK, EGM96 to degree and order 70, 2 h, with our EGM2008."""
    run = gmat_run(reference("dynamics/stk_egm96_70x70_2h.csv"))
    for degree, tolerance, because in (
        (70, 2.0, "EGM2008 for EGM96 (whose first 21 degrees give 1.3 m), no tides: 1e-7 m/s2"),
        (8, 300.0, "what degree and order 8 leave out"),
    ):
        environment = Environment(gravity="egm2008", degree=degree, atmosphere="none")
        apart = _apart_m(run, _START, environment)
        yield _deviation(
            f"EGM2008 {degree} x {degree}, 2 h", "gravity", "STK, EGM96 70 x 70", apart, tolerance, because
        )


def drag(reference: Reference) -> Iterator[Case]:
    """Orekit, exponential atmosphere, equatorial orbit 500 km up, 2 h: 1 m2, 2.1, 100 kg."""
    run = orekit_run(reference("dynamics/orekit_drag_exp_500km_2h.csv"))
    air = Environment(
        gravity="point",
        atmosphere="exponential",
        density_kgpm3=6.967e-13,
        density_altitude_km=500.0,
        scale_height_km=63.822,
    )
    apart = _apart_m(run, "2023-01-01T00:00:00Z", air, 2.1 * 1.0 / 100.0)
    because = "the step of the reference's integrator; drag moves the orbit by 34 m"
    yield _deviation("exponential air 500 km up, 2 h", "drag", "Orekit", apart, 5e-3, because)


def thrust(reference: Reference) -> Iterator[Case]:
    """Orekit, 0.1 N for an hour along the velocity and along the track; 115 kg, 1500 s; once with air."""
    runs: tuple[tuple[str, Literal["track", "velocity"], Environment, float], ...] = (
        ("i98.1_115kg_0.1N_1500s_3600s_QSW_010", "track", _POINT, 0.01),
        ("i98.1_115kg_0.1N_1500s_3600s_VNC_100", "velocity", _POINT, 0.01),
        (
            "drag_3600s_VNC_area1_cd2.1",
            "velocity",
            Environment(gravity="point", atmosphere="exponential"),
            0.1,
        ),
    )
    for file, along, environment, tolerance in runs:
        run = orekit_run(reference(f"dynamics/orekit_thrust_{file}.csv"))
        apart = _burn_apart_m(run, along, environment)
        air = environment.atmosphere == "exponential"
        because = (
            "height above the equatorial radius instead of the ellipsoid: 15 % of the drag's 0.25 m"
            if air
            else "the reference's integrator; the thrust moves the orbit by 17 km"
        )
        name = f"0.1 N along the {along}{' in air' if air else ''}, 1 h"
        yield _deviation(name, "plant", "Orekit", apart, tolerance, because)


def _burn_apart_m(run: Run, along: Literal["track", "velocity"], environment: Environment) -> float:
    """Our powered plant under a command a second, against the run."""
    around = Surroundings.at(Epoch("2023-01-01T00:00:00Z"), environment)
    start = KinematicState(
        _OURS * run.r_m[0], _OURS * run.v_mps[0], np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3)
    )
    body = PoweredBody(start, around, outside=Outside(drag_m2=2.1))
    mass_kg, flow_kgps, still = 115.0, 0.1 / (1500.0 * _G0_MPS2), (0.0, 0.0, 0.0)
    worst = 0.0
    for k in range(int(run.t_ns[-1]) // NS_PER_S):
        state = body.state
        if k % 30 == 0:
            worst = max(worst, float(np.sqrt(((state.r_eci_m / _OURS - run.r_m[k // 30]) ** 2).sum())))
        force = rotate(conj(state.q_eci_from_body), 0.1 * _OURS * _direction(state, along))
        body.advance(NS_PER_S, force, still, still, mass_kg - 0.5 * flow_kgps, np.eye(3))
        mass_kg -= flow_kgps
    return worst


def _direction(state: KinematicState, along: Literal["track", "velocity"]) -> Array:
    """Unit vector in `eci`, half a second on, where the second's mean is."""
    r = state.r_eci_m + 0.5 * state.v_eci_mps
    v = state.v_eci_mps - 0.5 * MU_M3PS2 * float((r * r).sum()) ** -1.5 * r
    if along == "track":
        v = v - r * float((r * v).sum()) / float((r * r).sum())
    unit: Array = v / np.sqrt((v * v).sum())
    return unit


GROUPS = (
    Group("two-body run", two_body),
    Group("Sun run", sun),
    Group("field run", field, slow=True),
    Group("drag run", drag),
    Group("thrust runs", thrust),
)
