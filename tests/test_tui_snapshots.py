"""The flight screens as they were last looked at: fixed data in, the same characters out.

A screen that is meant to look different: `python tests/test_tui_snapshots.py` writes its picture anew, and
the difference is read before it is committed. Banner, strip and footer have tests of their own.
"""

import asyncio
from math import cos, sin
from pathlib import Path

import numpy as np
import pytest
from tui_driving import finished
from tui_feeds import SECOND, StillFeed

from services.library import load_mission
from tui.app import TwinApp
from tui.eye import Frame
from tui.instruments import Instruments
from tui.store import Store
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.radio import Housekeeping, LinkState, PassEvent, TelemetryFrame
from twin.gnc.outlook import Outlook, RungOutlook
from twin.guidance.dispersion import Closest

FOLDER = Path(__file__).parent / "goldens" / "screens"
SHOWN = [(name, size) for name in ("mission", "gnc") for size in ("80x24", "120x40", "200x50")]
_NOW_S = 300
_COVARIANCE = np.diag([0.01] * 3 + [1e-6] * 3)[np.tril_indices(6)].astype("<f8").tobytes()


class Fixed(Instruments):
    """An outlook and a picture that never change."""

    def outlook(self, mission, store):
        rungs = (
            RungOutlook("HOLD", None, Closest(45.0, 44.7, 6.0, 24.7), None),
            RungOutlook("RETREAT", "retreat", Closest(44.0, 41.8, 300.0, 21.8), 1837.0),
            RungOutlook("FREE DRIFT", "free_drift", Closest(16.3, 0.0, 8237.0, -20.0), 0.0),
        )
        path = tuple((-20.0 - k, -40.0 + 2.0 * k, 0.0) for k in range(30))
        return Outlook((_NOW_S - 10) * SECOND, rungs, path)

    def frame(self, mission, store, *, anyway):
        pixels = np.zeros((240, 320, 3), np.uint8)
        pixels[80:160, 120:200] = 160
        return Frame(_NOW_S * SECOND, pixels, 0.5, "")


def fixed_feed() -> StillFeed:
    """A servicer that goes round below the stage, made of circles."""
    feed = StillFeed(0.0)
    store = Store.of(load_mission("quickstart"))
    seen = PassEvent(
        t_ns=0, station="jiamusi", event="acquired", rise_ns=0, set_ns=480 * SECOND, max_elevation_rad=1.0
    )
    link = LinkState(t_ns=0, up=True, station="jiamusi", station_ecef_m=(6.4e6, 0.0, 0.0), downlink_bps=1e4)
    bodies: list[tuple[int, AnyBody]] = [(0, seen), (0, link)]
    for k in range(_NOW_S // 10):
        frame = TelemetryFrame(sequence=k, sent_ns=k * 10 * SECOND, stored=False, housekeeping=(_report(k),))
        bodies.append((k * 10 * SECOND + 1, frame))
    for k, (t_ns, body) in enumerate(bodies):
        store.take(
            Event(t_ns=t_ns, micro=0, source="x", sequence=k, to=(), due_ns=t_ns, delivery="wait", body=body)
        )
    store.known.advance(_NOW_S * SECOND)
    feed.store = store
    return feed


def _report(k: int) -> Housekeeping:
    angle = 0.02 * k
    return Housekeeping(
        generated_ns=k * 10 * SECOND,
        phase="hold_50" if k < 8 else "transfer",
        r_ric_m=(-50.0 * sin(angle), -50.0 * cos(angle), 0.5),
        v_ric_mps=(-0.1 * cos(angle), 0.1 * sin(angle), 0.0),
        sigma_r_m=0.1,
        range_m=50.0,
        range_rate_mps=-0.01,
        port_axial_m=10.0 + k,
        port_lateral_m=40.0 - k,
        attitude_error_rad=0.5,
        propellant_kg=210.0 - 0.01 * k,
        battery_fraction=0.95,
        delta_v_mps=0.002 * k,
        wheel_momentum_max_nms=0.5 + 0.01 * k,
        covariance=_COVARIANCE,
    )


def text_of(name: str, size: str) -> str:
    """The body of a screen as characters."""
    width, height = map(int, size.split("x"))

    async def go() -> str:
        app = TwinApp(fixed_feed(), instruments=Fixed(), clock=lambda: 100.0, beat_s=1e6)
        async with app.run_test(size=(width, height)):
            await app.switch_mode(name)
            await finished(app)
            update = app.screen._compositor.render_update(full=True)
            rows = ["".join(s.text for strip in line for s in strip) for line in update.strips]
            body = app.screen.query_one("#body").region
            return "\n".join(row.rstrip() for row in rows[body.y : body.bottom]) + "\n"

    return asyncio.run(go())


@pytest.mark.parametrize(("name", "size"), SHOWN)
def test_a_screen_looks_as_it_did_when_it_was_last_looked_at(name: str, size: str) -> None:
    assert text_of(name, size) == (FOLDER / f"{name}-{size}.txt").read_text()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for each, at in SHOWN:
        (FOLDER / f"{each}-{at}.txt").write_text(text_of(each, at))
