"""The smallest part of a list that still does it: delta debugging.

Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input" (IEEE Transactions on Software
Engineering 28, 2002), algorithm ddmin: halves, then their complements, then finer parts; the result is
1-minimal, so with any one entry less it no longer does it.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")


def smallest(items: Sequence[T], does_it: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """A 1-minimal part of `items`, in their order; `does_it` is true of all of them."""
    left = tuple(items)
    if not left or does_it(()):
        return ()
    parts = 2
    while len(left) > 1:
        found = _step(left, parts, does_it)
        if found is not None:
            left, kept_part = found
            parts = 2 if kept_part else max(parts - 1, 2)
        elif parts >= len(left):
            return left
        else:
            parts = min(2 * parts, len(left))
    return left


def _step(
    left: tuple[T, ...], parts: int, does_it: Callable[[tuple[T, ...]], bool]
) -> tuple[tuple[T, ...], bool] | None:
    """A part or a complement that does it too, and whether it is a part; None if none does."""
    edges = [len(left) * k // parts for k in range(parts + 1)]
    pieces = [(left[a:b], left[:a] + left[b:]) for a, b in pairwise(edges)]
    for part, _ in pieces:
        if does_it(part):
            return part, True
    for _, complement in pieces:
        if parts > 2 and does_it(complement):
            return complement, False
    return None
