"""The frames of an orbit against STK's LVLH and VNC."""

from tests.accuracy_samples import judged
from twin.accuracy import frames


def test_ric_and_vnc_are_stks_frames_to_an_arcsecond():
    (group,) = frames.GROUPS
    assert max(case.error for case in judged(group)) < 1e-8  # what is left is another mu over 2 h
