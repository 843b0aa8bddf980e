// What the laws look at: where we are, and where the live capture axis is, when the command takes effect.

import { conj, matrix } from "./turns.js";
import { add, along, cross, dot, norm, product, scale, sub, times, transposed } from "./vectors.js";

export class Sight {
  /** Places, velocities and the axis are in `ric`; `foot` is the fitting, `axis` leads out of it. */
  constructor(nav, port, delayS, periodS, events) {
    Object.assign(this, { tNs: nav.tNs, periodS, events, v: nav.vRic, rate: nav.rate });
    this.known = nav.target.known;
    this.r = along(nav.rRic, delayS, this.v);
    this.distance = norm(nav.r);
    this.qTarget = this.known ? nav.target.q : [1, 0, 0, 0];
    const target = product(nav.axes, matrix(this.qTarget));
    const out = transposed(matrix(conj(port.q_port_from_body)))[0];
    this.turning = sub(times(target, nav.target.w), [0, 0, nav.rate]);
    this.foot = times(target, port.r_body_m);
    this.axis = times(target, out);
    const away = sub(nav.rRic, this.foot);
    this.axial = dot(away, this.axis);
    this.lateral = norm(along(away, -this.axial, this.axis));
    this.sigmaLateral = this.known ? nav.sigmaAt(this.distance) : Infinity;
    // A straight prediction over the computing delay.
    this.foot = along(this.foot, delayS, cross(this.turning, this.foot));
    this.axis = along(this.axis, delayS, cross(this.turning, this.axis));
  }

  /** A point on the axis that moves out along it. */
  onAxis(axial, speed = 0) {
    const r = along(this.foot, axial, this.axis);
    const v = scale(speed, this.axis);
    const carried = cross(this.turning, r);
    return { r, v: add(carried, v), a: cross(this.turning, along(carried, 2, v)) };
  }
}
