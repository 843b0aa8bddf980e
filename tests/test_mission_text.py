"""Whatever text is given for a mission, or for a file it shares, is a mission or one clear refusal."""

import re
from functools import cache

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.laws import laws
from services.library import find
from tests.mutations import mutants
from twin.errors import MissionError
from twin.mission.load import load
from twin.mission.script import Mission

LAWS = laws()
TEXT = find("quickstart").text
INCLUDE = cache(find("quickstart").include)
ODD = (
    "nan", "inf", "-1", "0", "1e308", "-1e-320", "9" * 30, '""', '"x"', "true", "[]", "{}", "[[]]", "[nan]",
    "1979-05-27", "07:32:00", '{ like = "x" }', '{ like = 1 }', "'true'", '"\\u0000"', "[1.0, 2.0, 3.0]",
)  # fmt: skip


@given(st.text(max_size=200))
def test_any_text_is_a_mission_or_a_mission_error(text):
    _is_mission_or_refused(text)


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_shipped_mission_with_values_and_lines_changed_is_one_or_a_mission_error(data):
    lines = TEXT.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        odd = data.draw(st.sampled_from(ODD))
        match data.draw(st.integers(0, 3)):
            case 0:
                lines[at] = re.sub(r"= .*", lambda _, odd=odd: f"= {odd}", lines[at])
            case 1:
                lines[at] = re.sub(r"\d+(\.\d+)?", lambda _, odd=odd: odd, lines[at], count=1)
            case 2:
                lines[at] = data.draw(st.text(max_size=20))
            case 3:
                del lines[at]
                lines.append("")
    _is_mission_or_refused("\n".join(lines))


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_shared_file_with_values_changed_makes_a_mission_or_a_mission_error(data):
    kind = data.draw(st.sampled_from(("bodies", "vehicles", "phases", "stations")))

    def include(asked, name):
        text = INCLUDE(asked, name)
        if asked != kind:
            return text
        numbers = list(re.finditer(r"(?<![\w.])-?\d+(\.\d+)?(e-?\d+)?", text))
        chosen = numbers[data.draw(st.integers(0, len(numbers) - 1))]
        odd = data.draw(st.sampled_from(ODD) | st.floats().map(repr) | st.integers(-(10**6), 10**6).map(str))
        return text[: chosen.start()] + odd + text[chosen.end() :]

    _is_mission_or_refused(TEXT, include)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        "a = " + "[" * 5000,
        "a.b." * 3000 + "c = 1",
        "x = " + "9" * 5000,
        "\x00",
        "\ufeff",
        "a" * 2_000_000,
    ],
)
def test_a_text_made_to_hurt_is_refused(text):
    with pytest.raises(MissionError):
        load(text, "quickstart", INCLUDE, LAWS)


def _is_mission_or_refused(text, include=INCLUDE):
    try:
        mission = load(text, "quickstart", include, LAWS)
    except MissionError as error:
        message = str(error)
    else:
        message = mission.name
        msgspec.msgpack.decode(msgspec.msgpack.encode(mission), type=Mission)
    assert len(message.splitlines()) == 1
    assert len(message) < 1000


def test_mutants_of_all_shipped_files_are_missions_or_refused():
    """A sample; `python -m tests.evidence mutants` tries thousands."""
    odd = [each for each in mutants(seed=1, count=150) if each.came not in ("mission", "refused")]
    assert not odd
