"""GNC: relative motion in both planes, large; the estimate with its uncertainty; what is left to fly with."""

from tui.screens.desk import Desk, Shown
from tui.view import gnc, ladder, plot
from tui.widgets.motion import MotionPlot
from tui.widgets.panel import Panel


class GncScreen(Desk):
    """Where the servicer is, how well that is known, and where it goes."""

    def __init__(self) -> None:
        super().__init__(
            MotionPlot("In plane", id="in-plane", about=plot.ABOUT),
            MotionPlot("Out of plane", id="out-of-plane", about=plot.ABOUT, turn=2),
            Panel("Estimate, as last reported", id="estimate", about=gnc.ESTIMATE),
            Panel("Errors and reserves", id="reserves", about=gnc.RESERVES),
            Panel(id="ladder", about=ladder.ABOUT),
        )
        self._paints = 0

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        outlook = shown.instruments.outlook(shown.mission, shown.feed.store)
        self.query_one("#estimate", Panel).show(gnc.estimate(shown.known, shown.truth))
        panel = self.query_one("#reserves", Panel)
        panel.show(gnc.reserves(shown.mission, shown.known, panel.room[0]))
        panel = self.query_one("#ladder", Panel)
        panel.show([ladder.strip(outlook, shown.known, panel.room[0], shown.instruments.problem)])
        self._paints += 1
        for plane in ("in-plane", "out-of-plane"):
            drawing = self.query_one(f"#{plane}", MotionPlot)
            if drawing.due(self._paints):
                drawing.show(plot.scene(shown.mission, shown.known, plane, shown.truth, outlook))
