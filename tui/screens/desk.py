"""What every screen shares: banner, strip for what is armed or answered, keys; and what it is given."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from tui.feed import Feed, Note
from tui.store import Known
from tui.view.banner import Heading, banner, mode_word
from tui.view.commanding import arming_line
from tui.view.overlay import TruthNow
from tui.view.words import LABEL, STYLES, TRUTH, Line
from tui.widgets.panel import Panel
from twin.contracts.steering import Status
from twin.dynamics.epochs import Epoch
from twin.guidance.phases import Cue
from twin.mission.script import Mission


@dataclass(frozen=True, slots=True)
class Armed:
    """A command that one more key sends, for `left_s` more seconds."""

    command: Cue
    left_s: float
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

    @property
    def truth_values(self) -> dict[str, float]:
        return self.truth.values if self.truth else {}


class Desk(Screen[None]):
    """A screen of the console: subclasses make a body and paint it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012 (as declared)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-high")]  # noqa: RUF012 (as declared)

    def compose(self) -> ComposeResult:
        yield Panel(id="banner")
        with Container(id="body"):
            yield from self.body()
        yield Panel(id="strip")
        yield Footer(show_command_palette=False, compact=True)

    def body(self) -> Iterator[Widget]:
        raise NotImplementedError

    def wait(self, text: str) -> None:
        """Nothing is known of a mission yet."""
        self.query_one("#banner", Panel).show(
            [[(" TWIN ", "bold reverse"), ("  waiting for the mission", "")]]
        )
        self.query_one("#strip", Panel).show([[(f" {text}", "bold $text-error")]])

    def paint(self, shown: Shown) -> None:
        """Show a moment; called ten times a second."""
        top = self.query_one("#banner", Panel)
        mode = mode_word(shown.feed.mode, shown.status, shown.known, shown.feed.problem)
        heading = Heading(shown.mission.name, shown.epoch, mode)
        top.show([banner(heading, shown.known, shown.status, top.room[0])])
        self.query_one("#strip", Panel).show([_strip(shown)])


def _strip(shown: Shown) -> Line:
    """What wants attention: armed, lost, over, answered, truth; in this order."""
    if shown.armed and shown.armed.again:
        return [(f" ABORT: press {shown.armed.again} again within 2 s ", "bold reverse $text-error")]
    if shown.armed:
        return arming_line(shown.mission, shown.known, shown.armed.command, shown.armed.left_s)
    if shown.feed.problem and not shown.known.ended:
        return [(f" {shown.feed.problem}", "bold $text-error")]
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
