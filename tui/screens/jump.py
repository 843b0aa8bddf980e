"""Jump mode: a letter on every panel; pressing it moves the focus there."""

from string import ascii_lowercase
from typing import ClassVar

from textual import events as happened
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Label


class Jump(ModalScreen[Widget | None]):
    """Lies over a screen until a letter, or any other key, is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Stay")]

    def __init__(self, places: list[Widget]) -> None:
        super().__init__()
        self._places = dict(zip(ascii_lowercase, places, strict=False))

    def compose(self) -> ComposeResult:
        for letter, place in self._places.items():
            label = Label(f" {letter} ", classes="jump", markup=False)
            label.styles.offset = (place.region.x + 2, place.region.y)
            yield label

    def on_key(self, event: happened.Key) -> None:
        event.stop()
        self.dismiss(self._places.get(event.key))

    def action_leave(self) -> None:
        self.dismiss(None)
