"""Orbit ephemeris messages: CCSDS 502.0-B-3, section 5."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.errors import NdmError
from twin.ndm.reading import (
    HEADER,
    Instant,
    Keywords,
    block,
    check_span,
    instant,
    number,
    opened,
    row,
    split_at,
)
from twin.ndm.tokens import Token

Array = NDArray[np.float64]

_VERSIONS = {"1.0": "502.0-B-1", "2.0": "502.0-B-2", "3.0": "502.0-B-3"}
_META = Keywords(
    ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "START_TIME", "STOP_TIME"),
    (
        "REF_FRAME_EPOCH",
        "USEABLE_START_TIME",
        "USEABLE_STOP_TIME",
        "INTERPOLATION",
        "INTERPOLATION_DEGREE",
    ),
)
_COVARIANCE = Keywords(("EPOCH",), ("COV_REF_FRAME",))


@dataclass(frozen=True, slots=True)
class Covariance:
    """Of position and velocity (6, 6), m and m/s, in `frame` (empty: that of the states)."""

    at: Instant
    frame: str
    matrix: Array


@dataclass(frozen=True, slots=True)
class Ephemeris:
    """One segment: n states of one object, (n, 3) in m and m/s, in the axes `frame` about `center`."""

    object_name: str
    object_id: str
    center: str
    frame: str
    time_system: str
    usable: tuple[Instant, Instant]
    interpolation: str
    degree: int
    instants: tuple[Instant, ...]
    r_m: Array
    v_mps: Array
    covariances: tuple[Covariance, ...]


def read_oem(text: str) -> tuple[Ephemeris, ...]:
    """The segments of a message in keyword-value notation or XML. Raises NdmError, one line."""
    _, found = opened(text, "OEM", _VERSIONS)
    header, rest = split_at(found, "META_START")
    HEADER.taken(header, "header")
    segments = []
    while rest:
        meta, rest = block(rest, "META_START", "META_STOP")
        data, rest = split_at(rest, "META_START")
        segments.append(_segment(_META.taken(meta, "metadata"), data))
    if not segments:
        raise NdmError("no segment: META_START is expected", place="end")
    systems = sorted({segment.time_system for segment in segments})
    if len(systems) > 1:
        raise NdmError(f"TIME_SYSTEM must be one for all segments, found {' and '.join(systems)}")
    return tuple(segments)


def _segment(meta: dict[str, Token], data: list[Token]) -> Ephemeris:
    states, rest = split_at(data, "COVARIANCE_START")
    for token in states:
        if token.key:
            raise NdmError(f"keyword {token.key:.40} among the states", place=token.place)
    rows = [row(token, (6, 9)) for token in states]
    instants = [at for at, _ in rows]
    place = states[0].place if states else meta["START_TIME"].place
    check_span(instants, meta["START_TIME"], meta["STOP_TIME"], place)
    values = 1e3 * np.array([numbers[:6] for _, numbers in rows])
    first, last = (
        instant(token.value, token.place)
        for token in (
            meta.get("USEABLE_START_TIME", meta["START_TIME"]),
            meta.get("USEABLE_STOP_TIME", meta["STOP_TIME"]),
        )
    )
    return Ephemeris(
        object_name=meta["OBJECT_NAME"].value,
        object_id=meta["OBJECT_ID"].value,
        center=meta["CENTER_NAME"].value,
        frame=meta["REF_FRAME"].value,
        time_system=meta["TIME_SYSTEM"].value,
        usable=(first, last),
        interpolation=meta["INTERPOLATION"].value.upper() if "INTERPOLATION" in meta else "",
        degree=_degree(meta.get("INTERPOLATION_DEGREE")),
        instants=tuple(instants),
        r_m=values[:, :3],
        v_mps=values[:, 3:],
        covariances=tuple(_covariances(rest)),
    )


def _degree(token: Token | None) -> int:
    if token is None:
        return 0
    if not token.value.isdigit() or not 1 <= int(token.value) <= 30:
        raise NdmError(f"INTERPOLATION_DEGREE {token.value:.20} is not 1 to 30", place=token.place)
    return int(token.value)


def _covariances(found: list[Token]) -> list[Covariance]:
    matrices: list[Covariance] = []
    while found:
        inside, found = block(found, "COVARIANCE_START", "COVARIANCE_STOP")
        if not inside:
            raise NdmError("an empty covariance block", place="COVARIANCE_START")
        while inside:
            keys, inside = _until(inside, keyed=True)
            rows, inside = _until(inside, keyed=False)
            taken = _COVARIANCE.taken(keys, keys[0].place if keys else rows[0].place)
            frame = taken["COV_REF_FRAME"].value if "COV_REF_FRAME" in taken else ""
            at = instant(taken["EPOCH"].value, taken["EPOCH"].place)
            matrices.append(Covariance(at, frame, _triangle(rows, taken["EPOCH"].place)))
    return matrices


def _until(found: list[Token], *, keyed: bool) -> tuple[list[Token], list[Token]]:
    """The tokens at the front that have, or have no, keyword; and the rest."""
    count = next((k for k, token in enumerate(found) if bool(token.key) != keyed), len(found))
    return found[:count], found[count:]


def _triangle(rows: list[Token], place: str) -> Array:
    """A symmetric matrix (6, 6) from its lower triangle, km to m."""
    if len(rows) != 6:
        raise NdmError(f"a covariance has 6 rows, this one {len(rows)}", place=place)
    matrix = np.zeros((6, 6))
    for k, token in enumerate(rows):
        words = token.value.split()
        if len(words) != k + 1:
            raise NdmError(
                f"row {k + 1} of a covariance has {k + 1} numbers, not {len(words)}", place=token.place
            )
        matrix[k, : k + 1] = [number(word, token.place) for word in words]
    return 1e6 * (matrix + np.tril(matrix, -1).T)
