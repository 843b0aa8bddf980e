"""The conformance kit finds what is wrong with a law; the score says what it is worth."""

import json
import sys
from pathlib import Path

import pytest
from _pytest.capture import CaptureFixture

from services.cli import BAD_INPUT, FAILED, PASSED, call
from services.laws import laws
from services.library import load_mission
from services.new_law import write
from services.score_book import Book, Flight, Flown, code_of
from services.scoring import SCENARIOS, row, wilson
from tests.bad_laws import BAD
from twin.guidance.glideslope import Glideslope
from twin.guidance.hold import Hold
from twin.guidance.situations import SITUATIONS, judged


def clock() -> float:
    return 0.0


def test_the_law_that_twin_new_law_writes_conforms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("fledgling", tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "fledgling")
    from fledgling import Fledgling

    wrong = {each.situation.name: each.wrong for each in judged(Fledgling(), clock)}
    assert wrong == dict.fromkeys([each.name for each in SITUATIONS], "")
    del sys.modules["fledgling"]


@pytest.mark.parametrize("name", ["raises", "not_a_number", "greedy", "forgets"])
def test_a_bad_law_fails_every_situation_by_name(name: str) -> None:
    for each in judged(BAD[name](), clock):
        assert not each.passed
        assert " s" in each.wrong


def test_a_law_that_answers_differently_the_second_time_is_found() -> None:
    asked = []

    class Moody(Glideslope, frozen=True, kw_only=True):
        def step(self, memory, seen):  # type: ignore[no-untyped-def]
            asked.append(0)
            after, demand = super().step(memory, seen)
            x, y, z = demand.acceleration_ric_mps2
            from msgspec.structs import replace

            return after, replace(demand, acceleration_ric_mps2=(x + 1e-9 * len(asked), y, z))

    first = next(judged(Moody(end_axial_m=3.2), clock))
    assert first.wrong == "asked the same twice, it answers differently"


def test_a_law_that_dives_at_the_fitting_from_beside_is_found_in_the_sphere() -> None:
    class Dives(Glideslope, frozen=True, kw_only=True):
        def step(self, memory, seen):  # type: ignore[no-untyped-def]
            from twin.guidance.law import Demand

            return memory, Demand(acceleration_ric_mps2=(0.01, 0.004, -0.002))

    assert any("into the sphere" in each.wrong for each in judged(Dives(end_axial_m=3.2), clock))


def test_the_command_prints_a_table_or_json_and_its_exit_code_says_it(capsys: CaptureFixture[str]) -> None:
    words = ["conformance", "glideslope", "-p", "end_axial_m=3.2"]
    assert call([*words, "--json"]) == PASSED
    facts = json.loads(capsys.readouterr().out)
    assert facts["conforms"]
    assert [each["situation"] for each in facts["situations"]] == [each.name for each in SITUATIONS]
    assert call(["conformance", "glideslope"]) == BAD_INPUT
    assert "missing required field `end_axial_m`" in capsys.readouterr().err
    assert call(["score", "glidslope"]) == BAD_INPUT
    assert "nearest: glideslope" in capsys.readouterr().err
    assert FAILED == 1


def test_a_line_of_the_score_counts_and_spreads() -> None:
    def flight(seed: int, passed: bool, lateral_m: float) -> Flight:
        conditions = (lateral_m, 3.2, 0.1, 0.01) if passed else ()
        return Flight(seed, passed, True, passed, 700.0, 4.1, 4.0, conditions, 2.0 + seed)

    line = row(SCENARIOS[0], [flight(1, True, 0.01), flight(2, True, 0.03), flight(3, False, 0.0)])
    assert (line["passed"], line["zone"], line["least margin"]) == ("2/3", "3/3", "3.00")
    assert line["/ w2r"] == "1.025"
    assert line["lateral m"].startswith("0.020")
    assert line["lateral m"].endswith("0.030")


FLOWN = Flown("mpc", "{}", "c0de")


def test_a_campaign_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    place, flight = tmp_path / "a.jsonl", Flight(2, True, True, True, 1.5, 0.1, 0.1, (0.1, 0.2), None)
    Book(place, FLOWN).add("stage", flight)
    with place.open("a") as file:
        file.write('["mpc","{}","c0de","stage",[3,tr')
    again = Book(place, FLOWN)
    assert again.missing("stage", 3) == [1, 3]
    again.add("stage", flight._replace(seed=3))
    assert Book(place, FLOWN).missing("stage", 3) == [1]
    for other in (FLOWN._replace(parameters='{"speed_mps": 1.0}'), FLOWN._replace(law="hold")):
        book = Book(place, other)
        assert (book.missing("stage", 3), book.outdated) == ([1, 2, 3], 0)


def test_flights_of_other_code_are_counted_and_not_used(tmp_path: Path) -> None:
    place, flight = tmp_path / "a.jsonl", Flight(1, True, True, True, 1.5, 0.1, 0.1, (0.1, 0.2), None)
    Book(place, FLOWN).add("stage", flight)
    book = Book(place, FLOWN._replace(code="0ther"))
    assert (book.missing("stage", 1), book.outdated) == ([1], 1)


def test_the_code_of_a_flight_is_the_product_the_law_s_file_and_the_mission() -> None:
    one, other = (load_mission(name, laws()) for name in ("envisat-observed", "envisat-2013"))
    codes = {code_of(None, (one,)), code_of(None, (other,)), code_of(Hold, (one,)), code_of(None, (one,))}
    assert len(codes) == 3


def test_a_place_that_cannot_be_written_is_named_before_the_flights(tmp_path: Path, capsys) -> None:
    for place, why in ((tmp_path / "no" / "a.jsonl", "No such file"), (tmp_path, "Is a directory")):
        assert call(["score", "as_they_are", "--keep", str(place)]) == BAD_INPUT
        assert why in capsys.readouterr().err
    place = tmp_path / "bytes"
    place.write_bytes(b"\xff\xfe\n")
    assert call(["score", "as_they_are", "--keep", str(place)]) == BAD_INPUT
    assert place.read_bytes() == b"\xff\xfe\n"


def test_wilson_s_interval_is_that_of_the_book() -> None:
    # Brown, Cai and DasGupta, Statistical Science 16 (2001), table 1 by their formula: 299 of 299.
    assert wilson(299, 299)[0] == pytest.approx(0.98732, abs=5e-5)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-5)
