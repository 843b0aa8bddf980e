"""Mission: phases and gates, relative motion in two planes, key parameters, commands, events."""

from typing import Final

from tui.screens.desk import Desk, Shown
from tui.view import commanding, events, parameters, plot, timeline
from tui.widgets.motion import MotionPlot
from tui.widgets.panel import Panel

_TIMELINE: Final = (
    "PHASE: the phases reported so far, the present one last. GATE: what the next decision leads to. "
    "SCRIPT: the "
    "next step of the mission's own timeline. PASSES: the next three hours, = while a station hears the "
    "servicer."
)
_PARAMETERS: Final = (
    "What came down last. LIMIT is what the mission demands in this phase, STATE how it is kept, AGE the "
    "time since "
    "the report was generated on board. A report older than 30 s is history: marked old and judged no more."
)
_EVENTS: Final = (
    "What happened, by the time it was generated on board or on ground. 'heard later' marks what came "
    "down in a "
    "dump, long after it happened."
)
_PLOT_EVERY = 3  # paints: a drawing costs ten times a panel of text


class MissionScreen(Desk):
    """The screen of a shift: all that a decision at a hold point needs."""

    def __init__(self) -> None:
        super().__init__(
            Panel("Timeline and gates", id="timeline", about=_TIMELINE),
            Panel("Key parameters, as last reported", id="parameters", about=_PARAMETERS),
            MotionPlot("In plane", id="in-plane"),
            MotionPlot("Out of plane", id="out-of-plane"),
            Panel("Commands, newest first", id="stack", about=commanding.LEGEND),
            Panel("Events, newest generated first", id="events", about=_EVENTS),
        )
        self._paints = 0

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        mission, known = shown.mission, shown.known
        panel = self.query_one("#timeline", Panel)
        panel.show(timeline.panel(mission, known, panel.room[0]))
        self._paints += 1
        for plane in ("in-plane", "out-of-plane") if self._paints % _PLOT_EVERY == 1 else ():
            drawing = self.query_one(f"#{plane}", MotionPlot)
            if drawing.display:
                drawing.show(plot.scene(mission, known, plane, shown.truth))
        panel = self.query_one("#parameters", Panel)
        rows = parameters.rows(mission, known, shown.truth_values)
        panel.show(parameters.table(rows, known.age_s, panel.room[0], truth=shown.truth is not None))
        panel = self.query_one("#stack", Panel)
        panel.show(commanding.stack(known, max(panel.room[1], 1), panel.room[0]))
        panel = self.query_one("#events", Panel)
        panel.show(events.log(known, max(panel.room[1], 1), panel.room[0]))
