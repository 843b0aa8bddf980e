"""Services: where the run is, who holds time, how fast it goes; and the whole log."""

from collections.abc import Iterator

from textual.widget import Widget

from tui.screens.desk import Desk, Shown
from tui.view import events, services
from tui.widgets.panel import Panel


class ServicesScreen(Desk):
    """The run itself, apart from what it simulates."""

    def body(self) -> Iterator[Widget]:
        yield Panel("Run", id="pace")
        yield Panel("Who holds time (wall seconds the rounds waited)", id="services")
        yield Panel("Log", id="events")

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
