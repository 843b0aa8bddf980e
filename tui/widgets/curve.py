"""A quantity over time in braille, with its limits as lines."""

from itertools import pairwise
from typing import Final

from tui.view.curve import Curve
from tui.view.numbers import written
from tui.widgets.drawing import Drawing
from tui.widgets.framed import entitle

_GUTTER: Final = 11


class CurvePlot(Drawing):
    """Time to the right, the value upwards; dashes are limits, dots what was heard late."""

    def show(self, drawn: Curve | None, name: str) -> None:
        if not self.due(name, drawn):
            return
        entitle(self, f"{name}  {drawn.unit}" if drawn else name)
        with self.batch_refresh():
            self.reset(size=self.content_size, refresh=False)
            if drawn is None:
                self.write(1, 1, "no number of this has come down: nothing to draw", self.ink("foreground"))
            else:
                self._draw(drawn)
                if not drawn.stretches:
                    self.write(
                        _GUTTER + 2, 1, "nothing came down in this time: w widens it", self.ink("warning")
                    )
        self.refresh()

    def _draw(self, drawn: Curve) -> None:
        self._limits(drawn)
        for stretch in drawn.stretches:
            cells = [self._cell(drawn, *point) for point in stretch]
            style = self.ink("primary")
            self.draw_hires_lines([(*a, *b) for a, b in pairwise(cells)], style=style)
            self.set_hires_pixels(cells, style=style)
        self.set_hires_pixels([self._cell(drawn, *point) for point in drawn.late], style=self.ink("warning"))
        self._axes(drawn)

    def _limits(self, drawn: Curve) -> None:
        for value, level in drawn.limits:
            _, y = self._cell(drawn, drawn.start_s, value)
            colour = self.ink("error" if level in {"critical", "severe", "distress"} else "warning")
            for x in range(_GUTTER, self.content_size.width):
                if x % 3:
                    self.set_pixel(x, int(y), "-", colour)
            self.write(_GUTTER + 1, int(y), f" {level} {value:g} ", colour)

    def _axes(self, drawn: Curve) -> None:
        size, faint = self.content_size, f"dim {self.ink('foreground')}"
        rows = size.height - 1
        for k in range(3):
            value = drawn.high - (drawn.high - drawn.low) * k / 2.0
            self.write(0, round(k * (rows - 1) / 2), f"{written(value, drawn.unit):>{_GUTTER - 1}}", faint)
        first, last = drawn.ends
        self.write(_GUTTER, size.height - 1, first, faint)
        self.write(size.width - len(last) - 4, size.height - 1, f"{last} now", faint)

    def _cell(self, drawn: Curve, t_s: float, value: float) -> tuple[float, float]:
        wide, rows = self.content_size.width - _GUTTER - 1, self.content_size.height - 1
        x = _GUTTER + (t_s - drawn.start_s) / (drawn.end_s - drawn.start_s) * wide
        y = (drawn.high - value) / (drawn.high - drawn.low) * (rows - 0.01)
        return x, min(max(y, 0.0), rows - 0.01)
