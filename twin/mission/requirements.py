"""The kinds of requirement: which keys each takes, and what a table of one must satisfy."""

from typing import NamedTuple

from twin.errors import MissionError
from twin.mission.script import Requirement, RequirementKind
from twin.mission.strict import at


class Keys(NamedTuple):
    """Keys a kind needs, keys it may have, and bounds of which it needs one at least."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()


KINDS: dict[RequirementKind, Keys] = {
    "always": Keys(("that",)),
    "never": Keys(("that",)),
    "eventually": Keys(("that",), ("within_s",)),
    "until": Keys(("that", "until"), ("within_s",)),
    "at_end": Keys(("that",)),
    "count": Keys(("that",), bounds=("at_least", "at_most")),
    "maximum": Keys(("of",), bounds=("at_least", "at_most")),
    "time_above": Keys(("of", "above"), bounds=("at_least_s", "at_most_s")),
}
"""`when` and `about` go with every kind."""
_COMMON = ("name", "text", "kind", "when", "about")
_SPECIAL = tuple(key for key in Requirement.__struct_fields__ if key not in _COMMON)


def refuse_misfit(requirement: Requirement, place: str) -> None:
    """MissionError when a key is missing that the kind needs, or one is given that it does not take."""
    keys = KINDS[requirement.kind]
    given = [key for key in _SPECIAL if getattr(requirement, key) not in ("", None)]
    taken = (*keys.needs, *keys.may, *keys.bounds)
    for key in given:
        if key not in taken:
            raise MissionError(
                f"kind {requirement.kind} takes no `{key}`; it takes {', '.join(taken)}", place=at(place, key)
            )
    for key in keys.needs:
        if key not in given:
            raise MissionError(f"kind {requirement.kind} needs key `{key}`", place=place)
    if keys.bounds and not any(bound in given for bound in keys.bounds):
        raise MissionError(f"kind {requirement.kind} needs {' or '.join(keys.bounds)}", place=place)
    _refuse_impossible(requirement, place)


def _refuse_impossible(requirement: Requirement, place: str) -> None:
    for low, high in (
        (requirement.at_least, requirement.at_most),
        (requirement.at_least_s, requirement.at_most_s),
    ):
        if low is not None and high is not None and low > high:
            raise MissionError(f"at least {low:g} and at most {high:g} cannot both be", place=place)
