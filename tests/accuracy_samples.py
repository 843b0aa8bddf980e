"""How tests read the reference data beside the project, and judge a group of accuracy cases."""

from pathlib import Path

import pytest

from twin.accuracy.case import Case, Group, MissingReferenceError

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


def reference(path: str) -> str:
    """Text of a reference file; the test that asks says so where the folder is not there."""
    file = SHARED / path
    if not file.is_file():
        pytest.skip(f"no reference file {path}: the folder shared/data is not beside the project")
    return file.read_text(encoding="utf-8")


def judged(group: Group) -> tuple[Case, ...]:
    """The group's cases, each asserted to be within its tolerance."""
    try:
        cases = tuple(group.cases(reference))
    except MissingReferenceError as error:
        pytest.skip(str(error))
    wrong = [
        f"{case.name}: {case.ours!r} against {case.reference!r}, {case.error:.2g}"
        for case in cases
        if not case.passed
    ]
    assert cases
    assert not wrong, "\n".join(wrong)
    return cases
