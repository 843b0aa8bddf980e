"""The console on a run that flies: whole for who comes late, decisions that replay, loss named."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from services.bus.endpoints import SocketFolder
from services.bus.operator import Console
from services.commands import by_hand
from services.library import load_mission
from services.recording.read import Recording
from services.recording.replay import replay
from services.run import Options, RunReport, fly, participants
from tui.feed import LiveFeed, Place, place_of
from twin.contracts.operations import AlarmHandled, TelecommandRequest
from twin.contracts.steering import (
    AskMission,
    HandleAlarms,
    MissionGiven,
    Pause,
    RunUntil,
    SendTelecommand,
    SetRate,
    StopRun,
)
from twin.errors import UsageError
from twin.mission.script import Mission

SECOND = 1_000_000_000


class Flight:
    """The quickstart by hand, in a thread of this process, with both planes open."""

    def __init__(self, folder: SocketFolder, record: Path) -> None:
        self.place = Place(folder.endpoint("view"), folder.endpoint("operator"))
        self.record = record
        self.report: RunReport | None = None
        self._options = Options(
            in_process=True, rate=1.0, record=record, view=self.place.view, operator=self.place.operator
        )
        self._thread = threading.Thread(target=self._fly)
        self._thread.start()

    def _fly(self) -> None:
        self.report = fly(by_hand(load_mission("quickstart")), self._options)

    def join(self) -> RunReport:
        self._thread.join(60.0)
        assert self.report is not None
        return self.report


@pytest.fixture
def flying(tmp_path: Path) -> Iterator[Flight]:
    with SocketFolder() as folder:
        flight = Flight(folder, tmp_path / "hand.mcap")
        yield flight
        if flight.report is None:
            with Console(flight.place.operator) as console:
                console.ask(StopRun())
            flight.join()


def until(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    end_wall_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end_wall_s, "it did not come to that"
        time.sleep(0.02)


def connected(place: Place, *, may_steer: bool) -> LiveFeed:
    feed = LiveFeed(place, may_steer=may_steer)
    feed.start()
    until(lambda: feed.mission is not None and feed.status is not None)
    return feed


def test_a_mission_flown_by_hand_replays_without_the_hand(flying: Flight) -> None:
    feed = connected(flying.place, may_steer=True)
    feed.ask(RunUntil(t_ns=40 * SECOND))
    feed.ask(SetRate(rate=None))
    feed.ask(RunUntil(t_ns=40 * SECOND))
    until(lambda: feed.status is not None and feed.status.paused and feed.status.now_ns >= 30 * SECOND)
    until(lambda: feed.store.known.phase == "hold_50")
    feed.ask(SendTelecommand(name="go"), "GO")
    feed.ask(RunUntil(t_ns=120 * SECOND))
    until(lambda: feed.store.known.phase == "transfer")
    assert feed.store.known.commands[1].origin == "operator"
    assert any(note.text == "GO" for note in feed.notes)
    feed.ask(StopRun())
    flying.join()
    until(lambda: feed.store.known.ended is not None)
    feed.close()
    recording = Recording(flying.record)
    inputs = [event for event, _ in recording.events() if isinstance(event.body, TelecommandRequest)]
    assert len(inputs) == 1
    assert recording.mission is not None
    assert recording.mission.timeline == ()
    assert replay(recording, participants()).exact


def test_who_comes_late_sees_the_whole_picture_though_nothing_more_is_published(flying: Flight) -> None:
    first = connected(flying.place, may_steer=True)
    first.ask(SendTelecommand(name="go"))
    first.ask(SetRate(rate=None))
    first.ask(RunUntil(t_ns=100 * SECOND))
    until(lambda: first.store.known.phase == "transfer" and first.status is not None and first.status.paused)
    late = LiveFeed(flying.place, may_steer=False)
    late.start()
    until(lambda: late.mission is not None and late.status is not None)
    assert late.received == 0
    assert late.store.known.values() == first.store.known.values()
    assert list(late.store.known.log) == list(first.store.known.log)
    assert late.store.known.commands == first.store.known.commands
    late.ask(Pause())
    assert "read only" in late.notes[-1].text
    first.close()
    late.close()


def test_what_is_done_about_an_alarm_is_known_to_every_console_and_kept_in_the_recording(
    flying: Flight,
) -> None:
    first, other = connected(flying.place, may_steer=True), connected(flying.place, may_steer=False)
    for feed in (first, other):
        feed.store.known.alarms.happened("drill", "warning", "a drill", 0, 0)
    drill = AlarmHandled(alarms=("drill",), action="acknowledge", who="ana", comment="a drill")
    first.ask(HandleAlarms(handled=drill), "seen")
    for feed in (first, other):
        until(lambda feed=feed: not feed.store.known.alarms.listed)  # type: ignore[misc]
        assert feed.store.known.alarms.history[-1].acknowledged is not None
    first.ask(StopRun())
    flying.join()
    first.close()
    other.close()
    recording = Recording(flying.record)
    assert [event.body for event, _ in recording.events() if isinstance(event.body, AlarmHandled)] == [drill]
    assert replay(recording, participants()).exact


def test_a_run_says_which_mission_it_flies(flying: Flight) -> None:
    with Console(flying.place.operator) as console:
        given = console.ask(AskMission())
    assert isinstance(given, MissionGiven)
    assert msgspec.json.decode(given.mission, type=Mission) == by_hand(load_mission("quickstart"))


def test_a_lost_view_plane_is_named_while_the_run_goes_on(flying: Flight) -> None:
    deaf = LiveFeed(flying.place._replace(view=f"{flying.place.view}-lost"), may_steer=True)
    deaf.start()
    until(lambda: deaf.mission is not None)
    until(lambda: "view plane is silent" in deaf.problem)
    deaf.close()


def test_nobody_there_is_named_and_not_waited_for_in_silence() -> None:
    with SocketFolder() as folder:
        feed = LiveFeed(Place(folder.endpoint("view"), folder.endpoint("operator")), may_steer=False)
        feed.start()
        until(lambda: "answer" in feed.problem)
        feed.close()


@pytest.mark.parametrize(
    ("addresses", "says"),
    [
        (["/no/such/folder"], "no running mission in /no/such/folder"),
        (["ipc:///a", "here"], "'here' is no address"),
        (["a", "b", "c"], "give the folder"),
    ],
)
def test_a_wrong_place_is_refused_in_one_line(addresses: list[str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        place_of(addresses)
