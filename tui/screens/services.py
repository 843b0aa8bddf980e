"""Services: where the run is, who holds time, how fast it goes; and the whole log."""

from typing import Final

from tui.screens.desk import Desk, Shown
from tui.view import events, services
from tui.widgets.panel import Panel

_WAITS: Final = (
    "Time goes on when every service that is due has answered. WAITED is the wall time the run has waited "
    "for each, SHARE its part of all waiting, CPU of one core and messages A SEC over the last second, SAID "
    "all messages so far. A service that holds time now is the one the run waits for; +1: lost once and "
    "came back."
)
_WRITTEN: Final = "The last lines that the services' processes wrote: warnings and errors of theirs go here."


class ServicesScreen(Desk):
    """The run itself, apart from what it simulates."""

    def __init__(self) -> None:
        super().__init__(
            Panel("Run", id="pace", about="Simulated time, and how fast it goes against the wall clock."),
            Panel("Services", id="services", about=_WAITS),
            Panel("What they wrote", id="written", about=_WRITTEN),
            Panel(
                "Log of the mission", id="events", about="All that happened, by the time it was generated."
            ),
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
        panel = self.query_one("#events", Panel)
        panel.show(events.log(known, max(panel.room[1], 1), panel.room[0]))
