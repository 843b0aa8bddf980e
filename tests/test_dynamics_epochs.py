"""Epochs against the calendar, leap seconds included, and what is refused."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.dynamics.epochs import Epoch, unix_ns, utc_text
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.orientation import orientation_warning
from twin.errors import MissionError


@given(
    st.datetimes(datetime(2017, 1, 1), datetime(2025, 12, 30)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(0, 86_400 * 10**6),
)
def test_utc_text_and_posix_time_agree_with_the_calendar(start, elapsed_us):
    epoch = Epoch(start.isoformat() + "Z")
    later = (start + timedelta(microseconds=elapsed_us)).replace(tzinfo=UTC)
    assert utc_text(epoch, elapsed_us * 1000) == f"{later:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert (
        unix_ns(epoch, elapsed_us * 1000)
        == (later - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    )


def test_the_leap_second_of_2016_has_its_own_name_and_passes_once():
    epoch = Epoch("2016-12-31T23:59:59Z")
    assert utc_text(epoch, 1_500_000_000) == "2016-12-31T23:59:60.500000Z"
    assert utc_text(epoch, 2_000_000_000) == "2017-01-01T00:00:00.000000Z"
    assert unix_ns(epoch, 2_000_000_000) - unix_ns(epoch, 0) == 1_000_000_000


def test_terrestrial_time_is_ahead_of_utc_by_the_leap_seconds_and_32_184():
    epoch = Epoch("2022-01-22T00:00:00Z")
    day, part = epoch.tt_jd
    assert (day - 2_459_601.5 + part) * 86_400 == pytest.approx(37.0 + 32.184, abs=1e-6)


def test_nanoseconds_are_kept():
    assert (
        Epoch("2022-01-22T18:35:21.123456789Z").tai_ns - Epoch("2022-01-22T18:35:21Z").tai_ns == 123_456_789
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2022-01-22",
        "22 Jan 2022 18:35",
        "2022-02-29T00:00:00Z",
        "2022-13-01T00:00:00Z",
        "2022-01-22T24:00:00Z",
        "2022-01-22T18:35:21+01:00",
        "1971-12-31T00:00:00Z",
        "2060-01-01T00:00:00Z",
    ],
)
def test_what_is_no_instant_of_utc_as_we_know_it_is_refused_with_its_place(text):
    with pytest.raises(MissionError) as caught:
        Epoch(text)
    assert caught.value.place == "epoch_utc"


@given(st.text(max_size=40))
def test_any_text_is_an_epoch_or_a_mission_error(text):
    try:
        Epoch(text)
    except MissionError:
        return
    assert text[4] == "-"


@pytest.mark.parametrize(
    ("utc", "said"),
    [
        ("1973-01-02T00:00:00Z", ""),
        ("2022-01-22T00:00:00Z", ""),
        ("1972-03-01T00:00:00Z", "UT1 = UTC is used instead, right to 0.9 s"),
        ("2036-01-01T00:00:00Z", "the last row is held instead: stations may be off by"),
    ],
)
def test_an_epoch_outside_the_tables_is_flown_with_a_warning_that_says_what_is_held(utc, said):
    day, part = Epoch(utc).utc_jd()
    warned = orientation_warning(day - 2_400_000.5 + part)
    assert said in warned
    assert bool(said) == bool(warned)


def test_outside_the_tables_the_earth_still_turns_once_a_sidereal_day():
    sidereal_ns = round(86_164.0989 * 1e9)
    epoch = Epoch("2036-01-01T00:00:00Z")
    apart = ecef_from_eci(epoch, 0) - ecef_from_eci(epoch, sidereal_ns)
    assert np.abs(apart).max() < 1e-6
