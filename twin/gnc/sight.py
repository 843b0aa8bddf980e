"""What a law sees: knowledge predicted to the instant at which its demand takes effect."""

from math import radians

from twin.contracts.capture import CaptureKind
from twin.gnc.knowledge import Knowledge, covariance_ric
from twin.gnc.pointing import Pointing
from twin.gnc.safety import room_m
from twin.gnc.settings import Guidance
from twin.guidance import vectors as vec
from twin.guidance.law import Seen


def seen_of(
    known: Knowledge,
    pointing: Pointing,
    settings: Guidance,
    period_s: float,
    arm_events: tuple[CaptureKind, ...] = (),
    *,
    push_mps2: float = 0.0,
) -> Seen:
    """Straight prediction over the computing delay: in 0.1 s centimetres are flown, curved by nothing."""
    delay_s = settings.compute_delay_s
    port = known.port
    away = vec.sub(known.v_ric_mps, vec.cross(port.rate_ric_radps, known.r_ric_m))
    return Seen(
        t_ns=known.t_ns + round(delay_s * 1e9),
        period_s=period_s,
        r_ric_m=vec.along(known.r_ric_m, delay_s, known.v_ric_mps),
        v_ric_mps=known.v_ric_mps,
        sigma_r_m=known.sigma_r_m,
        sigma_v_mps=known.sigma_v_mps,
        orbit_rate_radps=known.orbit_rate_radps,
        orbit_rate_change_radps2=known.orbit_rate_change_radps2,
        gravity_per_s2=known.gravity_per_s2,
        target_r_eci_m=known.target_orbit.r_eci_m,
        target_v_eci_mps=known.target_orbit.v_eci_mps,
        pose_known=known.pose_known,
        port_ric_m=vec.along(port.r_ric_m, delay_s, vec.cross(port.rate_ric_radps, port.r_ric_m)),
        port_axis_ric=vec.along(port.axis_ric, delay_s, vec.cross(port.rate_ric_radps, port.axis_ric)),
        port_rate_ric_radps=port.rate_ric_radps,
        port_axial_m=port.axial_m + delay_s * vec.dot(away, port.axis_ric),
        port_lateral_m=port.lateral_m,
        sigma_lateral_m=port.sigma_lateral_m,
        in_corridor=known.pose_known and port.lateral_m <= room_m(settings.safety, port.axial_m),
        attitude_error_rad=vec.norm(pointing.missing_rad),
        rate_error_radps=vec.norm(vec.sub(pointing.rate_radps, known.own.w_body_radps)),
        keep_out_radius_m=settings.safety.keep_out_radius_m,
        drift_horizon_s=settings.safety.drift_horizon_h * 3600.0,
        arm_events=arm_events,
        port_precession_ric_radps=port.precession_ric_radps,
        port_rate_change_ric_radps2=port.rate_change_ric_radps2,
        most_mps2=settings.control.maximum_acceleration_mps2,
        corridor_half_angle_rad=radians(settings.safety.corridor_half_angle_deg),
        corridor_apex_slack_m=settings.safety.corridor_apex_slack_m,
        covariance_ric=tuple(covariance_ric(known).ravel().tolist()),
        propellant_kg=known.propellant_kg,
        push_mps2=push_mps2,
    )
