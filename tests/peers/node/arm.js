// The conversation with the arm: what it says becomes cues of the phases; it is told where the ring is.

import { canonical, conj, matrix, mul, turn } from "./turns.js";
import { along, cross, scale, sub, times } from "./vectors.js";

const REFUSALS = ["latch_refused", "one_sided", "force_exceeded"];

export class Arm {
  constructor({ target, guidance }) {
    this.port = target.port;
    this.delayS = guidance.compute_delay_s;
    this.latched = false;
    this.events = [];
    this.mode = null;
  }

  /** An `arm_state`: counts from the next readings on. */
  hear({ latched, events }) {
    this.latched = latched;
    this.events.push(...events);
  }

  /** In the order in which they count. */
  cues() {
    const refused = this.events.some((event) => REFUSALS.includes(event));
    const felt = { latched: this.latched, refused, stowed: this.events.includes("stowed") };
    return Object.keys(felt).filter((cue) => felt[cue]);
  }

  /** The `arm_command` that follows from a law's wish, if the arm is at work at all. */
  command(nav, wish) {
    const stowed = this.events.includes("stowed");
    this.events = [];
    this.mode = stowed ? null : (wish ?? (this.mode && "hold"));
    if (this.mode === null) return [];
    const t_ns = nav.tNs + Math.round(this.delayS * 1e9);
    return [{ kind: "arm_command", t_ns, mode: this.mode, ring: this.#ring(nav) }];
  }

  /** The port's frame as it will be seen from our body when the command arrives. */
  #ring({ q, r, v, w, target }) {
    const toEci = matrix(target.q);
    const spin = times(toEci, target.w);
    const port = times(toEci, this.port.r_body_m);
    const speed = sub(cross(spin, port), v);
    const later = mul(turn(scale(this.delayS, spin)), target.q);
    const qBodyFromEci = conj(mul(q, turn(scale(this.delayS, w))));
    const toBody = matrix(qBodyFromEci);
    return {
      r_body_m: times(toBody, along(sub(port, r), this.delayS, speed)),
      q_body_from_port: canonical(mul(mul(qBodyFromEci, later), conj(this.port.q_port_from_body))),
      v_body_mps: times(toBody, speed),
      w_body_radps: times(toBody, spin),
    };
  }
}
