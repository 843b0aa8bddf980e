"""The stations' passes as they come: predicted a day ahead, sharpened shortly before, acquired, lost.

A prediction coasts the orbit from the newest trajectory, so a manoeuvre after it shifts the pass. The
search is therefore done again when a fiftieth of the time to the next rise or set is left, and last
`SHARPEN_NS` before it: a coast of so long errs by 4 m at the strongest thrust of an approach (0.02 m/s2), 0.6
ms of a rise.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from twin.contracts.fields import Name, TimeNs
from twin.contracts.radio import PassEvent
from twin.ground.visibility import Pass, Site, Sky

HORIZON_NS = 24 * 3600 * 1_000_000_000
SHARPEN_NS = 20 * 1_000_000_000
AFTER_NS = 60 * 1_000_000_000
"""The next pass is looked for this long after a set, so that rounding makes no second one of it."""
BEYOND_NS = 1800 * 1_000_000_000
"""How far past the horizon the orbit is coasted, so that a pass that rises before it also sets."""

SkyOver = Callable[[int, int], Sky]
"""The sky from one instant to another, coasted from the newest trajectory."""


class Watch(Struct, kw_only=True):
    """One station's next or present pass. `sharp`: its next edge has been sharpened; look at `look_ns`."""

    station: Name
    expected: Pass | None = None
    risen: bool = False
    sharp: bool = False
    look_ns: TimeNs


def first_watches(stations: Sequence[Name], look_ns: TimeNs) -> list[Watch]:
    """Nothing known yet of any station; look first at `look_ns`."""
    return [Watch(station=name, look_ns=look_ns) for name in stations]


@dataclass
class PassPlan:
    """Follows every station; `watches` is the part that a snapshot keeps."""

    sites: Mapping[str, Site]
    watches: list[Watch]

    @property
    def wake_ns(self) -> int | None:
        """When something is to be done next; None without stations."""
        return min((watch.look_ns for watch in self.watches), default=None)

    def due(self, now_ns: int) -> bool:
        """Whether `advance` has anything to do now."""
        return any(watch.look_ns <= now_ns for watch in self.watches)

    @property
    def risen(self) -> tuple[Pass, ...]:
        """Passes in progress, in the order of stations."""
        return tuple(each.expected for each in self.watches if each.risen and each.expected is not None)

    @property
    def coming(self) -> Pass | None:
        """The next pass to rise, of all stations."""
        waiting = [each.expected for each in self.watches if not each.risen and each.expected is not None]
        return min(waiting, key=lambda each: each.rise_ns, default=None)

    def advance(self, now_ns: int, sky_over: SkyOver) -> Iterator[PassEvent]:
        """What happens by now: passes predicted, acquired, lost."""
        while due := [watch for watch in self.watches if watch.look_ns <= now_ns]:
            edges = [(watch, watch.expected) for watch in due if watch.expected is not None]
            for watch, expected in edges:
                yield from self._edge(watch, expected, now_ns, sky_over)
            if not edges:
                yield from self._predict(due, now_ns, now_ns, sky_over)

    def _edge(self, watch: Watch, expected: Pass, now_ns: int, sky_over: SkyOver) -> Iterator[PassEvent]:
        if not watch.sharp:
            self._sharpen(watch, expected, now_ns, sky_over)
        elif not watch.risen:
            watch.risen = True
            _look_towards(watch, expected.set_ns, now_ns)
            yield _event("acquired", expected, now_ns)
        else:
            watch.risen, watch.expected = False, None
            yield _event("lost", expected, now_ns)
            yield from self._predict([watch], now_ns, now_ns + AFTER_NS, sky_over)

    def _sharpen(self, watch: Watch, expected: Pass, now_ns: int, sky_over: SkyOver) -> None:
        """Find the next edge again; a pass that has vanished is looked for afresh."""
        sky = sky_over(now_ns, max(expected.set_ns, now_ns) + BEYOND_NS)
        found = next(sky.passes(self.sites[watch.station]), None)
        if not watch.risen:
            watch.expected = found
            _look_towards(watch, found.rise_ns if found else now_ns, now_ns)
            return
        still_up = found is not None and found.rise_ns <= now_ns
        watch.expected = replace(expected, set_ns=found.set_ns if found and still_up else now_ns)
        _look_towards(watch, watch.expected.set_ns, now_ns)

    def _predict(
        self, watches: Sequence[Watch], now_ns: int, from_ns: int, sky_over: SkyOver
    ) -> Iterator[PassEvent]:
        """The next pass of each of these stations within the horizon."""
        sky = sky_over(from_ns, now_ns + HORIZON_NS + BEYOND_NS)
        for watch in watches:
            found = next(sky.passes(self.sites[watch.station]), None)
            if found is None or found.rise_ns > now_ns + HORIZON_NS:
                watch.expected, watch.look_ns = None, now_ns + HORIZON_NS // 2
            else:
                watch.expected = found
                _look_towards(watch, found.rise_ns, now_ns)
                yield _event("predicted", found, now_ns)


def _look_towards(watch: Watch, edge_ns: int, now_ns: int) -> None:
    """Look next at the edge if it is found from near enough, else in time to find it again."""
    left_ns = edge_ns - now_ns
    # Twice: the edge may just have been found to lie a little later than was thought when `look_ns` was set.
    watch.sharp = left_ns <= 2 * SHARPEN_NS
    watch.look_ns = max(edge_ns if watch.sharp else edge_ns - max(SHARPEN_NS, left_ns // 50), now_ns)


def _event(event: Literal["predicted", "acquired", "lost"], each: Pass, now_ns: int) -> PassEvent:
    return PassEvent(
        t_ns=now_ns,
        station=each.station,
        event=event,
        rise_ns=each.rise_ns,
        set_ns=each.set_ns,
        max_elevation_rad=each.max_elevation_rad,
    )
