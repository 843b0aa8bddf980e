"""A form over the screen: fields with names, checked as they are typed, answered as text."""

from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.validation import Number
from textual.widgets import Input, Label


class Field(NamedTuple):
    """One thing to be told; of a number `least` and `most` are what is possible."""

    name: str
    label: str
    value: str
    number: bool = False
    least: float | None = 0.0
    most: float | None = None


class Form(ModalScreen[dict[str, str] | None]):
    """Enter on the last field, or ctrl+s on any, answers; esc leaves it."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("ctrl+s", "done", "Done"),
    ]

    def __init__(self, title: str, fields: list[Field], text: str = "") -> None:
        super().__init__()
        self._title, self._fields, self._text = title, fields, text

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="form", can_focus=False) as box:
            box.border_title = self._title.replace("[", "\\[")
            box.border_subtitle = "enter goes on, esc leaves"
            if self._text:
                yield Label(self._text, markup=False)
            for field in self._fields:
                checks = [Number(minimum=field.least, maximum=field.most)] if field.number else []
                yield Label(field.label, markup=False)
                yield Input(field.value, id=field.name, validators=checks, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == self._fields[-1].name:
            self.action_done()
        else:
            self.focus_next()

    def action_done(self) -> None:
        for field in self._fields:
            entry = self.query_one(f"#{field.name}", Input)
            checked = entry.validate(entry.value)
            if checked is not None and not checked.is_valid:
                entry.focus()
                return
        self.dismiss({field.name: self.query_one(f"#{field.name}", Input).value for field in self._fields})

    def action_leave(self) -> None:
        self.dismiss(None)
