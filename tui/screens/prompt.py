"""A question with one line to type in: what is typed is understood before it is taken."""

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.widgets.entry import Entry
from twin.errors import UsageError

Wanted = TypeVar("Wanted")


class Answer(Generic[Wanted]):
    """What was typed, understood: a wrapper, so that None can be an answer too."""

    def __init__(self, value: Wanted) -> None:
        self.value = value


class Prompt(ModalScreen[Answer[Wanted] | None], Generic[Wanted]):
    """Asks until it understands (`read` raises UsageError while it does not), or is escaped from."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave")]

    def __init__(self, question: str, example: str, read: Callable[[str], Wanted]) -> None:
        super().__init__()
        self._question, self._example, self._read = question, example, read

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(self._question, markup=False)
            field = Entry(placeholder=self._example, id="answer", compact=True)
            field.cursor_blink = False
            yield field
            yield Static(f"{self._example}   enter takes it, esc leaves", id="verdict", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            self.dismiss(Answer(self._read(event.value)))
        except UsageError as error:
            self._say(str(error))

    def on_input_changed(self) -> None:
        self._say(f"{self._example}   enter takes it, esc leaves")

    def action_leave(self) -> None:
        self.dismiss(None)

    def _say(self, text: str) -> None:
        self.query_one("#verdict", Static).update(text)
