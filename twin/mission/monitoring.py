"""The limits that the ground watches a mission by: of its files, and of its own safety settings.

A monitor on board acts at a safety setting; the ground hears of it before, at a tenth from it.
"""

from typing import Final

from twin.ground.alarms import Alarms
from twin.ground.limits import Limit
from twin.mission.script import Mission

_NEAR: Final = 0.1


def limits_of(mission: Mission) -> tuple[Limit, ...]:
    """Limits by name; those of the mission's files come last and replace one of the same name."""
    every = (*_own(mission), *mission.limits)
    return tuple({limit.name: limit for limit in every}.values())


def alarms_of(mission: Mission) -> Alarms:
    """An alarm engine that has heard nothing."""
    return Alarms(limits_of(mission), {phase.name: phase.zone for phase in mission.guidance.phases})


def _own(mission: Mission) -> tuple[Limit, ...]:
    safety = mission.guidance.safety
    wheel_nms = min((each.maximum_momentum_nms for each in mission.servicer.wheels), default=0.0)
    made = (
        Limit(
            name="keep_out",
            quantity="ground.range_m",
            low={"watch": safety.keep_out_radius_m * (1.0 + _NEAR), "critical": safety.keep_out_radius_m},
            zones=("outside",),
            source="guidance.safety.keep_out_radius_m of the mission",
        ),
        _high("closing", "ground.closing_mps", safety.maximum_closing_mps, ("outside", "corridor")),
        _high("corridor", "ground.corridor_angle_deg", safety.corridor_half_angle_deg, ("corridor",)),
        _high("attitude", "ground.attitude_error_deg", safety.corridor_attitude_deg, ("corridor",)),
    )
    return (*made, _high("wheels", "ground.wheel_momentum_max_nms", wheel_nms, ())) if wheel_nms else made


_SETTINGS: Final = {
    "closing": "guidance.safety.maximum_closing_mps",
    "corridor": "guidance.safety.corridor_half_angle_deg",
    "attitude": "guidance.safety.corridor_attitude_deg",
    "wheels": "the least maximum_momentum_nms of the servicer's wheels",
}


def _high(name: str, quantity: str, most: float, zones: tuple[str, ...]) -> Limit:
    return Limit(
        name=name,
        quantity=quantity,
        high={"watch": most * (1.0 - _NEAR), "critical": most},
        zones=zones,  # type: ignore[arg-type]
        source=f"{_SETTINGS[name]} of the mission",
    )
