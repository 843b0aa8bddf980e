"""Flights of a score, kept in a file: what the same code has flown is not flown again."""

import inspect
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from services.source import source_hash
from twin.contracts.codec import encode
from twin.errors import UsageError
from twin.mission.script import Mission


class Flight(NamedTuple):
    """One seed: whether all that was required held; of the law's phase its time, its velocity change, and
    what following a turn ideally takes; at the ready point the contact conditions, in the order of
    `_CONDITIONS`; the least margin to the zones."""

    seed: int
    passed: bool
    zone_kept: bool
    ready: bool
    phase_s: float
    delta_v_mps: float
    ideal_mps: float
    conditions: tuple[float, ...]
    zone_margin: float | None


class Flown(NamedTuple):
    """What makes two flights of a seed the same: the law, its parameters as JSON, and `code` of `code_of`."""

    law: str
    parameters: str
    code: str


def code_of(law: type[Any] | None, missions: tuple[Mission, ...]) -> str:
    """Short hash of what flies: the product, the file of a law of one's own, and the missions."""
    digest = blake2b(source_hash().encode(), digest_size=8)
    if law is not None:
        digest.update(Path(inspect.getfile(law)).read_bytes())
    for mission in missions:
        digest.update(encode(mission))
    return digest.hexdigest()


class Book:
    """The flights in a file, a line of JSON each; without a place they are kept here alone.

    `outdated` counts flights of other code: they stay in the file and are not used. Raises UsageError when
    the file cannot be written or is no file of flights.
    """

    def __init__(self, place: Path | None, flown: Flown) -> None:
        self.outdated = 0
        self._place = place
        self._head = flown
        self._flights: dict[tuple[str, int], Flight] = {}
        if place is None:
            return
        for line in self._whole_lines(place):
            self._read(line, place)

    @staticmethod
    def _whole_lines(place: Path) -> list[str]:
        try:
            with place.open("a+") as file:
                file.seek(0)
                whole, _, torn = file.read().rpartition("\n")
                if torn:  # a campaign was cut off while it wrote: that flight is flown anew
                    file.truncate(len((whole + "\n").encode()) if whole else 0)
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no text"
            raise UsageError(f"--keep {place}: cannot be read and written: {reason}") from None
        return whole.splitlines()

    def _read(self, line: str, place: Path) -> None:
        try:
            *head, scenario, flight = msgspec.json.decode(line, type=tuple[str, str, str, str, Flight])
        except msgspec.DecodeError as error:
            raise UsageError(f"--keep {place}: not a file of flights: {error}") from None
        if Flown(*head) == self._head:
            self._flights[scenario, flight.seed] = flight
        elif tuple(head[:2]) == self._head[:2]:
            self.outdated += 1

    def missing(self, scenario: str, seeds: int) -> list[int]:
        """Seeds of 1 to `seeds` that have not flown."""
        return [seed for seed in range(1, seeds + 1) if (scenario, seed) not in self._flights]

    def add(self, scenario: str, flight: Flight) -> None:
        """One more, written at once."""
        self._flights[scenario, flight.seed] = flight
        if self._place is not None:
            line = msgspec.json.encode([*self._head, scenario, flight]).decode()
            with self._place.open("a") as file:
                file.write(line + "\n")

    def flights(self, scenario: str, seeds: int) -> list[Flight]:
        """Those of the first `seeds` seeds."""
        return [self._flights[scenario, seed] for seed in range(1, seeds + 1)]
