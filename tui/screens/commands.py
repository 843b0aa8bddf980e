"""Commands: the catalogue, what each would do now, arm and confirm, every stage of every telecommand."""

from typing import ClassVar

from textual import events as happened
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.screens.desk import Desk, Shown
from tui.view import commanding
from tui.view.timeline import COMMANDS
from tui.widgets.panel import Panel
from twin.guidance.phases import Cue


class CommandsScreen(Desk):
    """Up and down choose, enter arms, y sends."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "choose(1)", "Next", show=False),
        Binding("up,k", "choose(-1)", "Previous", show=False),
        Binding("enter", "arm", "Arm", show=False),
    ]

    class Arm(Message):
        """The operator wants to send a command; it is armed, not sent."""

        def __init__(self, command: Cue) -> None:
            super().__init__()
            self.command = command

    def __init__(self) -> None:
        super().__init__(
            Panel("Catalogue (up, down choose; enter arms; y sends)", id="catalogue"),
            Panel("Before sending", id="constraints"),
            Panel(f"Stack: {commanding.LEGEND}", id="stack"),
        )
        self._chosen = 0

    def action_choose(self, by: int) -> None:
        self._chosen = (self._chosen + by) % len(COMMANDS)

    def action_arm(self) -> None:
        self.post_message(self.Arm(COMMANDS[self._chosen]))

    def on_click(self, event: happened.Click) -> None:
        """A click on a line of the catalogue chooses it."""
        panel = self.query_one("#catalogue", Panel)
        row = event.screen_y - panel.content_region.y
        if panel.content_region.contains(event.screen_x, event.screen_y) and row < len(COMMANDS):
            self._chosen = row

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        mission, known, chosen = shown.mission, shown.known, COMMANDS[self._chosen]
        armed = shown.armed.command if shown.armed else None
        self.query_one("#catalogue", Panel).show(commanding.catalogue(mission, known, chosen, armed))
        self.query_one("#constraints", Panel).show(commanding.constraints(mission, known, chosen))
        panel = self.query_one("#stack", Panel)
        panel.show(commanding.stack(known, max(panel.room[1], 1), panel.room[0]))
