"""What lies over a screen: help, and the question how to leave a running mission."""

from typing import ClassVar, Final, Literal

from textual import events as happened
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.view import helping
from tui.view.helping import Key
from tui.view.words import content

Leaving = Literal["stop", "leave"]

_SCROLLING: Final = {"up", "down", "pageup", "pagedown", "home", "end"}


class Help(ModalScreen[None]):
    """What the focused panel is, and the keys that work there, until any key."""

    def __init__(self, title: str, about: str, keys: list[Key]) -> None:
        super().__init__()
        self._title, self._about, self._keys = title, about, keys

    def compose(self) -> ComposeResult:
        text = Static(markup=False)
        width = min(self.app.size.width - 8, 92)
        text.update(content(helping.panel(self._title, self._about, self._keys, width)))
        with VerticalScroll(id="help"):
            yield text

    def on_key(self, event: happened.Key) -> None:
        if event.key not in _SCROLLING:
            self.dismiss()


class Leave(ModalScreen[Leaving | None]):
    """Stop the mission, or leave it flying?"""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "leave('stop')", "Stop"),
        Binding("l", "leave('leave')", "Leave flying"),
        Binding("escape,q,n", "stay", "Stay"),
    ]

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(
                "The mission is flying. Leave this screen and\n\n"
                "  s    stop the mission: it ends here, its recording is kept\n"
                "  l    leave it flying: `twin watch` shows it again\n"
                "  esc  stay",
                markup=False,
            )

    def action_leave(self, how: Leaving) -> None:
        self.dismiss(how)

    def action_stay(self) -> None:
        self.dismiss(None)
