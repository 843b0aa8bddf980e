"""Run control: pause, step, run until, rate of a mission in flight; the same keys play a recording."""

from collections.abc import Callable
from typing import Final, Literal, TypeVar

from textual.app import App
from textual.screen import ModalScreen

from tui.feed import Feed, Note
from tui.player import RATES, PlayFeed
from tui.screens.dialogs import Leaving
from tui.screens.prompt import Prompt
from tui.screens.replay import ReplayScreen
from tui.view.asking import duration_s, moment_ns, name_of, rate_of
from tui.view.words import fine_clock
from twin.contracts.steering import Pause, Resume, RunUntil, SetRate, StepRounds, StepTime

Wanted = TypeVar("Wanted")

_STEP_S: Final = 1.0


class RunControl(App[Leaving]):
    """The part of the console that says how simulated time goes on."""

    feed: Feed

    def say(self, text: str, severity: Literal["info", "warning"] = "info") -> None:
        """A word to the operator, in the strip."""
        self.feed.notes.append(Note(severity, text))

    def action_pause(self) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.paused = not self.feed.paused
            return
        paused = self.feed.status is not None and self.feed.status.paused
        self.feed.ask(Resume() if paused else Pause(), "going on" if paused else "paused")

    def action_pace(self, direction: Literal[-1, 1]) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.faster(direction)
            return
        wanted = self.feed.status.wanted_rate if self.feed.status else 1.0
        ladder: tuple[float | None, ...] = (*RATES, None)
        at = len(RATES) if wanted is None else min(range(len(RATES)), key=lambda k: abs(RATES[k] - wanted))
        rate = ladder[min(max(at + direction, 0), len(RATES))]
        self.feed.ask(SetRate(rate=rate), f"rate {'max' if rate is None else f'x{rate:g}'}")

    def action_step(self) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.paused = True
            self.feed.seek(self.feed.position_ns + round(_STEP_S * 1e9))
            return
        self.feed.ask(StepTime(seconds=_STEP_S), f"one step of {_STEP_S:g} s")

    def action_step_event(self) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.jump(1)
            return
        self.feed.ask(StepRounds(rounds=1), "one event time")

    def action_step_some(self) -> None:
        """Ask how long, then run for that and pause."""
        self._ask("Step for how long?", "90, 1.5 min, 1:30", duration_s, self._stepped)

    def _stepped(self, seconds: float) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.paused = True
            self.feed.seek(self.feed.position_ns + round(seconds * 1e9))
        else:
            self.feed.ask(StepTime(seconds=seconds), f"running for {seconds:g} s, then pausing")

    def action_run_until(self) -> None:
        """Ask until when, then run up to there and pause; a recording goes there."""
        status, replay = self.feed.status, self.feed.mode == "replay"
        if status is None:
            return
        now_ns, end_ns = status.position_ns, status.end_ns
        question = f"{'Go to which time' if replay else 'Run until when'}? Now {fine_clock(now_ns)}."
        self._ask(
            question,
            "T+01:02:03, 3723, +90",
            lambda text: moment_ns(text, now_ns, end_ns, past=replay),
            self._run_to,
        )

    def _run_to(self, t_ns: int) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.seek(t_ns)
        else:
            self.feed.ask(RunUntil(t_ns=t_ns), f"running until {fine_clock(t_ns)}, then pausing")

    def action_rate(self) -> None:
        """Ask how fast."""
        self._ask("How many simulated seconds a second?", "0.1 to 1000, or max", rate_of, self._at_rate)

    def _at_rate(self, rate: float | None) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.rate = rate if rate is not None else RATES[-1]
        else:
            self.feed.ask(SetRate(rate=rate), f"rate {'max' if rate is None else f'x{rate:g}'}")

    def action_mark(self) -> None:
        """Ask for a name, then mark this moment of a recording."""
        feed = self.feed
        if isinstance(feed, PlayFeed):
            self._ask("Mark this moment as?", "a name, or nothing", name_of, feed.mark)

    def on_replay_screen_go_to(self, message: ReplayScreen.GoTo) -> None:
        self._run_to(message.t_ns)

    def on_replay_screen_unmark(self, message: ReplayScreen.Unmark) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.unmark(message.mark)

    def _ask(
        self, question: str, example: str, read: Callable[[str], Wanted], then: Callable[[Wanted], None]
    ) -> None:
        """A prompt, unless something else lies over the screen."""
        if isinstance(self.screen, ModalScreen):
            return
        if self.feed.mode == "live" and not self.feed.may_steer:
            self.say("read only: this UI was not given the operator role", "warning")
            return
        if self.feed.mode == "live" and self.feed.store.known.ended is not None:
            self.say("the run is over", "warning")
            return
        self.push_screen(
            Prompt(question, example, read), lambda answer: then(answer.value) if answer else None
        )

    def action_seek(self, seconds: float) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.seek(self.feed.position_ns + round(seconds * 1e9))

    def action_jump(self, direction: Literal[-1, 1]) -> None:
        if isinstance(self.feed, PlayFeed):
            self.feed.jump(direction)
