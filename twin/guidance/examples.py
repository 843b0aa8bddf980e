"""What a law may see, made by hand, to try a law on: a circular orbit, a target whose port looks down."""

from math import cos, radians, sin, sqrt
from typing import Any

import msgspec

from twin.guidance.law import Seen

MU_M3PS2 = 3.986004418e14
RADIUS_M = 6_980_000.0
RATE = sqrt(MU_M3PS2 / RADIUS_M**3)
TILT = radians(20.0)
DOWN = (-cos(TILT), 0.0, sin(TILT))
"""The capture axis in `ric`: to the Earth, tilted to the orbit normal."""


def resting(**changes: Any) -> Seen:
    """At rest 50 m behind, with a good estimate, but for what is given."""
    base = Seen(
        t_ns=0,
        period_s=1.0,
        r_ric_m=(0.0, -50.0, 0.0),
        v_ric_mps=(0.0, 0.0, 0.0),
        sigma_r_m=0.02,
        sigma_v_mps=0.0005,
        orbit_rate_radps=RATE,
        orbit_rate_change_radps2=0.0,
        gravity_per_s2=RATE * RATE,
        target_r_eci_m=(RADIUS_M, 0.0, 0.0),
        target_v_eci_mps=(0.0, RADIUS_M * RATE, 0.0),
        pose_known=True,
        port_ric_m=(6.2 * DOWN[0], 0.0, 6.2 * DOWN[2]),
        port_axis_ric=DOWN,
        port_rate_ric_radps=(0.007 * DOWN[0], 0.0, 0.007 * DOWN[2]),
        port_axial_m=0.0,
        port_lateral_m=0.0,
        sigma_lateral_m=0.01,
        in_corridor=False,
        attitude_error_rad=0.0,
        rate_error_radps=0.0,
        keep_out_radius_m=20.0,
        drift_horizon_s=86400.0,
    )
    return msgspec.structs.replace(base, **changes)


def on_the_axis(axial_m: float, lateral_m: float = 0.0, **changes: Any) -> Seen:
    """On the capture axis, `axial_m` from the fitting, off it in-track by `lateral_m`."""
    out = 6.2 + axial_m
    r = (out * DOWN[0], lateral_m, out * DOWN[2])
    return resting(
        r_ric_m=r, port_axial_m=axial_m, port_lateral_m=abs(lateral_m), **{"in_corridor": True, **changes}
    )
