"""Replay: the recording's line of time, its moments, the viewer's marks."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.marks import Landmark
from tui.player import PlayFeed
from tui.screens.desk import Desk, Shown
from tui.view import replay
from tui.widgets.finder import Finder
from tui.widgets.panel import ListPanel, Panel


class ReplayScreen(Desk):
    """Only of a recording."""

    AUTO_FOCUS = "#moments"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "unmark", "Unmark", show=False, tooltip="Take the chosen mark away"),
    ]

    class GoTo(Message):
        """The viewer wants to see this moment."""

        def __init__(self, t_ns: int) -> None:
            super().__init__()
            self.t_ns = t_ns

    class Unmark(Message):
        """The viewer wants this mark away."""

        def __init__(self, mark: Landmark) -> None:
            super().__init__()
            self.mark = mark

    def __init__(self) -> None:
        super().__init__(
            Panel("Time", id="time", about=replay.ABOUT),
            ListPanel("Moments", id="moments", about=replay.ABOUT, head=0),
            Finder(),
        )

    def on_list_panel_opened(self, event: ListPanel.Opened) -> None:
        if isinstance(event.panel.key, Landmark):
            self.post_message(self.GoTo(event.panel.key.t_ns))

    def action_unmark(self) -> None:
        chosen = self.query_one("#moments", ListPanel).key
        if isinstance(chosen, Landmark) and chosen.kind == "mark":
            self.post_message(self.Unmark(chosen))

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        feed, status = shown.feed, shown.status
        if not isinstance(feed, PlayFeed) or status is None:
            return
        moments = replay.moments(feed.landmarks, feed.marks.all, self.word)
        panel = self.query_one("#time", Panel)
        panel.show(replay.bar(status, moments, panel.room[0]))
        rows = self.query_one("#moments", ListPanel)
        part = rows.offer(moments)
        inside = moments[part.start : part.stop]
        rows.show(replay.rows(inside, rows.chosen - part.start, status.position_ns, rows.room[0]))
