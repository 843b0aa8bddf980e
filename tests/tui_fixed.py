"""A moment made up by hand: the same numbers whatever the models do, for pictures that are compared."""

from math import cos, sin
from typing import Literal

from ground_samples import LOOKS
from tui_feeds import SECOND, StillFeed

from services.library import load_mission
from tui.store import Store
from twin.contracts.envelope import AnyBody, Event
from twin.contracts.operations import AlarmHandled, TelecommandRequest
from twin.contracts.radio import (
    CommandVerification,
    Housekeeping,
    LinkState,
    OnBoardEvent,
    PassEvent,
    TelemetryFrame,
)

NOW_S = 600
_LATE_S = 120  # the reports before this came down in a dump
Stage = Literal["queued", "released", "accepted", "started", "completed", "timed_out"]


def report(t_s: int) -> Housekeeping:
    """Smooth courses of every value; the battery runs low from 500 s on."""
    range_m = 50.0 - 0.02 * t_s
    return Housekeeping(
        generated_ns=t_s * SECOND,
        phase="hold_50" if t_s < 240 else "transfer",
        r_ric_m=(-5.0 * sin(t_s / 200.0), -range_m, 0.4 * cos(t_s / 90.0)),
        v_ric_mps=(0.01 * cos(t_s / 200.0), 0.02, -0.004 * sin(t_s / 90.0)),
        sigma_r_m=0.05,
        range_m=range_m,
        range_rate_mps=-0.02 - 0.005 * sin(t_s / 60.0),
        port_axial_m=12.0,
        port_lateral_m=30.0,
        attitude_error_rad=0.5 + 0.1 * sin(t_s / 120.0),
        propellant_kg=200.0 - 0.01 * t_s,
        battery_fraction=0.9 if t_s < 500 else 0.9 - 0.005 * (t_s - 500),
        delta_v_mps=0.001 * t_s,
        wheel_momentum_max_nms=2.0 + sin(t_s / 300.0),
        rejected=t_s // 200,
        nis=1.0 + 0.4 * sin(t_s / 30.0),
        looks=LOOKS,
        wheel_drag_nm=0.0001,
    )


def _frame(t_s: int, first_s: int, *, stored: bool = False) -> TelemetryFrame:
    told = (
        OnBoardEvent(
            generated_ns=240 * SECOND, severity="info", name="phase_changed", text="hold_50 to transfer (go)"
        ),
    )
    return TelemetryFrame(
        sequence=t_s // 10,
        sent_ns=t_s * SECOND,
        stored=stored,
        housekeeping=tuple(report(k) for k in range(first_s, t_s + 1, 10)),
        events=told if first_s <= 240 <= t_s else (),
    )


def _said(number: int, name: str, stage: Stage, t_s: int, reason: str = "") -> tuple[int, AnyBody]:
    origin: Literal["timeline", "operator"] = "operator"
    said = CommandVerification(
        t_ns=t_s * SECOND, command=number, name=name, stage=stage, origin=origin, reason=reason
    )
    return t_s, said


def _pass(
    station: str, event: Literal["predicted", "acquired"], rise_s: int, set_s: int
) -> tuple[int, AnyBody]:
    contact = PassEvent(
        t_ns=100 * SECOND,
        station=station,
        event=event,
        rise_ns=rise_s * SECOND,
        set_ns=set_s * SECOND,
        max_elevation_rad=0.6,
    )
    return 100, contact


def _bodies() -> list[tuple[int, AnyBody]]:
    up = LinkState(
        t_ns=100 * SECOND, up=True, station="jiamusi", station_ecef_m=(0.0, 0.0, 0.0), downlink_bps=32000.0
    )
    seen = AlarmHandled(
        alarms=("command.2",), action="acknowledge", who="ana", comment="known: mask of the dish"
    )
    said = [
        _said(1, "go", "queued", 230),
        _said(1, "go", "released", 230),
        _said(1, "go", "accepted", 240),
        _said(1, "go", "started", 240),
        _said(1, "go", "completed", 241),
        _said(2, "hold", "queued", 300),
        _said(2, "hold", "released", 300),
        _said(2, "hold", "timed_out", 330, "no report of acceptance within 30 s of released"),
        (400, seen),
        (590, TelecommandRequest(name="swap_law", arguments={"phase": "close_in", "law": "mpc"})),
        _said(3, "swap_law", "queued", 590),
        _said(3, "swap_law", "released", 591),
    ]
    stations = [
        _pass("jiamusi", "acquired", 100, 900),
        _pass("sanya", "predicted", 5400, 5700),
        _pass("kashi", "predicted", 11000, 11500),
    ]
    frames: list[tuple[int, AnyBody]] = [(130, _frame(_LATE_S, 10, stored=True))]
    frames += [(t_s, _frame(t_s, t_s)) for t_s in range(140, NOW_S + 1, 10)]
    return sorted([*stations, (101, up), *said, *frames], key=lambda each: each[0])


class FixedFeed(StillFeed):
    """The made-up moment as a running mission."""

    def __init__(self) -> None:
        super().__init__()
        mission = load_mission("quickstart")
        self.store = Store.of(mission)
        for sequence, (t_s, body) in enumerate(_bodies()):
            self.store.take(
                Event(
                    t_ns=t_s * SECOND,
                    micro=0,
                    source="ground",
                    sequence=sequence,
                    to=(),
                    due_ns=t_s * SECOND,
                    delivery="wake",
                    body=body,
                )
            )
        self.store.known.advance(NOW_S * SECOND)
