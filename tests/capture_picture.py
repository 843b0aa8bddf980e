"""Writes a picture of the contact: `python -m tests.capture_picture FILE.png`."""

import sys
import zlib
from pathlib import Path
from struct import pack

from tests.capture_trial import Trial, fly, quick, start_of
from twin.capture.camera import Camera, Picture
from twin.capture.window import Window


def png(picture: Picture) -> bytes:
    """As an 8-bit RGB file."""
    row = 3 * picture.width
    raw = b"".join(b"\0" + picture.rgb[k : k + row] for k in range(0, len(picture.rgb), row))
    header = pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    chunks = b"".join(pack(">I", len(d)) + k + d + pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + chunks


def at_contact() -> Window:
    """A window at the moment the jaw closes on the ring."""
    trial = Trial(settings=quick())
    inputs = fly(trial).inputs
    return Window.rebuilt(trial.settings, start_of(trial), inputs[:-41])


def main(path: str) -> None:
    window = at_contact()
    camera = Camera(quick(), width=640, height=480)
    sun = window.towards((-0.3, 0.55, 0.75))
    Path(path).write_bytes(png(camera.picture(window.scene, window.origin_m, sun, 1.0)))


if __name__ == "__main__":
    main(sys.argv[1])
