"""Telemetry: everything the ground knows, with generation time, age and trend."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.screens.desk import Desk, Shown
from tui.view import telemetry
from tui.widgets.panel import Panel


class TelemetryScreen(Desk):
    """A table of quantities; up and down choose the one that is explained below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "choose(1)", "Next", show=False),
        Binding("up,k", "choose(-1)", "Previous", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(
            Panel("What the ground knows (up, down choose)", id="quantities"),
            Panel("Detail", id="detail"),
        )
        self._names = telemetry.names()
        self._chosen = 0

    def action_choose(self, by: int) -> None:
        self._chosen = (self._chosen + by) % len(self._names)

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        panel = self.query_one("#quantities", Panel)
        width, height = panel.room
        first = max(0, min(self._chosen - height // 2, len(self._names) - height + 1))
        part = self._names[first : first + max(height - 1, 1)]
        panel.show(telemetry.table(shown.known, part, self._chosen - first, width))
        detail = self.query_one("#detail", Panel)
        name = self._names[self._chosen]
        detail.border_title = f"Detail: {name}"
        detail.show(telemetry.detail(shown.known, name, detail.room[0]))
