"""Orbit and attitude ephemerides as messages in keyword-value notation."""

from collections.abc import Iterable, Iterator

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from twin.dynamics.epochs import Epoch, utc_text
from twin.dynamics.state import KinematicState

Array = NDArray[np.float64]
Times = NDArray[np.int64]

INTERPOLATION_DEGREE = 7
"""With positions and velocities (Hermite) at 60 s of a low orbit this keeps a millimetre."""


class Header(Struct, frozen=True, kw_only=True):
    """Who wrote it and when: the wall clock is read by the caller."""

    creation_date: str
    originator: str
    comment: str


class Subject(Struct, frozen=True, kw_only=True):
    """Of whom: the object's name and its international designator, or what stands for it."""

    name: str
    identifier: str


Stretch = tuple[Times, KinematicState]
"""Instants (n,) and the states at them: one segment, without a jump inside."""


def oem(header: Header, subject: Subject, epoch: Epoch, stretches: Iterable[Stretch]) -> Iterator[str]:
    """The lines of an OEM 2.0 in GCRF axes about the Earth, UTC, km: CCSDS 502.0-B-2, section 5."""
    yield from _head("OEM", "2.0", header)
    for t_ns, states in stretches:
        epochs = [_utc(epoch, at) for at in t_ns.tolist()]
        yield from _meta(subject, "REF_FRAME = GCRF", epochs, _hermite(len(epochs)))
        rows = np.hstack((states.r_eci_m, states.v_eci_mps)) * 1e-3
        for at, row in zip(epochs, rows.tolist(), strict=True):
            x, y, z, u, v, w = row
            yield f"{at} {x:.9f} {y:.9f} {z:.9f} {u:.12f} {v:.12f} {w:.12f}"


def aem(header: Header, subject: Subject, epoch: Epoch, stretches: Iterable[Stretch]) -> Iterator[str]:
    """The lines of an AEM 2.0, body axes against GCRF with rates in deg/s: CCSDS 504.0-B-2, section 4."""
    yield from _head("AEM", "2.0", header)
    kind = ("ATTITUDE_TYPE = QUATERNION/ANGVEL", "ANGVEL_FRAME = SC_BODY_1", "INTERPOLATION_METHOD = LINEAR")
    for t_ns, states in stretches:
        epochs = [_utc(epoch, at) for at in t_ns.tolist()]
        frames = "REF_FRAME_A = GCRF\nREF_FRAME_B = SC_BODY_1"
        yield from _meta(subject, frames, epochs, (*kind, "INTERPOLATION_DEGREE = 1"))
        yield "DATA_START"
        rates = np.rad2deg(states.w_body_radps).tolist()
        for at, (w, x, y, z), (a, b, c) in zip(epochs, states.q_eci_from_body.tolist(), rates, strict=True):
            yield f"{at} {x:.15f} {y:.15f} {z:.15f} {w:.15f} {a:.12f} {b:.12f} {c:.12f}"
        yield "DATA_STOP"


def _head(kind: str, version: str, header: Header) -> Iterator[str]:
    yield f"CCSDS_{kind}_VERS = {version}"
    yield f"COMMENT {header.comment}"
    yield f"CREATION_DATE = {header.creation_date}"
    yield f"ORIGINATOR = {header.originator}"


def _hermite(rows: int) -> tuple[str, ...]:
    degree = min(INTERPOLATION_DEGREE, 2 * rows - 1)
    return ("INTERPOLATION = HERMITE", f"INTERPOLATION_DEGREE = {degree}")


def _meta(subject: Subject, frames: str, epochs: list[str], rest: tuple[str, ...]) -> Iterator[str]:
    yield ""
    yield "META_START"
    yield f"OBJECT_NAME = {subject.name}"
    yield f"OBJECT_ID = {subject.identifier}"
    yield "CENTER_NAME = EARTH"
    yield from frames.splitlines()
    yield "TIME_SYSTEM = UTC"
    yield f"START_TIME = {epochs[0]}"
    yield f"STOP_TIME = {epochs[-1]}"
    yield from rest
    yield "META_STOP"


def _utc(epoch: Epoch, t_ns: int) -> str:
    return utc_text(epoch, t_ns, digits=9).removesuffix("Z")
