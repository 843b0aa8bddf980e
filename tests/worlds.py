"""Two worlds that differ in the target's true motion alone, and when a sensor could first tell them apart.

That is worked out from the true motion and the geometry of the sensor, not from the readings.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import zip_longest
from math import acos, degrees
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from services.bus.inproc import InprocPeers
from services.conductor import Coordinator
from services.library import find
from services.run import ROLES, participants
from services.target import Target
from twin.contracts.envelope import Event, Reaction
from twin.contracts.motion import Trajectory
from twin.contracts.radio import PassEvent
from twin.contracts.sensing import SensorReadings
from twin.dynamics.environment import sunlight
from twin.dynamics.epochs import Epoch, utc_text
from twin.dynamics.rotation import rotate
from twin.dynamics.segments import Track
from twin.dynamics.settings import TargetBody
from twin.mission.load import load
from twin.mission.script import Mission, Step

Pair = tuple[Event, bytes]
TWELVE_METRES_DEG = 0.0001
"""The last digit of an angle in a two-line element set, at the 7000 km of this orbit."""
MEAN_ANOMALY, NODE = slice(43, 51), slice(17, 25)
"""Columns of the second line."""
HOURS_TO_THE_SHADOW = 0.797
"""From quickstart's epoch to 200 s before a sunrise that Malargue sees."""
HOURS_TO_EIGHT_MINUTES_BEFORE_A_PASS = 1.38


class OtherTruth(Target):
    """A target that moves as `truth` says, whatever mission the others were given."""

    def __init__(self, truth: TargetBody) -> None:
        super().__init__()
        self._truth = truth

    def begin(self, mission: Mission) -> Reaction:
        return super().begin(replace(mission, target=self._truth))


class Kept:
    """A recorder in memory."""

    def __init__(self) -> None:
        self.events: list[Pair] = []

    def round(self, committed: Sequence[Pair]) -> None:
        self.events += committed


class World:
    """One flight, and what truly was where."""

    def __init__(self, mission: Mission, truth: TargetBody, until_s: float) -> None:
        kept = Kept()
        cast = (OtherTruth(truth), *participants(ROLES[1:]))
        outcome = Coordinator(mission, InprocPeers(cast), kept, until_ns=round(until_s * 1e9)).run()
        assert outcome.cause == "until", outcome.text
        self.epoch = Epoch(mission.epoch_utc)
        self.events = kept.events
        self.tracks = {name: Track() for name in ("target", "servicer")}
        for event, _ in kept.events:
            if isinstance(event.body, Trajectory):
                self.tracks[event.body.body].extend(event.body)

    def said(self, source: str) -> list[Pair]:
        return [pair for pair in self.events if pair[0].source == source]

    def geometry(self, t_ns: int) -> "Geometry":
        target, servicer = (self.tracks[name].state(t_ns) for name in ("target", "servicer"))
        away_m = target.r_eci_m - servicer.r_eci_m
        range_m = float(np.linalg.norm(away_m))
        boresight = np.asarray(rotate(servicer.q_eci_from_body, (1.0, 0.0, 0.0)))
        off_deg = degrees(acos(min(1.0, float(boresight @ away_m) / range_m)))
        return Geometry(range_m, off_deg, sunlight(self.epoch, t_ns, target.r_eci_m))


class Geometry(NamedTuple):
    """How the target lies before the servicer's sensors, and what part of the Sun lights it."""

    range_m: float
    off_boresight_deg: float
    lit: float


class Case(NamedTuple):
    """Two worlds, and when a sensor looks at the target in either."""

    mission: Mission
    truths: tuple[TargetBody, TargetBody]
    looks: Callable[[Geometry], bool]
    until_s: float


def turned(line: str, columns: slice, by_deg: float) -> str:
    """A second line of elements with an angle changed, and the checksum that belongs to it."""
    changed = f"{line[: columns.start]}{float(line[columns]) + by_deg:8.4f}{line[columns.stop : 68]}"
    return changed + str(sum(int(c) if c.isdigit() else c == "-" for c in changed) % 10)


def moved(body: TargetBody, columns: slice, by_deg: float) -> TargetBody:
    elements = body.elements
    return replace(body, elements=replace(elements, line2=turned(elements.line2, columns, by_deg)))


def ahead(body: TargetBody) -> TargetBody:
    """The same body 12 m farther along its orbit, spinning faster."""
    return replace(moved(body, MEAN_ANOMALY, TWELVE_METRES_DEG), spin_deg_per_s=body.spin_deg_per_s * 1.1)


def equipped(mission: Mission, camera: dict[str, float], lidar: dict[str, float]) -> Mission:
    sensors = mission.servicer.sensors
    changed = replace(
        sensors, camera=replace(sensors.camera, **camera), lidar=replace(sensors.lidar, **lidar)
    )
    return replace(mission, servicer=replace(mission.servicer, sensors=changed))


def starting(behind_m: float, heard: str, *, phase: str = "hold_50", stations: str = "china-ttc") -> Mission:
    """Exactly so far behind on the in-track axis, in that phase; the ground speaks when it has `heard`.

    Before, it says twice that it hears nothing, so that its stream is not empty.
    """
    text = find("quickstart").text.replace('"china-ttc"', f'"{stations}"')
    mission = load(text, "quickstart", find("quickstart").include)
    waits = [Step(name=f"wait_{k}", when="ground.range_m < 1", within_s=20.0, command="go") for k in (1, 2)]
    return replace(
        mission,
        start=replace(mission.start, r_ric_m=(0.0, -behind_m, 0.0), sigma_r_m=0.0, sigma_v_mps=0.0),
        guidance=replace(mission.guidance, start_phase=phase),
        timeline=(*waits, Step(name="heard", when=heard, command="hold")),
    )


def later(mission: Mission, hours: float) -> Mission:
    epoch_utc = utc_text(Epoch(mission.epoch_utc), round(hours * 3600e9))
    return replace(mission, epoch_utc=epoch_utc)


def out_of_range() -> Case:
    """Sensors that reach 70 m, from 80 m: by dead reckoning it goes to the 50 m hold, or thinks so."""
    mission = equipped(
        starting(80.0, "ground.sigma_r_m < 1"),
        {"maximum_range_m": 70.0},
        {"maximum_range_m": 70.0, "pose_maximum_range_m": 70.0},
    )
    truth = mission.target
    return Case(mission, (truth, ahead(truth)), lambda seen: seen.range_m <= 70.0, 400.0)


def in_eclipse() -> Case:
    """A camera alone, in the Earth's shadow until a sunrise that falls into a pass."""
    mission = equipped(
        later(starting(50.0, "abs(ground.r_ric_z_m) > 1", stations="estrack"), HOURS_TO_THE_SHADOW),
        {"sun_exclusion_deg": 0.0},
        {"maximum_range_m": 1.0, "pose_maximum_range_m": 1.0},
    )
    truth = mission.target
    return Case(mission, (truth, moved(truth, NODE, TWELVE_METRES_DEG)), lambda seen: seen.lit >= 0.5, 300.0)


def outside_the_field_of_view() -> Case:
    """The target is 37 or 49 m aside of where everybody believes it; backing off brings it into view."""
    mission = starting(80.0, "ground.sigma_r_m < 1", phase="hold_300")
    truths = (moved(mission.target, NODE, times * TWELVE_METRES_DEG) for times in (3.0, 4.0))
    return Case(mission, (next(truths), next(truths)), lambda seen: seen.off_boresight_deg <= 20.0, 300.0)


def outside_a_pass() -> Case:
    """All sensors see the target from the start, but no station sees the servicer for eight minutes."""
    mission = later(starting(50.0, "abs(ground.r_ric_z_m) > 1"), HOURS_TO_EIGHT_MINUTES_BEFORE_A_PASS)
    order = Step(name="order", when="true", at_s=50.0, command="retreat")
    mission = replace(mission, timeline=(*mission.timeline[:2], order, *mission.timeline[2:]))
    truth = mission.target
    return Case(mission, (truth, moved(truth, NODE, TWELVE_METRES_DEG)), lambda seen: True, 600.0)


@cache
def worlds(make: Callable[[], Case]) -> tuple[World, World]:
    """Both worlds of a case, flown once."""
    return flown_both(make())


def flown_both(case: Case) -> tuple[World, World]:
    first, second = (World(case.mission, truth, case.until_s) for truth in case.truths)
    return first, second


def first_look_ns(case: Case, pair: tuple[World, World]) -> int:
    """The first sample at which a sensor looks at the target in either world."""
    samples = [event.body.sampled_ns for event, _ in pair[0].events if isinstance(event.body, SensorReadings)]
    return next(t_ns for t_ns in samples if any(case.looks(world.geometry(t_ns)) for world in pair))


def first_difference(pair: tuple[World, World], source: str) -> tuple[int, int]:
    """When what `source` says first differs in a byte, ns, and after how many events; it must differ."""
    one, other = (world.said(source) for world in pair)
    for index, both in enumerate(zip_longest(one, other)):
        present = [each for each in both if each is not None]
        if len({raw for _, raw in present}) != 1 or len(present) != 2:
            return min(event.t_ns for event, _ in present), index
    raise AssertionError(f"{source} says the same in both worlds to the end")


def acquired_ns(pair: tuple[World, World]) -> int:
    """When a station first has the servicer in either world."""
    bodies = (event.body for world in pair for event, _ in world.events)
    passes = (body for body in bodies if isinstance(body, PassEvent))
    return min(body.t_ns for body in passes if body.event == "acquired")
