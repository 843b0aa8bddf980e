"""What the ground can foretell of the orbit without looking, as data: a track, passes, the Sun's place."""

from typing import Final, NamedTuple

from twin.ground.visibility import Pass

STEP_NS: Final = 30_000_000_000


class Point(NamedTuple):
    """The place below the spacecraft, and whether the Sun lights it there above."""

    t_ns: int
    latitude_deg: float
    longitude_deg: float
    sunlit: bool


class Outlook(NamedTuple):
    """From `from_ns` on: the track, every pass, its elevation (deg) over time, the place below the Sun."""

    from_ns: int
    to_ns: int
    track: tuple[Point, ...]
    passes: tuple[Pass, ...]
    curves: dict[tuple[str, int], tuple[tuple[int, float], ...]]
    sun: tuple[tuple[int, float, float], ...]

    def place(self, t_ns: int) -> Point:
        """The point of the track next to `t_ns`."""
        index = round((t_ns - self.from_ns) / STEP_NS)
        return self.track[min(max(index, 0), len(self.track) - 1)]

    def below_sun(self, t_ns: int) -> tuple[float, float]:
        """Latitude and longitude (deg) of the place where the Sun is overhead, to 0.25 deg."""
        _, latitude_deg, longitude_deg = min(self.sun, key=lambda each: abs(each[0] - t_ns))
        return latitude_deg, longitude_deg
