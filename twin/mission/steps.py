"""What a step of the timeline must satisfy beyond its types: one thing to do, and the keys it takes."""

from twin.errors import MissionError
from twin.mission.script import Step
from twin.mission.strict import at

COMMANDS = ("go", "hold", "retreat", "abort", "free_drift", "arm", "release", "retract")
"""Telecommands the on-board computer knows."""

ACTIONS = ("command", "swap", "mark", "expect", "hold")
_GOES_WITH = {"arguments": ("command",), "for_s": ("hold",)}
_NEEDS = {"expect": "within_s", "hold": "for_s"}


def refuse_unfit(step: Step, place: str) -> None:
    """MissionError when a step does nothing, two things, or has a key that its one thing does not take."""
    doing = [key for key in ACTIONS if getattr(step, key) not in ("", None)]
    if len(doing) != 1:
        found = f"this has {' and '.join(doing)}" if doing else "this has none of them"
        raise MissionError(f"a step does one thing of {', '.join(ACTIONS)}; {found}", place=place)
    (action,) = doing
    for key, actions in _GOES_WITH.items():
        if getattr(step, key) and action not in actions:
            raise MissionError(
                f"`{key}` goes with {' or '.join(actions)}, not with {action}", place=at(place, key)
            )
    needed = _NEEDS.get(action)
    if needed and getattr(step, needed) is None:
        raise MissionError(f"{action} needs key `{needed}` (s)", place=place)
