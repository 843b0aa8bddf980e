"""What every screen shares: banner, strip for what is armed or answered, keys; and what it is given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tui.feed import Feed, Note
from tui.instruments import Instruments
from tui.store import Known
from tui.view.banner import Heading, banner, mode_word
from tui.view.commanding import arming_line
from tui.view.looks import ARMED, BAD, CHOSEN, LABEL, STYLES, TRUTH
from tui.view.overlay import TruthNow
from tui.view.words import Line
from tui.widgets.finder import Finder
from tui.widgets.keybar import KeyBar, KeyLine, Named
from tui.widgets.panel import ListPanel, Panel
from twin.contracts.radio import Argument
from twin.contracts.steering import Request, Status
from twin.dynamics.epochs import Epoch
from twin.mission.script import Mission

if TYPE_CHECKING:
    from tui.app import TwinApp


@dataclass(frozen=True, slots=True)
class Armed:
    """A command that one more key sends, for `left_s` more seconds."""

    command: str
    left_s: float
    arguments: dict[str, Argument]
    again: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One moment of a mission as the screens see it."""

    feed: Feed
    mission: Mission
    epoch: Epoch
    known: Known
    status: Status | None
    truth: TruthNow | None
    armed: Armed | None
    note: Note | None
    instruments: Instruments

    @property
    def truth_values(self) -> dict[str, float]:
        return self.truth.values if self.truth else {}


class Desk(Screen[None]):
    """A screen of the console: the widgets of its body, a way to paint them, and often a filter.

    Subclasses hand their widgets to the constructor and extend `paint`. A screen whose list can be filtered
    names a `Finder` among its widgets; `word` is then what its rows must hold.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012 (as declared)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (40, "-high"), (46, "-tall")]  # noqa: RUF012 (as declared)
    ALLOW_IN_MAXIMIZED_VIEW = "#banner, #strip, Finder, KeyBar"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "full", "Full", show=False, tooltip="The focused panel at full size, and back"),
        Binding("Y", "copy", "Copy", show=False, tooltip="Copy the chosen row, or the focused panel's text"),
        Binding("slash", "find", "Filter", tooltip="Show only rows that hold a word"),
    ]

    def __init__(self, *body: Widget) -> None:
        super().__init__()
        self._body = body
        self._finder = next((each for each in body if isinstance(each, Finder)), None)

    def compose(self) -> ComposeResult:
        yield Panel(id="banner")
        yield Container(*(each for each in self._body if each is not self._finder), id="body")
        if self._finder is not None:
            yield self._finder
        yield Panel(id="strip")
        yield KeyBar()
        yield KeyLine()

    def on_screen_resume(self) -> None:
        """Painted before the next key is taken: it may already mean a row of this screen."""
        cast("TwinApp", self.app).tick()

    @property
    def word(self) -> str:
        """What rows must hold; "" where nothing is filtered."""
        return self._finder.word if self._finder else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self._finder is not None if action == "find" else True

    def action_find(self) -> None:
        if self._finder is not None:
            self._finder.open()

    def on_finder_left(self) -> None:
        """Back to the rows that were filtered."""
        lists = self.query(ListPanel)
        if lists:
            lists.first().focus()

    def action_full(self) -> None:
        if self.maximized is not None:
            self.minimize()
        elif self.focused is not None:
            self.maximize(self.focused)

    def action_copy(self) -> None:
        if isinstance(self.focused, Panel) and self.focused.copied:
            self.app.copy_to_clipboard(self.focused.copied)
            self.post_message(self.Copied(self.focused.copied))

    class Ask(Message):
        """Something to ask of the run; its answer begins with `words`."""

        def __init__(self, request: Request, words: str) -> None:
            super().__init__()
            self.request, self.words = request, words

    class Look(Message):
        """Show a quantity on the Telemetry screen."""

        def __init__(self, quantity: str) -> None:
            super().__init__()
            self.quantity = quantity

    class Copied(Message):
        """Text is on the clipboard, where the terminal has one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def wait(self, text: str) -> None:
        """Nothing is known of a mission yet."""
        self.query_one("#banner", Panel).show([[(" TWIN ", CHOSEN), ("  waiting for the mission", "")]])
        self.query_one("#strip", Panel).show([[(f" {text}", BAD)]])

    def paint(self, shown: Shown) -> None:
        """Show a moment; called ten times a second."""
        top = self.query_one("#banner", Panel)
        mode = mode_word(shown.feed.mode, shown.status, shown.known, shown.feed.problem)
        heading = Heading(shown.mission.name, shown.epoch, mode)
        top.show([banner(heading, shown.known, shown.status, top.room[0])])
        self.query_one("#strip", Panel).show([_strip(shown)])
        keys = self.query_one("#keys", KeyLine)
        if keys.display:
            keys.tell([*self._own_keys(), *_shared_keys(recording=shown.feed.mode == "replay")])

    def _own_keys(self) -> list[Named]:
        """Keys of this screen that are worth a place at its foot."""
        own = (each.binding for each in self.active_bindings.values() if each.node is self)
        shown = (each for each in own if each.show)
        return [Named(self.app.get_key_display(each), each.description.lower(), each.key) for each in shown]


def _shared_keys(*, recording: bool) -> list[Named]:
    """What the footer has no room for below a hundred columns: the keys of all screens."""
    flying = (Named("AA", "ABORT", "A"), Named("g", "GO", "g"))
    playing = (Named("[ ]", "events", "right_square_bracket"), Named("u", "go to", "u"))
    shared = (
        Named("?", "help", "question_mark"),
        Named("1..9", "screens", ""),
        Named(":", "all", "colon"),
        Named("space", "pause", "space"),
        Named("T", "truth", "T"),
        Named("q", "quit", "q"),
    )
    return [*(playing if recording else flying), *shared]


def _strip(shown: Shown) -> Line:
    """What wants attention: armed, lost, over, answered, truth; in this order."""
    if shown.armed and shown.armed.again:
        return [(f" ABORT: press {shown.armed.again} again within 2 s ", ARMED)]
    if shown.armed:
        return arming_line(shown.mission, shown.known, shown.armed.command, shown.armed.left_s)
    if shown.feed.problem and not shown.known.ended:
        return [(f" {shown.feed.problem}", BAD)]
    if shown.note:
        return [(f" {shown.note.text}", STYLES[shown.note.severity])]
    return _standing(shown)


def _standing(shown: Shown) -> Line:
    """What is so for longer: truth is shown, the run is over, a recording plays."""
    if shown.truth:
        return [(" TRUTH SHOWN (T hides it): marked values and lines are not telemetry", TRUTH)]
    if shown.known.ended:
        ended = shown.known.ended
        words = f" The run is over: {ended.cause.replace('_', ' ')}. {ended.text}".rstrip()
        closing = "" if shown.feed.mode == "replay" else "  q leaves; the verdict is printed then."
        return [(words, "bold"), (closing, LABEL)]
    if shown.feed.mode == "replay":
        keys = " REPLAY  left right 10 s   shift 60 s   [ ] events   + - rate   home end"
        return [(keys, LABEL)]
    return [("", "")]
