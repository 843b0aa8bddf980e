"""Pictures show what is lit where it is, are the same when repeated, and need no run to be made."""

import numpy as np
import pytest

from tests.capture_samples import handover, settings
from tests.capture_trial import STILL, Trial, estimate, quick
from twin.capture.camera import Camera
from twin.capture.interface import ArmDemand
from twin.capture.sight import Motions, Subject, View, view_of
from twin.capture.turning import back
from twin.capture.window import Window
from twin.guidance.vectors import sub

FACING = (0.0, 0.0, 0.0, 1.0)
NEAR = View((9.4, 0.0, 0.0), FACING, (-1.0, 0.0, 0.0), 1.0)
SUN_M = (1.5e11, 0.0, 0.0)


def subject() -> Subject:
    given = settings()
    return Subject(given.hull_m, given.port, given.ring, given.arm, 801.0)


@pytest.fixture(scope="module")
def camera():
    camera = Camera(subject())
    yield camera
    camera.close()


def test_the_stage_is_lit_from_the_suns_side_and_space_is_black(camera: Camera) -> None:
    behind, against = camera.picture(NEAR), camera.picture(NEAR._replace(towards_sun=(1.0, 0.0, 0.0)))
    assert behind.shape == (240, 320, 3)
    assert behind.dtype == np.uint8
    assert behind.mean() > 5.0 * against.mean()
    assert camera.picture(NEAR._replace(target_m=(50.0, 0.0, 0.0)))[0, 0].max() == 0
    half = camera.picture(NEAR._replace(lit=0.5))
    assert abs(half.mean() / behind.mean() - 0.5) < 0.02


def test_eclipse_is_black_and_the_same_view_gives_the_same_bytes(camera: Camera) -> None:
    assert not camera.picture(NEAR._replace(lit=0.0)).any()
    assert np.array_equal(camera.picture(NEAR), camera.picture(NEAR))


@pytest.mark.parametrize("range_m", [100.0, 300.0])
def test_the_stage_appears_where_it_is(camera: Camera, range_m: float) -> None:
    # 5 deg to the left (body +y) and 3 deg up (+z): 50 deg of field are 240 rows, by the tangent.
    left, up = np.tan(np.radians((5.0, 3.0)))
    seen = camera.picture(NEAR._replace(target_m=(range_m, range_m * left, range_m * up)))
    rows, columns = np.nonzero(seen.any(axis=2))
    scale = 120.0 / np.tan(np.radians(25.0)) / (range_m - 0.95)
    # The lens is 0.7 m to the left of the body's axis and 0.3 m up; an 11 m hull is seen to 6 %.
    assert 159.5 - columns.mean() == pytest.approx(scale * (range_m * left - 0.7), abs=2.0)
    assert 119.5 - rows.mean() == pytest.approx(scale * (range_m * up - 0.3), abs=2.0)


def test_a_body_without_fitting_and_a_servicer_without_arm_have_pictures_too() -> None:
    bare = Camera(subject()._replace(ring=None, arm=None))
    assert bare.picture(NEAR).any()
    bare.close()


def test_a_view_from_published_motion_is_the_windows_scene() -> None:
    trial = Trial(settings=quick())
    window = Window.open(trial.settings, handover())
    noise = np.random.default_rng(1)
    for _ in range(60):
        ring = estimate(window.sample(), trial, noise)
        window.advance(100_000_000, (), STILL, ArmDemand(mode="standoff", ring=ring))
    scene, sample, arm = window.scene, window.sample(), window.arm_state()
    travel_m = 0.07 - 0.5 * arm.finger_gap_m
    view = view_of(
        subject(), Motions(sample.servicer, sample.target, SUN_M), 1.0, (*arm.joint_rad, travel_m, travel_m)
    )
    # The servicer's axes stand where its centre of mass was with the arm stowed; the arm is half way out.
    assert arm.phase == "unfolding"
    true_m = back(scene.bus.q, sub(scene.target.r_m, window.origin_m))
    # A metre of a few hundred kilometres: eci holds 1e-9 m.
    assert np.abs(np.subtract(view.target_m, true_m)).max() < 1e-8
    window.close()


def test_the_arm_shows_where_its_joints_are(camera: Camera) -> None:
    given = settings().arm.arm
    out = tuple(np.radians([joint.unfolded_deg for joint in given.joints]).tolist())
    stowed, unfolded = camera.picture(NEAR), camera.picture(NEAR._replace(joints=(*out, 0.0, 0.0)))
    assert (stowed != unfolded).any(axis=2).sum() > 1000
