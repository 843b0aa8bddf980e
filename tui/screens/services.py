"""Services: where the run is, who holds time, how fast it goes; and the whole log."""

from typing import Final

from tui.screens.desk import Desk, Shown
from tui.view import events, services
from tui.widgets.panel import Panel

_WAITS: Final = (
    "Time goes on when every service that is due has answered. SHARE is how much of the waiting was for "
    "each; a "
    "service that holds time now is the one the run waits for."
)


class ServicesScreen(Desk):
    """The run itself, apart from what it simulates."""

    def __init__(self) -> None:
        super().__init__(
            Panel("Run", id="pace", about="Simulated time, and how fast it goes against the wall clock."),
            Panel("Who holds time (wall seconds the rounds waited)", id="services", about=_WAITS),
            Panel("Log", id="events", about="All that happened, by the time it was generated."),
        )

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        feed = shown.feed
        recording = feed.mode == "replay"
        self.query_one("#pace", Panel).show(
            services.pace(
                shown.status,
                shown.known,
                received=feed.received,
                lost=feed.lost,
                recording=recording,
            )
        )
        self.query_one("#services", Panel).show(services.services(shown.status, shown.known))
        panel = self.query_one("#events", Panel)
        panel.show(events.log(shown.known, max(panel.room[1], 1), panel.room[0]))
