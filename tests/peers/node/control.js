// From a wanted acceleration and a wanted attitude to valves and wheels for one period.

import { nonnegative } from "./allocation.js";
import { gains } from "./gains.js";
import { matrix, mul, turn } from "./turns.js";
import { ZERO, add, along, clip, cross, inverse, limited, norm, product, scale, sub, times } from "./vectors.js";
import { transposed } from "./vectors.js";

const UNLOAD_NMS = 0.5;
const UNLOADED = 0.5;
const RADIANS = Math.PI / 180;

/** The vehicle's thrusters and wheels, turning what has this inertia about this centre (body axes). */
export class Actuation {
  constructor({ servicer, guidance }, inertia, centre = ZERO) {
    const { propulsion: drive, wheels } = servicer;
    Object.assign(this, { drive, inertia, settings: guidance.control, delayS: guidance.compute_delay_s });
    this.columns = drive.thrusters.map(({ r_body_m: r, direction_body: along_ }) =>
      scale(drive.thrust_n, [...along_, ...cross(sub(r, centre), along_)]),
    );
    this.effect = transposed(this.columns);
    this.leastNs = drive.thrust_n * drive.minimum_on_s;
    this.axes = transposed(wheels.map((wheel) => wheel.axis_body));
    const pull = transposed(this.axes);
    this.share = product(pull, inverse(product(this.axes, pull)));
    this.torqueNm = Math.min(...wheels.map((wheel) => wheel.maximum_torque_nm));
    this.momentumNms = Math.min(...wheels.map((wheel) => wheel.maximum_momentum_nms));
    this.shut = { on: this.columns.map(() => 0), torques: wheels.map(() => 0) };
    this.owed = ZERO;
    this.unloading = false;
  }

  /**
   * On-times (s), wheel torques (N m) and the impulse given (N s, `eci`). What the wheels cannot give of the
   * torque is asked of the thrusters, up to `mostNm` about each axis.
   */
  act(nav, pushEciNs, torqueNm, mostNm, periodS) {
    const body = matrix(mul(nav.q, turn(scale(this.delayS, nav.w))));
    const wanted = add(times(transposed(body), pushEciNs), this.owed);
    const beyond = add(torqueNm, times(this.axes, this.#wheels(torqueNm)));
    const excess = beyond.map((each) => periodS * clip(each, mostNm));
    const on = this.#fire([...wanted, ...add(excess, this.#toUnload(nav.momentum))], periodS);
    const given = times(this.effect, on);
    this.owed = limited(sub(wanted, given.slice(0, 3)), 4 * this.leastNs);
    const torques = this.#wheels(along(torqueNm, -1 / periodS, given.slice(3)));
    return { on, torques, given: times(body, given.slice(0, 3)) };
  }

  /** N m on the body, to bring it to where it shall point; `loop`: bandwidth, damping, period. */
  torque(nav, { missing, rate }, loop) {
    const [kp, kd] = gains(...loop);
    const ahead = along(missing, this.delayS, sub(rate, nav.w));
    // From a large angle no faster than the slew limit, and than half the wheels' torque can brake.
    const brake = (0.5 * this.torqueNm) / Math.max(...this.inertia.map((row) => norm(row)));
    const most = Math.min(RADIANS * this.settings.slew_deg_per_s, Math.sqrt(2 * brake * norm(ahead)));
    const towards = limited(scale(kp / kd, ahead), most);
    const turning = times(this.inertia, scale(kd, sub(add(rate, towards), nav.w)));
    const stored = add(times(this.inertia, nav.w), times(this.axes, nav.momentum));
    return add(turning, cross(nav.w, stored));
  }

  /** The body feels the opposite of what the motors do. */
  #wheels(torqueNm) {
    const share = scale(-1, times(this.share, torqueNm));
    return scale(1 / Math.max(1, ...share.map((each) => Math.abs(each) / this.torqueNm)), share);
  }

  /** The thrusters turn against full wheels, which hold the body still and so give theirs up. */
  #toUnload(momentum) {
    const start = this.settings.unload_above;
    const fullness = Math.max(...momentum.map(Math.abs)) / this.momentumNms;
    this.unloading = fullness > (this.unloading ? start * UNLOADED : start);
    return this.unloading ? limited(scale(-1, times(this.axes, momentum)), UNLOAD_NMS) : ZERO;
  }

  #fire(wanted, periodS) {
    if (norm(wanted.slice(0, 3)) < this.leastNs && norm(wanted.slice(3)) < this.leastNs) return this.shut.on;
    const { minimum_on_s: leastS, valve_tick_s: tickS } = this.drive;
    // Valves are shut again at the next reading, or, in fast loops, at the one after it.
    const longestS = periodS <= this.delayS ? periodS : periodS - this.delayS;
    // A last row that asks for little propellant: a solution of least squares that is also short.
    const columns = this.columns.map((column) => [...column, 1e-3]);
    return nonnegative(columns, [...wanted, 0]).map((each) => {
      const on = Math.round(Math.min(each, longestS) / tickS) * tickS;
      return on < leastS ? 0 : on;
    });
  }
}
