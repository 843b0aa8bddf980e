"""Services: where the run is, who holds time, how fast it goes; and the whole log."""

from typing import Final

from tui.screens.desk import Desk, Shown
from tui.view import events, services
from tui.view.looks import LABEL
from tui.widgets.finder import Finder
from tui.widgets.panel import ListPanel, Panel

_WAITS: Final = (
    "Time goes on when every service that is due has answered. WAITED is the wall time the run has waited "
    "for each, SHARE its part of all waiting, CPU of one core and messages A SEC over the last second, SAID "
    "all messages so far. A service that holds time now is the one the run waits for; +1: lost once and "
    "came back."
)
_WRITTEN: Final = "The last lines that the services' processes wrote: warnings and errors of theirs go here."

_LOG: Final = (
    "All that happened, by the time it was generated; the ten thousand lines last heard are kept. On the "
    "first line it follows what happens; further down it stays where you are. / shows only lines that hold "
    "a word."
)


class ServicesScreen(Desk):
    """The run itself, apart from what it simulates."""

    def __init__(self) -> None:
        super().__init__(
            Panel("Run", id="pace", about="Simulated time, and how fast it goes against the wall clock."),
            Panel("Services", id="services", about=_WAITS),
            Panel("What they wrote", id="written", about=_WRITTEN),
            ListPanel("Log of the mission, newest first", id="events", about=_LOG, head=0, follows=True),
            Finder(),
        )

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        feed, known, recording = shown.feed, shown.known, shown.feed.mode == "replay"
        lines = services.pace(
            shown.status, known, received=feed.received, lost=feed.lost, recording=recording
        )
        self.query_one("#pace", Panel).show(lines)
        panel = self.query_one("#services", Panel)
        panel.show(services.services(shown.status, known, feed.health, panel.room[0], feed.restarts))
        panel = self.query_one("#written", Panel)
        panel.show(services.logs(feed.health, panel.room[0]))
        self._log(shown)

    def _log(self, shown: Shown) -> None:
        panel = self.query_one("#events", ListPanel)
        lines = events.holding(shown.known, self.word)
        rows = panel.offer(lines)
        nothing = f"nothing here holds {self.word!r}" if self.word else "Nothing has happened yet."
        painted = [events.line(lines[k], panel.room[0], chosen=panel.marks(k)) for k in rows]
        panel.show(painted or [[(nothing, LABEL)]])
