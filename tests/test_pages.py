"""What docs/testing.md shows is what is printed: its cheap commands; `python -m tests.pages` runs all."""

import pytest

from tests.pages import PAGE, Shown, folder_of_the_page, printed, renewed, shown, stale

TEXT = PAGE.read_text(encoding="utf-8")
CHEAP = {each.command: each for each in shown(TEXT) if each.command.split()[1] in {"check", "why", "replay"}}
UNTIL_S = 610.0
"""Past the forged estimate, at 600 s, and what is asked of, at 400 s."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    folder_of_the_page(TEXT, folder)
    return folder


@pytest.mark.parametrize("command", CHEAP)
def test_every_line_shown_is_printed(command, place):
    each = CHEAP[command]
    fresh = renewed(each, printed(each, place, UNTIL_S))
    # The forged value is shown to its last digit, which is that of one numeric environment.
    assert command.startswith("twin replay") or stale(each, fresh) == [], "python -m tests.pages --write"


def test_a_line_that_is_not_printed_any_more_and_one_that_is_other_are_found():
    each = Shown("twin check", ["no row `a`; nearest: b", "...", "margin -0.1 m at T+00:01:00"], (0, 0))
    fresh = renewed(each, ["no row `a`; nearest: b", "else", "margin -0.2 m at T+00:01:00"])
    assert stale(each, fresh) == ["margin -0.1 m at T+00:01:00"]
    with pytest.raises(LookupError, match="margin"):
        renewed(each, ["no row `a`; nearest: b"])


def test_the_page_has_a_command_for_each_of_what_it_teaches():
    verbs = {each.command.split()[1] for each in shown(TEXT)}
    assert verbs >= {"check", "run", "test", "replay", "compare", "why", "branch", "shrink"}
