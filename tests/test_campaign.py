"""A campaign counts what is lost by what it means: safety, the mission, a margin."""

from tests.campaign import Flight, line, row

ABOUT = {"corridor": "safety", "ready": "outcome", "on_time": "margin"}


def flight(seed: int, **outcomes: str) -> Flight:
    said = dict.fromkeys(ABOUT, "pass") | outcomes
    word = "pass" if set(said.values()) == {"pass"} else "fail"
    return Flight(seed, 2.0, word, "mission_over", 1900.0, said, {"corridor": float(seed)}, ABOUT)


def test_late_is_arrived_and_turned_back_is_safe() -> None:
    group = [
        flight(1),
        flight(2, on_time="fail"),
        flight(3, ready="fail", on_time="vacuous"),
        flight(4, corridor="fail"),
        flight(5, corridor="vacuous", ready="fail"),
        flight(6)._replace(word="none", outcomes={}),
    ]
    found = row(2.0, group)
    assert (found["safe"], found["arrived"], found["passed"]) == (4, 2, 1)
    assert found["least_safety_margins"] == {"corridor": 1.0}
    assert line(found) == "| x2 | 4/6 | 2/6 | 1/6 | `on_time` 2, `ready` 2, `corridor` 2 |"
