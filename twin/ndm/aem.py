"""Attitude ephemeris messages: CCSDS 504.0-B-1 and 504.0-B-2, section 4.

The standard's quaternion is that of the rotation which carries the axes of A onto those of B; its matrix
of components from A to B is the transpose of ours, so it is our q_a_from_b with the scalar last.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import NdmError
from twin.ndm.reading import HEADER, Instant, Keywords, block, check_span, opened, row, split_at
from twin.ndm.tokens import Token

Array = NDArray[np.float64]

_VERSIONS = {"1.0": "504.0-B-1", "2.0": "504.0-B-2"}
_MUST = ("OBJECT_NAME", "OBJECT_ID", "REF_FRAME_A", "REF_FRAME_B", "TIME_SYSTEM", "START_TIME", "STOP_TIME")
_MAY = (
    "CENTER_NAME",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "EULER_ROT_SEQ",
    "INTERPOLATION_METHOD",
    "INTERPOLATION_DEGREE",
)
_META = {
    "1.0": Keywords((*_MUST, "ATTITUDE_TYPE", "ATTITUDE_DIR"), (*_MAY, "QUATERNION_TYPE", "RATE_FRAME")),
    "2.0": Keywords((*_MUST, "ATTITUDE_TYPE"), (*_MAY, "ANGVEL_FRAME")),
}
_NUMBERS = {
    "QUATERNION": 4,
    "QUATERNION/DERIVATIVE": 8,
    "QUATERNION/RATE": 7,
    "QUATERNION/ANGVEL": 7,
    "EULER_ANGLE": 3,
    "EULER_ANGLE/RATE": 6,
    "EULER_ANGLE/DERIVATIVE": 6,
    "EULER_ANGLE/ANGVEL": 6,
    "SPIN": 4,
    "SPIN/NUTATION": 7,
    "SPIN/NUTATION_MOM": 7,
}
_UNIT_WITHIN = 1e-3
"""Published quaternions carry five digits, and the standard lets them be rounded."""


@dataclass(frozen=True, slots=True)
class AttitudeEphemeris:
    """One segment: n rows as published (angles in deg); `q_a_from_b` (n, 4), scalar first, if it has them."""

    object_name: str
    object_id: str
    frame_a: str
    frame_b: str
    time_system: str
    attitude_type: str
    instants: tuple[Instant, ...]
    rows: Array
    q_a_from_b: Array | None


def read_aem(text: str) -> tuple[AttitudeEphemeris, ...]:
    """The segments of a message in keyword-value notation or XML. Raises NdmError, one line."""
    version, found = opened(text, "AEM", _VERSIONS)
    is_xml = text.lstrip("\ufeff \t\r\n").startswith("<")
    header, rest = split_at(found, "META_START")
    HEADER.taken(header, "header")
    segments = []
    while rest:
        meta, rest = block(rest, "META_START", "META_STOP")
        data, rest = block(rest, "DATA_START", "DATA_STOP")
        segments.append(_segment(_META[version].taken(meta, "metadata"), data, is_xml))
    if not segments:
        raise NdmError("no segment: META_START is expected", place="end")
    return tuple(segments)


def _segment(meta: dict[str, Token], data: list[Token], is_xml: bool) -> AttitudeEphemeris:
    kind = meta["ATTITUDE_TYPE"]
    name = kind.value.upper().replace(" ", "_")
    if name not in _NUMBERS:
        raise NdmError(f"unknown ATTITUDE_TYPE {kind.value:.40}", place=kind.place)
    if name.startswith("EULER") and "EULER_ROT_SEQ" not in meta:
        raise NdmError("EULER_ROT_SEQ is missing", place=kind.place)
    for token in data:
        if token.key:
            raise NdmError(f"keyword {token.key:.40} among the attitudes", place=token.place)
    rows = [row(token, (_NUMBERS[name],)) for token in data]
    instants = [at for at, _ in rows]
    place = data[0].place if data else kind.place
    check_span(instants, meta["START_TIME"], meta["STOP_TIME"], place)
    values = np.array([numbers for _, numbers in rows])
    return AttitudeEphemeris(
        object_name=meta["OBJECT_NAME"].value,
        object_id=meta["OBJECT_ID"].value,
        frame_a=meta["REF_FRAME_A"].value,
        frame_b=meta["REF_FRAME_B"].value,
        time_system=meta["TIME_SYSTEM"].value,
        attitude_type=name,
        instants=tuple(instants),
        rows=values,
        q_a_from_b=_quaternions(meta, data, values, is_xml) if name.startswith("QUATERNION") else None,
    )


def _quaternions(meta: dict[str, Token], data: list[Token], values: Array, is_xml: bool) -> Array:
    """q_a_from_b (n, 4), scalar first. In XML the elements are named, so QUATERNION_TYPE says nothing."""
    order, direction = meta.get("QUATERNION_TYPE"), meta.get("ATTITUDE_DIR")
    if order is not None and order.value not in ("FIRST", "LAST"):
        raise NdmError(f"QUATERNION_TYPE is FIRST or LAST, not {order.value:.20}", place=order.place)
    first = order is not None and order.value == "FIRST" and not is_xml
    q = values[:, :4] if first else values[:, (3, 0, 1, 2)]
    lengths = np.sqrt((q * q).sum(axis=1))
    for k in np.flatnonzero(np.abs(lengths - 1.0) > _UNIT_WITHIN)[:1].tolist():
        raise NdmError(f"the quaternion has length {lengths[k]:.4f}, not 1", place=data[k].place)
    if direction is not None and direction.value == "B2A":
        q = q * (1.0, -1.0, -1.0, -1.0)
    return np.asarray(q / lengths[:, None])
