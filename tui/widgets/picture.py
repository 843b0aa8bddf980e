"""The camera's picture in half blocks: two pixels a cell, in any terminal that has colours, over any link."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.eye import NO_FRAME, Frame
from tui.view.words import clipped, clock, span
from tui.widgets.framed import entitle

Pixels = NDArray[np.uint8]

_ASPECT: Final = 4.0 / 3.0
_HALF: Final = "▀"
_SHADES: Final = 0xFC  # 64 a colour: no eye tells them apart, and more neighbours are equal
_LEAST: Final = 8  # columns: below it nothing can be made out


class Picture(Widget):
    """Shows a `Frame`; made anew only when picture or size is."""

    can_focus = True

    def __init__(self, title: str, *, id: str, about: str) -> None:
        super().__init__(id=id)
        entitle(self, title)
        self.about = about
        self._frame = NO_FRAME
        self._key: tuple[object, ...] = ()
        self._lines: list[Strip] = []

    def show(self, frame: Frame, now_ns: int) -> None:
        """Paint a frame, as old as it is at `now_ns`."""
        self._frame = frame
        entitle(self, subtitle=caption(frame, now_ns, self.content_size.width))
        words = frame.note if frame.pixels is None else ""  # below a picture they stand on the frame alone
        key = (frame.t_ns, frame.pixels is None, words, self.content_size)
        if key != self._key:
            self._key = key
            self._lines = self._drawn()
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y < len(self._lines):
            return self._lines[y].apply_style(self.rich_style).adjust_cell_length(width, self.rich_style)
        return Strip.blank(width, self.rich_style)

    def _drawn(self) -> list[Strip]:
        width, height = self.content_size
        columns = int(min(width, 2 * height * _ASPECT))
        if self._frame.pixels is None or columns < _LEAST:
            return self._words(width, height)
        rows = max(int(columns / _ASPECT / 2.0), 1)
        left = Segment(" " * ((width - columns) // 2), self.rich_style)
        small = shrunk(self._frame.pixels, columns, 2 * rows)
        return [Strip([left, *half_blocks(small[2 * k], small[2 * k + 1])]) for k in range(rows)]

    def _words(self, width: int, height: int) -> list[Strip]:
        text = clipped(self._frame.note, max(width, 1)).center(width)
        return [Strip.blank(width, self.rich_style)] * (height // 2) + [
            Strip([Segment(text, self.rich_style)])
        ]


def caption(frame: Frame, now_ns: int, width: int) -> str:
    """How old it is, the light, why there is none of now; when it was taken, where there is room for it."""
    if frame.pixels is None:
        return ""
    light = "eclipse" if frame.lit <= 0.0 else f"lit {100.0 * frame.lit:.0f} %"
    parts = [f"{span((now_ns - frame.t_ns) * 1e-9)} old", light, frame.note]
    words = ", ".join(part for part in parts if part)
    whole = f"{clock(frame.t_ns)}, {words}"
    return whole if len(whole) <= width else words


def shrunk(pixels: Pixels, width: int, height: int) -> Pixels:
    """Mean colours of `width` x `height` blocks of a picture (rows, columns, 3)."""
    rows = np.linspace(0, pixels.shape[0], height, endpoint=False).astype(int)
    columns = np.linspace(0, pixels.shape[1], width, endpoint=False).astype(int)
    sums = np.add.reduceat(np.add.reduceat(pixels.astype(np.uint32), rows, axis=0), columns, axis=1)
    counts = np.diff(np.append(rows, pixels.shape[0]))[:, None] * np.diff(np.append(columns, pixels.shape[1]))
    means: Pixels = (sums // counts[:, :, None]).astype(np.uint8) & np.uint8(_SHADES)
    return means


def half_blocks(upper: Pixels, lower: Pixels) -> list[Segment]:
    """One line of cells from two rows (columns, 3), equal neighbours in one piece."""
    segments: list[Segment] = []
    pairs = [(*a, *b) for a, b in zip(upper.tolist(), lower.tolist(), strict=True)]
    start = 0
    for k in range(1, len(pairs) + 1):
        if k == len(pairs) or pairs[k] != pairs[start]:
            r, g, b, r2, g2, b2 = pairs[start]
            style = Style.from_color(Color.from_rgb(r, g, b), Color.from_rgb(r2, g2, b2))
            segments.append(Segment(_HALF * (k - start), style))
            start = k
    return segments
