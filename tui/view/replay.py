"""The recording as a line of time, and its moments as a list."""

from collections.abc import Sequence
from typing import Final

from tui.marks import Landmark
from tui.view.looks import CARE, LABEL, PLAIN, VALUE
from tui.view.words import Line, clipped, clock, fine_clock, rate
from twin.contracts.steering import Status

ABOUT: Final = (
    "Enter goes to the chosen moment, m marks this one, x takes a mark away, G goes to a time. On the bar: | "
    "now, m a mark, the others by the first letter of their kind: pass, command, step, event, alarm, run."
)
_LETTER: Final = {
    "mark": "m",
    "pass": "p",
    "command": "c",
    "step": "s",
    "event": "e",
    "alarm": "a",
    "run": "r",
}


def moments(landmarks: Sequence[Landmark], marks: Sequence[Landmark], word: str) -> list[Landmark]:
    """All of them in order, those that hold `word`."""
    every = sorted((*landmarks, *marks))
    return [each for each in every if word.lower() in f"{each.kind} {each.text}".lower()]


def bar(status: Status, shown: Sequence[Landmark], width: int) -> list[Line]:
    """Where the player is, and a line of time under it with what is on it."""
    cells = max(width - 2, 10)
    end_ns = max(status.end_ns, 1)
    line = ["."] * cells
    for each in shown:
        line[min(int(each.t_ns / end_ns * cells), cells - 1)] = _LETTER[each.kind]
    now = min(int(status.position_ns / end_ns * cells), cells - 1)
    word = "paused" if status.paused else "playing"
    return [
        [
            (fine_clock(status.position_ns), VALUE),
            (f" of {clock(status.end_ns)}   {word} at {rate(status.wanted_rate)}", LABEL),
        ],
        [("".join(line[:now]), LABEL), ("|", CARE), ("".join(line[now + 1 :]), LABEL)],
    ]


def rows(shown: Sequence[Landmark], chosen: int, now_ns: int, width: int) -> list[Line]:
    """A line each; what is still to come is written faint."""
    if not shown:
        return [[("nothing holds that word", LABEL)]]
    lines: list[Line] = []
    for index, each in enumerate(shown):
        line: Line = [
            ("> " if index == chosen else "  ", VALUE),
            (f"{clock(each.t_ns)}  ", LABEL),
            (f"{each.kind:<9}", CARE if each.kind == "mark" else LABEL),
        ]
        used = sum(len(text) for text, _ in line)
        faint = LABEL if each.t_ns > now_ns else VALUE if index == chosen else PLAIN
        lines.append([*line, (clipped(each.text or "(no name)", max(width - used, 4)), faint)])
    return lines
