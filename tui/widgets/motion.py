"""The relative-motion plot: a scene in metres, drawn in braille to one scale on both axes."""

from itertools import pairwise
from typing import Final

from textual.strip import Strip
from textual_hires_canvas import Canvas

from tui.view.plot import Ink, Point, Scene, step_m
from tui.widgets.framed import entitle

_GUTTER: Final = 5  # columns for the distances at the left
_CORNERS: Final = 4  # columns of a frame's edge that words leave free
_EVERY: Final = 4
_ASPECT: Final = 2.0  # a character cell is about twice as high as wide
_VARIABLES: Final[dict[Ink, str]] = {
    "muted": "foreground",
    "drift": "secondary",
    "zone": "error",
    "corridor": "success",
    "trail": "primary",
    "servicer": "warning",
    "target": "foreground",
    "truth": "accent",
}


class MotionPlot(Canvas):
    """Draws a `Scene`, fitted to the widget; repainted only when scene or size is new.

    A drawing costs ten times a panel of text: it is `due` every fourth paint, and of several on a screen each
    has its own `turn`, so that no paint has to wait for two.
    """

    about = (
        "T target, S servicer as last reported, dots where it was reported, circle the keep-out sphere, "
        "wedge the "
        "corridor of the body file. With T: x the true place, and the true corridor."
    )

    can_focus = True

    def __init__(self, title: str, *, id: str, about: str, turn: int = 0) -> None:
        super().__init__(10, 5, id=id)
        self.about = about
        entitle(self, title)
        self.can_focus = True
        self._turn = turn
        self._drawn: tuple[object, ...] = ()
        self._edge = (0, 0)

    def due(self, paints: int) -> bool:
        """Whether it is to be drawn with this paint: it is its turn, or there is nothing of this size yet."""
        return paints % _EVERY == self._turn or not self._drawn or self._drawn[1] != self.content_size

    def show(self, scene: Scene) -> None:
        size = self.content_size
        key = (scene, size, self.app.theme)
        if key == self._drawn or size.width < 12 or size.height < 5:
            return
        self._drawn = key
        axes = f"{scene.up} over {scene.right}, m"
        fits = len(axes) <= size.width - _CORNERS
        entitle(self, subtitle=axes if fits else f"{scene.up}/{scene.right}, m")
        with self.batch_refresh():
            self.reset(size=size, refresh=False)
            self._draw(scene)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A line of the drawing; the canvas leaves blanks without a style, which NO_COLOR cannot take."""
        return Strip.apply_style(super().render_line(y), self.rich_style)

    def _draw(self, scene: Scene) -> None:
        size, box = self.content_size, scene.box
        self._edge = (size.width, size.height - 1)  # asked for once: a widget's size takes long to tell
        wide, high = size.width - _GUTTER, size.height - 1
        per_m = min(wide / (box.right - box.left), high * _ASPECT / (box.top - box.bottom))
        self._per_m = (per_m, per_m / _ASPECT)
        # Where the target is: the middle of the box lies in the middle of the drawing.
        self._centre = (
            _GUTTER + wide / 2.0 - 0.5 * (box.left + box.right) * self._per_m[0],
            high / 2.0 + 0.5 * (box.bottom + box.top) * self._per_m[1],
        )
        self._axes()
        for ink, points in scene.dots:
            seen = [cell for cell in map(self._cell, points) if self._holds(cell)]
            self.set_hires_pixels(seen, style=self._style(ink))
        for ink, points in scene.lines:
            placed = [self._cell(point) for point in points]
            inside = [(*a, *b) for a, b in pairwise(placed) if self._holds(a) and self._holds(b)]
            self.draw_hires_lines(inside, style=self._style(ink))
        for mark in scene.marks:
            x, y = self._cell(mark.at)
            if not self._holds((x, y)):
                continue
            self.set_pixel(int(x), int(y), mark.text, f"bold {self._style(mark.ink)}")

    def _axes(self) -> None:
        """Ticks with their distances along the left and the lower edge, at the same step."""
        size, style = self.content_size, self._style("muted")
        wide_m, high_m = size.width / self._per_m[0], size.height / self._per_m[1]
        step = step_m(max(wide_m / max(size.width / 10, 1), high_m / max(size.height / 4, 1)), 1)
        first = int((_GUTTER - self._centre[0]) / self._per_m[0] / step)
        for k in range(first, first + int(wide_m / step) + 2):
            label = f"{k * step:g}"
            start = int(self._cell((k * step, 0.0))[0]) - len(label) // 2
            if start >= _GUTTER and start + len(label) <= size.width:
                self._text(start, size.height - 1, label, style)
        lowest = int((self._centre[1] - size.height) / self._per_m[1] / step)
        for k in range(lowest, lowest + int(high_m / step) + 2):
            y = self._cell((0.0, k * step))[1]
            if 0 <= int(y) < size.height - 1:
                self._text(0, int(y), f"{k * step:>{_GUTTER}g}", style)

    def _text(self, x: int, y: int, text: str, style: str) -> None:
        for k, character in enumerate(text):
            self.set_pixel(x + k, y, character, f"dim {style}")

    def _cell(self, point: Point) -> tuple[float, float]:
        return (self._centre[0] + point[0] * self._per_m[0], self._centre[1] - point[1] * self._per_m[1])

    def _holds(self, cell: Point) -> bool:
        """Whether a cell lies in the drawing, not on the distances about it."""
        return _GUTTER <= cell[0] < self._edge[0] and 0 <= cell[1] < self._edge[1]

    def _style(self, ink: Ink) -> str:
        return self.app.theme_variables[_VARIABLES[ink]]
