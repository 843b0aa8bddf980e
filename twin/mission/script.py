"""The mission as types: what a mission file says after its includes are resolved."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from twin.contracts.fields import Count, Float, Name, NonNegative, Text, Vec3
from twin.contracts.radio import Argument
from twin.dynamics.settings import Environment, TargetBody
from twin.gnc.settings import Guidance
from twin.ground.limits import Limit
from twin.ground.settings import Ground, Station
from twin.vehicle.settings import Vehicle

Expression = Annotated[str, Meta(min_length=1, max_length=500)]
Clause = Annotated[str, Meta(max_length=500)]
"""An expression that may be left out: then it is empty."""


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Elements(_Settings, frozen=True, kw_only=True):
    """Six lengths in which an orbit differs from the target's: `twin.guidance.relative_elements`."""

    a_m: Float
    l_m: Float
    ex_m: Float
    ey_m: Float
    ix_m: Float
    iy_m: Float

    def row(self) -> tuple[float, float, float, float, float, float]:
        """All six, in that order."""
        return (self.a_m, self.l_m, self.ex_m, self.ey_m, self.ix_m, self.iy_m)


class Start(_Settings, frozen=True, kw_only=True):
    """State of the servicer relative to the target at the epoch; sigmas disperse it by seed.

    `v_ric_mps` is relative to the rotating `ric` axes. The servicer starts with its boresight on the target.
    A file may give the mean `elements` of its orbit in place of a place and a velocity, which follow from
    them. Then it is the target that is not quite where the ground believes it, by `elements_sigma`.
    """

    r_ric_m: Vec3
    v_ric_mps: Vec3 = (0.0, 0.0, 0.0)
    sigma_r_m: NonNegative = 0.0
    sigma_v_mps: NonNegative = 0.0
    elements: Elements | None = None
    elements_sigma: Elements | None = None


class Dispersions(_Settings, frozen=True, kw_only=True):
    """Factors on the vehicle's stated noise; 0 is a noiseless run."""

    sensor_noise: NonNegative = 1.0
    thruster_error: NonNegative = 1.0


class Swap(_Settings, frozen=True, kw_only=True):
    """Another law for a phase, sent up as a telecommand: `twin.guidance.swapping` says what it changes."""

    phase: Name
    law: Name
    parameters: dict[Name, Any] = {}


class Step(_Settings, frozen=True, kw_only=True):
    """One step of the timeline: does one thing when its time has come and `when` holds.

    Steps are taken in order; each is armed when the one before is over. `at_s`: not before this mission time;
    `after_s`: not before so long after it was armed. `when`, `expect` and `hold` see ground and script
    quantities only. What it does: give a `command` with its `arguments`, `swap` a law, `mark` the recording,
    `expect` a condition `within_s`, or have one `hold` `for_s` (a stretch that begins `within_s`, by default
    at once). `within_s` of the other three is how long `when` is waited for.
    """

    name: Name
    when: Expression = "true"
    at_s: NonNegative = 0.0
    after_s: NonNegative = 0.0
    command: Name | None = None
    arguments: dict[Name, Argument] = {}
    swap: Swap | None = None
    mark: Clause = ""
    expect: Clause = ""
    hold: Clause = ""
    for_s: NonNegative | None = None
    within_s: NonNegative | None = None

    @property
    def doing(self) -> str:
        """What it does, in a few words."""
        if self.command is not None:
            return self.command
        if self.swap is not None:
            return f"swap of {self.swap.phase} to {self.swap.law}"
        if self.expect:
            return f"expect {self.expect}"
        return f"hold {self.hold} for {self.for_s or 0.0:g} s" if self.hold else f"mark {self.mark}"

    @property
    def judged(self) -> bool:
        """Whether the verdict has a line for it."""
        return bool(self.expect or self.hold)


RequirementKind = Literal[
    "always", "never", "eventually", "until", "at_end", "count", "maximum", "time_above"
]


class Fault(_Settings, frozen=True, kw_only=True):
    """A fault of a `kind` (`twin.contracts.faults`) begins when `when` first holds, looked at every
    `sample_s`, not before `at_s`; it ends after `for_s` or when `until` holds. Several may be in force."""

    name: Name
    kind: Name
    arguments: dict[Name, Argument] = {}
    at_s: NonNegative = 0.0
    when: Expression = "true"
    for_s: Annotated[float, Meta(gt=0.0, le=1e8)] | None = None
    until: Expression | None = None


class Requirement(_Settings, frozen=True, kw_only=True):
    """What must hold; `twin.mission.verdict` says what each kind means, `requirements` which keys it takes.

    `that` and `until` are conditions, `of` is a number; `above`, `at_least` and `at_most` are in its unit, or
    a count. A `when` that never held makes the requirement vacuous. `about` says what is lost where it does
    not hold: the mission itself, safety, or a margin that a sound flight keeps.
    """

    name: Name
    text: Text
    kind: RequirementKind
    that: Clause = ""
    until: Clause = ""
    of: Clause = ""
    above: Float | None = None
    at_least: Float | None = None
    at_most: Float | None = None
    at_least_s: NonNegative | None = None
    at_most_s: NonNegative | None = None
    within_s: NonNegative | None = None
    when: Expression = "true"
    about: Literal["outcome", "safety", "margin"] = "outcome"

    @property
    def says(self) -> str:
        """What is asked for, in a line."""
        words = [self.that or self.of]
        words += [f"until {self.until}"] if self.until else []
        words += [f"above {self.above:g}"] if self.above is not None else []
        for key, unit in (("at_least", ""), ("at_most", ""), ("at_least_s", " s"), ("at_most_s", " s")):
            bound = getattr(self, key)
            words += [] if bound is None else [f"{key.removesuffix('_s').replace('_', ' ')} {bound:g}{unit}"]
        words += [] if self.within_s is None else [f"within {self.within_s:g} s"]
        return " ".join(words)


class Desk(_Settings, frozen=True, kw_only=True):
    """What the operator's screens may show: `truth` False refuses the overlay of what is so."""

    truth: bool = True


class Ending(_Settings, frozen=True, kw_only=True):
    """The run ends `linger_s` after a terminal phase began, or at `latest_s` at the latest."""

    linger_s: NonNegative = 30.0
    latest_s: NonNegative


class Mission(_Settings, frozen=True, kw_only=True):
    """A whole mission, nothing left to look up: this is what every service gets at the start."""

    name: Name
    title: Text
    seed: Count
    epoch_utc: Text
    target: TargetBody
    servicer: Vehicle
    stations: tuple[Station, ...]
    start: Start
    environment: Environment = Environment()
    dispersions: Dispersions = Dispersions()
    guidance: Guidance
    ground: Ground = Ground()
    timeline: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    ending: Ending
    operator: Desk = Desk()
    limits: Annotated[tuple[Limit, ...], Meta(max_length=1000)] = ()
    sample_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 1.0
