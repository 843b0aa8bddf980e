"""Missions and what they share are found by name and by path: beside the file, in ./missions, packaged."""

import pytest

from services.library import find, load_mission, names, shared_names
from twin.errors import MissionError


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working directory that holds nothing of ours."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_package_is_found_from_anywhere(elsewhere):
    assert {"adras-j2", "quickstart"} <= set(names())
    assert "h2a-33500" in shared_names("bodies")
    assert load_mission("quickstart").name == "quickstart"


def test_a_mission_is_taken_by_path_with_its_own_shared_files(elsewhere):
    own = elsewhere / "mine" / "bodies"
    own.mkdir(parents=True)
    package = find("quickstart")
    heavy = package.include("bodies", "h2a-33500").replace("mass_kg = 3000.0", "mass_kg = 3100.0")
    (own / "heavy.toml").write_text(heavy)
    (elsewhere / "mine" / "try.toml").write_text(package.text.replace('"h2a-33500"', '"heavy"'))
    for path in ("mine/try.toml", str(elsewhere / "mine" / "try.toml")):
        mission = load_mission(path)
        assert (mission.name, mission.target.mass_kg) == ("try", 3100.0)


def test_the_working_directory_comes_before_the_package(elsewhere):
    folder = elsewhere / "missions"
    folder.mkdir()
    text = find("quickstart").text
    (folder / "quickstart.toml").write_text(text.replace("seed = 1", "seed = 2"))
    (folder / "own.toml").write_text(text)
    assert load_mission("quickstart").seed == 2
    assert load_mission("own").name == "own"
    assert names()[:2] == ("own", "quickstart")


def test_any_file_name_makes_a_name(elsewhere):
    (elsewhere / "My Mission (2).toml").write_text(find("quickstart").text)
    assert load_mission("My Mission (2).toml").name == "my-mission-2"
    (elsewhere / "42.toml").write_text(find("quickstart").text)
    assert load_mission("./42.toml").name == "mission-42"


@pytest.mark.parametrize(
    ("mission", "reason"),
    [
        ("quikstart", "nearest: quickstart"),
        ("nowhere.toml", "no such file"),
        ("./nowhere", "no such file"),
        ("folder.toml", "not a file"),
        ("latin.toml", "not UTF-8 text at byte 3"),
        ("huge.toml", "at most"),
    ],
)
def test_a_file_that_cannot_be_had_is_refused_in_one_line(elsewhere, mission, reason):
    (elsewhere / "folder.toml").mkdir()
    (elsewhere / "latin.toml").write_bytes(b"caf\xe9\xe9")
    (elsewhere / "huge.toml").write_bytes(b"#" * 5_000_000)
    with pytest.raises(MissionError, match=reason) as caught:
        load_mission(mission)
    assert len(str(caught.value).splitlines()) == 1
