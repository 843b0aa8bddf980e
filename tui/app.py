"""The console: keys to requests, and at most ten paints a second of what the feed holds."""

import time
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Final

from textual import events as happened
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.css.query import NoMatches
from textual.screen import ModalScreen, Screen

from tui.controls import RunControl
from tui.feed import Feed, Note
from tui.instruments import Instruments
from tui.keys import KEYS, keys_here, palette
from tui.screens.commands import CommandsScreen
from tui.screens.desk import Armed, Desk, Shown
from tui.screens.dialogs import Help, Leave, Leaving
from tui.screens.jump import Jump
from tui.screens.registry import SCREENS, entry
from tui.screens.telemetry import TelemetryScreen
from tui.themes import THEMES
from tui.view.overlay import truth_now
from tui.view.words import clipped
from tui.widgets.panel import Explained
from twin.contracts.steering import (
    SendTelecommand,
    StopRun,
)
from twin.dynamics.epochs import Epoch

_BEAT_S: Final = 0.05
_PAINT_S: Final = 0.1  # from one paint to the next, at least: what comes alone need not wait for it
_ARMED_S: Final = 15.0
_AGAIN_S: Final = 2.0
_NOTE_S: Final = 6.0
_STILL_S: Final = 1.0
_LIVELY_TICKS: Final = 10


class TwinApp(RunControl):
    """One mission, live or recorded, on its screens. Leaves with what is to become of the run."""

    TITLE = "twin"
    CSS_PATH = ["app.tcss", "flight.tcss"]  # noqa: RUF012 (as declared)
    ENABLE_COMMAND_PALETTE = True
    ESCAPE_TO_MINIMIZE = False
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {each.name: each.desk for each in SCREENS}
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(
        self,
        feed: Feed,
        *,
        light: bool = False,
        clock: Callable[[], float] = time.monotonic,
        instruments: Instruments | None = None,
        beat_s: float = _BEAT_S,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._beat_s = beat_s
        self.feed = feed
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "twin-light" if light else "twin-dark"
        self._epoch: Epoch | None = None
        self._armed: tuple[SendTelecommand, float] | None = None
        self._abort_until_wall_s = 0.0
        self._note: tuple[Note, float] | None = None
        self._truth = False
        self._instruments = instruments or Instruments()
        self._stamp: tuple[object, ...] = ()
        self._here: tuple[object, ...] = ()
        self._painted_wall_s = 0.0
        self._lively = _LIVELY_TICKS
        self._rung: int | None = None
        self._quiet = False

    def on_mount(self) -> None:
        self.switch_mode("mission")
        self.set_interval(self._beat_s, self._beat)

    def on_unmount(self) -> None:
        self._instruments.close()

    def _beat(self) -> None:
        if self._clock() >= self._painted_wall_s + _PAINT_S - 0.5 * self._beat_s:
            self.tick()

    def tick(self) -> None:
        """Paint the screen that is on top, from what the feed holds now."""
        self.feed.tick()
        now_wall_s = self._clock()
        if self.feed.notes:
            self._note = (self.feed.notes.popleft(), now_wall_s + _NOTE_S)
        desk = next((each for each in reversed(self.screen_stack) if isinstance(each, Desk)), None)
        if desk is None:
            return
        desk.set_class(self.feed.mode == "replay", "replay")
        if self._changed(desk, now_wall_s):
            self._paint(desk, now_wall_s)
        self._instruments.rest()

    def _changed(self, desk: Desk, now_wall_s: float) -> bool:
        """Whether there may be anything new to paint: what stands still is painted once a second."""
        feed = self.feed
        seen = (feed.store.known.now_ns, feed.received, feed.status, feed.problem, self._note, self._truth)
        here = (desk, self.size, self._armed, self._abort_until_wall_s, self.theme, self._instruments.made)
        stamp = (*seen, *here)
        self._lively = _LIVELY_TICKS if here != self._here else max(0, self._lively - 1)
        self._here = here
        if stamp == self._stamp and now_wall_s < self._painted_wall_s + _STILL_S and not self._lively:
            return False
        self._stamp, self._painted_wall_s = stamp, now_wall_s
        return True

    async def on_event(self, event: happened.Event) -> None:
        """Whatever is pressed, clicked or turned may change what is shown, some ticks later too."""
        if isinstance(event, happened.InputEvent):
            self.stir()
        await super().on_event(event)

    def stir(self) -> None:
        """Paint with each of the next ticks, whether or not something seems to have changed."""
        self._lively = _LIVELY_TICKS

    def _paint(self, desk: Desk, now_wall_s: float) -> None:
        try:
            with self.feed.lock:
                shown = self._shown(now_wall_s)
                if shown is not None:
                    desk.paint(shown)
                else:
                    desk.wait(self.feed.problem)
        except NoMatches:  # a screen that is being made or taken down lacks some of its widgets
            self.stir()

    def _shown(self, now_wall_s: float) -> Shown | None:
        feed, mission = self.feed, self.feed.mission
        if mission is None:
            return None
        self._epoch = self._epoch or Epoch(mission.epoch_utc)
        note = self._note[0] if self._note and now_wall_s < self._note[1] else None
        known = feed.store.known
        self._ring(known.alarms.rung)
        truth = truth_now(mission, feed.store.truth, known.now_ns) if self._truth else None
        armed = self._armed_now(now_wall_s)
        return Shown(feed, mission, self._epoch, known, feed.status, truth, armed, note, self._instruments)

    def _armed_now(self, now_wall_s: float) -> Armed | None:
        if now_wall_s < self._abort_until_wall_s:
            return Armed("abort", self._abort_until_wall_s - now_wall_s, {}, again="A")
        if self._armed and now_wall_s >= self._armed[1]:
            self._armed = None
            self.say("stood down: not sent within 15 s", "warning")
        if self._armed is None:
            return None
        wanted, until_wall_s = self._armed
        return Armed(wanted.name, until_wall_s - now_wall_s, wanted.arguments)

    def action_arm(self, command: str) -> None:
        self._arm(SendTelecommand(name=command))

    def _arm(self, wanted: SendTelecommand) -> None:
        if self._steerable():
            self._armed = (wanted, self._clock() + _ARMED_S)

    def on_commands_screen_arm(self, message: CommandsScreen.Arm) -> None:
        self._arm(message.wanted)

    def action_send(self) -> None:
        if self._armed:
            wanted, self._armed = self._armed[0], None
            self.feed.ask(wanted, f"{wanted.name} handed to the ground")
        else:
            self.say("nothing is armed: g, h, or enter on 3 arms a command", "warning")

    def action_stand_down(self) -> None:
        if self._armed or self._abort_until_wall_s:
            self._armed, self._abort_until_wall_s = None, 0.0
            self.say("stood down: nothing was sent")

    def action_abort(self) -> None:
        """The first press warns, the second within two seconds sends."""
        if not self._steerable():
            return
        now_wall_s = self._clock()
        if now_wall_s < self._abort_until_wall_s:
            self._abort_until_wall_s = 0.0
            self.feed.ask(SendTelecommand(name="abort"), "ABORT handed to the ground")
        else:
            self._abort_until_wall_s = now_wall_s + _AGAIN_S

    def action_truth(self) -> None:
        mission = self.feed.mission
        if mission is not None and not mission.operator.truth:
            self.say("truth stays hidden: the mission says operator.truth = false", "warning")
            return
        self._truth = not self._truth

    def action_light(self) -> None:
        self.theme = "twin-dark" if self.theme == "twin-light" else "twin-light"

    def action_help(self) -> None:
        """Explain the focused panel, or the screen, and list the keys that work there."""
        if isinstance(self.screen, ModalScreen):
            return
        title, about = self.current_mode.capitalize(), entry(self.current_mode).about
        focused = self.screen.focused
        if isinstance(focused, Explained) and focused.about:
            title, about = str(focused.border_title or title), f"{focused.about}\n{about}."
        self.push_screen(Help(title, about, keys_here(self, self.screen)))

    def action_jump_mode(self) -> None:
        if not isinstance(self.screen, ModalScreen):
            places = [each for each in self.screen.focus_chain if each.display]
            self.push_screen(Jump(places), lambda place: place.focus() if place else None)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What `ctrl+p` and `:` offer: every key that works here, by its words."""
        return palette(self, screen)

    def on_desk_ask(self, message: Desk.Ask) -> None:
        if self._steerable():
            self.feed.ask(message.request, message.words)

    def on_desk_look(self, message: Desk.Look) -> None:
        self.switch_mode("telemetry")
        if isinstance(self.screen, TelemetryScreen):
            self.screen.look(message.quantity)

    def action_mute(self) -> None:
        """The bell, off or on."""
        self._quiet = not self._quiet
        self.say("bell off" if self._quiet else "bell on")

    def _ring(self, rung: int) -> None:
        """The bell, for alarms raised in flight since this console looks on; a recording is silent."""
        if self._rung is not None and rung > self._rung and not self._quiet and self.feed.mode == "live":
            self.bell()
        self._rung = rung

    def on_desk_copied(self, message: Desk.Copied) -> None:
        self.say(f"copied: {clipped(message.text, 60)}")

    def action_leave(self) -> None:
        """Leave at once where nothing flies on our word; else ask."""
        if not self.feed.may_steer or self.feed.store.known.ended or self.feed.problem:
            self.exit("leave")
        elif not isinstance(self.screen, Leave):
            self.push_screen(Leave(), self._left)

    def action_leave_too(self) -> None:
        """The same by the keys of other programs."""
        self.action_leave()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What a recording cannot do has no key there; what only it can do has none in flight."""
        if action == "switch_mode":
            return entry(str(parameters[0])).where in {"both", self.feed.mode}
        if self.feed.mode == "replay":
            return action not in {"arm", "abort", "send"}
        return action not in {"seek", "jump", "mark"}

    def _left(self, how: Leaving | None) -> None:
        if how == "stop":
            self.feed.ask(StopRun())
        if how is not None:
            self.exit(how)

    def _steerable(self) -> bool:
        if self.feed.mode == "replay":
            self.say("a recording takes no commands", "warning")
        elif not self.feed.may_steer:
            self.say("read only: this UI was not given the operator role", "warning")
        elif self.feed.store.known.ended:
            self.say("the run is over", "warning")
        else:
            return True
        return False
