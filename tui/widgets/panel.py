"""A panel of text that is repainted only when what it shows has changed."""

from textual.widgets import Static

from tui.view.words import Line, content


class Panel(Static):
    """A titled frame about lines made by the view. Nothing in them is read as markup."""

    def __init__(self, title: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self.border_title = title.replace("[", "\\[")
        self._shown: list[Line] = []

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows inside the frame."""
        return self.content_size.width, self.content_size.height

    def show(self, lines: list[Line]) -> None:
        """Paint `lines`, if they are new."""
        if lines != self._shown:
            self._shown = lines
            self.update(content(lines))
