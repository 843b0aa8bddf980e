"""Orbit mean-elements messages: CCSDS 502.0-B-3, section 4; and the element set in one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sgp4.api import Satrec
from sgp4.exporter import export_tle
from sgp4.omm import initialize

from twin.dynamics.elements import checked
from twin.dynamics.settings import ElementSet
from twin.errors import MissionError, NdmError
from twin.ndm.reading import HEADER, Instant, Keywords, instant, number, opened
from twin.ndm.tokens import Token

_VERSIONS = {"2.0": "502.0-B-2", "3.0": "502.0-B-3"}
_ANGLES = ("INCLINATION", "RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
_META = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY")
_STATES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_COVARIANCE = tuple(f"C{a}_{b}" for k, a in enumerate(_STATES) for b in _STATES[: k + 1])
_REALS = (
    "MEAN_MOTION",
    "SEMI_MAJOR_AXIS",
    "GM",
    "MASS",
    "SOLAR_RAD_AREA",
    "SOLAR_RAD_COEFF",
    "DRAG_AREA",
    "DRAG_COEFF",
    "BSTAR",
    "BTERM",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
    "AGOM",
    *_COVARIANCE,
)
_COUNTS = ("EPHEMERIS_TYPE", "NORAD_CAT_ID", "ELEMENT_SET_NO", "REV_AT_EPOCH")
_KEYS = Keywords(
    (*HEADER.must, *_META, "EPOCH", "ECCENTRICITY", *_ANGLES),
    (*HEADER.may, "REF_FRAME_EPOCH", "CLASSIFICATION_TYPE", "COV_REF_FRAME", *_COUNTS, *_REALS),
)
_FOR_SGP4 = ("MEAN_MOTION", "NORAD_CAT_ID", "BSTAR", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT")


@dataclass(frozen=True, slots=True)
class MeanElements:
    """A message's keywords with their text, and its numbers (degrees, revolutions a day, km) by keyword."""

    epoch: Instant
    texts: dict[str, str]
    numbers: dict[str, float]


def read_omm(text: str) -> MeanElements:
    """A message in keyword-value notation or XML. Raises NdmError, one line."""
    _, found = opened(text, "OMM", _VERSIONS)
    taken = _KEYS.taken(found, "message")
    for key in (*_COUNTS,):
        if key in taken and not taken[key].value.isdigit():
            raise NdmError(f"{key} {taken[key].value:.20} is not a count", place=taken[key].place)
    numbers = {
        key: number(taken[key].value, taken[key].place)
        for key in (*_ANGLES, "ECCENTRICITY", *_REALS)
        if key in taken
    }
    if ("MEAN_MOTION" in taken) == ("SEMI_MAJOR_AXIS" in taken):
        raise NdmError("either MEAN_MOTION or SEMI_MAJOR_AXIS", place=taken["EPOCH"].place)
    _check(numbers, taken)
    epoch = instant(taken["EPOCH"].value, taken["EPOCH"].place)
    return MeanElements(epoch, {key: token.value for key, token in taken.items()}, numbers)


def _check(numbers: dict[str, float], taken: dict[str, Token]) -> None:
    def refuse(key: str, what: str) -> None:
        raise NdmError(f"{key} {taken[key].value:.20} {what}", place=taken[key].place)

    if not 0.0 <= numbers["ECCENTRICITY"] < 1.0:
        refuse("ECCENTRICITY", "is not of an ellipse (0 to below 1)")
    if not 0.0 <= numbers["INCLINATION"] <= 180.0:
        refuse("INCLINATION", "is not within 0 to 180 deg")
    size = "MEAN_MOTION" if "MEAN_MOTION" in numbers else "SEMI_MAJOR_AXIS"
    if numbers[size] <= 0.0:
        refuse(size, "must be positive")
    given = [key for key in _COVARIANCE if key in numbers]
    if given and len(given) != len(_COVARIANCE):
        missing = next(key for key in _COVARIANCE if key not in numbers)
        raise NdmError(
            f"a covariance has all its 21 terms, {missing} is missing", place=taken[given[0]].place
        )


def element_set(omm: MeanElements) -> ElementSet:
    """The set as two lines, for SGP4; NdmError when it is not one of SGP4, or no plausible one."""
    texts = omm.texts
    if texts["MEAN_ELEMENT_THEORY"].upper() not in ("SGP4", "SGP/SGP4"):
        raise NdmError(f"mean elements of {texts['MEAN_ELEMENT_THEORY']:.20}; only those of SGP4 are flown")
    for key, wanted in (("CENTER_NAME", "EARTH"), ("REF_FRAME", "TEME"), ("TIME_SYSTEM", "UTC")):
        if texts[key].upper() != wanted:
            raise NdmError(f"{key} {texts[key]:.20}; of an SGP4 set it is {wanted}")
    for key in _FOR_SGP4:
        if key not in texts:
            raise NdmError(f"{key} is missing, which SGP4 needs")
    fields = {
        "EPHEMERIS_TYPE": "0",
        "CLASSIFICATION_TYPE": "U",
        "ELEMENT_SET_NO": "0",
        "REV_AT_EPOCH": "0",
        **texts,
    }
    fields["EPOCH"] = _calendar(omm.epoch)
    satellite = Satrec()
    initialize(satellite, fields)
    line1, line2 = export_tle(satellite)
    try:
        return checked(ElementSet(line1=line1, line2=line2))
    except MissionError as error:
        raise NdmError(str(error)) from None


def _calendar(at: Instant) -> str:
    """As sgp4 reads it: calendar date with microseconds."""
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=at.ns // 1000)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds")
