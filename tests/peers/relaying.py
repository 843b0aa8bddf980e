"""The toys in flight, their relay foreign: played by hand, or by a process that is told where to join."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peers.spoken import Spoken
from peers.toys import MODULES, NAMES, toy_mission
from services.bus.launcher import Fleet
from services.conductor import Coordinator, Outcome
from tests.twins import PATIENCE_S, private_folder


class PlainRelay(Spoken):
    """The relay of the toys, spoken by hand."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint, "relay")

    def answer(self, grant: dict[str, Any], **different: Any) -> None:
        body = {"kind": "actuator_command", "reading_ns": grant["t_ns"], "next_reading_ns": grant["t_ns"]}
        body |= {"thruster_on_s": [0] * 12, "wheel_torque_nm": [0] * 4}  # integers, as JavaScript would
        message = {"to": ["counter"], "delay_ns": 1000, "delivery": "wake", "body": body}
        self.reply(grant, *[message] * len(grant["inbox"]), **different)

    def relay_to_the_end(self) -> None:
        while (frame := self.hear())["frame"] == "grant":
            self.answer(frame)


class Flight:
    """The toys with a foreign relay, in a thread."""

    def __init__(self, folder: Path) -> None:
        self.endpoint = f"ipc://{folder}/join"
        self.fleet = Fleet(NAMES, modules=MODULES, foreign=["relay"], endpoint=self.endpoint, folder=folder)
        self.asked = ""
        self.told: list[str] = []
        self._run = Coordinator(
            toy_mission(), self.fleet.start(), interrupted=lambda: self.asked, tell=self.told.append
        )
        self._thread = threading.Thread(target=self._fly)
        self._thread.start()

    def _fly(self) -> None:
        self._outcome = self._run.run()

    @property
    def waiting_for(self) -> tuple[str, ...]:
        return self._run.status().waiting_for

    @property
    def outcome(self) -> Outcome:
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return self._outcome

    def close(self) -> None:
        self.asked = "the end of the test"
        self._thread.join(15.0)
        self.fleet.close()


@contextmanager
def flying() -> Iterator[Flight]:
    """A flight in a folder of its own; it is over on the way out."""
    with private_folder() as folder:
        flight = Flight(folder)
        try:
            yield flight
        finally:
            flight.close()
