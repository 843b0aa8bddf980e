"""Alarms: what is wrong, most urgent first; seen, shelved, cleared by name and comment; what was done."""

from getpass import getuser
from typing import ClassVar, Final, Literal

from textual.binding import Binding, BindingType

from tui.screens.desk import Desk, Shown
from tui.screens.forms import Field, Form
from tui.view import alarms as view
from tui.view.alarms import VIEWS, View
from tui.widgets.finder import Finder
from tui.widgets.framed import entitle
from tui.widgets.panel import ListPanel, Panel
from twin.contracts.operations import AlarmHandled
from twin.contracts.steering import HandleAlarms
from twin.ground.alarms import Alarm
from twin.ground.catalogue import Told

_ABOUT: Final = (
    "UNSEEN wants an acknowledgement. An alarm leaves the list when it is over and seen; a latched one "
    "when it "
    "is cleared. 'past' came down late: it was so when it was generated, and says nothing of now. "
    "NOW is the newest value, coloured by how it is judged."
)
_MINUTES: Final = Told(name="minutes", unit="min", least=0.0, most=1e6)
Action = Literal["acknowledge", "shelve", "unshelve", "clear"]
_DONE: Final[dict[Action, str]] = {
    "acknowledge": "acknowledged",
    "shelve": "shelved",
    "unshelve": "taken from the shelf",
    "clear": "cleared",
}


class AlarmsScreen(Desk):
    """Four views of one list: active, shelved, history, and the log of all that was done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "acknowledge", "Ack", tooltip="Acknowledge the chosen alarm, with name and comment"),
        Binding(
            "ctrl+a", "acknowledge_all", "Ack shown", show=False, tooltip="Acknowledge all that is listed"
        ),
        Binding("s", "shelve", "Shelve", tooltip="Quiet for a time, with a reason"),
        Binding("u", "unshelve", "Unshelve", show=False, tooltip="Take from the shelf"),
        Binding("c", "clear", "Clear", tooltip="Take what is over from the list, latched or not"),
        Binding("v", "view", "View", tooltip="Next view: active, shelved, history, log"),
        Binding("m", "app.mute", "Bell", show=False, tooltip="Bell off, or on again"),
        Binding("J", "plot", "Plot", show=False, tooltip="The quantity on the Telemetry screen"),
    ]

    def __init__(self) -> None:
        super().__init__(
            ListPanel(id="alarms", about=_ABOUT),
            Panel(
                "Chosen",
                id="alarm",
                about="The chosen alarm: its limit, where that is from, who has seen it.",
            ),
            Finder(),
        )
        self._view: View = "active"
        self._who = getuser()
        self._rows: list[view.Row] = []

    def action_view(self) -> None:
        self._view = VIEWS[(VIEWS.index(self._view) + 1) % len(VIEWS)]

    def action_acknowledge(self) -> None:
        self._ask_about("acknowledge", self._chosen())

    def action_acknowledge_all(self) -> None:
        keys = [row.key for row in self._rows if isinstance(row.line, Alarm) and not row.line.acknowledged]
        self._ask_about("acknowledge", keys)

    def action_shelve(self) -> None:
        self._ask_about("shelve", self._chosen())

    def action_unshelve(self) -> None:
        self._ask_about("unshelve", self._chosen())

    def action_clear(self) -> None:
        self._ask_about("clear", self._chosen())

    def action_plot(self) -> None:
        row = self._row()
        if row is not None and isinstance(row.line, Alarm) and row.line.quantity:
            self.post_message(self.Look(row.line.quantity))

    def _row(self) -> view.Row | None:
        key = self.query_one("#alarms", ListPanel).key
        return next((row for row in self._rows if row.key == key), None)

    def _chosen(self) -> list[str]:
        row = self._row()
        return [row.key] if row is not None and self._view in {"active", "shelved"} else []

    def _ask_about(self, action: Action, keys: list[str]) -> None:
        """Ask who says so and why, then say it to the run."""
        if not keys:
            return
        fields = [Field("who", "Your name", self._who), Field("comment", "Comment", "")]
        if action == "shelve":
            fields.append(Field("minutes", "For how long, min of mission time", "15", _MINUTES.read))
        what = keys[0] if len(keys) == 1 else f"{len(keys)} alarms"

        def answered(given: dict[str, str] | None) -> None:
            if given is not None:
                self._who = given["who"]
                self._say(action, keys, given)

        self.app.push_screen(Form(f"{action.capitalize()} {what}", fields), answered)

    def _say(self, action: Action, keys: list[str], given: dict[str, str]) -> None:
        minutes = given.get("minutes")
        for first in range(0, len(keys), _AT_ONCE):
            handled = AlarmHandled(
                alarms=tuple(keys[first : first + _AT_ONCE]),
                action=action,
                who=given["who"],
                comment=given["comment"],
                for_s=60.0 * float(minutes) if minutes else None,
            )
            self.post_message(self.Ask(HandleAlarms(handled=handled), f"{_DONE[action]}: {len(keys)}"))

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        alarms, panel = shown.known.alarms, self.query_one("#alarms", ListPanel)
        self._rows = view.rows(alarms, self._view, self.word)
        entitle(panel, view.title(alarms, self._view))
        entitle(panel, subtitle=f"/ {self.word}" if self.word else "")
        width = panel.room[0]
        rows = panel.offer([row.key for row in self._rows])
        lines = [view.line(self._rows[k], width, chosen=k == panel.chosen) for k in rows]
        panel.show([view.head(self._view, width), *(lines or view.nothing(self._view, self.word))])
        detail = self.query_one("#alarm", Panel)
        detail.show(view.detail(shown.known, self._row(), detail.room[0]))


_AT_ONCE: Final = 500
