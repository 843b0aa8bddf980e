"""Commands: the catalogue, what speaks for each now, arguments, arm and confirm, stages of what was sent."""

from collections.abc import Callable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.screens.desk import Desk, Shown
from tui.screens.forms import Field, Form
from tui.store import Command
from tui.view import catalogue as view
from tui.view.commanding import LEGEND
from tui.widgets.finder import Finder
from tui.widgets.framed import entitle
from tui.widgets.panel import ListPanel, Panel
from twin.contracts.operations import LawSwap
from twin.contracts.radio import Argument
from twin.contracts.steering import SendTelecommand
from twin.errors import TwinError, UsageError
from twin.ground.catalogue import Entry, Told, entry, law_arguments, swap_arguments
from twin.guidance.swapping import SWAP_LAW, as_arguments
from twin.mission.script import Mission

_CATALOGUE: Final = (
    "Every telecommand the spacecraft knows. A critical one is armed and confirmed; a hazardous one is "
    "armed by "
    "writing its name. Nothing is sent by one key. Outside a pass it is queued, and says for when."
)
_BEFORE: Final = (
    "What speaks for and against sending it now: OK, WAITS for a pass, CARE wants a look, NO has no "
    "effect on "
    "board. It can be sent all the same: the picture may be old."
)


class CommandsScreen(Desk):
    """Choose, arm, confirm; below what became of everything sent."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resend", "Resend", tooltip="Arm the chosen sent command again, as it was"),
    ]

    class Arm(Message):
        """The operator wants to send a command; it is armed, not sent."""

        def __init__(self, wanted: SendTelecommand) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(self) -> None:
        super().__init__(
            ListPanel("Catalogue", id="catalogue", about=_CATALOGUE),
            Panel("Before sending", id="constraints", about=_BEFORE),
            ListPanel("Sent, newest first", id="sent", about=LEGEND),
            Panel("Stages", id="stages", about=LEGEND),
            Finder(),
        )
        self._mission: Mission | None = None
        self._sent: list[Command] = []
        self._replay = False

    def on_list_panel_opened(self, message: ListPanel.Opened) -> None:
        if message.panel.id == "catalogue" and isinstance(message.panel.key, str):
            self._tell(entry(message.panel.key))

    def action_resend(self) -> None:
        command = self._chosen()
        if command is not None:
            self._confirm(entry(command.name), command.arguments)

    def _chosen(self) -> Command | None:
        key = self.query_one("#sent", ListPanel).key
        return next((each for each in self._sent if each.number == key), None)

    def _tell(self, wanted: Entry) -> None:
        """Ask for arguments where there are some, then go on to arming."""
        if wanted.name != SWAP_LAW or self._replay or self._mission is None:
            self._confirm(wanted, {})
            return
        from services.laws import laws  # brings every law: not before one is asked for

        mission, shelf = self._mission, laws()
        told = swap_arguments(mission, shelf)
        present = {
            "phase": mission.guidance.start_phase,
            "law": mission.guidance.phases[0].law,
            "shadow": "no",
        }

        def answered(given: dict[str, str] | None) -> None:
            if given is not None:
                parameters = law_arguments(mission, shelf, given["phase"], given["law"])
                self._parameters(wanted, given, parameters)

        fields = [Field(each.name, _label(each), present[each.name], each.read) for each in told]
        self.app.push_screen(Form("Swap a law", fields), answered)

    def _parameters(self, wanted: Entry, swap: dict[str, str], told: tuple[Told, ...]) -> None:
        """Ask for the law's parameters; those left as they are are not sent."""
        fields = [Field(each.name, _label(each), _default(each), _or_default(each)) for each in told]
        mission = self._mission
        assert mission is not None

        def made(given: dict[str, str]) -> LawSwap:
            changed = {e.name: e.read(given[e.name]) for e in told if given[e.name] != _default(e)}
            shadow = swap["shadow"] == "yes"
            asked = LawSwap(phase=swap["phase"], law=swap["law"], arguments=changed, shadow=shadow)
            from services.choosing import check_swap  # brings every law: not before one is asked for

            check_swap(mission, asked)
            return asked

        def answered(given: dict[str, str] | None) -> None:
            if given is None:
                return
            try:
                self._confirm(wanted, as_arguments(made(given)))
            except TwinError as error:
                self.notify(str(error), severity="error", markup=False)

        self.app.push_screen(Form(f"{swap['law']} in {swap['phase']}", fields), answered)

    def _confirm(self, wanted: Entry, arguments: dict[str, Argument]) -> None:
        """Arm it; what is hazardous only after its name is written."""
        request = SendTelecommand(name=wanted.name, arguments=arguments)
        if wanted.grade != "hazardous" or self._replay:
            self.post_message(self.Arm(request))
            return

        def same(text: str) -> None:
            if text.strip() != wanted.name:
                raise UsageError(f"write {wanted.name} to arm it")

        def answered(given: dict[str, str] | None) -> None:
            if given is not None:
                self.post_message(self.Arm(request))

        text = f"{wanted.text}\n{view.written(arguments)}".strip()
        field = Field("name", f"HAZARDOUS: write {wanted.name} to arm it", "", same)
        self.app.push_screen(Form(wanted.name, [field], text), answered)

    def paint(self, shown: Shown) -> None:
        super().paint(shown)
        self._mission, self._replay = shown.mission, shown.feed.mode == "replay"
        panel = self.query_one("#catalogue", ListPanel)
        entries, width = view.entries(self.word), panel.room[0]
        rows = panel.offer([each.name for each in entries])
        armed = shown.armed.command if shown.armed else None
        lines = [
            view.line(entries[k], width, chosen=panel.marks(k), armed=entries[k].name == armed) for k in rows
        ]
        panel.show([view.head(width), *lines])
        if isinstance(panel.key, str):
            before = self.query_one("#constraints", Panel)
            entitle(before, f"Before sending {panel.key}")
            entitle(before, subtitle=view.steps(entry(panel.key)))
            before.show(view.before(shown.mission, shown.known, entry(panel.key), before.room[0]))
        self._paint_sent(shown)

    def _paint_sent(self, shown: Shown) -> None:
        panel = self.query_one("#sent", ListPanel)
        self._sent, width = view.sent(shown.known, self.word), panel.room[0]
        rows = panel.offer([each.number for each in self._sent])
        lines = [
            view.sent_line(shown.mission, shown.known, self._sent[k], width, chosen=panel.marks(k))
            for k in rows
        ]
        panel.show([view.sent_head(width), *lines])
        stages = self.query_one("#stages", Panel)
        stages.show(view.stages(shown.mission, shown.known, self._chosen(), stages.room[0]))


def _label(told: Told) -> str:
    return f"{told.name}: {told.range}"


def _default(told: Told) -> str:
    match told.default:
        case None:
            return ""
        case bool():
            return "yes" if told.default else "no"
        case float():
            return f"{told.default:g}"
        case _:
            return str(told.default)


def _or_default(told: Told) -> Callable[[str], object]:
    """A reader that lets what is as it was pass."""

    def read(text: str) -> object:
        return None if text == _default(told) else told.read(text)

    return read
