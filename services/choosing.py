"""Laws chosen on the command line: `--law [PHASE=]NAME`, `--shadow [PHASE=]NAME`, `-p [PHASE.]KEY=VALUE`."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.laws import laws
from twin.contracts.operations import LawSwap
from twin.errors import UsageError
from twin.guidance.law import law_of
from twin.guidance.phases import Candidate, Phase
from twin.guidance.swapping import NO_SHADOW, flat, swapped
from twin.guidance.table import Table
from twin.mission.script import Mission
from twin.mission.strict import nearest


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as it was written."""

    laws: tuple[str, ...] = ()
    shadows: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """The options again, for a command line."""
        return [
            *(word for each in self.laws for word in ("--law", each)),
            *(word for each in self.shadows for word in ("--shadow", each)),
            *(word for each in self.parameters for word in ("-p", each)),
        ]


def choice_of(
    laws: Sequence[str] | None, shadows: Sequence[str] | None, parameters: Sequence[str] | None
) -> Choice:
    """The choice on a command line, where an option that is not given is None."""
    return Choice(laws=tuple(laws or ()), shadows=tuple(shadows or ()), parameters=tuple(parameters or ()))


def chosen(mission: Mission, choice: Choice) -> Mission:
    """The mission with these laws in its phase table: it is this one that flies and is recorded.

    Raises MissionError (law, parameter) or UsageError (phase, how it is written), one line each.
    """
    if not (choice.laws or choice.shadows or choice.parameters):
        return mission
    rows = {row.name: row for row in mission.guidance.phases}
    for swap in swaps(mission, choice):
        rows[swap.phase] = _placed(rows[swap.phase], swap)
    guidance = msgspec.structs.replace(mission.guidance, phases=tuple(rows.values()))
    return msgspec.structs.replace(mission, guidance=guidance)


def swaps(mission: Mission, choice: Choice) -> tuple[LawSwap, ...]:
    """What is asked for, as swaps: each names a phase and a law that exist, with parameters that fit."""
    asked = [(*_phase_and_law(mission, text), False) for text in choice.laws]
    asked += [(*_phase_and_law(mission, text), True) for text in choice.shadows]
    given = _given(choice.parameters, [phase for phase, _, _ in asked])
    made = tuple(
        LawSwap(phase=phase, law=law, arguments=flat(given[phase]), shadow=shadow)
        for phase, law, shadow in asked
    )
    for swap in made:
        check_swap(mission, swap)
    return made


def check_swap(mission: Mission, swap: LawSwap) -> None:
    """Raise UsageError for a phase that is none, MissionError for a law or parameters that do not fit."""
    row = Table(mission.guidance.phases).named(swap.phase)
    if swap.shadow and swap.law == NO_SHADOW:
        return
    law_of(swapped(row, swap), laws())


def approach_phase(mission: Mission) -> str:
    """The phase that `--law NAME` means: the first one inside the corridor.

    Raises UsageError when the mission has none.
    """
    for row in mission.guidance.phases:
        if row.zone == "corridor":
            return row.name
    phases = ", ".join(row.name for row in mission.guidance.phases)
    raise UsageError(f"no phase of {mission.name} is in a corridor: write PHASE=LAW; phases: {phases}")


def _placed(row: Phase, swap: LawSwap) -> Phase:
    other = swapped(row, swap)
    if not swap.shadow:
        return other
    candidate = Candidate(law=other.law, parameters=other.parameters)
    return msgspec.structs.replace(row, shadow=None if swap.law == NO_SHADOW else candidate)


def _phase_and_law(mission: Mission, text: str) -> tuple[str, str]:
    phase, equals, law = text.partition("=")
    if not equals:
        return approach_phase(mission), text
    known = [row.name for row in mission.guidance.phases]
    if phase not in known:
        raise UsageError(f"no phase `{phase}` in {mission.name}{nearest(phase, known)}")
    return phase, law


def _given(texts: tuple[str, ...], phases: list[str]) -> Mapping[str, dict[str, Any]]:
    """Parameters by phase."""
    found: dict[str, dict[str, Any]] = {phase: {} for phase in phases}
    for text in texts:
        key, equals, value = text.partition("=")
        phase, dot, name = key.partition(".")
        if not equals:
            raise UsageError(f"-p {text}: a parameter is written KEY=VALUE")
        if not dot:
            phase, name = (phases[0], key) if len(found) == 1 else ("", key)
        if phase not in found:
            legal = ", ".join(phases) or "none: -p needs a --law or --shadow"
            raise UsageError(
                f"-p {text}: which phase? write PHASE.KEY=VALUE; phases with a law here: {legal}"
            )
        found[phase][name] = value_of(value)
    return found


def given(texts: Sequence[str]) -> dict[str, Any]:
    """`-p KEY=VALUE` where no phase is in question. Raises UsageError for another shape."""
    return dict(_given(tuple(texts), [""])[""])


def value_of(text: str) -> Any:
    """A TOML value; what is none is a word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
