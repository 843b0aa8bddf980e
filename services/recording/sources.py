"""Which recorded events a quantity is made of, and its value at an instant."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from twin.contracts.capture import ArmState, CaptureEvent, ContactState, LedgerBooked
from twin.contracts.custody import BodyState
from twin.contracts.envelope import Event
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate, PhaseChanged, SafetyVerdict
from twin.contracts.radio import PassEvent, StepTaken, TelemetryFrame
from twin.errors import UsageError
from twin.mission.quantities import QUANTITIES
from twin.mission.sampling import Sampler
from twin.mission.script import Mission
from twin.mission.strict import nearest
from twin.mission.watching import GroundView

Test = Callable[[Event], bool]


def _is(*kinds: type) -> Test:
    return lambda event: isinstance(event.body, kinds)


def _motion(body: str) -> Test:
    return lambda event: isinstance(event.body, Trajectory) and event.body.body == body


def _aborts(event: Event) -> bool:
    return isinstance(event.body, SafetyVerdict) and event.body.level == "abort"


_EQUIPPED: Final = (
    "propellant_kg",
    "propellant_used_kg",
    "impulse_ns",
    "firings",
    "wheel_momentum_max_nms",
    "battery_fraction",
    "array_power_w",
    "sunlit",
)
_TOUCHED: Final = (
    "contact_force_n",
    "contact_impulse_ns",
    "gap_m",
    "jaw_offset_m",
    "misalignment_deg",
    "latched",
)
_OWN: Final[dict[str, tuple[Test, ...]]] = {
    **{f"truth.{name}": (_is(EquipmentState),) for name in _EQUIPPED},
    **{f"truth.{name}": (_is(ContactState),) for name in _TOUCHED},
    **{
        f"truth.{name}": (_is(CaptureEvent),) for name in ("latch_age_s", "latch_delay_s", "captures_refused")
    },
    "truth.joint_torque_max_nm": (_is(ArmState),),
    "truth.stack_torque_peak_nm": (_is(BodyState), _motion("servicer")),
    "truth.ledger_margin": (_is(LedgerBooked),),
    "truth.target_rate_deg_per_s": (_motion("target"),),
    "truth.stack_rate_deg_per_s": (_motion("target"),),
    "truth.servicer_rate_deg_per_s": (_motion("servicer"),),
    "truth.navigation_error_m": (_is(Estimate), _motion("servicer"), _motion("target")),
    "truth.navigation_nees": (_is(Estimate), _motion("servicer"), _motion("target")),
    "onboard.phase": (_is(PhaseChanged),),
    "onboard.phase_age_s": (_is(PhaseChanged),),
    "onboard.aborts": (_aborts,),
    "onboard.latched": (_is(ArmState),),
    "ground.in_pass": (_is(PassEvent),),
    "ground.pass_remaining_s": (_is(PassEvent),),
}
_BY_PLANE: Final[dict[str, tuple[Test, ...]]] = {
    "truth": (_motion("servicer"), _motion("target")),
    "onboard": (_is(Estimate),),
    "ground": (_is(TelemetryFrame),),
    "script": (_is(StepTaken),),
}


def require_quantity(name: str) -> None:
    """UsageError, with the nearest names, when there is no such quantity."""
    if name not in QUANTITIES:
        raise UsageError(f"unknown quantity `{name}`{nearest(name, list(QUANTITIES))}")


def sources_of(name: str, events: Sequence[Event], t_ns: int) -> list[Event]:
    """The newest events at `t_ns` that the quantity is made of; none where nothing has been said yet.

    What came down counts from when it was heard.
    """
    found = []
    for test in _OWN.get(name, _BY_PLANE[QUANTITIES[name].plane]):
        said = [each for each in events if test(each) and each.t_ns <= t_ns and _heard_ns(each) <= t_ns]
        found += said[-1:]
    return found


def _heard_ns(event: Event) -> int:
    return event.due_ns if isinstance(event.body, TelemetryFrame) else event.t_ns


def value_at(mission: Mission, name: str, events: Sequence[Event], t_ns: int) -> Any:
    """Number, text or None (unknown, or beyond the motion that was recorded)."""
    instants = np.array([t_ns], np.int64)
    if QUANTITIES[name].plane == "ground":
        view = GroundView()
        for event in events:
            if event.t_ns <= t_ns:
                view.take(event)
        known = view.columns(instants, t_ns)
        if name not in known:  # nothing came down before
            return None
        value = known[name][0]
    else:
        sampler = Sampler(mission)
        for event in events:
            sampler.take(event)
        if any(not track.covers(t_ns) for track in sampler.tracks.values()):
            return None
        value = sampler.columns(instants)[name][0]
    plain = value.item() if hasattr(value, "item") else value
    return None if plain != plain or plain == "" else plain  # noqa: PLR0124 (NaN is unknown)
