// The laws that the mission's phases name: begun with a phase, stepped at each reading. A step gives the
// acceleration wanted (`ric`, m/s2), whether the law has arrived, what the arm shall do.

import { gains } from "./gains.js";
import { ZERO, add, along, beyond, limited, norm, scale, sub } from "./vectors.js";

const RADIANS = Math.PI / 180;
const fixed = (r) => ({ r, v: ZERO, a: ZERO });

/** Follows a point: feedback outside dead zones, with what nature does there taken out. */
class Tracker {
  constructor(wanted, sight) {
    this.wanted = { bandwidth_radps: 0.05, damping: 1, deadband_m: 0, deadband_mps: 0, limit_mps2: 0.04, ...wanted };
    this.begunNs = sight.tNs;
    this.settledS = 0;
  }

  follow(sight, { r, v, a }) {
    const { wanted } = this;
    const n = sight.rate;
    const [kp, kd] = gains(wanted.bandwidth_radps, wanted.damping, sight.periodS);
    const place = scale(kp, beyond(sub(r, sight.r), wanted.deadband_m));
    const back = along(place, kd, beyond(sub(v, sight.v), wanted.deadband_mps));
    const nature = [2 * n * v[1] + 3 * n * n * r[0], -2 * n * v[0], -n * n * r[2]];
    return add(limited(back, wanted.limit_mps2), sub(a, nature));
  }

  place(sight, { r_ric_m: r, port_axial_m: axial }) {
    if (r) return fixed(r);
    return sight.known ? sight.onAxis(axial) : fixed(sight.r);
  }

  settled(there, sight) {
    this.settledS = there ? this.settledS + sight.periodS : 0;
    return this.settledS;
  }
}

class Hold extends Tracker {
  step(sight) {
    return { push: this.follow(sight, this.place(sight, this.wanted.place)) };
  }
}

/** From place to place on smooth curves, at rest at each. */
class Waypoints extends Tracker {
  constructor(wanted, sight) {
    super({ within_m: 1, within_mps: 0.02, settle_s: 30, ...wanted }, sight);
    this.start = sight.r;
  }

  step(sight) {
    const { wanted } = this;
    const { point, over } = this.#reference(sight);
    const near = norm(sub(point.r, sight.r)) < wanted.within_m;
    const there = over && near && norm(sub(point.v, sight.v)) < wanted.within_mps;
    return { push: this.follow(sight, point), arrived: this.settled(there, sight) > wanted.settle_s };
  }

  #reference(sight) {
    let left = (sight.tNs - this.begunNs) * 1e-9;
    let [start, point] = [this.start, null];
    for (const leg of this.wanted.legs) {
      const t = leg.duration_s;
      point = this.place(sight, leg);
      if (left < t) return { point: between(start, point, left / t, t), over: false };
      [left, start] = [left - t, point.r];
    }
    return { point, over: true };
  }
}

/** A part `x` of the way to a moving point that is reached, at its velocity, after `t` in all. */
function between(start, { r, v, a }, x, t) {
  const way = sub(r, start);
  const [share, speed, pull] = [x * x * (3 - 2 * x), (6 * x * (1 - x)) / t, (6 * (1 - 2 * x)) / (t * t)];
  return {
    r: along(start, share, way),
    v: along(scale(share, v), speed, way),
    a: add(scale(share, a), scale(2 * speed, v), scale(pull, way)),
  };
}

/** Along the capture axis, slower the nearer; the moving point waits for a servicer that lags. */
class Glideslope extends Tracker {
  constructor(wanted, sight) {
    const speeds = { speed_mps: 0.04, end_speed_mps: 0.005, gain_per_s: 0.01, slack_m: 0.5, sigmas: 3 };
    const limits = { within_m: 0.1, lateral_m: 0.05, within_mps: 0.01, attitude_deg: 2, rate_deg_per_s: 0.1 };
    super({ ...speeds, ...limits, settle_s: 10, ...wanted }, sight);
    this.axial = sight.axial;
  }

  step(sight, error) {
    const { wanted } = this;
    const toGo = wanted.end_axial_m - this.axial;
    const eager = Math.max(wanted.end_speed_mps, wanted.gain_per_s * Math.abs(toGo));
    let speed = Math.sign(toGo) * Math.min(eager, wanted.speed_mps, Math.abs(toGo) / sight.periodS);
    let point = sight.onAxis(this.axial, speed);
    if (norm(sub(sight.r, point.r)) > wanted.slack_m) [speed, point] = [0, sight.onAxis(this.axial)];
    this.axial += speed * sight.periodS;
    const arrived = this.settled(this.#there(sight, point, error), sight) > wanted.settle_s;
    return { push: this.follow(sight, point), arrived };
  }

  #there(sight, point, error) {
    const { wanted } = this;
    return (
      Math.abs(sight.axial - wanted.end_axial_m) <= wanted.within_m &&
      sight.lateral + wanted.sigmas * sight.sigmaLateral <= wanted.lateral_m &&
      norm(sub(point.v, sight.v)) <= wanted.within_mps &&
      error.angle <= RADIANS * wanted.attitude_deg &&
      error.rate <= RADIANS * wanted.rate_deg_per_s
    );
  }
}

const DONE = { standoff: "at_standoff", reach: "inserted" };

/** Keep the place while the arm goes through its modes, each once the one before is done. */
class Grasp extends Tracker {
  constructor(wanted, sight) {
    super(wanted, sight);
    this.modes = [...wanted.modes];
    this.modeS = 0;
  }

  step(sight) {
    const [mode] = this.modes;
    const done = mode === "release" ? this.modeS > 1 : sight.events.includes(DONE[mode]);
    if (done && this.modes.length > 1) {
      this.modes.shift();
      this.modeS = 0;
    }
    this.modeS += sight.periodS;
    return { push: this.follow(sight, this.place(sight, this.wanted.place)), arm: this.modes[0] };
  }
}

/** No push; arrived when the body has turned as it should for a while. */
class Steady extends Tracker {
  step(sight, error) {
    const { rate_deg_per_s: most = 0.02, settle_s: wait = 20, arm = "hold" } = this.wanted;
    return { push: ZERO, arrived: this.settled(error.rate <= RADIANS * most, sight) > wait, arm };
  }
}

/** Straight out, down the corridor where we are in it; the phase's time limit ends it. */
class Retreat extends Tracker {
  step(sight) {
    const inside = sight.known && sight.lateral < 0.25 * sight.axial;
    const out = inside ? sight.axis : scale(1 / norm(sight.r), sight.r);
    const missing = (this.wanted.speed_mps ?? 0.1) - sight.v.reduce((sum, x, i) => sum + x * out[i], 0);
    return { push: scale(Math.max(0, missing) / sight.periodS, out) };
  }
}

class Drift extends Tracker {
  step() {
    return { push: ZERO };
  }
}

export const LAWS = {
  hold: Hold,
  waypoints: Waypoints,
  glideslope: Glideslope,
  grasp: Grasp,
  steady: Steady,
  retreat: Retreat,
  drift: Drift,
};
