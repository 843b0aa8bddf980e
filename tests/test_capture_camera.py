"""Pictures show what is lit, are the same when repeated, and leave the run alone."""

import numpy as np

from tests.capture_picture import png
from tests.capture_samples import handover, settings
from tests.capture_trial import STILL
from twin.capture.camera import Camera, Picture
from twin.capture.interface import ArmDemand
from twin.capture.window import Window

STOW = ArmDemand(mode="stow")


def pixels(picture: Picture) -> np.ndarray:
    return np.frombuffer(picture.rgb, dtype=np.uint8).reshape(picture.height, picture.width, 3)


def test_the_stage_is_lit_from_the_suns_side_and_space_is_black() -> None:
    window, camera = Window.open(settings(), handover()), Camera(settings())
    scene, origin_m = window.scene, window.origin_m
    behind = pixels(camera.picture(scene, origin_m, (-1.0, 0.0, 0.0), 1.0))
    against = pixels(camera.picture(scene, origin_m, (1.0, 0.0, 0.0), 1.0))
    # The servicer is below (radially inwards of) the target: with the Sun below too, its near face is bright.
    assert behind.mean() > 5.0 * against.mean()
    assert behind[0, 0].max() == 0
    half = pixels(camera.picture(scene, origin_m, (-1.0, 0.0, 0.0), 0.5))
    assert abs(half.mean() / behind.mean() - 0.5) < 0.02
    camera.close()
    window.close()


def test_eclipse_is_black_and_the_same_scene_gives_the_same_bytes() -> None:
    window, camera = Window.open(settings(), handover()), Camera(settings())
    towards = window.towards((0.6, 0.0, 0.8))
    dark = camera.picture(window.scene, window.origin_m, towards, 0.0)
    assert len(dark.rgb) == 3 * 320 * 240
    assert not any(dark.rgb)
    first = camera.picture(window.scene, window.origin_m, towards, 1.0)
    assert camera.picture(window.scene, window.origin_m, towards, 1.0) == first
    assert png(first).startswith(b"\x89PNG")
    camera.close()
    window.close()


def test_taking_pictures_changes_no_bit_of_the_run() -> None:
    def flown(*, pictures: bool) -> object:
        window, camera = Window.open(settings(), handover()), Camera(settings())
        for _ in range(5):
            window.advance(100_000_000, (), STILL, STOW)
            if pictures:
                camera.picture(window.scene, window.origin_m, (-1.0, 0.0, 0.0), 1.0)
        scene = window.scene
        camera.close()
        window.close()
        return scene

    assert flown(pictures=True) == flown(pictures=False)
