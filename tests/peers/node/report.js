// The messages that every cycle says.

import { canonical } from "./turns.js";
import { block, blocks, dot, product, transposed } from "./vectors.js";

/** `next_reading_ns` sets the pace: the period of the phase that is on now. */
export const actuatorCommand = ({ sampled_ns: t }, row, { on, torques }) => ({
  kind: "actuator_command",
  reading_ns: t,
  thruster_on_s: on,
  wheel_torque_nm: torques,
  next_reading_ns: t + Math.round(row.period_s * 1e9),
});

export function estimate(nav, sight, angle, deltaV) {
  return {
    kind: "estimate",
    t_ns: nav.tNs,
    r_ric_m: nav.rRic,
    v_ric_mps: nav.vRic,
    q_eci_from_target: sight.qTarget,
    w_target_radps: nav.target.w,
    q_eci_from_servicer: canonical(nav.q),
    w_servicer_radps: nav.w,
    range_m: sight.distance,
    range_rate_mps: dot(nav.r, nav.v) / sight.distance,
    port_axial_m: sight.axial,
    port_lateral_m: sight.lateral,
    attitude_error_rad: angle,
    pose_known: sight.known,
    delta_v_mps: deltaV,
    rejected: nav.refused,
    covariance: packed(nav),
  };
}

/** Lower triangle, row by row, of r and v in `ric`, attitude and rate in target axes. */
function packed({ axes, covariance, target }) {
  const turned = (i, j) => product(product(axes, block(covariance, i, j)), transposed(axes));
  const relative = blocks(turned(0, 0), turned(0, 1), turned(1, 0), turned(1, 1));
  const known = target.covariance ?? relative.map((row) => row.map(() => 0));
  const rows = [...relative, ...known.map((row) => [0, 0, 0, 0, 0, 0, ...row])];
  const values = rows.flatMap((row, i) => row.slice(0, i + 1));
  const bytes = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, i) => bytes.setFloat64(8 * i, value, true));
  return new Uint8Array(bytes.buffer);
}
