"""Navigation messages: published samples, what must be refused, our own written and read back."""

from pathlib import Path

import ccsds_ndm
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.accuracy_samples import SHARED, reference
from tests.dynamics_samples import stage
from twin.dynamics.elements import state_teme
from twin.dynamics.epochs import Epoch
from twin.dynamics.state import KinematicState
from twin.errors import NdmError
from twin.ndm import writing
from twin.ndm.aem import read_aem
from twin.ndm.oem import read_oem
from twin.ndm.omm import element_set, read_omm

READERS = {"oem": read_oem, "aem": read_aem, "omm": read_omm}
OEM = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2022-01-22T00:00:00
ORIGINATOR = US
META_START
OBJECT_NAME = X
OBJECT_ID = 2022-001A
CENTER_NAME = EARTH
REF_FRAME = GCRF
TIME_SYSTEM = UTC
START_TIME = 2022-022T00:00:00
STOP_TIME = 2022-01-22T00:01:00
META_STOP
2022-01-22T00:00:00 7000 0 0 0 7.5 0
2022-01-22T00:01:00.000 6985 449.9 0 -0.48 7.48 0
"""


def samples(kind: str, *, valid: bool) -> list[str]:
    """Paths in the data folder of one format's samples."""
    folders = (f"ndm/{kind}", "ndm/greenbook") if valid else (f"ndm/{kind}/invalid",)
    found = [path for folder in folders for path in sorted((SHARED / folder).glob("*.*"))]
    return [str(p.relative_to(SHARED)) for p in found if kind in p.name.lower()]


def every(*, valid: bool):
    listed = [(kind, path) for kind in READERS for path in samples(kind, valid=valid)]
    return pytest.mark.parametrize(("kind", "path"), listed or [("oem", "ndm/oem/OEMExample1.txt")])


@every(valid=True)
def test_every_valid_sample_is_read(kind, path):
    assert READERS[kind](reference(path))


@every(valid=False)
def test_every_invalid_sample_is_refused_with_one_line_that_says_where_and_why(kind, path):
    with pytest.raises(NdmError) as refused:
        READERS[kind](reference(path))
    said = str(refused.value)
    assert "\n" not in said
    reason = {
        "number-format": "is not a number",
        "time-systems": "TIME_SYSTEM must be one",
        "keyword-within": "keyword USER_DEFINED_TEST_KEY among",
        "covariance-dimension": "a covariance has 6 rows",
        "quaternion-type": "unknown keyword QUATERNION_TYPE",
        "wrong-keyword": "unknown keyword WRONG_KEYWORD",
    }
    (wanted,) = {text for mark, text in reason.items() if mark in path}
    assert wanted in said


def test_the_samples_are_all_there_when_the_folder_is():
    if not SHARED.is_dir():
        pytest.skip("the folder shared/data is not beside the project")
    assert [len(samples(kind, valid=True)) for kind in READERS] == [7, 10, 7]
    assert [len(samples(kind, valid=False)) for kind in READERS] == [5, 4, 1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CCSDS_OEM_VERS = 2.0", "CCSDS_OEM_VERS = 9.0", "version 9.0 is not taken"),
        ("CCSDS_OEM_VERS = 2.0", "CCSDS_OPM_VERS = 2.0", "this is a OPM, a OEM is expected"),
        ("CCSDS_OEM_VERS = 2.0", "HELLO", "not a CCSDS message"),
        ("ORIGINATOR = US", "", "ORIGINATOR is missing"),
        ("OBJECT_NAME = X", "OBJECT_NAME =", "OBJECT_NAME has no value"),
        (
            "OBJECT_ID = 2022-001A",
            "OBJEKT_ID = 2022-001A",
            "unknown keyword OBJEKT_ID here; nearest: OBJECT_ID",
        ),
        ("REF_FRAME = GCRF", "REF_FRAME = GCRF\nREF_FRAME = GCRF", "line 9: REF_FRAME is there twice"),
        ("META_STOP", "", "META_START without META_STOP"),
        ("7000 0 0 0 7.5 0", "7000 0 0 0 7.5", "line 13: a row has an epoch and 6 or 9 numbers, this one 5"),
        ("7000 0 0 0 7.5 0", "7000 0 0 nan 7.5 0", "'nan' is not a number"),
        ("7000 0 0 0 7.5 0", "7000 0 0 1e999 7.5 0", "beyond what a double holds"),
        ("2022-01-22T00:00:00 7000", "2022-02-30T00:00:00 7000", "2022-02-30T00:00:00 does not exist"),
        ("2022-01-22T00:00:00 7000", "2022-01-22T00:02:00 7000", "comes after"),
        ("2022-01-22T00:00:00 7000", "2022-01-21T00:00:00 7000", "outside START_TIME"),
        ("STOP_TIME = 2022-01-22T00:01:00", "STOP_TIME = 2022-400T00:01:00", "does not exist"),
    ],
)
def test_a_wrong_ephemeris_is_refused_with_its_fault(old, new, said):
    assert OEM.count(old) == 1 or old == "META_STOP"
    with pytest.raises(NdmError, match=said):
        read_oem(OEM.replace(old, new, 1))


@pytest.mark.parametrize(
    "text", ["", "<", "<oem/>", "<!DOCTYPE oem []><oem/>", "CCSDS_OEM_VERS = 2.0", "\ufeff"]
)
def test_what_is_no_message_is_refused(text):
    with pytest.raises(NdmError):
        read_oem(text)


@given(st.integers(0, len(OEM) - 1), st.text(max_size=12))
def test_any_text_is_a_message_or_one_error(at, text):
    try:
        read_oem(OEM[:at] + text + OEM[at + len(text) :])
    except NdmError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said


def test_a_quaternion_that_is_not_a_rotation_is_refused():
    text = reference("ndm/aem/AEMExample01.txt").replace("0.68427", "0.88427")
    with pytest.raises(NdmError, match=r"line 27: the quaternion has length 1\.\d+, not 1"):
        read_aem(text)


def test_a_quaternion_reads_the_same_from_xml_and_from_rows_and_in_both_directions():
    # Orekit's examples 4 (rows, A2B) and 13 (XML, B2A) hold the same yaw steering.
    rows = read_aem(reference("ndm/aem/AEMExample04.txt"))[0].q_a_from_b
    named = read_aem(reference("ndm/aem/AEMExample13.xml"))[0].q_a_from_b
    assert np.allclose(rows[0] * (1, -1, -1, -1), named[0], atol=1e-5)


def test_vanguard_as_its_catalogue_sends_it_is_the_set_that_was_sent():
    # sgp4's own sample: CelesTrak's combined XML, with an empty header.
    elements = element_set(read_omm(reference("sgp4/sample_omm.xml")))
    assert elements.line1[2:7] == "00005"
    assert float(elements.line2[52:63]) == 10.84869164
    r_m, _ = state_teme(elements, 0.0)
    assert 8.62e6 * (1 - 0.19) < np.linalg.norm(r_m) < 8.62e6 * (1 + 0.19)  # 10.85 turns a day, e 0.185


def test_a_set_as_catalogues_send_it_inside_a_combined_message_is_read():
    text = reference("ndm/omm/OMMExample4.xml")
    start, end = text.index("<omm"), text.index("</omm>") + len("</omm>")
    combined = f"<ndm>{text[start:end]}</ndm>"
    assert read_omm(combined).numbers == read_omm(text).numbers
    with pytest.raises(NdmError, match="2 messages in one <ndm>; one is taken at a time"):
        read_omm(f"<ndm>{text[start:end]}{text[start:end]}</ndm>")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<MEAN_ELEMENT_THEORY>SGP4", "<MEAN_ELEMENT_THEORY>DSST", "mean elements of DSST"),
        ("<REF_FRAME>TEME", "<REF_FRAME>GCRF", "REF_FRAME GCRF; of an SGP4 set it is TEME"),
        ("<CENTER_NAME>EARTH", "<CENTER_NAME>MARS", "CENTER_NAME MARS"),
        (">13.82309053<", ">17.9<", "perigee at"),
        (">.0205751<", ">1.2<", "ECCENTRICITY 1.2 is not of an ellipse"),
        (">.0205751<", ">.3<", "perigee at -1244 km altitude"),
        (">49.8237<", ">249.8<", "INCLINATION 249.8 is not within"),
        (">13.82309053<", ">-1<", "MEAN_MOTION -1 must be positive"),
    ],
)
def test_elements_that_are_no_orbit_of_sgp4_are_refused(old, new, said):
    text = reference("ndm/omm/OMMExample4.xml")
    assert old in text
    with pytest.raises(NdmError, match=said):
        element_set(read_omm(text.replace(old, new)))


def flown(n: int = 5):
    """A few states on an arc, with attitude and rate, and their instants."""
    t_ns = np.arange(n, dtype=np.int64) * 10_000_000_000 + 123_456_789
    rows = np.random.default_rng(3).normal(size=(n, 13))
    q = rows[:, :4] / np.linalg.norm(rows[:, :4], axis=1, keepdims=True)
    q *= np.sign(q[:, :1])
    return t_ns, KinematicState(7e6 * rows[:, 4:7], 7e3 * rows[:, 7:10], q, 0.01 * rows[:, 10:13])


HEADER = writing.Header(creation_date="2022-01-22T00:00:00", originator="US", comment="a test")
SUBJECT = writing.Subject(name="STAGE", identifier="2009-002J")


def test_what_we_write_we_read_back_to_the_last_digit_written():
    t_ns, states = flown()
    epoch = Epoch("2016-12-31T23:59:50Z")  # a leap second inside
    text = "\n".join(writing.oem(HEADER, SUBJECT, epoch, [(t_ns, states)]))
    (orbit,) = read_oem(text)
    assert orbit.object_id == "2009-002J"
    assert np.abs(orbit.r_m - states.r_eci_m).max() < 1e-6  # 9 decimals of a kilometre
    assert np.abs(orbit.v_mps - states.v_eci_mps).max() < 1e-9
    (attitude,) = read_aem("\n".join(writing.aem(HEADER, SUBJECT, epoch, [(t_ns, states)])))
    assert np.abs(attitude.q_a_from_b - states.q_eci_from_body).max() < 1e-14
    assert np.abs(np.deg2rad(attitude.rows[:, 4:]) - states.w_body_radps).max() < 1e-12
    assert orbit.instants[1].text == "2016-12-31T23:59:60.123456789"


def test_another_library_reads_what_we_write_and_reads_samples_as_we_do():
    t_ns, states = flown()
    epoch = Epoch("2022-01-22T18:35:21Z")
    theirs = ccsds_ndm.from_str("\n".join(writing.oem(HEADER, SUBJECT, epoch, [(t_ns, states)])))
    rows = theirs.segments[0].data.state_vector
    assert rows[2].x == pytest.approx(1e-3 * states.r_eci_m[2, 0], abs=1e-9)
    assert ccsds_ndm.from_str("\n".join(writing.aem(HEADER, SUBJECT, epoch, [(t_ns, states)])))
    for path in samples("oem", valid=True):
        if Path(path).name == "OEMExample8.txt":
            continue  # it wants INTERPOLATION_DEGREE even where nothing says it must be there
        text = reference(path)
        for mine, segment in zip(read_oem(text), ccsds_ndm.from_str(text).segments, strict=True):
            x_km = [row.x for row in segment.data.state_vector]
            assert (1e-3 * mine.r_m[:, 0]).tolist() == pytest.approx(x_km, rel=1e-15)


def test_the_stage_of_the_mission_is_the_same_as_two_lines_and_as_an_omm():
    line1, line2 = stage().elements.line1, stage().elements.line2
    text = f"""CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2022-022T19:00:00
ORIGINATOR = TEST
OBJECT_NAME = H-2A R/B
OBJECT_ID = 2009-002J
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP4
EPOCH = 2022-01-22T18:35:21.789600
MEAN_MOTION = {line2[52:63]} [rev/day]
ECCENTRICITY = 0.{line2[26:33]}
INCLINATION = {line2[8:16].strip()} [deg]
RA_OF_ASC_NODE = {line2[17:25].strip()} [deg]
ARG_OF_PERICENTER = {line2[34:42].strip()} [deg]
MEAN_ANOMALY = {line2[43:51].strip()} [deg]
NORAD_CAT_ID = 33500
ELEMENT_SET_NO = 999
REV_AT_EPOCH = 70445
BSTAR = .94629E-4
MEAN_MOTION_DOT = {line1[33:43].strip()}
MEAN_MOTION_DDOT = 0
"""
    ours = element_set(read_omm(text))
    a, b = state_teme(ours, 60.0), state_teme(stage().elements, 60.0)
    assert np.abs(a[0] - b[0]).max() < 1.0  # the epoch of two lines has 0.9 ms: 7 m/ms, here hit to 0.02 ms
