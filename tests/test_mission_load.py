"""Any text is a mission or a MissionError, which names the place and the nearest right key."""

from functools import cache

import msgspec
import pytest

from services.laws import laws
from services.library import find, load_mission, names
from twin.errors import MissionError
from twin.mission.describe import mission_listings, quantity_listing
from twin.mission.load import load
from twin.mission.script import Mission

LAWS = laws()
TEXT = find("quickstart").text
INCLUDE = cache(find("quickstart").include)
VARIANT = 'extends = "quickstart"\n'


def loaded(text):
    return load(text, "quickstart", INCLUDE, LAWS)


def changed(old, new):
    assert old in TEXT, f"the shipped mission no longer says {old!r}"
    return TEXT.replace(old, new)


def refusal(old, new):
    with pytest.raises(MissionError) as caught:
        loaded(changed(old, new))
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith("quickstart.toml")
    return message


def refused(text, name="quickstart"):
    """Why a mission file is refused, in one line."""
    with pytest.raises(MissionError) as caught:
        load(text, name, INCLUDE, LAWS)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


@pytest.mark.parametrize("name", names())
def test_every_shipped_mission_loads_and_survives_the_wire(name):
    mission = load_mission(name, LAWS)
    assert mission.name == name
    packed = msgspec.msgpack.encode(mission, order="deterministic")
    assert msgspec.msgpack.decode(packed, type=Mission) == mission
    assert msgspec.msgpack.encode(load_mission(name, LAWS), order="deterministic") == packed


@pytest.mark.parametrize(
    ("old", "new", "place", "hint"),
    [
        ("linger_s", "linger_min", "ending", "did you mean `linger_s` (s)?"),
        (
            "latest_s = 7200.0",
            'latest_s = "2 h"',
            "ending.latest_s",
            "expected number, found '2 h' (a number in s",
        ),
        ("seed = 1", "sed = 1", "", "did you mean `seed`?"),
        ("seed = 1", "seed = 1.5", "seed", "expected whole number, found 1.5"),
        ("seed = 1", "seed = -1", "seed", "expected whole number >= 0"),
        ("sample_s = 1.0", "sample_s = 0.001", "", "more than 5000000 samples"),
        ("sample_s = 1.0", "sample_s = nan", "sample_s", "nan is not a number here (a number in s"),
        ('"h2a-33500"', '"h2a-33501"', "target", "nearest: h2a-33500"),
        ('"h2a-33500"', '"../../etc/passwd"', "target", "expected a name"),
        ('"h2a-33500"', "{ mass_kg = 3000.0 }", "target", "key `name` is missing"),
        (
            '"servicer-800"',
            '{ like = "servicer-800", propulsion = { thrust_kn = 0.022 } }',
            "servicer.propulsion",
            "unknown key `thrust_kn` (kN); did you mean `thrust_n` (N)?",
        ),
        (
            '["china-ttc"]',
            '["china-ttc:kashgar"]',
            "stations[0]",
            "unknown station 'kashgar' in china-ttc; nearest: kashi",
        ),
        ('["china-ttc"]', '["china-ttc", "china-ttc:kashi"]', "stations", "kashi is named twice"),
        ('["china-ttc"]', "[]", "stations", "expected a network"),
        (
            "timeout_s = 180.0",
            'law = "hld"',
            "guidance.phases.hold_17.law",
            "unknown law `hld`; nearest: hold",
        ),
        ("timeout_s = 180.0", "parameters = { deadband_mm = 3 }", "hold_17.parameters", "`deadband_m` (m)"),
        (
            "timeout_s = 180.0",
            "period_s = 0.05",
            "guidance.phases.hold_17",
            "at or above compute_delay_s (0.1 s)",
        ),
        ("timeout_s = 180.0", f"parameters = {{ within_m = {10**30} }}", "within_m", "beyond 63 bits"),
        ('timeout = "close_in"', 'timeout = "closein"', "hold_17.on.timeout", "nearest: close_in"),
        (
            'timeout = "close_in"',
            'timeot = "close_in"',
            "guidance.phases[4].on",
            "expected one of go, arrived",
        ),
        ("after_element_set_h = 8.23", 'utc = "yesterday"', "epoch_utc", "not a UTC instant"),
        (
            "after_element_set_h = 8.23",
            "utc = 2023-01-23T02:50:00Z",
            "epoch_utc",
            "days from the element set's",
        ),
        ("after_element_set_h = 8.23", "after_element_set_min = 8", "epoch", "`after_element_set_h` (h)"),
        ("[0.0, -50.0, 0.0]", "[0.0, -5.0, 0.0]", "start.r_ric_m", "inside the keep-out sphere"),
        ("[0.0, -50.0, 0.0]", "[0.0, -50.0]", "start.r_ric_m", "list of length 3"),
        (
            "truth.propellant_used_kg",
            "truth.propelant_used_kg",
            "requirements.propellant.of",
            "nearest: truth.propellant_used_kg",
        ),
        ("== 'hold_50'", "== 'hold50'", "timeline.", "unknown phase `hold50`; nearest: hold_50"),
        ("ground.age_s < 60", "truth.range_m < 60", "timeline.go_to_corridor.when", "truth plane"),
        ('command = "go"', 'command = "goo"', "timeline.go_to_corridor.command", "nearest: go"),
        ('kind = "maximum"', 'kind = "max"', "].kind", "expected one of always, never"),
        ('include = ["approach"', 'include = ["aproach"', "include[0]", "nearest: approach"),
        ('include = ["approach"', 'includes = ["approach"', "", "did you mean `include`?"),
        ("title =", "title = =", "", "not TOML"),
    ],
)
def test_a_wrong_mission_is_refused_with_place_and_remedy(old, new, place, hint):
    message = refusal(old, new)
    assert place in message
    assert hint in message


def test_a_checksum_that_does_not_hold_is_refused():
    line = "1 33500U 09002J   22022.77455775  .00000822  00000-0  94629-4 0  9994"
    message = refusal('"h2a-33500"', f'{{ like = "h2a-33500", elements = {{ line1 = "{line}" }} }}')
    assert "target.elements.line1" in message
    assert "checksum" in message


def test_a_body_that_cannot_be_is_refused():
    tensor = "[[100.0, 0.0, 0.0], [0.0, 100.0, 0.0], [0.0, 0.0, 300.0]]"
    message = refusal('"h2a-33500"', f'{{ like = "h2a-33500", inertia_body_kgm2 = {tensor} }}')
    assert "of no real body" in message


def test_a_mission_without_requirements_is_refused():
    with pytest.raises(MissionError, match="requirements"):
        loaded(TEXT.split("[[requirements]]")[0].replace("include =", "#"))


def test_an_error_in_a_shared_file_names_that_file():
    def include(kind, name):
        return INCLUDE(kind, name).replace("mass_kg = 3000.0", "mass_g = 3000.0")

    with pytest.raises(
        MissionError, match=r"^bodies/h2a-33500\.toml: unknown key `mass_g` \(g\).*`mass_kg` \(kg\)"
    ):
        load(TEXT, "quickstart", include, LAWS)


@pytest.mark.parametrize(
    ("keys", "place", "hint"),
    [
        ('name = "sphre"\nwhen = "true"', "requirements", "no row `sphre` to change; nearest: sphere"),
        ('name = "sphre"\nremove = true', "requirements", "no row `sphre` to remove; nearest: sphere"),
        ('name = "sphere"\nwithin_s = 5.0', "requirements.sphere.within_s", "always takes no `within_s`"),
        ('name = "sphere"\nkind = "count"', "requirements.sphere", "needs at_least or at_most"),
        ('name = "sphere"\nkind = "maximum"', "requirements.sphere.that", "maximum takes no `that`"),
        ('name = "sphere"\nkind = "until"', "requirements.sphere", "until needs key `until`"),
        ('name = "propellant"\nat_least = 3', "requirements.propellant", "cannot both be"),
        ('name = "propellant"\nof = "truth.latched"', "requirements.propellant.of", "a number is wanted"),
    ],
)
def test_a_requirement_that_cannot_be_is_refused_with_place_and_remedy(keys, place, hint):
    message = refused(f"{VARIANT}[[requirements]]\n{keys}", "mine")
    assert place in message
    assert hint in message


@pytest.mark.parametrize(
    ("keys", "place", "hint"),
    [
        ("", "timeline.s", "one thing of command, swap, mark, expect, hold; this has none"),
        ('command = "go"\nmark = "x"', "timeline.s", "one thing of command, swap, mark, expect, hold; this"),
        ('mark = "x"\nfor_s = 3', "timeline.s.for_s", "`for_s` goes with hold, not with mark"),
        ('expect = "ground.in_pass"', "timeline.s", "expect needs key `within_s` (s)"),
        ('hold = "ground.in_pass"', "timeline.s", "hold needs key `for_s` (s)"),
        ('expect = "ground.in_pas"\nwithin_s = 1', "timeline.s.expect", "nearest: ground.in_pass"),
        ('hold = "truth.range_m > 1"\nfor_s = 1', "timeline.s.hold", "truth plane"),
        ('swap = { phase = "hold17", law = "hold" }', "timeline.s.swap.phase", "nearest: hold_17"),
        ('swap = { phase = "hold_17", law = "hld" }', "timeline.s.swap.law", "nearest: hold"),
        (
            'swap = { phase = "close_in", law = "glideslope", parameters = { sped_mps = 1 } }',
            "timeline.s.swap.parameters",
            "speed_mps",
        ),
        ('exepct = "true"', "timeline[1]", "did you mean `expect`?"),
    ],
)
def test_a_step_that_cannot_be_is_refused_with_place_and_remedy(keys, place, hint):
    message = refused(f'{TEXT}\n[[timeline]]\nname = "s"\n{keys}')
    assert place in message
    assert hint in message


def test_keys_that_differ_from_a_shared_file_are_put_in_by_table_and_by_name():
    spun = loaded(changed('"h2a-33500"', '{ like = "h2a-33500", spin_deg_per_s = 0.3 }'))
    plain = loaded(TEXT)
    assert spun.target == msgspec.structs.replace(plain.target, spin_deg_per_s=0.3)
    phases = {phase.name: phase for phase in plain.guidance.phases}
    original = {phase.name: phase for phase in load_mission("adras-j2").guidance.phases}
    assert list(phases) == list(original)
    assert phases["hold_17"].on == {**original["hold_17"].on, "timeout": "close_in"}
    assert phases["close_in"] == original["close_in"]


def test_stations_are_taken_by_network_by_name_or_as_they_stand():
    chosen = loaded(changed('["china-ttc"]', '["estrack:kiruna", "china-ttc:sanya"]'))
    assert [station.name for station in chosen.stations] == ["kiruna", "sanya"]
    assert loaded(changed('["china-ttc"]', '"china-ttc"')) == loaded(TEXT)
    assert loaded(changed('stations = ["china-ttc"]', "")) == loaded(TEXT)


def test_an_epoch_is_the_same_by_clock_and_by_element_set():
    by_set = loaded(TEXT).epoch_utc
    # 22022.77455775 is 22 January 2022, 18:35:21.79; 8.23 h on is 23 January, 02:49:09.79.
    assert by_set == "2022-01-23T02:49:09.789Z"
    assert loaded(changed("after_element_set_h = 8.23", f'utc = "{by_set}"')).epoch_utc == by_set
    assert loaded(changed("after_element_set_h = 8.23", f"utc = {by_set}")).epoch_utc == by_set


def test_a_mission_is_described_in_tables_of_equal_width():
    listings = mission_listings(loaded(TEXT))
    assert [listing.title for listing in listings[1:]] == ["Stations", "Phases", "Timeline", "Requirements"]
    for listing in (*listings, quantity_listing()):
        assert listing.rows
        assert {len(row) for row in listing.rows} == {len(listing.columns)}
