"""A form over the screen: fields with names, checked as they are typed, answered as text."""

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from tui.widgets.entry import Entry
from tui.widgets.framed import entitle
from twin.errors import TwinError


class Field(NamedTuple):
    """One thing to be told; `check` raises a TwinError that says what may be written."""

    name: str
    label: str
    value: str
    check: Callable[[str], object] | None = None


class Form(ModalScreen[dict[str, str] | None]):
    """Enter on the last field, or ctrl+s on any, answers; esc leaves it."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("ctrl+s", "done", "Done"),
    ]

    def __init__(self, title: str, fields: Sequence[Field], text: str = "") -> None:
        super().__init__()
        self._title, self._fields, self._text = title, tuple(fields), text

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False) as box:
            entitle(box, self._title)
            entitle(box, subtitle="enter next, ctrl+s done, esc leave")
            if self._text:
                yield Label(self._text, markup=False)
            for index, field in enumerate(self._fields):
                yield Label(field.label, markup=False)
                yield Entry(field.value, id=f"field-{index}", compact=True)
            yield Label("", id="error", markup=False)

    def entry(self, name: str) -> Input:
        """The field of that name."""
        index = next(k for k, field in enumerate(self._fields) if field.name == name)
        return self.query_one(f"#field-{index}", Input)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong with the field that is typed in."""
        for field in self._fields:
            if self.entry(field.name) is event.input:
                self._say(field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input is self.entry(self._fields[-1].name):
            self.action_done()
        else:
            self.focus_next()

    def action_done(self) -> None:
        wrong = next((field for field in self._fields if self._say(field)), None)
        if wrong is not None:
            self.entry(wrong.name).focus()
        else:
            self.dismiss({field.name: self.entry(field.name).value for field in self._fields})

    def action_leave(self) -> None:
        self.dismiss(None)

    def _say(self, field: Field) -> str:
        """What is wrong with a field, "" when nothing is."""
        said, entry = "", self.entry(field.name)
        try:
            if field.check is not None:
                field.check(entry.value)
        except TwinError as error:
            said = str(error)
        entry.set_class(bool(said), "-invalid")
        self.query_one("#error", Label).update(said)
        return said
