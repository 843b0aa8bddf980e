"""Passes: when which station hears the servicer, how high it stands there, where the orbit runs."""

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.worker import Worker, WorkerState

from tui.screens.desk import Desk, Shown
from tui.view import passes as view
from tui.widgets.earth import EarthMap
from tui.widgets.finder import Finder
from tui.widgets.framed import entitle
from tui.widgets.panel import ListPanel, Panel
from tui.widgets.rise import RisePlot
from twin.ground.outlook import Outlook
from twin.mission.script import Mission

_BEFORE_NS: Final = 3600 * 1_000_000_000
_AHEAD_NS: Final = 8 * 3600 * 1_000_000_000
_RENEW_NS: Final = 3600 * 1_000_000_000
_DRAW_EVERY: Final = 5  # paints
_GANTT: Final = (
    "The next six hours. # a station hears the servicer now, = the ground service has announced the "
    "pass, - it is "
    "foretold from the element set of the mission file. eclipse: where the orbit lies in the Earth's shadow."
)
_MAP: Final = (
    "The place below the orbit, from the element set of the mission file, not from the truth: S now, "
    "the line to come, white gone, * below the Sun. o a station, bold the one that holds the link. "
    "Dots: night. Coasts: Natural Earth."
)
_PASSES: Final = "Passes in order; signs as in the plan. Up and down choose the one that is drawn."
_RISE: Final = "The chosen pass: elevation over time; dashes the station's mask, | now."


class PassesScreen(Desk):
    """A plan, a list, the chosen pass, a map."""

    AUTO_FOCUS = "#passes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "p", "map", "Map", tooltip="In a small terminal: the map, or the list and the elevation again"
        ),
    ]

    def __init__(self) -> None:
        super().__init__(
            Panel("Plan", id="gantt", about=_GANTT),
            Container(
                ListPanel("Passes", id="passes", about=_PASSES),
                RisePlot("Elevation, deg", id="rise", about=_RISE),
                id="hearing",
            ),
            EarthMap("Ground track", id="map", about=_MAP),
            Finder(),
        )
        self._ahead: Outlook | None = None
        self._asked_ns: int | None = None
        self._paints = 0
        self._drawn: tuple[object, ...] = ()

    def action_map(self) -> None:
        self.toggle_class("mapping")

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        known, mission = shown.known, shown.mission
        self._renew(mission, known.now_ns)
        listed = view.rows(known, self._ahead, self.word)
        plan = self.query_one("#gantt", Panel)
        width, height = plan.room
        bars = view.gantt(mission, known, listed, self._ahead, (width, max(height - 1, 3)))
        plan.show([view.countdown(known, listed), *bars])
        panel = self.query_one("#passes", ListPanel)
        rows = panel.offer([row.key for row in listed])
        lines = [view.line(known, listed[k], chosen=k == panel.chosen) for k in rows]
        panel.show([view.head(panel.room[0]), *lines])
        self._paints += 1
        sizes = (self.query_one("#map").content_size, self.query_one("#rise").content_size)
        asked = (panel.key, self._ahead and self._ahead.from_ns, sizes)
        if asked != self._drawn or self._paints % _DRAW_EVERY == 1:
            self._drawn = asked
            self._draw(shown, next((row for row in listed if row.key == panel.key), None))

    def _draw(self, shown: Shown, chosen: view.Row | None) -> None:
        known, mission = shown.known, shown.mission
        earth, rise = self.query_one("#map", EarthMap), self.query_one("#rise", RisePlot)
        if earth.display:
            entitle(earth, subtitle=f"{view.place(known, self._ahead)} by the element set")
            earth.show(self._ahead, known.now_ns, mission.stations, known.station)
        if rise.display and chosen is not None:
            mask_deg = next(each.mask_deg for each in mission.stations if each.name == chosen.station)
            entitle(rise, f"Elevation at {chosen.station}, deg")
            rise.show(view.curve(self._ahead, chosen), mask_deg, known.now_ns)

    def _renew(self, mission: Mission, now_ns: int) -> None:
        """Work the orbit out anew, beside the screen, when the mission has flown on or back far enough."""
        if self._asked_ns is not None and abs(now_ns - self._asked_ns) < _RENEW_NS:
            return
        self._asked_ns = now_ns
        from_ns = max(now_ns - _BEFORE_NS, 0)

        def work() -> Outlook:
            # Loaded here: the integrator takes longer to load than the console may take to its first paint.
            from services.code_cache import prepare
            from twin.ground.foretelling import outlook

            prepare()
            return outlook(mission, from_ns, now_ns + _AHEAD_NS)

        self.run_worker(work, thread=True, exclusive=True, exit_on_error=False, name="outlook")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state == WorkerState.SUCCESS:
            self._ahead = event.worker.result
        elif event.state == WorkerState.ERROR:
            entitle(self.query_one("#map"), f"Ground track: {event.worker.error}")
