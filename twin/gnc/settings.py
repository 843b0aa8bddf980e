"""Settings of the on-board computer: navigation, control, safety, phases."""

from msgspec import Struct

from twin.contracts.fields import Name, NonNegative
from twin.guidance.phases import Phase


class _Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Navigation(_Settings, kw_only=True):
    """Filter tuning (1 sigma)."""

    sigma_r_m: NonNegative = 5.0
    sigma_v_mps: NonNegative = 0.02
    acceleration_noise_mps2: NonNegative = 2e-5
    angular_acceleration_noise_radps2: NonNegative = 3e-7
    innovation_gate: NonNegative = 5.0


class Control(_Settings, kw_only=True):
    """Attitude bandwidth at fast and slow pace, translation limits."""

    attitude_bandwidth_radps: NonNegative = 0.15
    attitude_damping: NonNegative = 0.8
    maximum_acceleration_mps2: NonNegative = 0.02


class Safety(_Settings, kw_only=True):
    """Zones about the target and what an abort must achieve."""

    keep_out_radius_m: NonNegative = 20.0
    corridor_half_angle_deg: NonNegative = 15.0
    corridor_apex_slack_m: NonNegative = 0.5
    maximum_closing_mps: NonNegative = 0.2
    drift_horizon_h: NonNegative = 24.0


class Guidance(_Settings, kw_only=True):
    """The on-board computer's settings; `compute_delay_s` lies between a reading and its command."""

    compute_delay_s: NonNegative = 0.1
    start_phase: Name
    phases: tuple[Phase, ...]
    navigation: Navigation = Navigation()
    control: Control = Control()
    safety: Safety = Safety()
