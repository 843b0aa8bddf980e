"""The frames of an orbit against STK's LVLH and VNC, its access windows, and Vallado's TEME."""

from tests.accuracy_samples import judged
from twin.accuracy import access, frames


def test_ric_and_vnc_are_stks_frames_to_an_arcsecond():
    group, _ = frames.GROUPS
    assert max(case.error for case in judged(group)) < 1e-8  # what is left is another mu over 2 h


def test_teme_becomes_gcrf_as_vallado_says():
    _, group = frames.GROUPS
    judged(group)


def test_lines_of_sight_open_and_close_when_stks_do():
    between, ground = (judged(group) for group in access.GROUPS)
    # 29 rises and 30 sets in a day, 10 passes in two.
    assert [case.ours for case in (*between[::2], *ground[::2])] == [29.0, 30.0, 10.0, 10.0]
