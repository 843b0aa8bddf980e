"""The screens of the console, one row each: the digit that shows it, its names, what it is for."""

from typing import Final, Literal, NamedTuple

from tui.screens.alarms import AlarmsScreen
from tui.screens.commands import CommandsScreen
from tui.screens.desk import Desk
from tui.screens.gnc import GncScreen
from tui.screens.mission import MissionScreen
from tui.screens.passes import PassesScreen
from tui.screens.replay import ReplayScreen
from tui.screens.script import ScriptScreen
from tui.screens.services import ServicesScreen
from tui.screens.telemetry import TelemetryScreen


class Entry(NamedTuple):
    """`key` shows it, `label` names it in the footer; `about` is said by `?` and the palette."""

    key: str
    name: str
    label: str
    about: str
    desk: type[Desk]
    where: Literal["both", "live", "replay"] = "both"


SCREENS: Final = (
    Entry("1", "mission", "Mission", "Mission: all that a decision at a hold point needs", MissionScreen),
    Entry("2", "telemetry", "Tlm", "Telemetry: every value the ground knows", TelemetryScreen),
    Entry(
        "3", "commands", "Cmd", "Commands: what can be sent, what was sent, what came of it", CommandsScreen
    ),
    Entry("4", "alarms", "Alarms", "Alarms: what is beyond its limits, and who has seen it", AlarmsScreen),
    Entry("5", "passes", "Passes", "Passes: when which station hears the servicer", PassesScreen),
    Entry("7", "gnc", "GNC", "GNC: motion, estimate, errors, what is left", GncScreen),
    Entry("8", "services", "Svc", "Services: how the run goes, and the whole log", ServicesScreen),
    Entry("9", "script", "Script", "Script: steps and requirements as they stand", ScriptScreen),
    Entry("0", "replay", "Replay", "Replay: the recording's moments, and your marks", ReplayScreen, "replay"),
)


def entry(name: str) -> Entry:
    """The row of a screen by its name."""
    return next(each for each in SCREENS if each.name == name)
