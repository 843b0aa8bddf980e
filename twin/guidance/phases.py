"""The phase table: which law flies, at which pace, and which cue leads where. Data of the mission."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from twin.contracts.fields import Name, NonNegative

Cue = Literal[
    "go",
    "arrived",
    "hold",
    "retreat",
    "abort",
    "free_drift",
    "timeout",
    "arm",
    "release",
    "retract",
    "latched",
    "refused",
    "stowed",
]
"""go, hold, retreat, abort, free_drift, arm, release, retract come from the ground (abort also from the
safety monitor); arrived is said by the law; latched, refused and stowed by the arm; timeout when the phase
has lasted
`timeout_s`."""
_QUICK_S = 1.0
OWN_CUES: tuple[Cue, ...] = ("arrived", "timeout", "latched", "refused", "stowed")
"""Cues that no telecommand gives."""


class Candidate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A law that is asked what it would do, and not obeyed."""

    law: Name
    parameters: dict[Name, Any] = {}


class Phase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table.

    `parameters` are type-checked against the parameter struct of the law that is named.
    `point`: attitude reference: `target` (boresight to the target's centre of mass) or `port` (boresight
    against the capture axis, rolling with the target); `rate`: turn with `ric`, whatever the attitude;
    `ric`: keep the attitude against `ric` that it has when the phase begins; `retrograde`: boresight against
    the velocity of the orbit, along which a law may then push a stack; `free`: nothing. `zone`: what
    the safety monitor enforces: `outside` the keep-out sphere, `far` the same at a range where no speed is
    too high, or inside the `corridor` cone; `free` for retreat and drift. From `far` an abort leads where the
    table says: the ladder's predictions hold near the target. `turn`: what turns the body: the wheels;
    `both`, thrusters too where they do not suffice, with the bandwidth for working with the arm; `thrusters`
    alone, within a dead band. `link_s`: longest without contact with the ground, for a phase that waits for
    its word; beyond it the phase aborts.
    `quick_s`: the period while the law asks for it, for a phase that coasts for hours and then burns.
    `shadow`: a law whose demands are recorded beside those of the one that flies.
    """

    name: Name
    law: Name
    period_s: Annotated[float, Meta(gt=0.0, le=600.0)]
    quick_s: Annotated[float, Meta(gt=0.0, le=600.0)] | None = None
    parameters: dict[Name, Any] = {}
    point: Literal["target", "port", "rate", "ric", "retrograde", "free"] = "target"
    zone: Literal["outside", "far", "corridor", "free"] = "outside"
    turn: Literal["wheels", "both", "thrusters"] = "wheels"
    on: dict[Cue, Name] = {}
    timeout_s: NonNegative | None = None
    terminal: bool = False
    link_s: Annotated[float, Meta(gt=0.0, le=1e9)] | None = None
    shadow: Candidate | None = None


def quickened(phase: Phase) -> Phase:
    """At the pace at which what an open valve has left is braked: after 10 s at 30 deg/s nothing points where
    it did."""
    return replace(phase, period_s=min(phase.period_s, _QUICK_S))


def paced(phase: Phase, quick: bool) -> Phase:
    """At its short period, if that is asked for and it has one."""
    return replace(phase, period_s=phase.quick_s) if quick and phase.quick_s is not None else phase
