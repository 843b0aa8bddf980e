"""A screen of the console as SVG: text as text, all drawing characters as shapes.

Braille, blocks and frames are drawn, not written: a viewer needs no font that has them, and they meet at the
edges of their cells.
"""

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style

WIDE, HIGH = 9, 18
"""Pixels of a cell."""
_FONT: Final = "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace"
_BRAILLE: Final = 0x2800
_DOTS: Final = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille character."""
_BARS: Final = "▁▂▃▄▅▆▇█"
_FRAMES: Final = {
    "─": "lr", "━": "lr", "│": "tb", "┃": "tb", "╭": "rb", "┏": "rb", "╮": "lb", "┓": "lb", "╰": "tr",
    "┗": "tr", "╯": "tl", "┛": "tl", "├": "tbr", "┤": "tbl", "┬": "lrb", "┴": "lrt", "┼": "lrtb",
}  # fmt: skip
_HEAVY: Final = "━┃┏┓┗┛"
_ENDS: Final = {"l": (0.0, 0.5), "r": (1.0, 0.5), "t": (0.5, 0.0), "b": (0.5, 1.0)}


class Cell(NamedTuple):
    """A character as it is seen."""

    text: str
    ink: str
    ground: str
    bold: bool


def svg(lines: list[list[Segment]], ground: str, ink: str) -> str:
    """The whole picture; `ground` and `ink` are the colours where a segment has none."""
    rows = [list(_cells(line, ground, ink)) for line in lines]
    width, height = max(map(len, rows)) * WIDE, len(rows) * HIGH
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="{_FONT}" '
        f'font-size="15" xml:space="preserve"><rect width="{width}" height="{height}" fill="{ground}"/>'
    ]
    for y, row in enumerate(rows):
        parts += _grounds(row, y, ground)
    shapes: dict[str, list[str]] = {}
    for y, row in enumerate(rows):
        parts += _texts(row, y)
        for x, cell in enumerate(row):
            for kind, path in _drawn(cell, x, y):
                shapes.setdefault(f"{kind} {cell.ink}", []).append(path)
    parts += [_shape(*key.split(" "), "".join(paths)) for key, paths in sorted(shapes.items())]
    return "\n".join((*parts, "</svg>\n"))


def _cells(line: list[Segment], ground: str, ink: str) -> Iterator[Cell]:
    for segment in line:
        if segment.control:
            continue
        style = segment.style or Style.null()
        front = _hex(style.color) or ink
        back = _hex(style.bgcolor) or ground
        if style.reverse:
            front, back = back, front
        if style.dim:
            front = _mixed(front, back)
        for character in segment.text:
            yield Cell(character, front, back, bool(style.bold))


def _hex(color: object) -> str:
    triplet = getattr(color, "triplet", None)
    return triplet.hex if triplet else ""


def _mixed(front: str, back: str) -> str:
    """Two thirds of the one, a third of the other."""
    pairs = zip(bytes.fromhex(front[1:]), bytes.fromhex(back[1:]), strict=True)
    return "#" + "".join(f"{(2 * a + b) // 3:02x}" for a, b in pairs)


def _grounds(row: list[Cell], y: int, ground: str) -> Iterator[str]:
    x = 0
    for colour, run in groupby(row, key=lambda cell: cell.ground):
        length = len(list(run))
        if colour != ground:
            yield (
                f'<rect x="{x * WIDE}" y="{y * HIGH}" width="{length * WIDE}" height="{HIGH}" '
                f'shape-rendering="crispEdges" fill="{colour}"/>'
            )
        x += length


def _is_shape(text: str) -> bool:
    return text in _FRAMES or text in _BARS or text in "▀▄" or _BRAILLE <= ord(text) < _BRAILLE + 256


def _texts(row: list[Cell], y: int) -> Iterator[str]:
    """Words of one colour and weight; what is two blanks apart is written apart, so nothing slips."""
    start = 0
    while start < len(row):
        cell = row[start]
        if cell.text == " " or _is_shape(cell.text):
            start += 1
            continue
        end = start + 1
        while end < len(row) and _goes_on(row, end, cell):
            end += 1
        text = "".join(each.text for each in row[start:end]).rstrip()
        weight = ' font-weight="bold"' if cell.bold else ""
        yield (
            f'<text x="{start * WIDE}" y="{y * HIGH + 13.5:g}" textLength="{len(text) * WIDE}" '
            f'lengthAdjust="spacingAndGlyphs" fill="{cell.ink}"{weight}>{escape(text)}</text>'
        )
        start = end


def _goes_on(row: list[Cell], at: int, first: Cell) -> bool:
    cell = row[at]
    if _is_shape(cell.text) or (cell.ink, cell.bold) != (first.ink, first.bold):
        return False
    return cell.text != " " or (at + 1 < len(row) and row[at + 1].text not in " ")


def _drawn(cell: Cell, x: int, y: int) -> Iterator[tuple[str, str]]:
    """Pieces of path of a drawing character: `dot`, `line`, `heavy` or `fill`."""
    text, left, top = cell.text, x * WIDE, y * HIGH
    if text in _FRAMES:
        kind = "heavy" if text in _HEAVY else "line"
        for side in _FRAMES[text]:
            dx, dy = _ENDS[side]
            yield kind, f"M{left + WIDE / 2:g} {top + HIGH / 2:g}L{left + dx * WIDE:g} {top + dy * HIGH:g}"
    elif text in _BARS or text in "▀▄":
        share = 0.5 if text in "▀▄" else (_BARS.index(text) + 1) / 8
        begin = 0.0 if text == "▀" else 1.0 - share
        yield "fill", f"M{left} {top + begin * HIGH:g}h{WIDE}v{share * HIGH:g}h-{WIDE}z"
    elif _BRAILLE <= ord(text) < _BRAILLE + 256:
        for bit, (column, row) in enumerate(_DOTS):
            if (ord(text) - _BRAILLE) >> bit & 1:
                at = (left + (2 * column + 1) * WIDE / 4, top + (2 * row + 1) * HIGH / 8)
                yield "dot", f"M{at[0]:g} {at[1]:g}h0"


def _shape(kind: str, colour: str, path: str) -> str:
    if kind == "fill":
        return f'<path fill="{colour}" shape-rendering="crispEdges" d="{path}"/>'
    width = {"dot": 2.6, "line": 1.0, "heavy": 2.2}[kind]
    return f'<path fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" d="{path}"/>'
