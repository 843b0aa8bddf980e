"""Panels of text, of which only those lines are painted that have changed; and one of rows to choose from."""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import ClassVar, Protocol, runtime_checkable

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events as happened
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from tui.view.words import Line, content, plain
from tui.widgets.framed import entitle


@runtime_checkable
class Explained(Protocol):
    """A widget that `?` explains: `about` says what it shows and what its signs mean."""

    about: str


@lru_cache(maxsize=512)
def _on(ground: Style, ink: Style) -> RichStyle:
    """A style on its ground; there are few of them, and each takes long to make."""
    return (ground + ink).rich_style


class Panel(Widget):
    """A titled frame about lines made by the view. Nothing in them is read as markup.

    One that has something to explain (`about`) takes the focus, so that tab reaches it and `?` explains it.
    """

    def __init__(
        self, title: str = "", *, id: str | None = None, classes: str | None = None, about: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        entitle(self, title)
        self.about = about
        self.can_focus = bool(about)
        self._shown: list[Line] = []

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows inside the frame."""
        return self.content_size.width, self.content_size.height

    def show(self, lines: list[Line]) -> None:
        """Paint those of `lines` that are new."""
        if lines == self._shown:
            return
        before, self._shown = self._shown, lines
        upto, width = max(len(before), len(lines)), self.content_size.width
        changed = [y for y in range(upto) if before[y : y + 1] != lines[y : y + 1]]
        self.refresh(*(Region(0, y, width, 1) for y in changed))

    def render(self) -> Content:
        """All lines, as one text."""
        return content(self._shown)

    def render_line(self, y: int) -> Strip:
        """One line, ended by an ellipsis where it does not fit."""
        width, ground = self.content_size.width, self.visual_style
        if y >= len(self._shown):
            return Strip.blank(width, ground.rich_style)
        read = self.app.stylesheet.parse_style
        strip = Strip(Segment(plain(text), _on(ground, read(style))) for text, style in self._shown[y])
        if strip.cell_length > width:
            last = list(strip.crop(0, max(width - 1, 0)))
            strip = Strip([*last, Segment("…", last[-1].style if last else ground.rich_style)])
        return strip.adjust_cell_length(width, ground.rich_style)

    @property
    def copied(self) -> str:
        """What `Y` copies: all that is shown."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self._shown)


class ListPanel(Panel):
    """Rows under a head of `head` lines, of which one is chosen by keys, mouse or wheel.

    Before each paint `offer` is told what there is; the chosen row stays the same thing when others come
    before it or go. One that `follows` stays on its first row while that is chosen, whatever comes there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next row", show=False),
        Binding("up,k", "move(-1)", "Row before", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "A page on", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "A page back", show=False),
        Binding("home", "edge(0)", "First row", show=False),
        Binding("end,G", "edge(-1)", "Last row", show=False),
        Binding("enter", "open", "Open the chosen row", show=False),
    ]

    class Opened(Message):
        """Enter, or a second click, on the chosen row."""

        def __init__(self, panel: "ListPanel") -> None:
            super().__init__()
            self.panel = panel

        @property
        def control(self) -> "ListPanel":
            return self.panel

    def __init__(self, title: str = "", *, id: str, about: str, head: int = 1, follows: bool = False) -> None:
        super().__init__(title, id=id, about=about)
        self.chosen = 0
        self._head = head
        self._follows = follows
        self._keys: Sequence[Hashable] = ()
        self._first = 0

    @property
    def key(self) -> Hashable | None:
        """What is chosen; None of an empty list."""
        return self._keys[self.chosen] if self.chosen < len(self._keys) else None

    def offer(self, keys: Sequence[Hashable]) -> range:
        """Take what there is to choose from; the indices of the rows that are on screen."""
        if not (self._follows and self.chosen == 0) and self.key in keys:
            self.chosen = keys.index(self.key)
        self._keys = keys
        self.chosen = max(0, min(self.chosen, len(keys) - 1))
        rows = max(self.room[1] - self._head, 1)
        self._first = max(min(self._first, self.chosen), self.chosen - rows + 1, 0)
        self._first = max(min(self._first, len(keys) - rows), 0)
        return range(self._first, min(self._first + rows, len(keys)))

    def marks(self, index: int) -> bool:
        """Whether a row is to be marked: of several lists, only the one that keys act on shows its choice."""
        return index == self.chosen and self.has_focus

    def choose(self, index: int) -> None:
        """Choose a row by its index, as near as there is one."""
        self.chosen = max(0, min(index, len(self._keys) - 1))

    def action_move(self, by: int) -> None:
        self.choose(self.chosen + by)

    def action_page(self, by: int) -> None:
        self.choose(self.chosen + by * max(self.room[1] - self._head - 1, 1))

    def action_edge(self, index: int) -> None:
        self.choose(index if index >= 0 else len(self._keys) - 1)

    def action_open(self) -> None:
        if self.key is not None:
            self.post_message(self.Opened(self))

    def on_click(self, event: happened.Click) -> None:
        row = event.screen_y - self.content_region.y - self._head
        if 0 <= row < len(self._keys) - self._first:
            self.choose(self._first + row)
            if event.chain > 1:
                self.action_open()

    def on_mouse_scroll_down(self) -> None:
        self.action_move(1)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-1)

    @property
    def copied(self) -> str:
        """What `Y` copies: the chosen row."""
        row = self._head + self.chosen - self._first
        return "".join(text for text, _ in self._shown[row]).strip() if row < len(self._shown) else ""
