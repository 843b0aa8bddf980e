"""A target's orbit from a message or a state, and orbits that cannot be flown."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from services.cli import call
from services.library import find, load_mission
from tests.accuracy_samples import reference
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.orbit import coast
from twin.dynamics.settings import Environment
from twin.dynamics.surroundings import Surroundings
from twin.errors import MissionError, NdmError
from twin.mission.cautions import cautions
from twin.mission.orbit import orbit_at
from twin.ndm import writing
from twin.ndm.ephemeris import state_at
from twin.ndm.oem import read_oem

UTC = "2022-01-23T02:51:09.789Z"
START = Epoch("2022-01-23T02:41:09.789Z")
HEADER = writing.Header(creation_date="2022-01-22T00:00:00", originator="US", comment="a test")
TARGET = 'target = "h2a-33500"'


@pytest.fixture(scope="module")
def stage_track():
    """Twenty minutes of the stage's own motion."""
    r_m, v_mps = orbit_at(load_mission("quickstart").target, START)
    return coast(r_m, v_mps, 0, 1200 * 10**9, Surroundings.at(START, Environment()))


@pytest.fixture(scope="module")
def message(stage_track) -> str:
    t_ns = np.arange(0, 1201, 60, dtype=np.int64) * 10**9
    subject = writing.Subject(name="STAGE", identifier="2009-002J")
    return "\n".join(writing.oem(HEADER, subject, START, [(t_ns, stage_track.states(t_ns))]))


@pytest.fixture
def mission(tmp_path, message):
    """Writes a mission with this target; gives its path."""
    (tmp_path / "stage.oem").write_text(message)

    def written(target: str, utc: str = UTC, latest_s: float = 7200.0) -> str:
        text = find("quickstart").text.replace(TARGET, target)
        text = text.replace("after_element_set_h = 8.23", f"utc = {utc}")
        text = text.replace("latest_s = 7200.0", f"latest_s = {latest_s}")
        (tmp_path / "mine.toml").write_text(text)
        return str(tmp_path / "mine.toml")

    return written


@pytest.mark.parametrize("second", [0.0, 1.0, 31.5, 599.123456789, 1200.0])
def test_an_ephemeris_of_minutes_gives_the_state_between_its_rows(stage_track, message, second):
    t_ns = round(second * 1e9)
    r_m, v_mps = state_at(read_oem(message), Epoch(writing.utc_text(START, t_ns, digits=9)))
    truth = stage_track.state(t_ns)
    assert (
        np.abs(r_m - truth.r_eci_m).max() < 2e-5
    )  # Hermite of degree 7 over 180 s: (n h)^8 / 8! of the radius
    assert np.abs(v_mps - truth.v_eci_mps).max() < 1e-6


@pytest.mark.parametrize(("method", "worst_m"), [("LAGRANGE", 1.0), ("LINEAR", 8_000.0)])
def test_the_messages_own_interpolation_is_used(stage_track, message, method, worst_m):
    text = message.replace("INTERPOLATION = HERMITE", f"INTERPOLATION = {method}")
    r_m, _ = state_at(read_oem(text), Epoch(writing.utc_text(START, 630 * 10**9)))
    apart = np.linalg.norm(r_m - stage_track.state(630 * 10**9).r_eci_m)
    assert 1e-6 < apart < worst_m


@pytest.mark.parametrize(
    ("system", "shift_s"), [("TAI", 37.0), ("TT", 37.0 + 32.184), ("GPS", 37.0 - 19.0), ("UTC", 0.0)]
)
def test_every_time_scale_that_is_taken_names_the_same_instant(message, stage_track, system, shift_s):
    text = message.replace("TIME_SYSTEM = UTC", f"TIME_SYSTEM = {system}")
    epoch = Epoch(writing.utc_text(START, round((600.0 - shift_s) * 1e9), digits=9))
    r_m, _ = state_at(read_oem(text), epoch)
    assert np.abs(r_m - stage_track.state(600 * 10**9).r_eci_m).max() < 2e-5


def test_teme_turns_into_our_axes_as_vallado_says():
    # Vallado, Fundamentals (2013), example 3-15: one place in TEME and in GCRF, 2004-04-06 07:51:28.386009.
    place, speed = "5094.18016210 6127.64465950 6380.34453270", "-4.746131487 0.785818041 5.531931288"
    text = f"""CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2004-04-06T00:00:00
ORIGINATOR = VALLADO
META_START
OBJECT_NAME = X
OBJECT_ID = X
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
START_TIME = 2004-04-06T07:51:28.386
STOP_TIME = 2004-04-06T07:51:28.387
META_STOP
2004-04-06T07:51:28.386009 {place} {speed}
"""
    r_m, v_mps = state_at(read_oem(text), Epoch("2004-04-06T07:51:28.386009Z"))
    # TEME is of the theory of 1980: 60 mas off today's without its corrections, 3 m at 10,000 km.
    assert np.abs(1e-3 * r_m - (5102.50895790, 6123.01140070, 6378.13692820)).max() < 3e-3
    assert np.abs(1e-3 * v_mps - (-4.74322016, 0.79053650, 5.53375573)).max() < 3e-6


def test_a_state_in_turning_axes_and_in_eci_is_the_same_motion(message, stage_track):
    def place(t_ns: int):
        return 1e-3 * ecef_from_eci(START, t_ns) @ stage_track.state(t_ns).r_eci_m

    head, _, body = message.partition("META_STOP\n")
    rows = []
    for minute, line in enumerate(body.split("\n")[1:-1], 1):
        t_ns = minute * 60 * 10**9
        # Five points, 1 s apart: the fourth-order quotient of a velocity that nothing here computes.
        u = [place(t_ns + k * 10**9) for k in (-2, -1, 1, 2)]
        v_kmps = (u[0] - 8.0 * u[1] + 8.0 * u[2] - u[3]) / 12.0
        rows.append(" ".join((line.split()[0], *(f"{x:.12f}" for x in (*place(t_ns), *v_kmps)))))
    text = head.replace("REF_FRAME = GCRF", "REF_FRAME = ITRF2014") + "META_STOP\n" + "\n".join(rows)
    r_m, v_mps = state_at(read_oem(text), Epoch(writing.utc_text(START, 600 * 10**9)))
    truth = stage_track.state(600 * 10**9)
    assert np.abs(r_m - truth.r_eci_m).max() < 1e-5
    assert np.abs(v_mps - truth.v_eci_mps).max() < 1e-5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("CENTER_NAME = EARTH", "CENTER_NAME = MARS", "the twin flies about EARTH"),
        ("REF_FRAME = GCRF", "REF_FRAME = TOD", "REF_FRAME TOD; taken are GCRF"),
        ("TIME_SYSTEM = UTC", "TIME_SYSTEM = TDB", "TIME_SYSTEM TDB; taken are UTC"),
        ("INTERPOLATION = HERMITE", "INTERPOLATION = SPLINE", "INTERPOLATION SPLINE"),
    ],
)
def test_an_ephemeris_that_cannot_be_used_is_refused(message, old, new, said):
    with pytest.raises(NdmError, match=said):
        state_at(read_oem(message.replace(old, new)), Epoch(writing.utc_text(START, 30 * 10**9)))


def test_a_mission_starts_its_target_where_an_ephemeris_says(mission, stage_track, tmp_path):
    loaded = load_mission(mission('target = { like = "h2a-33500", oem = "stage.oem" }'))
    assert loaded.target.elements is None
    assert loaded.target.state.source == "stage.oem: STAGE (2009-002J)"
    r_m, _ = orbit_at(loaded.target, Epoch(loaded.epoch_utc))
    assert np.abs(r_m - stage_track.state(600 * 10**9).r_eci_m).max() < 2e-5
    kept = msgspec.json.decode(msgspec.json.encode(loaded), type=type(loaded))  # as a recording keeps it
    assert kept == loaded
    file = tmp_path / "flown.mcap"
    path = str(tmp_path / "mine.toml")
    assert call(["run", path, "--in-process", "--quiet", "--until", "20", "--record", str(file)]) in (0, 1)
    assert call(["replay", str(file)]) == 0


def test_a_mission_takes_its_target_from_an_omm(mission, tmp_path):
    text = reference("ndm/omm/OMMExample4.xml")
    (tmp_path / "starlette.xml").write_text(text)
    loaded = load_mission(
        mission('target = { like = "h2a-33500", omm = "starlette.xml" }', "2021-03-23T00:00:00Z")
    )
    assert loaded.target.elements.line1[2:7] == "07646"


GROUND = "r_eci_m = [6.0e6, 0.0, 0.0], v_eci_mps = [0.0, 0.0, 7.0e3]"
OPEN = "r_eci_m = [7.0e6, 0.0, 0.0], v_eci_mps = [0.0, 0.0, 1.2e4]"
FALLING = "r_eci_m = [7.0e6, 0.0, 0.0], v_eci_mps = [0.0, 0.0, 7.0e3]"
GRAZING = "r_eci_m = [6.46e6, 0.0, 0.0], v_eci_mps = [0.0, 0.0, 7.87e3]"
DECAYING = "r_eci_m = [6.51e6, 0.0, 0.0], v_eci_mps = [0.0, 0.0, 7824.9]"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (f"state = {{ {GROUND} }}", "the target starts 378 km below the surface"),
        (f"state = {{ {OPEN} }}", "orbit is open (eccentricity 1.529)"),
        (f"state = {{ {FALLING} }}", "re-enters: its perigee is below the surface"),
        (f"state = {{ {GRAZING} }}", "re-enters: its perigee is in the air, at 82 km"),
        (f"state = {{ {DECAYING} }}, drag_area_m2 = 2200.0", "the target re-enters 0.8 h after the epoch"),
        ('oem = "nowhere.oem"', "target.oem: no file nowhere.oem, neither beside the mission nor in orbits/"),
        ('oem = "mine.toml"', "target.oem: mine.toml: "),
        ("oem = 3", "expected the name of a file, found 3"),
        (f'oem = "stage.oem", state = {{ {OPEN} }}', "one orbit only: oem and state are given"),
        (
            "inertia_body_kgm2 = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]",
            "inertia_body_kgm2 is of no real body",
        ),
        (
            "inertia_body_kgm2 = [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]",
            "each principal moment must be above 0 and at most the sum of the other two; they are -1, 1, 3",
        ),
        (
            "inertia_body_kgm2 = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.1]]",
            "at most the sum of the other two; they are 1, 1, 2.1 kg m2",
        ),
        (
            "inertia_body_kgm2 = [[1.0, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]",
            "inertia_body_kgm2 must be symmetric",
        ),
        (
            "port = { r_body_m = [6.2, 0.0, 0.0], q_port_from_body = [0.0, 0.0, 0.0, 0.0] }",
            "must have length 1, it has 0",
        ),
        (
            "port = { r_body_m = [6.2, 0.0, 0.0], q_port_from_body = [1.0, 1.0, 0.0, 0.0] }",
            "must have length 1, it has 1.41",
        ),
    ],
)
def test_a_target_that_cannot_be_flown_is_refused_in_one_line(mission, capsys, target, said):
    path = mission(f'target = {{ like = "h2a-33500", {target} }}')
    assert call(["check", path]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_an_epoch_outside_the_ephemeris_is_refused_with_what_it_covers(mission):
    path = mission('target = { like = "h2a-33500", oem = "stage.oem" }', "2022-01-24T00:00:00Z")
    with pytest.raises(MissionError, match=r"not covered: usable from 2022-01-23T02:41:09\.789000000 to"):
        load_mission(path)


def test_hours_after_an_element_set_need_one(mission, tmp_path):
    path = mission('target = { like = "h2a-33500", oem = "stage.oem" }')
    text = (tmp_path / "mine.toml").read_text().replace(f"utc = {UTC}", "after_element_set_h = 8.0")
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(MissionError, match="no element set to count from: state `utc`"):
        load_mission(path)


def test_a_mission_beyond_the_tables_is_flown_with_a_warning_of_what_is_used_instead(mission, capsys):
    state = "state = { r_eci_m = [7.0e6, 0.0, 0.0], v_eci_mps = [0.0, 100.0, 7545.0] }"
    high = f'target = {{ like = "h2a-33500", {state} }}'
    path = mission(high, "2036-01-01T00:00:00Z")
    assert call(["check", path]) == 0
    err = capsys.readouterr().err
    assert err.startswith("twin: warning: the epoch lies outside the Earth orientation shipped")
    assert "the last row is held instead" in err
    assert cautions(load_mission("quickstart")) == ()
    with Path(path).open("a", encoding="utf-8") as file:
        file.write('\n[environment]\nfidelity = "standard"\n')
    assert call(["check", path]) == 0
    turn, weather = capsys.readouterr().err.splitlines()
    assert "Earth orientation" in turn
    assert "space weather known here; moderate activity is used instead: F10.7 140" in weather


@pytest.mark.parametrize(
    ("horizon", "said"),
    [
        ("[[10.0, 5.0], [5.0, 6.0]]", "the azimuths of horizon must ascend within 0 to 360 deg"),
        ("[[10.0, 5.0], [365.0, 6.0]]", "the azimuths of horizon must ascend within 0 to 360 deg"),
        ("[[10.0, 95.0]]", "the elevations of horizon must be -5 to 90 deg"),
        ("[[10.0]]", "horizon"),
    ],
)
def test_a_horizon_that_cannot_be_one_is_refused(tmp_path, capsys, horizon, said):
    station = (
        '{ name = "here", title = "Here", network = "own", latitude_deg = 39.5, longitude_deg = 75.9, '
        f'height_m = 1200.0, mask_deg = 5.0, horizon = {horizon}, source = "assumed", confidence = "good" }}'
    )
    text = find("quickstart").text.replace('stations = ["china-ttc"]', f"stations = [{station}]")
    (tmp_path / "mine.toml").write_text(text)
    assert call(["check", str(tmp_path / "mine.toml")]) == 2
    assert said in capsys.readouterr().err
