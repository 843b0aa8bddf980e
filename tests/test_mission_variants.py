"""A mission that extends another is its parent but for what it changes; what cannot be is refused."""

from functools import cache

import msgspec
import pytest

from services.laws import laws
from services.library import find
from twin.errors import MissionError
from twin.mission.load import load

LAWS = laws()
TEXT = find("quickstart").text
INCLUDE = cache(find("quickstart").include)
VARIANT = 'extends = "quickstart"\n'


def loaded(text):
    return load(text, "quickstart", INCLUDE, LAWS)


def refused(text, name="quickstart"):
    """Why a mission file is refused, in one line."""
    with pytest.raises(MissionError) as caught:
        load(text, name, INCLUDE, LAWS)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_a_variant_is_its_parent_but_for_what_it_changes():
    parent = loaded(TEXT)
    plain = load(VARIANT, "mine", INCLUDE, LAWS)
    assert plain == msgspec.structs.replace(parent, name="mine")
    varied = load(
        VARIANT + 'seed = 7\ntarget = { spin_deg_per_s = 0.3 }\nepoch = { utc = "2022-01-23T02:50:00Z" }\n'
        '[[timeline]]\nname = "go_to_corridor"\nat_s = 90.0\n'
        '[[timeline]]\nname = "note"\nmark = "half way"\n'
        '[[requirements]]\nname = "latched"\nremove = true\n'
        '[[requirements]]\nname = "propellant"\nat_most = 3.0\n',
        "mine",
        INCLUDE,
        LAWS,
    )
    assert (varied.seed, varied.epoch_utc) == (7, "2022-01-23T02:50:00Z")
    assert varied.target == msgspec.structs.replace(parent.target, spin_deg_per_s=0.3)
    assert [step.name for step in varied.timeline] == ["go_to_corridor", "note"]
    assert varied.timeline[0] == msgspec.structs.replace(parent.timeline[0], at_s=90.0)
    kept = [each.name for each in varied.requirements]
    assert kept == [each.name for each in parent.requirements if each.name != "latched"]
    assert varied.requirements[kept.index("propellant")].at_most == 3.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('extends = "quikstart"', "mine.toml: extends: no file missions/quikstart.toml; nearest: quickstart"),
        ('extends = "mine"', "mine.toml: extends: mine extends itself"),
        ("extends = 3", "mine.toml: extends: expected text"),
        ('extend = "quickstart"', "mine.toml: unknown key `extend`; did you mean `extends`"),
        (VARIANT + "sed = 3", "mine.toml: unknown key `sed`; did you mean `seed`"),
        (VARIANT + "sample_s = 0.001", "mine.toml: sample_s gives more than"),
        (
            VARIANT + '[[requirements]]\nname = "sphere"\nremove = true\n[[requirements]]\nname = "sphere"',
            "mine.toml: requirements: row `sphere` stands twice",
        ),
        (
            VARIANT + '[[requirements]]\nname = "sphere"\nwhen = "truth.rnge_m > 1"',
            "mine.toml: requirements.sphere.when: .*nearest: truth.range_m",
        ),
    ],
)
def test_a_variant_that_cannot_be_is_refused_with_place_and_remedy(text, reason):
    def include(kind, name):
        return text if (kind, name) == ("missions", "mine") else INCLUDE(kind, name)

    with pytest.raises(MissionError, match=f"^{reason}"):
        load(text, "mine", include, LAWS)


def test_an_error_in_a_requirement_set_names_that_set():
    def include(kind, name):
        return INCLUDE(kind, name).replace("truth.range_m >= 20", "truth.rnge_m >= 20")

    place = r"^requirements/approach\.toml: requirements\.sphere\.that: .*nearest: truth\.range_m"
    with pytest.raises(MissionError, match=place):
        load(TEXT, "quickstart", include, LAWS)
