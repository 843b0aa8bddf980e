"""A canvas in braille with text, whose colours come from the theme."""

from textual.strip import Strip
from textual_hires_canvas import Canvas

from tui.widgets.framed import entitle


class Drawing(Canvas):
    """Repainted only when what is drawn, the size or the theme is new: `due` says so."""

    can_focus = True

    def __init__(self, title: str = "", *, id: str, about: str) -> None:
        super().__init__(10, 5, id=id)
        entitle(self, title)
        self.about = about
        self._drawn: tuple[object, ...] = ()

    def due(self, *what: object) -> bool:
        """Whether there is room and something new; it is then taken as drawn."""
        size = self.content_size
        key = (*what, size, self.app.theme)
        if key == self._drawn or size.width < 16 or size.height < 4:
            return False
        self._drawn = key
        return True

    def render_line(self, y: int) -> Strip:
        """A line of the drawing; the canvas leaves blanks without a style, which NO_COLOR cannot take."""
        return Strip.apply_style(super().render_line(y), self.rich_style)

    def ink(self, name: str) -> str:
        """A colour of the theme."""
        return self.app.theme_variables[name]

    def write(self, x: int, y: int, text: str, style: str) -> None:
        """Text on the cells of a line, as far as there is room."""
        size = self.content_size
        if 0 <= y < size.height:
            for k, character in enumerate(text):
                if 0 <= x + k < size.width:
                    self.set_pixel(x + k, y, character, style)
