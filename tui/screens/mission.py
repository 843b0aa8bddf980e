"""Mission: phases and gates, relative motion, key parameters, abort ladder, camera, commands, events."""

from typing import Final

from tui.screens.desk import Desk, Shown
from tui.view import commanding, events, ladder, parameters, plot, services, timeline
from tui.widgets.framed import entitle
from tui.widgets.motion import MotionPlot
from tui.widgets.panel import Panel
from tui.widgets.picture import Picture

_TIMELINE: Final = (
    "PHASE: the phases reported so far, the present one last. GATE: what the next decision leads to. SCRIPT: "
    "the next step of the mission's own timeline. PASSES: the next three hours, = while a station hears the "
    "servicer."
)
_PARAMETERS: Final = (
    "What came down last. LIMIT is what the mission demands in this phase, STATE how it is kept, AGE the "
    "time since the report was generated on board. A report older than 30 s is history: marked old, judged "
    "no more."
)
_CAMERA: Final = (
    "The target as the servicer's camera sees it (50 deg across), lit from where the Sun is, black in "
    "eclipse. It comes down while a station hears the servicer; outside a pass the last picture stays, with "
    "its age."
)
_EVENTS: Final = (
    "What happened, by the time it was generated on board or on ground. 'heard later' marks what came down "
    "in a dump, long after it happened."
)


class MissionScreen(Desk):
    """The screen of a shift: all that a decision at a hold point needs."""

    def __init__(self) -> None:
        super().__init__(
            Panel("Timeline and gates", id="timeline", about=_TIMELINE),
            Panel("Key parameters, as last reported", id="parameters", about=_PARAMETERS),
            MotionPlot("In plane", id="in-plane", about=plot.ABOUT),
            Panel("Abort ladder, next 24 h", id="ladder", about=ladder.ABOUT),
            Picture("Camera", id="camera", about=_CAMERA),
            MotionPlot("Out of plane", id="out-of-plane", about=plot.ABOUT, turn=2),
            Panel("Commands, newest first", id="stack", about=commanding.LEGEND),
            Panel("Events, newest generated first", id="events", about=_EVENTS),
            Panel(id="running"),
        )
        self._paints = 0

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        mission, known = shown.mission, shown.known
        panel = self.query_one("#timeline", Panel)
        panel.show(timeline.panel(mission, known, panel.room[0]))
        panel = self.query_one("#parameters", Panel)
        rows = parameters.rows(known, shown.truth_values)
        panel.show(parameters.table(rows, known.age_s, panel.room[0], truth=shown.truth is not None))
        panel = self.query_one("#stack", Panel)
        panel.show(commanding.stack(known, max(panel.room[1], 1), panel.room[0]))
        panel = self.query_one("#events", Panel)
        panel.show(events.newest(known, max(panel.room[1], 1), panel.room[0]))
        panel = self.query_one("#running", Panel)
        panel.show([services.running(shown.status, known, shown.feed.lost, shown.feed.restarts)])
        self._ladder(shown)
        self._drawings(shown)

    def _ladder(self, shown: Shown) -> None:
        panel, instruments = self.query_one("#ladder", Panel), shown.instruments
        outlook = instruments.outlook(shown.mission, shown.feed.store)
        if panel.room[1] <= 1:
            panel.show([ladder.strip(outlook, shown.known, panel.room[0], instruments.problem)])
        else:
            panel.show(ladder.table(outlook, shown.known, instruments.problem))
            entitle(panel, subtitle=ladder.aged(outlook, shown.known))

    def _drawings(self, shown: Shown) -> None:
        """Plots by turns; the camera as often as it has a new picture."""
        self._paints += 1
        for plane in ("in-plane", "out-of-plane"):
            drawing = self.query_one(f"#{plane}", MotionPlot)
            if drawing.display and drawing.due(self._paints):
                outlook = shown.instruments.outlook(shown.mission, shown.feed.store)
                drawing.show(plot.scene(shown.mission, shown.known, plane, shown.truth, outlook))
        camera = self.query_one("#camera", Picture)
        if camera.display and camera.content_size.height:
            anyway = shown.truth is not None or shown.feed.mode == "replay"
            frame = shown.instruments.frame(shown.mission, shown.feed.store, anyway=anyway)
            camera.show(frame, shown.known.now_ns)
