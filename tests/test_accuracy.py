"""`twin accuracy`: the table judges rightly, its page is of today's cases, and its commands behave."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.accuracy import GROUPS, reader
from services.cli import call
from tests.accuracy_samples import SHARED
from twin.accuracy import classic
from twin.accuracy.case import Case, Group, MissingReferenceError, table
from twin.accuracy.page import page
from twin.accuracy.registry import MODELS

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
ONE = Case(
    name="one",
    model="kepler",
    source="here",
    ours=1.0,
    reference=1.5,
    unit="m",
    tolerance=0.5,
    because="a test",
)


def test_a_case_passes_within_its_tolerance_and_no_further():
    assert ONE.passed
    assert not replace(ONE, tolerance=0.49).passed
    assert replace(ONE, relative=True, tolerance=0.34).passed
    assert not replace(ONE, relative=True, tolerance=0.33).passed
    assert not replace(ONE, ours=float("nan")).passed
    assert not replace(ONE, ours=float("inf")).passed


def test_a_group_without_its_reference_is_said_to_have_not_run_and_the_others_are():
    def absent(path: str) -> str:
        raise MissingReferenceError(f"no {path}")

    found = table(
        (
            Group("here", lambda _: [ONE]),
            Group("away", lambda text: [text("x.csv")]),
            Group("slow", lambda _: [ONE], True),
        ),
        absent,
        quick=True,
    )
    assert found.cases == (ONE,)
    assert [(each.group, each.why) for each in found.not_run] == [
        ("away", "no x.csv"),
        ("slow", "slow: left out of the quick table"),
    ]
    assert "Not run here: away (no x.csv)." in page(found, MODELS)


def test_the_page_says_of_every_model_what_nasa_std_7009_asks():
    found = table((Group("here", lambda _: [ONE, replace(ONE, name="two", tolerance=0.1)]),), str)
    text = page(found, MODELS)
    for said in ("Pedigree of inputs", "Domain of validity", "Uncertainty", "Evidence"):
        assert text.count(f"**{said}.**") == len(MODELS)
    assert "| one | here | 1 | 1.5 | m | 0.5 | 0.5 | a test | pass |" in text
    assert "| **fail** |" in text


def test_every_quick_case_names_a_model_and_no_name_stands_twice():
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data is not beside the project")
    cases = table(GROUPS, reader(SHARED), quick=True).cases
    assert {case.model for case in cases} <= set(MODELS)
    names = [case.name for case in cases]
    assert sorted(names) == sorted(set(names))
    written = PAGE.read_text()
    missing = [name for name in names if f"| {name} |" not in written]
    assert not missing, "generate the page again: twin accuracy --page docs/accuracy.md"


@pytest.fixture
def only_classic(monkeypatch):
    """The table of one group, so that commands are tested in no time."""
    monkeypatch.setattr("services.accuracy.GROUPS", classic.GROUPS)


def test_the_command_prints_cases_with_verdicts_as_json_and_writes_the_page(only_classic, tmp_path, capsys):
    file = tmp_path / "accuracy.md"
    assert call(["accuracy", "--json", "--page", str(file)]) == 0
    cases = json.loads(capsys.readouterr().out)["cases"]
    assert len(cases) >= 20
    wanted = {"case", "source", "ours", "reference", "error", "tolerance", "verdict"}
    assert all(wanted <= set(case) for case in cases)
    assert {case["verdict"] for case in cases} == {"pass"}
    assert file.read_text().startswith("# Accuracy\n")
    assert call(["accuracy"]) == 0
    assert f"{len(cases)} of {len(cases)} cases within tolerance" in capsys.readouterr().out


def test_a_case_out_of_tolerance_makes_the_command_fail(monkeypatch, capsys):
    bad = replace(ONE, tolerance=0.1)
    monkeypatch.setattr("services.accuracy.GROUPS", (Group("bad", lambda _: [bad]),))
    assert call(["accuracy"]) == 1
    assert "FAIL" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--data", "/nowhere"], "no folder /nowhere"),
        (["--page", "/nowhere/x.md"], "cannot write /nowhere/x.md"),
    ],
)
def test_wrong_folders_are_refused_in_one_line(only_classic, capsys, options, said):
    assert call(["accuracy", *options]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
