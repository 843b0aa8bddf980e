"""One requirement, judged over the samples of a run: what each kind means.

`always` wants `that` at every sample where `when` holds, `never` at none, `eventually` at one at least,
`at_end` at the last sample of the run. With `within_s`, `eventually` is asked anew each time `when` turns
true; so is `until`: `that` keeps up until `until` comes, and `until` must come. Three kinds measure, over the
samples where `when` holds and what they need is known: `count` how often `that` turned true, `maximum` the
largest `of`, `time_above` for how long `of` was above `above`.

The margin is the robustness of signal temporal logic (`twin.mission.temporal`), of a measure its distance to
the nearer bound. No sample to judge, or `when` that never turned true: vacuous.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from twin.errors import MissionError
from twin.mission import temporal
from twin.mission.claims import ANY, MIXED
from twin.mission.expressions import Expression, parse, parse_number
from twin.mission.quantities import JUDGING
from twin.mission.sampling import Columns, Times
from twin.mission.script import Requirement, RequirementKind

_NS = 1e9
_T = TypeVar("_T")
Truth = NDArray[np.bool_]
Margins = NDArray[np.float64]


class Judged(NamedTuple):
    """Passed or not, the margin, the index of its sample, and how many were judged."""

    passed: bool
    margin: float
    place: int
    samples: int


class Judge:
    """A requirement with its expressions parsed; of `never` the opposite is kept, which must hold always."""

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        try:
            self.when = parse(requirement.when, JUDGING)
            that = parse(requirement.that, JUDGING) if requirement.that else None
            self.until = parse(requirement.until, JUDGING) if requirement.until else None
            self.of = parse_number(requirement.of, JUDGING) if requirement.of else None
        except MissionError as error:
            raise MissionError(str(error), place=f"requirements.{requirement.name}") from None
        self.that = that.opposite() if that and requirement.kind == "never" else that

    @property
    def unit(self) -> str:
        """Unit of the margin; empty if it has none, `MIXED` if its parts differ."""
        match self.requirement.kind:
            case "maximum":
                return _one(self.of).unit
            case "time_above":
                return "s"
            case "count":
                return ""
            case "until":
                units = {_one(self.that).claim.unit, _one(self.until).claim.unit} - {ANY}
                return MIXED if len(units) > 1 else "".join(units)
            case _:
                return _one(self.that).unit

    def judge(self, t_ns: Times, columns: Columns) -> Judged | None:
        """None: vacuous. `t_ns` (n,) are the samples' instants, `columns` their quantities."""
        if not len(t_ns):
            return None
        armed = np.broadcast_to(self.when.holds(columns), t_ns.shape)
        return _KINDS[self.requirement.kind](_Case(self, t_ns, columns, armed))


class _Case(NamedTuple):
    judge: Judge
    t_ns: Times
    columns: Columns
    armed: Truth

    @property
    def asked(self) -> Requirement:
        return self.judge.requirement

    @property
    def within_ns(self) -> int | None:
        within_s = self.asked.within_s
        return None if within_s is None else round(within_s * _NS)

    def truth(self, condition: Expression | None) -> Truth:
        """Where it certainly holds."""
        return np.broadcast_to(_one(condition).holds(self.columns), self.t_ns.shape)

    def margin(self, condition: Expression | None) -> Margins:
        return np.broadcast_to(_one(condition).margin(self.columns), self.t_ns.shape)

    def measured(self) -> Margins:
        """`of` where it is armed, NaN elsewhere."""
        values = np.broadcast_to(_one(self.judge.of).of(self.columns), self.t_ns.shape)
        return np.where(self.armed, values, np.nan)

    def bounded(self, value: float, place: int, samples: int) -> Judged:
        """A measured value against the bounds that are stated."""
        asked = self.asked
        highs = [high for high in (asked.at_most, asked.at_most_s) if high is not None]
        lows = [low for low in (asked.at_least, asked.at_least_s) if low is not None]
        margin = min([*(high - value for high in highs), *(value - low for low in lows)])
        return Judged(margin >= 0.0, margin, place, samples)


def _lasting(case: _Case) -> Judged | None:
    at = np.flatnonzero(case.armed)
    if not len(at):
        return None
    margin = case.margin(case.judge.that)[at]
    worst = int(np.argmin(margin))
    passed = bool(case.truth(case.judge.that)[at].all())
    return Judged(passed, float(margin[worst]), int(at[worst]), len(at))


def _at_end(case: _Case) -> Judged | None:
    last = np.arange(len(case.t_ns)) == len(case.t_ns) - 1
    return _lasting(case._replace(armed=case.armed & last))


def _eventually(case: _Case) -> Judged | None:
    if case.within_ns is not None:
        return _within(case)
    at = np.flatnonzero(case.armed)
    if not len(at):
        return None
    margin = case.margin(case.judge.that)[at]
    best = int(np.argmax(margin))
    passed = bool(case.truth(case.judge.that)[at].any())
    return Judged(passed, float(margin[best]), int(at[best]), len(at))


def _within(case: _Case) -> Judged | None:
    at = temporal.rises(case.armed)
    if not len(at):
        return None
    ends = temporal.window_ends(case.t_ns, at, case.within_ns)
    met = temporal.eventually(_signed(case.truth(case.judge.that)), at, ends) > 0.0
    signal = case.margin(case.judge.that)
    margins = temporal.eventually(signal, at, ends)
    worst = int(np.argmin(margins))
    best = int(at[worst]) + int(np.argmax(signal[at[worst] : ends[worst]]))
    return Judged(bool(met.all()), float(margins[worst]), best, len(at))


def _until(case: _Case) -> Judged | None:
    at = temporal.rises(case.armed)
    if not len(at):
        return None
    ends = temporal.window_ends(case.t_ns, at, case.within_ns)
    that, until = case.judge.that, case.judge.until
    met, _ = temporal.until(_signed(case.truth(that)), _signed(case.truth(until)), at, ends)
    margins, places = temporal.until(case.margin(that), case.margin(until), at, ends)
    worst = int(np.argmin(margins))
    return Judged(bool((met > 0.0).all()), float(margins[worst]), int(places[worst]), len(at))


def _count(case: _Case) -> Judged | None:
    """Where `that` is unknown nothing is counted, and the sample before it is the last one known."""
    known = case.truth(case.judge.that) | case.truth(_one(case.judge.that).opposite())
    at = np.flatnonzero(case.armed & known)
    if not len(at):
        return None
    rises = temporal.rises(case.truth(case.judge.that)[at])
    place = at[rises[-1]] if len(rises) else at[-1]
    return case.bounded(float(len(rises)), int(place), len(at))


def _maximum(case: _Case) -> Judged | None:
    values = case.measured()
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return None
    place = int(known[np.argmax(values[known])])
    return case.bounded(float(values[place]), place, len(known))


def _time_above(case: _Case) -> Judged | None:
    """Each sample stands for the time to the next one."""
    values = case.measured()
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return None
    lasts_ns = np.append(np.diff(case.t_ns), 0)
    above = np.flatnonzero(np.nan_to_num(values, nan=-np.inf) > _one(case.asked.above))
    place = int(above[-1]) if len(above) else int(known[np.argmax(values[known])])
    return case.bounded(float(lasts_ns[above].sum()) / _NS, place, len(known))


_KINDS: dict[RequirementKind, Callable[[_Case], Judged | None]] = {
    "always": _lasting,
    "never": _lasting,
    "eventually": _eventually,
    "until": _until,
    "at_end": _at_end,
    "count": _count,
    "maximum": _maximum,
    "time_above": _time_above,
}


def _signed(truth: Truth) -> Margins:
    return np.where(truth, 1.0, -1.0)


def _one(given: _T | None) -> _T:
    if given is None:
        raise MissionError("a key is missing that this kind of requirement needs")
    return given
