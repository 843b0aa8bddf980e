"""The algebra under conditions: numbers, texts, and claims with a truth and a margin.

Truth is three-valued (Kleene): a comparison with something unknown is neither certainly true nor certainly
false. The margin is the robustness of signal temporal logic (Donze and Maler, 2010): `a <= b` gives b - a,
`and` the smaller, `or` the larger, `not` the negative; what has no measure (a flag, a text) gives an infinite
one, what is unknown the interval from -inf to inf. Everything works on scalars and on arrays, one entry a
sample.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Values = Mapping[str, Any]
"""What is known: quantity name to float, bool, text, None, or an array of one of them."""
Pair = tuple[Any, Any]

ANY = ""
"""Unit of a bare number: it fits every other."""
MIXED = "mixed"
"""Unit of a claim whose parts differ in unit."""


@dataclass(frozen=True)
class Number:
    unit: str
    of: Callable[[Values], Any]


@dataclass(frozen=True)
class Words:
    """A text; `name` is empty for a literal."""

    name: str
    of: Callable[[Values], Any]


@dataclass(frozen=True)
class Claim:
    """`truth` gives (certainly true, certainly false), `margin` (lowest, highest) robustness in `unit`."""

    unit: str
    truth: Callable[[Values], Pair]
    margin: Callable[[Values], Pair]


def number_named(name: str, unit: str) -> Number:
    return Number(unit, lambda values: _known(values.get(name)))


def words_named(name: str) -> Words:
    return Words(name, lambda values: _worded(values.get(name)))


def flag_named(name: str) -> Claim:
    def truth(values: Values) -> Pair:
        number = _known(values.get(name))
        return number > 0.5, number <= 0.5

    return _without_measure(truth)


def constant(value: bool) -> Claim:
    return _without_measure(lambda values: (np.bool_(value), np.bool_(not value)))


def sum_of(a: Number, b: Number, unit: str) -> Number:
    return Number(unit, lambda values: a.of(values) + b.of(values))


def difference(a: Number, b: Number, unit: str) -> Number:
    return Number(unit, lambda values: a.of(values) - b.of(values))


def product(a: Number, b: Number) -> Number:
    """A product of two quantities has a unit that nobody checks: it fits every other."""
    unit = a.unit or b.unit if ANY in (a.unit, b.unit) else ANY
    return Number(unit, lambda values: a.of(values) * b.of(values))


def quotient(a: Number, b: Number) -> Number:
    """Unknown where b is zero."""

    def of(values: Values) -> Any:
        below = b.of(values)
        return np.divide(a.of(values), np.where(np.equal(below, 0.0), np.nan, below))[()]

    return Number(a.unit if b.unit == ANY else ANY, of)


def negative(number: Number) -> Number:
    return Number(number.unit, lambda values: -number.of(values))


def absolute(number: Number) -> Number:
    return Number(number.unit, lambda values: np.abs(number.of(values)))


def least(numbers: list[Number], unit: str) -> Number:
    return Number(unit, lambda values: _folded(np.minimum, [each.of(values) for each in numbers]))


def most(numbers: list[Number], unit: str) -> Number:
    return Number(unit, lambda values: _folded(np.maximum, [each.of(values) for each in numbers]))


_COMPARISONS: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]] = {
    "<": (np.less, lambda a, b: b - a),
    "<=": (np.less_equal, lambda a, b: b - a),
    ">": (np.greater, lambda a, b: a - b),
    ">=": (np.greater_equal, lambda a, b: a - b),
    "==": (np.equal, lambda a, b: 0.0 - np.abs(a - b)),
    "!=": (np.not_equal, lambda a, b: np.abs(a - b)),
}
"""Sign to (comparison, robustness)."""


def compared(a: Number, sign: str, b: Number, unit: str) -> Claim:
    compare, robustness = _COMPARISONS[sign]

    def truth(values: Values) -> Pair:
        left, right = a.of(values), b.of(values)
        known = ~(np.isnan(left) | np.isnan(right))
        answer = compare(left, right)
        return answer & known, ~answer & known

    def margin(values: Values) -> Pair:
        measure = robustness(a.of(values), b.of(values))
        unknown = np.isnan(measure)
        return np.where(unknown, -np.inf, measure)[()], np.where(unknown, np.inf, measure)[()]

    return Claim(unit, truth, margin)


def same_words(a: Words, b: Words) -> Claim:
    """Two texts are equal; unknown where one is empty."""

    def truth(values: Values) -> Pair:
        left, right = np.asarray(a.of(values), np.str_), np.asarray(b.of(values), np.str_)
        known = (left != "") & (right != "")
        return ((left == right) & known)[()], ((left != right) & known)[()]

    return _without_measure(truth)


def opposite(claim: Claim) -> Claim:
    def truth(values: Values) -> Pair:
        yes, no = claim.truth(values)
        return no, yes

    def margin(values: Values) -> Pair:
        low, high = claim.margin(values)
        return -high, -low

    return Claim(claim.unit, truth, margin)


def every(claims: list[Claim]) -> Claim:
    """All of them (`and`)."""
    return _joined(claims, np.logical_and, np.logical_or, np.minimum)


def some(claims: list[Claim]) -> Claim:
    """One of them at least (`or`)."""
    return _joined(claims, np.logical_or, np.logical_and, np.maximum)


def plain(value: Any) -> Any:
    """A Python scalar where no array went in."""
    return value if np.ndim(value) else np.asarray(value).item()


def _known(value: Any) -> Any:
    return np.float64(np.nan) if value is None else np.asarray(value, np.float64)[()]


def _worded(value: Any) -> Any:
    return "" if value is None else value


def _folded(fold: Any, given: list[Any]) -> Any:
    total = given[0]
    for each in given[1:]:
        total = fold(total, each)
    return total


def _without_measure(truth: Callable[[Values], Pair]) -> Claim:
    def margin(values: Values) -> Pair:
        yes, no = truth(values)
        return np.where(yes, np.inf, -np.inf)[()], np.where(no, -np.inf, np.inf)[()]

    return Claim(ANY, truth, margin)


def _joined(claims: list[Claim], yes_fold: Any, no_fold: Any, margin_fold: Any) -> Claim:
    units = list(dict.fromkeys(claim.unit for claim in claims if claim.unit != ANY))

    def truth(values: Values) -> Pair:
        yes, no = zip(*(claim.truth(values) for claim in claims), strict=True)
        return _folded(yes_fold, list(yes)), _folded(no_fold, list(no))

    def margin(values: Values) -> Pair:
        low, high = zip(*(claim.margin(values) for claim in claims), strict=True)
        return _folded(margin_fold, list(low)), _folded(margin_fold, list(high))

    return Claim(units[0] if len(units) == 1 else (MIXED if units else ANY), truth, margin)
