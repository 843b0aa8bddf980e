"""The ground track on a map: coasts, stations, day and night, the orbit gone and to come."""

from functools import cache
from importlib.resources import files
from itertools import pairwise
from math import cos, radians, sin
from typing import Final

from tui.widgets.drawing import Drawing
from twin.ground.outlook import Outlook, Point
from twin.ground.settings import Station

Place = tuple[float, float]
_BACK_NS: Final = 45 * 60_000_000_000
_ON_NS: Final = 95 * 60_000_000_000


@cache
def coasts() -> tuple[tuple[Place, ...], ...]:
    """Coast lines as (longitude, latitude) in deg."""
    lines = files("tui").joinpath("coasts.txt").read_text().splitlines()
    return tuple(_read(line) for line in lines if not line.startswith("#"))


def _read(text: str) -> tuple[Place, ...]:
    pairs = (word.split(",") for word in text.split())
    return tuple((float(longitude), float(latitude)) for longitude, latitude in pairs)


class EarthMap(Drawing):
    """Longitude to the right, latitude upwards; dots are night, o stations, S the orbit now."""

    def show(
        self, ahead: Outlook | None, now_ns: int, stations: tuple[Station, ...], holder: str | None
    ) -> None:
        moment = now_ns // 30_000_000_000
        if ahead is None or not self.due(moment, ahead.from_ns, holder):
            return
        with self.batch_refresh():
            self.reset(size=self.content_size, refresh=False)
            self._night(*ahead.below_sun(now_ns))
            self._coasts()
            self._track([p for p in ahead.track if now_ns <= p.t_ns <= now_ns + _ON_NS], "primary")
            self._track([p for p in ahead.track if now_ns - _BACK_NS <= p.t_ns <= now_ns], "foreground")
            self._stations(stations, holder)
            sun_latitude_deg, sun_longitude_deg = ahead.below_sun(now_ns)
            x, y = self._cell(sun_longitude_deg, sun_latitude_deg)
            self.write(int(x), int(y), "*", f"bold {self.ink('warning')}")
            here = ahead.place(now_ns)
            x, y = self._cell(here.longitude_deg, here.latitude_deg)
            self.write(int(x), int(y), "S", f"bold {self.ink('warning')}")
        self.refresh()

    def _night(self, sun_latitude_deg: float, sun_longitude_deg: float) -> None:
        """Dots where the Sun is below the horizon, one to every other cell."""
        size = self.content_size
        dots = []
        for y in range(size.height):
            latitude_deg = 90.0 - (y + 0.5) / size.height * 180.0
            for x in range(y % 2, size.width, 2):
                longitude_deg = (x + 0.5) / size.width * 360.0 - 180.0
                if _sun_height(latitude_deg, longitude_deg, sun_latitude_deg, sun_longitude_deg) < 0.0:
                    dots.append((x + 0.5, y + 0.5))
        self.set_hires_pixels(dots, style=f"dim {self.ink('foreground')}")

    def _coasts(self) -> None:
        style = self.ink("secondary")
        for coast in coasts():
            self._line(list(coast), style)

    def _track(self, points: list[Point], ink: str) -> None:
        self._line([(point.longitude_deg, point.latitude_deg) for point in points], self.ink(ink))

    def _line(self, places: list[Place], style: str) -> None:
        """Join places (longitude, latitude), but not over the map's edge."""
        pairs = [(a, b) for a, b in pairwise(places) if abs(a[0] - b[0]) < 180.0]
        self.draw_hires_lines([(*self._cell(*a), *self._cell(*b)) for a, b in pairs], style=style)

    def _stations(self, stations: tuple[Station, ...], holder: str | None) -> None:
        for station in stations:
            longitude = (station.longitude_deg + 180.0) % 360.0 - 180.0
            x, y = self._cell(longitude, station.latitude_deg)
            held = station.name == holder
            style = f"bold {self.ink('success')}" if held else self.ink("foreground")
            name = station.name if self.content_size.width >= 70 or held else ""
            self.write(int(x), int(y), f"o{name}", style)

    def _cell(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        size = self.content_size
        x = (longitude_deg + 180.0) / 360.0 * (size.width - 0.01)
        y = (90.0 - latitude_deg) / 180.0 * (size.height - 0.01)
        return min(max(x, 0.0), size.width - 0.01), min(max(y, 0.0), size.height - 0.01)


def _sun_height(
    latitude_deg: float, longitude_deg: float, sun_latitude_deg: float, sun_longitude_deg: float
) -> float:
    """Sine of the Sun's elevation."""
    a, b = radians(latitude_deg), radians(sun_latitude_deg)
    return sin(a) * sin(b) + cos(a) * cos(b) * cos(radians(longitude_deg - sun_longitude_deg))
