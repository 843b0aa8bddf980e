"""The keys that work on every screen, once: footer, `?` and palette are made from this table.

An id is `heading.name`: the heading groups keys in `?`, and the whole id lets a keymap give another key.
"""

from collections.abc import Iterator
from typing import Any, Final

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.screens.registry import SCREENS
from tui.view.helping import Key


def _key(key: str, action: str, label: str, name: str, text: str = "", *, shown: bool = False) -> Binding:
    return Binding(key, action, label, show=shown, id=name, tooltip=text)


KEYS: Final[list[BindingType]] = [
    *(
        _key(
            each.key,
            f"switch_mode('{each.name}')",
            each.label,
            f"screens.{each.name}",
            each.about,
            shown=True,
        )
        for each in SCREENS
    ),
    _key("g", "arm('go')", "GO", "commands.go", "Arm GO; y sends it", shown=True),
    _key("h", "arm('hold')", "HOLD", "commands.hold", "Arm HOLD; y sends it"),
    Binding(
        "A",
        "abort",
        "abort",
        priority=True,
        key_display="A A",
        id="commands.abort",
        tooltip="Send ABORT: press twice within 2 s, from anywhere",
    ),
    _key("y", "send", "Send", "commands.send", "Send what is armed"),
    _key("escape", "stand_down", "Stand down", "commands.stand_down", "Send nothing of what is armed"),
    _key("space", "pause", "Pause", "run.pause", "Pause, or go on", shown=True),
    _key("plus,equals_sign", "pace(1)", "Faster", "run.faster"),
    _key("minus", "pace(-1)", "Slower", "run.slower"),
    _key("s", "step", "Step", "run.step", "One second, then pause"),
    _key("full_stop", "step_event", "One event", "run.step_event", "One event time, then pause"),
    _key("n", "step_some", "Step N s", "run.step_some", "So many seconds, then pause (asks)"),
    _key(
        "u", "run_until", "Until", "run.until", "Run until a time, then pause; a recording goes there (asks)"
    ),
    _key("r", "rate", "Rate", "run.rate", "Simulated seconds a second (asks)"),
    _key("m", "mark", "Mark", "replay.mark", "Mark this moment with a name (asks)"),
    _key("left", "seek(-10)", "Back 10 s", "replay.back"),
    _key("right", "seek(10)", "On 10 s", "replay.on"),
    _key("shift+left", "seek(-60)", "Back 60 s", "replay.far_back"),
    _key("shift+right", "seek(60)", "On 60 s", "replay.far_on"),
    _key("left_square_bracket", "jump(-1)", "Event before", "replay.event_before"),
    _key("right_square_bracket", "jump(1)", "Next event", "replay.next_event"),
    _key("home", "seek(-1e9)", "Start", "replay.start"),
    _key("end", "seek(1e9)", "End", "replay.end"),
    _key(
        "T", "truth", "Truth", "view.truth", "Truth over plots and beside values, marked as such", shown=True
    ),
    _key("ctrl+t", "light", "Light or dark", "view.light"),
    _key("ctrl+o", "jump_mode", "Jump", "view.jump", "A letter on every panel: press it to go there"),
    _key(
        "colon",
        "command_palette",
        "All commands",
        "view.palette",
        "Search all commands of this UI (also ctrl+p)",
    ),
    _key("question_mark", "help", "Help", "view.help", "Explain the focused panel and its keys", shown=True),
    _key("q", "leave", "Quit", "view.quit", "Leave; a running mission may fly on", shown=True),
    Binding(
        "ctrl+q,ctrl+c",
        "leave_too",
        "Quit",
        show=False,
        priority=True,
        id="view.quit_too",
        tooltip="The same",
    ),
]


_HEADINGS: Final = ("this panel", "this screen", "screens", "commands", "run", "replay", "view")


def _active(app: App[Any], screen: Screen[Any]) -> Iterator[tuple[str, Binding, object]]:
    """Keys that work on a screen now, nearest first: of the focused panel, of the screen, of the console."""
    for active in screen.active_bindings.values():
        binding, node = active.binding, active.node
        if binding.system or not binding.description or binding.action.startswith("screen."):
            continue
        if node is app:
            yield (binding.id or "").partition(".")[0], binding, node
        else:
            yield ("this screen" if node is screen else "this panel"), binding, node


def keys_here(app: App[Any], screen: Screen[Any]) -> list[Key]:
    """What `?` lists: keys with the same effect on one line, under one heading each."""
    found: dict[tuple[str, str], list[str]] = {}
    words: dict[tuple[str, str], str] = {}
    for heading, binding, _ in _active(app, screen):
        if heading:
            place = (heading, binding.action)
            found.setdefault(place, []).append(app.get_key_display(binding))
            words[place] = binding.tooltip or binding.description
    lines = [Key(place[0], " ".join(keys), words[place]) for place, keys in found.items()]
    return sorted(lines, key=lambda each: _HEADINGS.index(each.heading))


def palette(app: App[Any], screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Every key that works on a screen as a command to be searched by its words."""
    seen = set()
    for _, binding, node in _active(app, screen):
        if binding.action in seen or binding.action == "command_palette":
            continue
        seen.add(binding.action)

        def run(action: str = binding.action, node: object = node) -> None:
            app.call_later(app.run_action, action, node)

        text = binding.tooltip or binding.description
        yield SystemCommand(f"{binding.description}  ({app.get_key_display(binding)})", text, run)
