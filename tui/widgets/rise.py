"""The elevation of one pass over its time, in braille, with the station's mask and the present moment."""

from itertools import pairwise
from typing import Final

from tui.view.words import clock
from tui.widgets.drawing import Drawing

_GUTTER: Final = 5
_TOPS_DEG: Final = (30.0, 60.0, 90.0)


class RisePlot(Drawing):
    """Time to the right from rise to set, elevation upwards to the first of three heights that holds it."""

    def show(self, curve: tuple[tuple[int, float], ...], mask_deg: float, now_ns: int) -> None:
        if not self.due(curve, mask_deg, now_ns // 5_000_000_000):
            return
        with self.batch_refresh():
            self.reset(size=self.content_size, refresh=False)
            if curve:
                self._draw(curve, mask_deg, now_ns)
            else:
                self.write(1, 1, "no elevation is worked out for this pass", self.ink("foreground"))
        self.refresh()

    def _draw(self, curve: tuple[tuple[int, float], ...], mask_deg: float, now_ns: int) -> None:
        size, faint = self.content_size, f"dim {self.ink('foreground')}"
        wide, rows = size.width - _GUTTER - 1, size.height - 1
        start_ns, end_ns = curve[0][0], curve[-1][0]
        highest_deg = max(height for _, height in curve)
        top_deg = next(each for each in _TOPS_DEG if highest_deg <= each)

        def cell(t_ns: int, height_deg: float) -> tuple[float, float]:
            x = _GUTTER + (t_ns - start_ns) / max(end_ns - start_ns, 1) * wide
            return x, (1.0 - height_deg / top_deg) * (rows - 0.01)

        cells = [cell(*point) for point in curve]
        self.draw_hires_lines([(*a, *b) for a, b in pairwise(cells)], style=self.ink("primary"))
        mask_y = int(cell(start_ns, mask_deg)[1])
        self.write(_GUTTER, mask_y, "- " * (wide // 2), faint)
        for height_deg in (top_deg, top_deg / 2.0, 0.0):
            self.write(0, int(cell(start_ns, height_deg)[1]), f"{height_deg:>3.0f} ", faint)
        self.write(_GUTTER, size.height - 1, clock(start_ns), faint)
        self.write(size.width - 11, size.height - 1, clock(end_ns), faint)
        if start_ns <= now_ns <= end_ns:
            x, _ = cell(now_ns, 0.0)
            for y in range(rows):
                self.write(int(x), y, "|", self.ink("warning"))
