"""`twin accuracy`: the table of cases on the screen, as JSON, and as the page docs/accuracy.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from services import approach_rates
from services.report import print_json, print_table
from twin.accuracy.case import Case, MissingReferenceError, Reference, Table, table
from twin.accuracy.page import page
from twin.accuracy.registry import GROUPS as OF_MODELS
from twin.accuracy.registry import MODELS
from twin.accuracy.wording import figure
from twin.errors import UsageError

GROUPS: Final = (*OF_MODELS, *approach_rates.GROUPS)
"""Of models alone, and of whole flights, which only services can fly."""
NEAR: Final = Path("..") / "shared" / "data"
"""Where reference data are looked for when no folder is named: beside the project."""


_WIDTH: Final = 200


def accuracy(data: Path | None, page_file: Path | None, *, quick: bool, as_json: bool) -> int:
    """Compute every case; 0 when all are within their tolerances, 1 otherwise."""
    found = table(GROUPS, reader(data), quick=quick)
    if page_file is not None:
        _write(page_file, page(found, MODELS))
    if as_json:
        print_json(_facts(found))
    else:
        _show(found)
    return 1 if found.failed else 0


def reader(data: Path | None) -> Reference:
    """Files of the folder `data`, as text. UsageError when a named folder is not there."""
    if data is not None and not data.is_dir():
        raise UsageError(f"no folder {data}: --data takes the folder that holds dynamics, sgp4, ndm")
    folder = data or NEAR

    def text(path: str) -> str:
        try:
            return (folder / path).read_text(encoding="utf-8")
        except OSError as error:
            raise MissingReferenceError(f"no {path} in {folder}: {error.strerror}") from error

    return text


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _facts(found: Table) -> dict[str, Any]:
    return {
        "cases": [_case_facts(case) for case in found.cases],
        "not_run": [{"group": each.group, "why": each.why} for each in found.not_run],
    }


def _case_facts(case: Case) -> dict[str, Any]:
    return {
        "case": case.name,
        "model": case.model,
        "source": case.source,
        "ours": case.ours,
        "reference": case.reference,
        "error": case.error,
        "tolerance": case.tolerance,
        "relative": case.relative,
        "unit": case.unit,
        "because": case.because,
        "verdict": "pass" if case.passed else "fail",
    }


def _show(found: Table) -> None:
    columns = ("case", "source", "ours>", "reference>", "unit", "error>", "tolerance>", "verdict")
    print_table(columns, _rows(found.cases), width=_WIDTH)
    for each in found.not_run:
        print(f"not run: {each.group}: {each.why}")
    print(f"{len(found.cases) - len(found.failed)} of {len(found.cases)} cases within tolerance")


def _rows(cases: Iterable[Case]) -> Iterable[tuple[str, ...]]:
    for case in cases:
        verdict = "pass" if case.passed else "FAIL"
        unit = f"{case.unit} (part)" if case.relative else case.unit
        yield (
            case.name,
            case.source,
            figure(case.ours, 9),
            figure(case.reference, 9),
            unit,
            figure(case.error, 2),
            figure(case.tolerance, 2),
            verdict,
        )
