// Where a phase wants the body to point: the rotation that is missing, and the rate to have (body axes).

import { conj, matrix, mul, rotationVector, turn } from "./turns.js";
import { ZERO, cross, dot, scale, times, transposed } from "./vectors.js";

/** Our x against the port's, y against y, z along z. */
const FACING = [0, 0, 0, 1];

export class Pointer {
  constructor({ target }) {
    this.qBodyFromPort = conj(target.port.q_port_from_body);
    this.kept = null;
  }

  pointing(nav, row) {
    const toBody = transposed(matrix(nav.q));
    const rate = times(toBody, scale(nav.rate, nav.axes[2]));
    switch (row.point) {
      case "port":
        return nav.target.known ? this.#atPort(nav, toBody) : atTarget(nav, toBody);
      case "ric":
        return { missing: this.#keep(nav, row), rate };
      case "rate":
      case "free":
        return { missing: ZERO, rate };
      default:
        return atTarget(nav, toBody);
    }
  }

  #atPort({ q, target }, toBody) {
    const facing = mul(mul(target.q, this.qBodyFromPort), FACING);
    const rate = times(toBody, times(matrix(target.q), target.w));
    return { missing: rotationVector(mul(conj(q), facing)), rate };
  }

  /** Back to the attitude that we had in `ric` when the phase began. */
  #keep(nav, row) {
    let wanted = nav.q;
    if (this.kept?.name === row.name) {
      const angle = (nav.tNs - this.kept.tNs) * 1e-9 * nav.rate;
      wanted = mul(turn(scale(angle, nav.axes[2])), this.kept.wanted);
    }
    this.kept = { name: row.name, tNs: nav.tNs, wanted };
    return rotationVector(mul(conj(nav.q), wanted));
  }
}

/** Boresight (body x) to the target's centre by the shortest turn; about it, at rest. */
function atTarget(nav, toBody) {
  const [x, y, z] = times(toBody, scale(-1, nav.r));
  const across = Math.hypot(y, z);
  const share = Math.atan2(across, x) / Math.max(across, 1e-12);
  const [, wy, wz] = times(toBody, scale(1 / dot(nav.r, nav.r), cross(nav.r, nav.v)));
  return { missing: [0, -share * z, share * y], rate: [0, wy, wz] };
}
