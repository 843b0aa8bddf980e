"""Mission files and what they share, mutated at random: each is a mission still, or a MissionError."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from services.laws import laws
from services.library import find, names, shared_names
from twin.errors import MissionError
from twin.mission.load import load

LAWS = laws()
KINDS = ("bodies", "vehicles", "stations", "phases", "limits", "requirements")
ODD = (
    "nan", "inf", "-inf", "-1", "0", "1e308", "-1e-320", "9" * 30, "0x7f", '""', '"x"', "true", "[]", "{}",
    "[[]]", "[nan]", "1979-05-27", "07:32:00", '{ like = "x" }', "{ like = 1 }", '"\\u0000"', "[1.0, 2.0]",
    '"truth.range_m >"', '"not not not ground.in_pass"', '"(" * 9', '"quickstart"', '"' + "a" * 600 + '"',
)  # fmt: skip
ROWS = (
    '[[requirements]]\nname = "odd"\ntext = "odd"\nkind = "{}"\nthat = "{}"\n',
    '[[timeline]]\nname = "odd"\n{} = "{}"\n',
    '[[faults]]\nname = "odd"\nkind = "{}"\nwhen = "{}"\n',
    'extends = "{}"\ninclude = ["{}"]\n',
    '[{}]\n{} = 1\n',
)  # fmt: skip
WORDS = (
    "until", "count", "maximum", "time_above", "expect", "hold", "swap", "mark", "remove", "quickstart",
    "truth.range_m > 3", "ground.in_pass", "thruster.stuck_on", "message.delay", "approach", "guidance", "",
)  # fmt: skip


class Mutant(NamedTuple):
    """What was changed where, and what came of it: `mission`, `refused`, or the error that should not be."""

    file: str
    what: str
    came: str


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    """`count` mutants of every mission that comes with the product and all that it names."""
    chance = random.Random(seed)
    for _ in range(count):
        mission = chance.choice(names())
        kind = chance.choice(("missions", *KINDS))
        name = mission if kind == "missions" else chance.choice(shared_names(kind))
        what = chance.choice(tuple(_MUTATIONS))
        yield Mutant(f"{kind}/{name}", what, _came(chance, mission, (kind, name), what))


def _came(chance: random.Random, mission: str, spoilt: tuple[str, str], what: str) -> str:
    texts = _texts(mission)

    def include(kind: str, name: str) -> str:
        text = texts(kind, name)
        return text if (kind, name) != spoilt else _MUTATIONS[what](chance, text)

    text = find(mission).text
    text = _MUTATIONS[what](chance, text) if spoilt == ("missions", mission) else text
    try:
        load(text, mission, include, LAWS)
    except MissionError as error:
        line = str(error)
        return (
            "refused" if len(line.splitlines()) == 1 and len(line) < 2000 else f"odd message {line[:200]!r}"
        )
    except Exception as error:  # whatever it is: it is the finding
        return f"{type(error).__name__}: {error}"
    return "mission"


@cache
def _texts(mission: str):  # type: ignore[no-untyped-def]
    return cache(find(mission).include)


def _value(chance: random.Random, text: str) -> str:
    return _replaced(chance, text, r"(?<== )[^\n#]+", chance.choice(ODD))


def _number(chance: random.Random, text: str) -> str:
    odd = repr(chance.choice((0.0, -1.0, 1e9, -1e-9, 1e30, chance.uniform(-1e3, 1e3))))
    return _replaced(chance, text, r"(?<![\w.])-?\d+(\.\d+)?(e-?\d+)?", odd)


def _word(chance: random.Random, text: str) -> str:
    return _replaced(chance, text, r"\"[^\"\n]*\"", f'"{chance.choice(WORDS)}"')


def _key(chance: random.Random, text: str) -> str:
    return _replaced(
        chance, text, r"(?m)^\w+(?= =)", chance.choice(("sed", "kind", "remove", "like", "name"))
    )


def _line(chance: random.Random, text: str) -> str:
    lines = text.splitlines()
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(3):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case _:
            lines[at], lines[to] = lines[to], lines[at]
    return "\n".join(lines)


def _row(chance: random.Random, text: str) -> str:
    row = chance.choice(ROWS)
    return f"{text}\n{row.format(*(chance.choice(WORDS) for _ in range(2)))}"


def _bytes(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text))
    junk = "".join(chr(chance.choice((0, 34, 39, 61, 91, 93, 123, 0xE9, 0x2028))) for _ in range(3))
    return text[:at] + junk + text[at + chance.randrange(5) :]


_MUTATIONS = {
    "a value": _value,
    "a number": _number,
    "a word": _word,
    "a key": _key,
    "a line": _line,
    "a row": _row,
    "characters": _bytes,
}


def _replaced(chance: random.Random, text: str, pattern: str, new: str) -> str:
    found = list(re.finditer(pattern, text))
    if not found:
        return text
    place = chance.choice(found)
    return text[: place.start()] + new + text[place.end() :]


def tally(found: list[Mutant]) -> dict[str, Counter[str]]:
    """By mutation, how many came to what."""
    counts: dict[str, Counter[str]] = {what: Counter() for what in _MUTATIONS}
    for each in found:
        known = each.came in ("mission", "refused")
        counts[each.what][each.came if known else "error"] += 1
    return counts
