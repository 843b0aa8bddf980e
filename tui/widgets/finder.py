"""The field that `/` opens: what is typed filters the screen's list, enter keeps it, esc clears it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.entry import Entry


class Finder(Entry):
    """Hidden until asked for; `word` is what lists are filtered by."""

    about = "Type what rows must hold; enter keeps the filter, esc clears it."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear the filter", show=False, priority=True),
        Binding("enter,down", "keep", "Back to the rows", show=False, priority=True),
    ]

    class Left(Message):
        """The operator is done with the field."""

    def __init__(self) -> None:
        super().__init__(placeholder="filter", id="finder", compact=True)
        self.display = False

    @property
    def word(self) -> str:
        return self.value.strip()

    def open(self) -> None:
        """Show the field and type into it."""
        self.display = True
        self.focus()

    def action_clear(self) -> None:
        self.value = ""
        self.action_keep()

    def action_keep(self) -> None:
        self.display = bool(self.word)
        self.post_message(self.Left())
