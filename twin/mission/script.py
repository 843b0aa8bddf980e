"""The mission as types: what a mission file says after its includes are resolved."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from twin.contracts.fields import Count, Name, NonNegative, Text, Vec3
from twin.contracts.radio import Argument
from twin.dynamics.settings import Environment, TargetBody
from twin.gnc.settings import Guidance
from twin.ground.settings import Ground, Station
from twin.vehicle.settings import Vehicle

Expression = Annotated[str, Meta(min_length=1, max_length=500)]


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Start(_Settings, frozen=True, kw_only=True):
    """State of the servicer relative to the target at the epoch; sigmas disperse it by seed.

    `v_ric_mps` is relative to the rotating `ric` axes. The servicer starts with its boresight on the target.
    """

    r_ric_m: Vec3
    v_ric_mps: Vec3 = (0.0, 0.0, 0.0)
    sigma_r_m: NonNegative = 0.0
    sigma_v_mps: NonNegative = 0.0


class Dispersions(_Settings, frozen=True, kw_only=True):
    """Factors on the vehicle's stated noise; 0 is a noiseless run."""

    sensor_noise: NonNegative = 1.0
    thruster_error: NonNegative = 1.0


class Step(_Settings, frozen=True, kw_only=True):
    """One step of the timeline: when `when` first holds (ground and script quantities only), do `command`.

    Steps are taken in order; each is armed when the one before is done. `at_s`: not before this time.
    """

    name: Name
    when: Expression = "true"
    at_s: NonNegative = 0.0
    command: Name
    arguments: dict[Name, Argument] = {}
    within_s: NonNegative | None = None


class Requirement(_Settings, frozen=True, kw_only=True):
    """What must hold. `always`/`never` over the samples where `when` holds; `eventually` once;
    `at_end` at the last sample; a `when` that never held makes it vacuous."""

    name: Name
    text: Text
    kind: Literal["always", "never", "eventually", "at_end"]
    that: Expression
    when: Expression = "true"


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
    requirements: tuple[Requirement, ...] = ()
    ending: Ending
    operator: Desk = Desk()
    sample_s: Annotated[float, Meta(gt=0.0, le=60.0)] = 1.0
