"""Runs of GMAT and Orekit flown again: two-body, Sun, drag, thrust in orbital frames."""

from collections.abc import Iterator
from functools import partial
from math import sqrt, ulp
from typing import Literal

import numpy as np

from twin.accuracy.case import Case, Group, Reference
from twin.accuracy.runs import Array, Run, gmat_run, largest_m, orekit_run
from twin.dynamics.constants import MU_M3PS2, NS_PER_S
from twin.dynamics.epochs import Epoch
from twin.dynamics.kepler import moved
from twin.dynamics.orbit import coast
from twin.dynamics.outside import Outside
from twin.dynamics.plant import PoweredBody
from twin.dynamics.rotation import conj, rotate
from twin.dynamics.settings import Environment
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings

_MU_OTHERS = 398_600.4415e9
"""GMAT's and Orekit's; ours differs in the tenth digit, 5 mm of a low orbit's radius."""
_OURS = (MU_M3PS2 / _MU_OTHERS) ** (1.0 / 3.0)
"""Lengths x this, times as they are: the orbit about their Earth becomes one about ours."""
_G0_MPS2 = 9.80665
_POINT = Environment(gravity="point", atmosphere="none")
_WITH_SUN = Environment(gravity="point", atmosphere="none", sun=True)
_START = "2021-03-20T00:00:00Z"
_START_A1_MJD = 29_293.5
"""GMAT counts time in days of A.1 since 1941 in one float, whose last digit here is 0.3 us."""
_SUN_PART = 3.0 * 3e-5
"""Of the Sun's pull, which goes with the cube of its distance, known to 3e-5 AU."""
_THRUST_MPS2 = 0.1 / 115.0
_OREKIT_DIGIT_MPS = 0.5e-8
"""Half a unit of the last digit of a speed in Orekit's tables."""
_case = partial(Case, reference=0.0, unit="m")


def _flown(run: Run, epoch: str, environment: Environment, drag_m2pkg: float = 0.0) -> Array:
    """Our flight (n, 3) from the run's first state at the run's times, in the run's scale."""
    around = Surroundings.at(Epoch(epoch), environment)
    r, v, last_ns = _OURS * run.r_m[0], _OURS * run.v_mps[0], int(run.t_ns[-1])
    flown: Array = coast(r, v, 0, last_ns, around, drag_m2pkg=drag_m2pkg).states(run.t_ns).r_eci_m / _OURS
    return flown


def _of_its_clock_m(run: Run) -> float:
    """What a GMAT run moves along its track in one unit of the last digit of its time."""
    speed_mps = float(np.sqrt((run.v_mps**2).sum(axis=1)).max())
    return speed_mps * 86_400.0 * ulp(_START_A1_MJD)


def _of_its_digits_m(run: Run) -> float:
    """Where half a unit of the first row's speed leads an Orekit run: 3 v t along the track."""
    return 3.0 * _OREKIT_DIGIT_MPS * 1e-9 * float(run.t_ns[-1])


def two_body(reference: Reference) -> Iterator[Case]:
    """The closed form, and GMAT, 2 h."""
    run = gmat_run(reference("dynamics/gmat_twobody_2h.csv"))
    flown = _flown(run, _START, _POINT)
    kepler = np.array(
        [moved(_OURS * run.r_m[0], _OURS * run.v_mps[0], 1e-9 * t)[0] for t in run.t_ns.tolist()]
    )
    radius_m = float(np.sqrt((run.r_m**2).sum(axis=1)).max())
    yield _case(
        name="two-body, 2 h: largest distance from Kepler's orbit",
        model="gravity",
        source="closed form",
        ours=largest_m(flown, kepler / _OURS),
        tolerance=100.0 * ulp(radius_m),
        because="100 rounding units of the radius: an error of one grows by 6 pi in each of 1.2 revolutions",
    )
    yield _case(
        name="two-body, 2 h: largest distance",
        model="gravity",
        source="GMAT",
        ours=largest_m(flown, run.r_m),
        tolerance=_of_its_clock_m(run),
        because="computed: the last digit of GMAT's time, 0.3 us in days since 1941, at the orbit's speed",
    )


def sun(reference: Reference) -> Iterator[Case]:
    """GMAT, two bodies and the Sun, 2 h."""
    run = gmat_run(reference("dynamics/gmat_twobody_sun_2h.csv"))
    flown = _flown(run, _START, _WITH_SUN)
    pulled_m = largest_m(flown, _flown(run, _START, _POINT))
    yield _case(
        name="two-body and Sun, 2 h: largest distance",
        model="third-body",
        source="GMAT",
        ours=largest_m(flown, run.r_m),
        tolerance=_of_its_clock_m(run) + _SUN_PART * pulled_m,
        because=f"GMAT's time as above, and 9e-5 of the {pulled_m:.1f} m that the Sun moves this orbit",
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
    flown = _flown(run, "2023-01-01T00:00:00Z", air, 2.1 * 1.0 / 100.0)
    yield _case(
        name="exponential air 500 km up, 2 h: largest distance",
        model="drag",
        source="Orekit",
        ours=largest_m(flown, run.r_m),
        tolerance=_of_its_digits_m(run),
        because="computed: half a unit of the first speed's last digit, 3 v t along; drag moves it 34 m",
    )


def thrust(reference: Reference) -> Iterator[Case]:
    """Orekit, 0.1 N for an hour along the velocity and along the track; 115 kg, 1500 s; once with air."""
    air = Environment(gravity="point", atmosphere="exponential")
    runs: tuple[tuple[str, Literal["track", "velocity"], Environment], ...] = (
        ("i98.1_115kg_0.1N_1500s_3600s_QSW_010", "track", _POINT),
        ("i98.1_115kg_0.1N_1500s_3600s_VNC_100", "velocity", _POINT),
        ("drag_3600s_VNC_area1_cd2.1", "velocity", air),
    )
    for file, along, environment in runs:
        run = orekit_run(reference(f"dynamics/orekit_thrust_{file}.csv"))
        flown = _burnt(run, along, environment)
        pushed_m = largest_m(flown, _flown(run, "2023-01-01T00:00:00Z", _POINT))
        yield _case(
            name=f"0.1 N along the {along}{' in air' if environment is air else ''}, 1 h: largest distance",
            model="plant",
            source="Orekit",
            ours=largest_m(flown, run.r_m),
            tolerance=_of_held_direction_m(run, pushed_m) + _of_its_digits_m(run),
            because=f"computed: a thrust held in direction for h = 1 s loses (n h)^2 / 24 of the "
            f"{1e-3 * pushed_m:.0f} km that it moves this orbit, and a h^2 / 3 across; half a digit of speed",
        )


def _of_held_direction_m(run: Run, pushed_m: float) -> float:
    """What holding for h = 1 s does to a thrust whose direction turns at the orbit's rate n.

    Its mean is shorter by (n h)^2 / 24. Each second ends n a h^3 / 12 aside, as if the orbit had a radial
    speed u = n a h^2 / 12, which takes it at most 4 u / n along the track.
    """
    n_radps = sqrt(_MU_OTHERS * float((run.r_m[0] ** 2).sum()) ** -1.5)
    return n_radps * n_radps / 24.0 * pushed_m + _THRUST_MPS2 / 3.0


def _burnt(run: Run, along: Literal["track", "velocity"], environment: Environment) -> Array:
    """Our powered plant under a command a second: places (n, 3) at the run's times, every 30 s."""
    around = Surroundings.at(Epoch("2023-01-01T00:00:00Z"), environment)
    start = KinematicState(
        _OURS * run.r_m[0], _OURS * run.v_mps[0], np.array((1.0, 0.0, 0.0, 0.0)), np.zeros(3)
    )
    body = PoweredBody(start, around, outside=Outside(drag_m2=2.1))
    mass_kg, flow_kgps, still = 115.0, 0.1 / (1500.0 * _G0_MPS2), (0.0, 0.0, 0.0)
    places = [body.r_eci_m / _OURS]
    for k in range(1, int(run.t_ns[-1]) // NS_PER_S + 1):
        state = body.state
        force = rotate(conj(state.q_eci_from_body), 0.1 * _OURS * _direction(state, along))
        body.advance(NS_PER_S, force, still, still, mass_kg - 0.5 * flow_kgps, np.eye(3))
        mass_kg -= flow_kgps
        if k % 30 == 0:
            places.append(body.r_eci_m / _OURS)
    return np.array(places)


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
    Group("drag run", drag),
    Group("thrust runs", thrust),
)
