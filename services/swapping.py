"""Another law in a mission that flies: asked of its operator plane."""

from pathlib import Path

import msgspec

from services import desk
from services.bus.operator import Console
from services.choosing import Choice, swaps
from services.exit_codes import PASSED
from twin.contracts.steering import AskMission, MissionGiven, SwapLaw
from twin.mission.script import Mission


def swap(text: str, parameters: tuple[str, ...], place: Path | None, *, shadow: bool) -> int:
    """`[PHASE=]NAME` in the only mission that flies here, or in that of the folder `place`.

    Raises UsageError or MissionError, one line, when it cannot be.
    """
    folder = place or desk.only_run()
    with Console(f"ipc://{folder}/operator") as console:
        answer = console.ask(AskMission())
        assert isinstance(answer, MissionGiven)
        mission = msgspec.json.decode(answer.mission, type=Mission)
        asked = (text,)
        choice = Choice(laws=() if shadow else asked, shadows=asked if shadow else (), parameters=parameters)
        for each in swaps(mission, choice):
            console.ask(SwapLaw(phase=each.phase, law=each.law, arguments=each.arguments, shadow=each.shadow))
            manner = "looks on in" if each.shadow else "flies"
            print(f"{each.law} {manner} {each.phase} from the next control boundary on")
    return PASSED
