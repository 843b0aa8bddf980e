"""What a flown deorbit took, beside what it takes by one impulse: python -m tests.deorbit RECORDING...

twin run adras-j2-deorbit --record stage.mcap && python -m tests.deorbit stage.mcap      half a minute of CPU
"""

import argparse
from math import cos, exp
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.recording.read import Recording
from services.report import print_table
from twin.dynamics.constants import EARTH_RADIUS_M
from twin.guidance.deorbit import lowering_mps, orbit_of
from twin.guidance.free_drift import nystroem
from twin.mission.sampling import Columns, Sampler
from twin.mission.script import Mission

Array = NDArray[np.float64]
PHASES = ("lower", "lowered")
REVOLUTION_S, STEP_S = 6100.0, 10.0
G0_MPS2 = 9.80665
NS = 1_000_000_000
PUSH_MPS = 0.015
"""Of a control period of 4 s: a push of some 0.01 m/s2, and no couple that turns the stack."""


class Flight(NamedTuple):
    """Sampled every second: from the beginning of the push to its end."""

    mission: Mission
    t_ns: NDArray[np.int64]
    columns: Columns
    r_eci_m: Array
    v_eci_mps: Array

    def of(self, name: str) -> Array:
        values: Array = self.columns[f"truth.{name}"]
        return values


def flight(path: Path) -> Flight:
    """The part of a recording in which the perigee is lowered."""
    recording = Recording(path)
    _, mission = recording.require_sound()
    sampler, last_ns = Sampler(mission), 0
    for event, _ in recording.events():
        sampler.take(event)
        last_ns = event.t_ns
    begun_ns, ended_ns = (
        next((at for at, phase in sampler.phases if phase == name), last_ns) for name in PHASES
    )
    times = np.arange(begun_ns, min(ended_ns + 10 * NS, last_ns), NS, dtype=np.int64)
    target = sampler.tracks["target"].states(times)
    return Flight(mission, times, sampler.columns(times), target.r_eci_m, target.v_eci_mps)


def coasted(r: Array, v: Array) -> tuple[Array, Array]:
    """Places and velocities of a revolution under J2, (n, 3) each."""
    path = [(r, v)]
    for _ in range(round(REVOLUTION_S / STEP_S)):
        r, v = (each[0] for each in nystroem(r[None], v[None], STEP_S))
        path.append((r, v))
    return np.array([each for each, _ in path]), np.array([each for _, each in path])


def passage_km(r: Array, v: Array) -> float:
    """The least height over the equator's radius within a revolution."""
    return 1e-3 * (float(np.linalg.norm(coasted(r, v)[0], axis=1).min()) - EARTH_RADIUS_M)


def one_impulse_mps(r: Array, v: Array, goal_km: float) -> float:
    """Against the velocity, at the highest point of the next revolution, that then passes at `goal_km`."""
    places, speeds = coasted(r, v)
    top = int(np.linalg.norm(places, axis=1).argmax())
    r, v = places[top], speeds[top]
    low, high, speed = 0.0, 400.0, float(np.linalg.norm(v))
    for _ in range(24):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if passage_km(r, v * (1.0 - middle / speed)) > goal_km else (low, middle)
    return high


def worth(flown: Flight) -> tuple[float, int]:
    """What the pushes were worth, (1 + cos u) / 2 each at its angle u from apogee, and how many burns."""
    change = np.diff(flown.of("stack_delta_v_mps"))
    pushed = np.flatnonzero(change > PUSH_MPS)
    states = zip(flown.r_eci_m[pushed].tolist(), flown.v_eci_mps[pushed].tolist(), strict=True)
    shares = np.array([0.5 * (1.0 + cos(orbit_of(tuple(r), tuple(v)).from_apogee_rad)) for r, v in states])
    burns = 1 + int((np.diff(pushed) > 600).sum())
    return float((shares * change[pushed]).sum() / change[pushed].sum()), burns


def rows(flown: Flight) -> list[tuple[str, str]]:
    """What there is to say."""
    first, last = (
        orbit_of(flown.r_eci_m[0], flown.v_eci_mps[0]),
        orbit_of(flown.r_eci_m[-1], flown.v_eci_mps[-1]),
    )
    passed = passage_km(flown.r_eci_m[-1], flown.v_eci_mps[-1])
    ideal = one_impulse_mps(flown.r_eci_m[0], flown.v_eci_mps[0], passed)
    spent = float(flown.of("stack_delta_v_mps")[-1] - flown.of("stack_delta_v_mps")[0])
    used = float(flown.of("propellant_kg")[0] - flown.of("propellant_kg")[-1])
    servicer = flown.mission.servicer
    stack_kg = flown.mission.target.mass_kg + servicer.dry_mass_kg + float(flown.of("propellant_kg")[0])
    rocket = stack_kg * (1.0 - exp(-spent / (servicer.propulsion.specific_impulse_s * G0_MPS2)))
    share, burns = worth(flown)
    hours = (flown.t_ns[-1] - flown.t_ns[0]) / NS / 3600.0
    two_body = lowering_mps(first.apogee_km, first.perigee_km, passed)
    return [
        (
            "orbit before, and after",
            f"{first.perigee_km:.1f} x {first.apogee_km:.1f} km, {last.perigee_km:.2f} x "
            f"{last.apogee_km:.1f} km",
        ),
        ("flown on under J2 it passes at", f"{passed:.2f} km"),
        ("burns, time", f"{burns}, {hours:.1f} h"),
        ("one impulse at apogee: Earth a point; with J2", f"{two_body:.2f}, {ideal:.2f} m/s"),
        ("thrusters' impulse over mass", f"{spent:.2f} m/s, {spent / ideal:.4f} of the latter"),
        ("what the pushes are worth by (1 + cos u) / 2", f"{share:.4f}, so {1.0 / share:.4f}"),
        ("propellant; by the rocket equation", f"{used:.3f}, {rocket:.3f} kg"),
        ("boresight off at most", f"{flown.of('retrograde_error_deg').max():.2f} deg"),
        ("joint of the arm at most", f"{flown.of('stack_joint_torque_nm').max():.1f} N m"),
        ("wheel at most", f"{flown.of('wheel_momentum_max_nms').max():.1f} N m s"),
    ]


def main() -> None:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", type=Path, nargs="+")
    for path in parser.parse_args().recordings:
        print(path.name)
        print_table(("", ""), rows(flight(path)))


if __name__ == "__main__":
    main()
