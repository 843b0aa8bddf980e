"""The footer: the keys of this screen and of all, as many as the terminal has room for."""

from typing import Final, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from tui.view.looks import LABEL, VALUE
from tui.widgets.panel import Panel

_SPARED: Final = ("truth", "pause")
"""What gives way first, after the key of the screen that is shown: `?` lists them all."""
_SPARED_SIGNS: Final = ("1..9", "T", ":", "space", "v")


class KeyBar(Footer):
    """A key is shown whole or not at all; a click on one is as good as pressing it."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._fitted = 0

    def compose(self) -> ComposeResult:
        keys = list(super().compose())
        self._fitted = self.app.size.width
        for action in (f"switch_mode('{self.app.current_mode}')", *_SPARED):
            if sum(map(_wide, keys)) <= self._fitted:
                break
            keys = [each for each in keys if getattr(each, "action", "") != action]
        yield from keys

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._fitted:
            self.call_after_refresh(self.recompose)


def _wide(key: Widget) -> int:
    """Columns of a key, its words and the blank after them."""
    return len(key.key_display) + len(key.description) + 2 if isinstance(key, FooterKey) else 0


class Named(NamedTuple):
    """A key as a line of text names it: its sign, what it does, what a click presses (nothing if "")."""

    sign: str
    word: str
    key: str


class KeyLine(Panel):
    """The keys in fewer columns, where the footer has no room; they can be clicked too."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._keys: list[Named] = []

    def tell(self, keys: list[Named]) -> None:
        """Show these, as many as there is room for."""
        for sign in _SPARED_SIGNS:
            if sum(len(each.sign) + len(each.word) + 3 for each in keys) <= self.room[0]:
                break
            keys = [each for each in keys if each.sign != sign]
        self._keys = keys
        self.show([[part for each in keys for part in ((f" {each.sign} ", VALUE), (f"{each.word} ", LABEL))]])

    def on_click(self, event: events.Click) -> None:
        end = 0
        for each in self._keys:
            end += len(each.sign) + len(each.word) + 3
            if event.x < end:
                if each.key:
                    self.app.simulate_key(each.key)
                return
