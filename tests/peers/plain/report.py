"""The messages that every cycle says."""

import numpy as np
from turns import canonical


def actuator_command(reading, row, action):
    """`next_reading_ns` sets the pace: the period of the phase that is on now."""
    on, torques = action
    return {
        "kind": "actuator_command",
        "reading_ns": reading["sampled_ns"],
        "thruster_on_s": on.tolist(),
        "wheel_torque_nm": torques.tolist(),
        "next_reading_ns": reading["sampled_ns"] + round(row["period_s"] * 1e9),
    }


def estimate(nav, sight, angle, delta_v):
    """`covariance`: lower triangle, row by row, of r and v in `ric`, attitude and rate in target axes."""
    whole, turned = np.zeros((12, 12)), np.kron(np.eye(2), nav.axes)
    whole[:6, :6] = turned @ nav.cov @ turned.T
    if sight.known:
        whole[6:, 6:] = nav.cov_target
    return {
        "kind": "estimate",
        "t_ns": nav.t_ns,
        "r_ric_m": nav.r_ric.tolist(),
        "v_ric_mps": nav.v_ric.tolist(),
        "q_eci_from_target": sight.q_target.tolist(),
        "w_target_radps": nav.w_target.tolist(),
        "q_eci_from_servicer": canonical(nav.q).tolist(),
        "w_servicer_radps": nav.w.tolist(),
        "range_m": sight.distance,
        "range_rate_mps": float(nav.r @ nav.v) / sight.distance,
        "port_axial_m": sight.axial,
        "port_lateral_m": sight.lateral,
        "attitude_error_rad": angle,
        "pose_known": sight.known,
        "delta_v_mps": delta_v,
        "rejected": nav.refused,
        "covariance": whole[np.tril_indices(12)].astype("<f8").tobytes(),
    }
