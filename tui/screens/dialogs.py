"""The two questions and explanations that lie over a screen: help, and how to leave a running mission."""

from typing import ClassVar, Final, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

Leaving = Literal["stop", "leave"]

_KEYS: Final = """\
SCREENS    1 Mission   2 Telemetry   3 Commands   4 Services
RUN        space pause or go on   + - rate   s one second   . one event
COMMANDS   g arms GO   h arms HOLD   3 shows all; y sends what is armed, esc stands down
           A A within two seconds sends ABORT, from anywhere
VIEW       T truth over the plots and beside the values, marked as such
           ctrl+t light or dark   ctrl+p all commands of this UI   ? this help   q leave
"""
_REPLAY: Final = """\
SCREENS    1 Mission   2 Telemetry   3 Commands   4 Services
PLAY       space pause or play   + - rate   s one second
SEEK       left right 10 s   shift+left shift+right 60 s   [ ] previous, next event   home end
VIEW       T truth over the plots and beside the values, marked as such
           ctrl+t light or dark   ? this help   q leave       A recording takes no commands.
"""
_SIGNS: Final = """
Everything shown is what the ground knows: values come down in passes, late, and are as old as
AGE says; old ones are never judged as if they were of now. W#-- within a tenth of a limit,
W##- warning, C### beyond a limit. Plots: T target, S servicer as last reported, dots where it
was reported, circle the keep-out sphere, wedge the corridor of the body file, x the truth.
AOS a station hears the servicer, LOS none does, TM telemetry. Any key closes this.
"""


class Help(ModalScreen[None]):
    """Keys and signs, until any key."""

    def __init__(self, *, replay: bool) -> None:
        super().__init__()
        self._text = (_REPLAY if replay else _KEYS) + _SIGNS

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(self._text, markup=False)

    def on_key(self) -> None:
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
