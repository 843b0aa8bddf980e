"""Whatever a user gets wrong is one clear line, exit 2, and nothing is left behind.

What the loader says of wrong values is in test_mission_load.py, what the parser says of wrong options in
test_cli.py; here are the ways in which a whole `twin run` meets the machine.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli import BAD_INPUT, call
from services.library import find
from tests.twins import private_folder, size, started, until

SOUND = find("quickstart").text
LINE1 = "1 33500U 09002J   22022.77455775  .00000822  00000-0  94629-4 0  9993"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty working folder, with its own folder for temporary files beside it."""
    with private_folder() as folder:
        for name in ("here", "tmp"):
            (folder / name).mkdir(mode=0o700)
        monkeypatch.chdir(folder / "here")
        monkeypatch.setattr("tempfile.tempdir", str(folder / "tmp"))
        yield folder


def contents(folder: Path) -> list[tuple[str, int]]:
    """Every file and folder below, with its size."""
    return sorted((str(path.relative_to(folder)), size(path)) for path in folder.rglob("*"))


Capture = pytest.CaptureFixture[str]


def refused(arguments: list[str], place: Path, capsys: Capture) -> str:
    """The one line that is said; what was there before is there after, and nothing else."""
    before = contents(place)
    assert call(arguments) == BAD_INPUT
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("twin: ")
    assert captured.err.count("\n") == 1, captured.err
    assert "Traceback" not in captured.err
    assert contents(place) == before
    return captured.err


WRONG_MISSIONS = {
    "unknown key": ("linger_s = 30.0", "linger = 30.0", "mine.toml: ending: unknown key `linger`"),
    "wrong type": ("latest_s = 7200.0", 'latest_s = "long"', "ending.latest_s: expected number"),
    "wrong unit": ("linger_s = 30.0", "linger_min = 0.5", "did you mean `linger_s` (s)?"),
    "bad checksum": (
        'target = "h2a-33500"',
        f'target = {{ like = "h2a-33500", elements = {{ line1 = "{LINE1[:-1]}4" }} }}',
        "checksum",
    ),
    "unknown law": ("timeout_s = 180.0", 'law = "hover"', "unknown law `hover`"),
    "unknown station": ('["china-ttc"]', '["china-ttc:beijing"]', "unknown station 'beijing'"),
    "unknown network": ('["china-ttc"]', '["chinattc"]', "nearest: china-ttc"),
    "unknown quantity": ("truth.propellant_used_kg", "truth.distance_m", "truth.distance_m"),
    "unknown body": ('"h2a-33500"', '"ariane-1"', "bodies/ariane-1.toml"),
}


@pytest.mark.parametrize("how", [(), ("--in-process",)])
@pytest.mark.parametrize("what", WRONG_MISSIONS)
def test_a_wrong_mission_is_refused_before_anything_starts(
    place: Path, capsys: Capture, what: str, how: tuple[str, ...]
) -> None:
    old, new, hint = WRONG_MISSIONS[what]
    assert old in SOUND
    Path("mine.toml").write_text(SOUND.replace(old, new))
    line = refused(["run", "mine.toml", *how], place, capsys)
    assert "mine.toml" in line
    assert hint in line


def test_a_missing_mission_and_a_folder_in_its_place_are_told_apart(place: Path, capsys: Capture) -> None:
    Path("folder.toml").mkdir()
    assert "no such file" in refused(["run", "absent.toml"], place, capsys)
    assert "not a file" in refused(["run", "folder.toml"], place, capsys)


def test_a_place_that_cannot_be_written_is_refused(place: Path, capsys: Capture) -> None:
    """A path below a regular file: even one who may write everywhere cannot write there."""
    Path("file").touch()
    Path("recordings").touch()  # where a run records by itself
    assert "cannot record to file/a.mcap" in refused(
        ["run", "quickstart", "--record", "file/a.mcap"], place, capsys
    )
    assert "choose a place with --record" in refused(["run", "quickstart"], place, capsys)


def test_no_room_for_sockets_is_refused(
    place: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").touch()
    monkeypatch.setattr("tempfile.tempdir", str(place / "file"))
    assert "no folder for the run's sockets" in refused(["run", "quickstart"], place, capsys)
    monkeypatch.setattr("tempfile.tempdir", str(place / ("long" * 30)))
    assert "set TMPDIR to a shorter one" in refused(["run", "quickstart"], place, capsys)


@pytest.mark.parametrize("option", ["--view", "--operator"])
def test_an_ipc_path_that_is_too_long_or_has_no_folder_is_refused(
    place: Path, capsys: Capture, option: str
) -> None:
    too_long = refused(["run", "quickstart", option, f"ipc://{place}/{'x' * 100}"], place, capsys)
    assert "too long, at most 107" in too_long
    nowhere = refused(["run", "quickstart", option, f"ipc://{place}/none/x"], place, capsys)
    assert "does not exist" in nowhere


@pytest.mark.parametrize(
    "options",
    [
        ("--view",),
        ("--operator",),
        ("--in-process", "--operator"),
        ("--foreign", "guidance", "--endpoint"),
    ],
)
def test_a_port_that_is_taken_is_refused(place: Path, capsys: Capture, options: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["run", "quickstart", *options, f"tcp://127.0.0.1:{port}"]
        assert f"{port} is already in use" in refused(words, place, capsys)


def test_two_planes_at_one_endpoint_are_refused(place: Path, capsys: Capture) -> None:
    endpoint = f"ipc://{place}/plane"
    words = ["run", "quickstart", "--in-process", "--view", endpoint, "--operator", endpoint]
    assert "used by" in refused(words, place, capsys)


def test_a_second_run_on_an_endpoint_or_a_recording_is_refused_and_the_first_flies_on(
    place: Path, capsys: Capture
) -> None:
    first_place = place / "first"
    first_place.mkdir()
    endpoint = f"ipc://{place}/operator"
    words = ["run", "quickstart", "--in-process", "--rate", "20", "--until", "60", "--operator", endpoint]
    first = started([*words, "--record", str(place / "a.mcap"), "--json", "--quiet"], first_place)
    until((place / "operator").exists, "the first run's endpoint")
    for second in (["--operator", endpoint], ["--record", str(place / "a.mcap")]):
        assert call(["run", "quickstart", *second]) == BAD_INPUT
        line = capsys.readouterr().err
        assert line.count("\n") == 1
        assert "used by another run" in line or "exists" in line
        assert contents(place / "here") == contents(place / "tmp") == []
    _, err = first.communicate(timeout=60.0)
    assert first.returncode == 1, err  # flown to the end asked for, and not ready there
    assert not (place / "operator").exists()
