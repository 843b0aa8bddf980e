"""What a mission must satisfy beyond its types: names that meet, conditions that parse, possible physics."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import isclose, sqrt
from typing import Any

import numpy as np

from twin.contracts.fields import Name
from twin.contracts.operations import LawSwap
from twin.contracts.radio import Argument
from twin.dynamics.epochs import Epoch
from twin.dynamics.settings import Matrix3, TargetBody
from twin.errors import MissionError
from twin.gnc.inertia import believed
from twin.gnc.settings import Guidance
from twin.ground.limits import LEVELS
from twin.ground.settings import Station
from twin.guidance.phases import Phase
from twin.guidance.swapping import flat, swapped
from twin.mission.decay import refuse_coming_down
from twin.mission.expressions import Expression, parse, parse_number
from twin.mission.fault_checks import refuse_unfit_fault
from twin.mission.initial import servicer_at_epoch
from twin.mission.orbit import orbit_at, refuse_unflyable
from twin.mission.placing import refuse_start
from twin.mission.quantities import DECIDING, EVERY_PLANE, JUDGING, QUANTITIES, Plane
from twin.mission.requirements import refuse_misfit
from twin.mission.safety_checks import refuse_unfit_safety
from twin.mission.script import Mission, Swap
from twin.mission.steps import COMMANDS, refuse_unfit
from twin.mission.strict import at, decoded, nearest
from twin.mission.variants import Origins
from twin.vehicle.settings import Vehicle

LEAST_S = 0.001
"""Shortest computing time: a thousandth of the shortest period in use."""
MOST_SAMPLES = 5_000_000
"""Samples a verdict may need: about a gigabyte of columns."""
Laws = Mapping[str, type[Any]]
_ARGUMENTS: Any = dict[Name, Argument]


def check(mission: Mission, place: str, laws: Laws | None = None, origins: Origins | None = None) -> None:
    """Raise MissionError, with its place, for the first thing in `mission` that cannot be flown or judged.

    `origins` says which rows stand in another file than `place`.
    """
    rows = origins or {}
    _check_target(mission.target, at(place, "target"))
    _check_vehicle(mission.servicer, at(place, "servicer"))
    for station in mission.stations:
        _check_station(station, at(place, f"stations.{station.name}"))
    _check_phases(mission.guidance, at(place, "guidance"), laws)
    _check_timeline(mission, place, laws, rows)
    _check_faults(mission, place, rows)
    _check_requirements(mission, place, rows)
    _check_limits(mission, place)
    told = believed(mission.target, mission.guidance.navigation.believed_inertia_scale)
    _check_inertia(told.inertia_body_kgm2, at(place, "guidance.navigation.believed_inertia_scale"))
    _check_geometry(mission, place)
    _check_beginning(mission, place)


def _demand(holds: bool, reason: str, place: str) -> None:
    if not holds:
        raise MissionError(reason, place=place)


def _check_target(target: TargetBody, place: str) -> None:
    _demand(target.mass_kg > 0.0, "mass_kg must be above 0 kg", place)
    _check_inertia(target.inertia_body_kgm2, place)
    _check_unit(target.port.q_port_from_body, "port.q_port_from_body", place)
    _demand(abs(target.spin_deg_per_s) <= 30.0, "spin_deg_per_s must be within 30 deg/s", place)
    _demand(target.libration_deg < 90.0, "libration_deg must be below 90 deg", place)
    if target.tumbling is not None:
        rate = max(abs(each) for each in target.tumbling.w_body_deg_per_s)
        _demand(0.0 < rate <= 30.0, "tumbling.w_body_deg_per_s must be above 0 and within 30 deg/s", place)
        away = any(target.tumbling.momentum_ric)
        _demand(away, "tumbling.momentum_ric must have a direction", place)


def _check_vehicle(vehicle: Vehicle, place: str) -> None:
    _demand(vehicle.dry_mass_kg > 0.0, "dry_mass_kg must be above 0 kg", place)
    _check_inertia(vehicle.inertia_body_kgm2, place)
    propulsion = vehicle.propulsion
    for name in ("thrust_n", "specific_impulse_s"):
        _demand(getattr(propulsion, name) > 0.0, f"propulsion.{name} must be above 0", place)
    _check_unique((thruster.name for thruster in propulsion.thrusters), "thruster", place)
    for thruster in propulsion.thrusters:
        _check_unit(thruster.direction_body, f"propulsion.thrusters.{thruster.name}.direction_body", place)
    for index, wheel in enumerate(vehicle.wheels):
        _check_unit(wheel.axis_body, f"wheels[{index}].axis_body", place)
    _demand(vehicle.power.initial_fraction <= 1.0, "power.initial_fraction must be 0 to 1", place)
    _demand(vehicle.power.battery_wh > 0.0, "power.battery_wh must be above 0 W h", place)
    _demand(vehicle.telemetry.period_s >= 0.1, "telemetry.period_s must be at least 0.1 s", place)
    _demand(vehicle.sensors.lidar.dropout <= 1.0, "sensors.lidar.dropout must be 0 to 1", place)


def _check_unit(vector: tuple[float, ...], name: str, place: str) -> None:
    length = sqrt(sum(each * each for each in vector))
    _demand(isclose(length, 1.0, abs_tol=1e-6), f"{name} must have length 1, it has {length:.6g}", place)


def _check_inertia(inertia_kgm2: Matrix3, place: str) -> None:
    """A real body's tensor: symmetric, and no principal moment above the sum of the other two."""
    matrix = np.array(inertia_kgm2)
    largest = float(np.abs(matrix).max())
    symmetric = bool(np.all(np.abs(matrix - matrix.T) <= 1e-9 * largest))
    _demand(symmetric, "inertia_body_kgm2 must be symmetric", place)
    least, middle, most = (float(each) for each in np.linalg.eigvalsh(matrix))
    real = least > 0.0 and most <= (least + middle) * (1.0 + 1e-9)
    _demand(
        real,
        "inertia_body_kgm2 is of no real body: each principal moment must be above 0 and at most the sum of "
        f"the other two; they are {least:.6g}, {middle:.6g}, {most:.6g} kg m2",
        place,
    )


def _check_station(station: Station, place: str) -> None:
    _demand(abs(station.latitude_deg) <= 90.0, "latitude_deg must be within 90 deg", place)
    _demand(-180.0 <= station.longitude_deg <= 360.0, "longitude_deg must be -180 to 360 deg", place)
    _demand(-500.0 <= station.height_m <= 9000.0, "height_m must be -500 to 9000 m", place)
    _demand(0.0 <= station.mask_deg < 90.0, "mask_deg must be 0 to 90 deg", place)
    azimuths = [azimuth for azimuth, _ in station.horizon]
    ascending = all(a < b for a, b in pairwise(azimuths)) and all(0.0 <= a < 360.0 for a in azimuths)
    _demand(ascending, "the azimuths of horizon must ascend within 0 to 360 deg", place)
    low = all(-5.0 <= height < 90.0 for _, height in station.horizon)
    _demand(low, "the elevations of horizon must be -5 to 90 deg", place)


def _check_phases(guidance: Guidance, place: str, laws: Laws | None) -> None:
    names = [phase.name for phase in guidance.phases]
    _demand(guidance.compute_delay_s >= LEAST_S, "compute_delay_s must be at least 0.001 s", place)
    _check_unique(names, "phase", place)
    _check_named(guidance.start_phase, names, "phase", at(place, "start_phase"))
    for phase in guidance.phases:
        where = at(place, f"phases.{phase.name}")
        for cue, following in phase.on.items():
            _check_named(following, names, "phase", at(where, f"on.{cue}"))
        _demand(
            phase.period_s >= guidance.compute_delay_s,
            f"period_s must be at or above compute_delay_s ({guidance.compute_delay_s:g} s)",
            where,
        )
        if laws is not None:
            _check_law(phase, laws, where)
    _demand(
        any(phase.terminal for phase in guidance.phases), "no phase is terminal: the run has no end", place
    )
    refuse_unfit_safety(guidance, place)


def _check_law(phase: Phase, laws: Laws, place: str) -> None:
    _check_named(phase.law, list(laws), "law", at(place, "law"))
    decoded(phase.parameters, laws[phase.law], place, "parameters")
    if phase.shadow is not None:
        _check_named(phase.shadow.law, list(laws), "law", at(place, "shadow.law"))
        decoded(phase.shadow.parameters, laws[phase.shadow.law], place, "shadow.parameters")


def _check_timeline(mission: Mission, place: str, laws: Laws | None, rows: Origins) -> None:
    _check_unique((step.name for step in mission.timeline), "step", at(place, "timeline"))
    for step in mission.timeline:
        where = at(rows.get(("timeline", step.name), place), f"timeline.{step.name}")
        refuse_unfit(step, where)
        if step.command is not None:
            _check_named(step.command, list(COMMANDS), "command", at(where, "command"))
        if step.swap is not None:
            _check_swap(step.swap, mission.guidance, at(where, "swap"), laws)
        for key in ("when", "expect", "hold"):
            if getattr(step, key):
                _check_condition(getattr(step, key), DECIDING, mission, at(where, key))
        _demand(
            step.at_s <= mission.ending.latest_s,
            f"at_s lies after the run's latest end ({mission.ending.latest_s:g} s)",
            where,
        )


def _check_swap(swap: Swap, guidance: Guidance, place: str, laws: Laws | None) -> None:
    """The phase is there, and takes the law with these parameters."""
    rows = {phase.name: phase for phase in guidance.phases}
    _check_named(swap.phase, list(rows), "phase", at(place, "phase"))
    arguments = decoded(flat(swap.parameters), _ARGUMENTS, place, "parameters")
    if laws is not None:
        _check_law(
            swapped(rows[swap.phase], LawSwap(phase=swap.phase, law=swap.law, arguments=arguments)),
            laws,
            place,
        )


def _check_faults(mission: Mission, place: str, rows: Origins) -> None:
    _check_unique((each.name for each in mission.faults), "fault", at(place, "faults"))
    for each in mission.faults:
        where = at(rows.get(("faults", each.name), place), f"faults.{each.name}")
        refuse_unfit_fault(each, mission, where)
        for key, condition in (("when", each.when), ("until", each.until)):
            if condition is not None:
                _check_condition(condition, EVERY_PLANE, mission, at(where, key))


def _check_requirements(mission: Mission, place: str, rows: Origins) -> None:
    steps = [step.name for step in mission.timeline if step.judged]
    names = [*(each.name for each in mission.requirements), *steps]
    _check_unique(names, "requirement or expectation", at(place, "requirements"))
    for each in mission.requirements:
        where = at(rows.get(("requirements", each.name), place), f"requirements.{each.name}")
        refuse_misfit(each, where)
        for key in ("when", "that", "until"):
            if getattr(each, key):
                _check_condition(getattr(each, key), JUDGING, mission, at(where, key))
        if each.of:
            _check_number(each.of, at(where, "of"))


def _check_number(text: str, place: str) -> None:
    try:
        parse_number(text, JUDGING)
    except MissionError as error:
        raise MissionError(str(error), place=place) from None


def _check_limits(mission: Mission, place: str) -> None:
    """Each limit is on a number that comes down, in phases there are, and worse levels lie further out."""
    legal = [each.name for each in QUANTITIES.values() if each.plane == "ground" and each.kind == "number"]
    phases = [phase.name for phase in mission.guidance.phases]
    for limit in mission.limits:
        where = at(place, f"limits.{limit.name}")
        _check_named(limit.quantity, legal, "quantity", at(where, "quantity"))
        for phase in limit.phases:
            _check_named(phase, phases, "phase", at(where, "phases"))
        _demand(bool(limit.low or limit.high), "a limit needs low or high", where)
        for bounds, sign in ((limit.low, -1.0), (limit.high, 1.0)):
            ranked = [sign * bounds[level] for level in LEVELS if level in bounds]
            _demand(ranked == sorted(ranked), "a worse level must lie further out", where)


def _check_condition(text: str, planes: tuple[Plane, ...], mission: Mission, place: str) -> Expression:
    """It parses, and the phases it names are phases of this mission: else it would never hold."""
    try:
        condition = parse(text, planes)
    except MissionError as error:
        raise MissionError(str(error), place=place) from None
    phases = [phase.name for phase in mission.guidance.phases]
    for name, literal in condition.texts:
        if QUANTITIES[name].choices == "phase":
            _check_named(literal, phases, "phase", place)
    return condition


def _check_geometry(mission: Mission, place: str) -> None:
    safety, start = mission.guidance.safety, mission.start
    _demand(
        safety.corridor_half_angle_deg < 90.0, "safety.corridor_half_angle_deg must be below 90 deg", place
    )
    range_m = sqrt(sum(each * each for each in start.r_ric_m))
    keep_out_m = safety.keep_out_radius_m
    _demand(
        range_m - 3.0 * start.sigma_r_m > keep_out_m,
        f"starts {range_m:.1f} m from the target with sigma {start.sigma_r_m:g} m: three sigma of it lie "
        f"inside the keep-out sphere of {keep_out_m:g} m",
        at(place, "start.r_ric_m"),
    )
    refuse_start(mission, range_m, place)
    _demand(mission.ending.latest_s > 0.0, "latest_s must be above 0 s", at(place, "ending"))
    _demand(mission.ending.latest_s <= 30 * 86400.0, "latest_s must be within 30 days", at(place, "ending"))
    _demand(
        mission.ending.latest_s <= MOST_SAMPLES * mission.sample_s,
        f"sample_s gives more than {MOST_SAMPLES} samples until the latest end",
        place,
    )


def _check_beginning(mission: Mission, place: str) -> None:
    """The element set, the epoch and the libration give a state to begin with."""
    try:
        epoch = Epoch(mission.epoch_utc)
        r_eci_m, v_eci_mps = orbit_at(mission.target, epoch)
        refuse_unflyable(r_eci_m, v_eci_mps, "target")
        servicer_at_epoch(mission)
        refuse_coming_down(mission)
    except MissionError as error:
        raise MissionError(str(error), place=place) from None


def _check_unique(names: Iterable[str], what: str, place: str) -> None:
    seen: dict[str, None] = {}
    for name in names:
        _demand(name not in seen, f"{what} `{name}` stands twice", place)
        seen[name] = None


def _check_named(name: str, legal: list[str], what: str, place: str) -> None:
    if name not in legal:
        raise MissionError(f"unknown {what} `{name}`{nearest(name, legal)}", place=place)
