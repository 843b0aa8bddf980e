"""One comparison with an independent number, and the groups in which they are computed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from msgspec import Struct

from twin.errors import UsageError


class Case(Struct, frozen=True, kw_only=True):
    """Our value against a reference; `source` is who computed it, `because` why the tolerance is what it is.

    A deviation over a whole run is given as `ours` against the reference 0. With `relative` the error
    is a part of the reference, and so is the tolerance.
    """

    name: str
    model: str
    """Key of `twin.accuracy.registry.MODELS`."""
    source: str
    ours: float
    reference: float
    unit: str
    tolerance: float
    because: str
    relative: bool = False

    @property
    def error(self) -> float:
        """|ours - reference|, in `unit`; or as a part of the reference."""
        apart = abs(self.ours - self.reference)
        return apart / abs(self.reference) if self.relative else apart

    @property
    def passed(self) -> bool:
        """Whether the error is a number and within the tolerance."""
        return isfinite(self.error) and self.error <= self.tolerance


PROJECT_REFERENCE = "project reference, section C (numpy, scipy)"
DIGITS = "half a unit of the last digit given"


def listed(title: str, model: str, rows: Iterable[tuple[str, float, float, str, float]]) -> Iterator[Case]:
    """Cases of the project's reference: (what, ours, reference, unit, tolerance), named `title` + what."""
    for what, ours, reference, unit, tolerance in rows:
        yield Case(
            name=title + what,
            model=model,
            source=PROJECT_REFERENCE,
            ours=ours,
            reference=reference,
            unit=unit,
            tolerance=tolerance,
            because=DIGITS,
        )


class MissingReferenceError(UsageError):
    """A file or a package that the reference values come from is not there."""


Reference = Callable[[str], str]
"""Text of a reference file by its path in the data folder; MissingReferenceError when it is not there."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that are computed together.

    `cases` may raise MissingReferenceError, and the group is then reported as not run. A slow group
    takes more than some ten seconds and is left out of a quick table.
    """

    name: str
    cases: Callable[[Reference], Iterable[Case]]
    slow: bool = False


class NotRun(Struct, frozen=True, kw_only=True):
    """A group whose reference is not there."""

    group: str
    why: str


class Table(Struct, frozen=True, kw_only=True):
    """Every case that could be computed, and the groups that could not."""

    cases: tuple[Case, ...]
    not_run: tuple[NotRun, ...] = ()

    @property
    def failed(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if not case.passed)


def table(groups: Iterable[Group], reference: Reference, *, quick: bool = False) -> Table:
    """Compute all groups; a slow one only if not `quick`."""
    cases: list[Case] = []
    missing: list[NotRun] = []
    for group in groups:
        if quick and group.slow:
            missing.append(NotRun(group=group.name, why="slow: left out of the quick table"))
            continue
        try:
            cases.extend(group.cases(reference))
        except MissingReferenceError as error:
            missing.append(NotRun(group=group.name, why=str(error)))
    return Table(cases=tuple(cases), not_run=tuple(missing))
