"""The stages of taking hold, as a table: the arm moves on when it may (mode) and when it can (cue)."""

from enum import StrEnum

from twin.capture.interface import ArmMode


class Stage(StrEnum):
    """Where the arm is in its work."""

    STOWED = "stowed"
    UNFOLDING = "unfolding"
    APPROACHING = "approaching"
    INSERTING = "inserting"
    INSERTED = "inserted"
    CLOSING = "closing"
    LATCHED = "latched"
    OPENING = "opening"
    BACKING = "backing"
    RETRACTED = "retracted"
    FOLDING = "folding"


class Cue(StrEnum):
    """What moves it on: a wish of the on-board computer, or a fact."""

    OUT = "out"
    IN = "in"
    GRIP = "grip"
    BACK = "back"
    RELEASE = "release"
    AGAIN = "again"
    DONE = "done"
    REFUSED = "refused"


NEXT: dict[tuple[Stage, Cue], Stage] = {
    (Stage.STOWED, Cue.OUT): Stage.UNFOLDING,
    (Stage.UNFOLDING, Cue.DONE): Stage.APPROACHING,
    (Stage.UNFOLDING, Cue.BACK): Stage.FOLDING,
    (Stage.UNFOLDING, Cue.REFUSED): Stage.RETRACTED,
    (Stage.APPROACHING, Cue.IN): Stage.INSERTING,
    (Stage.APPROACHING, Cue.BACK): Stage.FOLDING,
    (Stage.APPROACHING, Cue.REFUSED): Stage.RETRACTED,
    (Stage.INSERTING, Cue.DONE): Stage.INSERTED,
    (Stage.INSERTING, Cue.BACK): Stage.OPENING,
    (Stage.INSERTING, Cue.REFUSED): Stage.OPENING,
    (Stage.INSERTED, Cue.GRIP): Stage.CLOSING,
    (Stage.INSERTED, Cue.BACK): Stage.OPENING,
    (Stage.INSERTED, Cue.REFUSED): Stage.OPENING,
    (Stage.CLOSING, Cue.DONE): Stage.LATCHED,
    (Stage.CLOSING, Cue.BACK): Stage.OPENING,
    (Stage.CLOSING, Cue.RELEASE): Stage.OPENING,
    (Stage.CLOSING, Cue.REFUSED): Stage.OPENING,
    (Stage.LATCHED, Cue.RELEASE): Stage.OPENING,
    (Stage.OPENING, Cue.DONE): Stage.BACKING,
    (Stage.BACKING, Cue.DONE): Stage.RETRACTED,
    (Stage.BACKING, Cue.REFUSED): Stage.RETRACTED,
    (Stage.RETRACTED, Cue.AGAIN): Stage.APPROACHING,
    (Stage.RETRACTED, Cue.BACK): Stage.FOLDING,
    (Stage.FOLDING, Cue.DONE): Stage.STOWED,
    (Stage.FOLDING, Cue.OUT): Stage.UNFOLDING,
    (Stage.FOLDING, Cue.REFUSED): Stage.RETRACTED,
}
"""What is not here changes nothing: a latched arm hears no retract, a retracted one no reach.

After a refusal a new attempt begins with `standoff`: going on by itself would repeat the mistake.
"""

WISHES: dict[ArmMode, tuple[Cue, ...]] = {
    "stow": (Cue.BACK,),
    "standoff": (Cue.OUT, Cue.AGAIN),
    "reach": (Cue.OUT, Cue.IN),
    "close": (Cue.OUT, Cue.IN, Cue.GRIP),
    "hold": (),
    "release": (Cue.RELEASE,),
    "retract": (Cue.BACK,),
}

LONGEST_S: dict[Stage, float] = {
    Stage.UNFOLDING: 60.0,
    Stage.APPROACHING: 180.0,
    Stage.INSERTING: 60.0,
    Stage.OPENING: 6.0,
    Stage.BACKING: 20.0,
    Stage.FOLDING: 60.0,
}
"""After this the stage is given up (opening is simply over: stuck fingers must not keep the arm there)."""

NEAR = (Stage.INSERTING, Stage.INSERTED, Stage.CLOSING, Stage.OPENING, Stage.BACKING)
"""Stages in which every physics step is looked at."""


def following(stage: Stage, cue: Cue) -> Stage:
    """The stage after a cue; the same one where the table has no entry."""
    return NEXT.get((stage, cue), stage)
