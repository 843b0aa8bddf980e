"""Settings of the on-board computer: navigation, control, safety, phases."""

from typing import Annotated

from msgspec import Meta, Struct

from twin.contracts.fields import Name, NonNegative
from twin.gnc.gradient import Gravity
from twin.gnc.lasting import FACTOR_MOST
from twin.guidance.phases import Phase

Positive = Annotated[float, Meta(gt=0.0, le=1e9)]
Scale = Annotated[float, Meta(ge=0.1, le=10.0)]


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Navigation(_Settings, frozen=True, kw_only=True):
    """Filter tuning (1 sigma).

    Noise is a root density, per root hertz. The target's attitude is measured while the lidar's stated
    sigma is within `attitude_usable_deg`. After `patience` refusals in a row a filter starts anew from what
    is measured. Attitudes that scatter with more than `credible_factor` times their stated variance are not
    believed: the capture axis then counts as unknown. Sensors that prove noisier than they state, and
    thrusters that scatter more, are taken for up to `noise_factor_most` times their stated variance; 1 takes
    the data sheet at its word.
    Where the lidar has given no credible pose for `handover_s` the camera's is taken.
    A look at the target that comes at most `late_s` after it was made is used.
    `gravity`: what the relative motion is predicted in; from a kilometre on J2 counts (7e-6 m/s2 at 2 km).
    Beyond `far_from_m` the filter carries both orbits (`twin.gnc.two_orbits`); within it, the difference
    alone. `far_field_mps2` is the noise of what its field leaves out of an orbit (the default: all that is
    not J2; 1e-5: drag alone), `far_noise_mps2` of what pushes one and not the other: 3e-8 m/s2 for ten hours.
    A thruster's pulse is trusted to `burn_fraction` of its size, and to `burn_across` of it sideways.
    On board the target's moments of inertia about body x, y, z are taken for `believed_inertia_scale` times
    the true ones; with `inertia_ratio_sigma` above 0 (of their ratios' natural logarithms) the filter looks
    for the right ratios.
    """

    sigma_r_m: Positive = 5.0
    sigma_v_mps: Positive = 0.02
    sigma_target_rate_deg_per_s: Positive = 0.4
    burn_fraction: NonNegative = 0.03
    burn_across: NonNegative = 0.009
    acceleration_noise_mps2: Positive = 1e-5
    angular_acceleration_noise_radps2: Positive = 1e-7
    attitude_usable_deg: Positive = 5.0
    innovation_gate: Positive = 5.0
    credible_factor: Positive = 25.0
    noise_factor_most: Annotated[float, Meta(ge=1.0, le=1e4)] = FACTOR_MOST
    late_s: Positive = 30.0
    handover_s: Positive = 10.0
    gravity: Gravity = "point"
    far_from_m: Positive | None = None
    far_noise_mps2: Positive = 5e-6
    far_field_mps2: Positive = 3e-4
    patience: Annotated[int, Meta(ge=1, le=1000)] = 12
    inertia_ratio_sigma: Annotated[float, Meta(ge=0.0, le=0.5)] = 0.0
    believed_inertia_scale: tuple[Scale, Scale, Scale] = (1.0, 1.0, 1.0)


class Control(_Settings, frozen=True, kw_only=True):
    """Attitude loop, slew rate, limit on the acceleration a law may ask for.

    The stack is turned by thruster couples of at most `stack_moment_nm` about each axis (they go through
    the arm) and, where they suffice, by the wheels. With `stack_peak_nm` its momentum is taken out by sets
    of valves that never give more than that at any instant, first by sets that keep to it with any one of
    their valves shut; these wait up to `stack_wait_s` for the turn at which they leave the wheels least. To
    where it is pushed it is turned at no more than `stack_slew_deg_per_s`; while it is, valves turn it too,
    with `push_bandwidth_radps`.
    A law that asks for more than `believed_mps2` has failed: that is 50 times what is ever given.
    Within `plume_reach_m` of the target no thruster is used whose plume, a cone of `plume_half_angle_deg`,
    points at its middle, where others can do the same.
    Wheels fuller than `unload_above` (share of their momentum limit) are unloaded by the thrusters.
    Where thrusters alone turn the body (`turn` of a phase) they leave it within `deadband_deg` about each
    axis and, there, below `deadband_deg_per_s`.
    """

    attitude_bandwidth_radps: Positive = 0.15
    attitude_damping: Positive = 0.9
    slew_deg_per_s: Positive = 0.6
    maximum_acceleration_mps2: Positive = 0.02
    believed_mps2: Positive = 1.0
    plume_half_angle_deg: Annotated[float, Meta(ge=0.0, le=90.0)] = 30.0
    plume_reach_m: NonNegative = 30.0
    unload_above: Annotated[float, Meta(gt=0.0, le=1.0)] = 0.7
    deadband_deg: Positive = 0.5
    deadband_deg_per_s: Positive = 0.05
    arm_bandwidth_radps: Positive = 0.4
    stack_bandwidth_radps: Positive = 0.05
    stack_moment_nm: Positive = 12.0
    stack_peak_nm: Positive | None = None
    stack_slew_deg_per_s: Positive = 0.1
    push_bandwidth_radps: Positive = 0.1
    stack_wait_s: NonNegative = 120.0


class Ladder(_Settings, frozen=True, kw_only=True):
    """The phases that fly the rungs of the abort ladder; one that is not named is not tried.

    `error_mps` is how well a change of velocity is made, `near_m` how near to the target's centre a way out
    of the sphere may come.
    """

    hold: Name | None = None
    retreat: Name | None = None
    cam: Name | None = None
    free_drift: Name | None = None
    error_mps: Positive = 0.005
    near_m: Positive = 10.0


class Safety(_Settings, frozen=True, kw_only=True):
    """Zones about the target, what trips the monitors, what an abort must achieve.

    Monitors judge the estimate with `sigmas` of its uncertainty on the unsafe side. `attitude_deg`: boresight
    off the direction to the target, outside the corridor; `innovation_factor`: measured over stated variance
    of the worst sensor; `dead_thrusters`: how many may be given up. In the `far` zone the target may be out
    of sight for `far_blind_s` (its night, the Sun in the camera). With a `ladder` an abort takes the first
    rung that its prediction says is safe; without one it leads where the phase says.
    """

    keep_out_radius_m: NonNegative = 20.0
    corridor_half_angle_deg: NonNegative = 15.0
    corridor_apex_slack_m: NonNegative = 0.5
    maximum_closing_mps: Positive = 0.35
    corridor_attitude_deg: Positive = 12.0
    corridor_blind_s: Positive = 60.0
    blind_s: Positive = 120.0
    far_blind_s: Positive = 10800.0
    sigmas: NonNegative = 3.0
    drift_horizon_h: Positive = 24.0
    attitude_deg: Positive | None = None
    innovation_factor: Positive | None = None
    dead_thrusters: Annotated[int, Meta(ge=0, le=64)] | None = None
    ladder: Ladder | None = None


class Guidance(_Settings, frozen=True, kw_only=True):
    """The on-board computer's settings; `compute_delay_s` lies between a reading and its command."""

    compute_delay_s: NonNegative = 0.1
    start_phase: Name
    phases: tuple[Phase, ...]
    navigation: Navigation = Navigation()
    control: Control = Control()
    safety: Safety = Safety()
