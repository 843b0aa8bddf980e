"""Alarms are raised by what is so now, by the limits of the phase, and leave only when seen and over."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.library import load_mission
from twin.contracts.operations import AlarmHandled
from twin.errors import MissionError
from twin.ground.alarms import LATE_NS, Alarms
from twin.ground.limits import LEVELS, RANK, Limit, judge
from twin.mission.load import load
from twin.mission.monitoring import limits_of

S = 1_000_000_000
BATTERY = Limit(
    name="battery",
    quantity="ground.battery_fraction",
    low={"watch": 0.6, "warning": 0.5, "critical": 0.3},
    violations=2,
    returns=2,
    deadband=0.02,
    source="assumed",
)


def told(alarms: Alarms, *values: float, start_s: int = 10, phase: str = "hold", late_s: int = 0) -> None:
    """Reports ten seconds apart, each heard `late_s` after it was generated."""
    for k, value in enumerate(values):
        t_s = start_s + 10 * k
        alarms.report(t_s * S, phase, {"ground.battery_fraction": value}, (t_s + late_s) * S)


def said(alarms: Alarms, t_s: float, action: str, *keys: str, comment: str = "", for_s=None) -> None:
    handled = AlarmHandled(alarms=keys, action=action, who="ana", comment=comment, for_s=for_s)
    alarms.handle(handled, round(t_s * S))


def test_one_noisy_report_raises_nothing_and_two_in_a_row_do() -> None:
    alarms = Alarms([BATTERY])
    told(alarms, 0.9, 0.4, 0.9, 0.4)
    assert not alarms.listed
    told(alarms, 0.45, start_s=50)
    alarm = alarms.listed["battery"]
    assert (alarm.level, alarm.stage, alarm.trigger, alarm.raised_ns) == ("warning", "active", 0.45, 50 * S)


def test_a_value_must_come_back_by_the_deadband_and_stay_there() -> None:
    alarms = Alarms([BATTERY])
    told(alarms, 0.59, 0.59, 0.61, 0.61, 0.61)
    assert alarms.listed["battery"].stage == "active"
    told(alarms, 0.63, start_s=70)
    assert alarms.listed["battery"].stage == "active"
    told(alarms, 0.63, start_s=80)
    assert alarms.listed["battery"].stage == "returned"


def test_an_alarm_leaves_the_list_when_it_is_over_and_acknowledged_in_either_order() -> None:
    for first, second in (("over", "seen"), ("seen", "over")):
        alarms = Alarms([BATTERY])
        told(alarms, 0.4, 0.4)
        for what in (first, second):
            assert "battery" in alarms.listed
            if what == "seen":
                said(alarms, 25.0, "acknowledge", "battery", comment="eclipse")
            else:
                told(alarms, 0.9, 0.9, start_s=30)
        assert not alarms.listed
        gone = alarms.history[-1]
        assert gone.acknowledged is not None
        assert (gone.acknowledged.who, gone.acknowledged.comment) == ("ana", "eclipse")
        assert any("acknowledged by ana: eclipse" in each.text for each in alarms.log)


def test_a_latched_alarm_stays_until_it_is_cleared_and_a_standing_one_cannot_be() -> None:
    alarms = Alarms([msgspec.structs.replace(BATTERY, latched=True)])
    told(alarms, 0.4, 0.4)
    said(alarms, 25.0, "clear", "battery")
    assert "battery" in alarms.listed
    told(alarms, 0.9, 0.9, start_s=30)
    said(alarms, 45.0, "acknowledge", "battery")
    assert alarms.listed["battery"].stage == "returned"
    said(alarms, 46.0, "clear", "battery")
    assert not alarms.listed


def test_getting_worse_asks_for_the_operator_again_and_getting_better_does_not() -> None:
    alarms = Alarms([BATTERY])
    told(alarms, 0.4, 0.4)
    said(alarms, 25.0, "acknowledge", "battery")
    assert alarms.rung == 1
    told(alarms, 0.2, start_s=30)
    alarm = alarms.listed["battery"]
    assert (alarm.level, alarm.acknowledged, alarms.rung) == ("critical", None, 2)
    told(alarms, 0.4, start_s=40)
    assert (alarm.level, alarm.now, alarms.rung) == ("critical", "warning", 2)


def test_a_shelf_is_quiet_and_ends_by_itself() -> None:
    alarms = Alarms([BATTERY])
    told(alarms, 0.45, 0.45)
    said(alarms, 25.0, "shelve", "battery", comment="known", for_s=60.0)
    told(alarms, 0.2, start_s=30)
    assert alarms.rung == 1
    alarms.advance(84 * S)
    assert alarms.listed["battery"].shelved is not None
    alarms.advance(85 * S)
    assert alarms.listed["battery"].shelved is None
    assert "its time is over" in alarms.log[-1].text


def test_late_news_is_listed_as_past_once_and_never_judged_as_now() -> None:
    alarms = Alarms([BATTERY])
    told(alarms, 0.9, start_s=2000)
    told(alarms, 0.4, 0.2, 0.19, 0.9, start_s=100, late_s=1910)
    assert alarms.level("ground.battery_fraction") == "info"
    (alarm,) = alarms.listed.values()
    assert (alarm.level, alarm.text) == ("critical", "ground.battery_fraction below 0.3")
    assert (alarm.stage, alarm.raised_ns, alarm.count, alarms.rung) == ("past", 100 * S, 3, 0)
    assert alarm.late
    said(alarms, 2031.0, "acknowledge", alarm.key)
    assert not alarms.listed


def test_a_limit_holds_in_its_phases_only_and_leaving_them_ends_its_alarm() -> None:
    alarms = Alarms(
        [msgspec.structs.replace(BATTERY, phases=("close_in",), zones=("corridor",))], {"x": "corridor"}
    )
    told(alarms, 0.1, 0.1)
    assert alarms.level("ground.battery_fraction") is None
    told(alarms, 0.1, 0.1, start_s=30, phase="x")
    assert alarms.listed["battery"].stage == "active"
    told(alarms, 0.1, start_s=50, phase="hold")
    assert alarms.listed["battery"].stage == "returned"


def test_an_event_is_an_alarm_until_it_is_acknowledged() -> None:
    alarms = Alarms()
    alarms.happened("service.target", "severe", "service target lost", 5 * S, 5 * S)
    assert alarms.rung == 1
    said(alarms, 6.0, "acknowledge", "service.target", "gone-already")
    assert not alarms.listed


@given(st.floats(-1.0, 2.0), st.sampled_from(["info", *LEVELS]))
def test_a_deadband_never_makes_a_judgement_milder(value: float, present) -> None:
    plain, held = judge(BATTERY, value), judge(BATTERY, value, present)
    assert RANK[held.level] >= RANK[plain.level]


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.integers(0, 100)), max_size=30))
def test_whatever_comes_late_changes_nothing_of_now(late) -> None:
    plain, told_late = Alarms([BATTERY]), Alarms([BATTERY])
    for alarms in (plain, told_late):
        told(alarms, 0.9, 0.4, 0.4, start_s=5000)
    for value, t_s in late:
        told_late.report(t_s * S, "hold", {"ground.battery_fraction": value}, 5020 * S + LATE_NS)
    assert told_late.level("ground.battery_fraction") == plain.level("ground.battery_fraction")
    assert told_late.rung == plain.rung
    assert told_late.listed["battery"] == plain.listed["battery"]


def test_the_missions_bring_limits_with_their_sources() -> None:
    limits = {each.name: each for each in limits_of(load_mission("quickstart"))}
    assert limits["keep_out"].low == {"watch": 22.0, "critical": 20.0}
    assert limits["battery"].low["severe"] == 0.2
    assert all(each.source for each in limits.values())


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ('quantity = "ground.batery_fraction"\nlow = { watch = 0.5 }', "ground.battery_fraction"),
        ('quantity = "truth.range_m"\nlow = { watch = 0.5 }', "unknown quantity"),
        ('quantity = "ground.range_m"', "needs low or high"),
        ('quantity = "ground.range_m"\nlow = { watch = 1.0, critical = 2.0 }', "further out"),
        ('quantity = "ground.range_m"\nlow = { amber = 1.0 }', "amber"),
        ('quantity = "ground.range_m"\nlow = { watch = 1.0 }\nphases = ["hold_51"]', "hold_50"),
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused_with_its_place(wrong: str, named: str) -> None:
    from services.library import find

    found = find("quickstart")
    text = found.text.replace('limits = ["servicer-800", "adras-j2"]', "")
    text += f'\n[[limits]]\nname = "mine"\nsource = "assumed"\n{wrong}\n'
    with pytest.raises(MissionError, match=named) as error:
        load(text, "quickstart", found.include)
    assert "limits" in str(error.value)
