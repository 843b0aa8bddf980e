// The mission's phase table: which law flies, which cue leads where; and the monitors that abort.

import { LAWS } from "./laws.js";

/** Cues that no telecommand gives. */
const OWN_CUES = ["arrived", "timeout", "latched", "refused", "stowed"];
const RADIANS = Math.PI / 180;

export class Phases {
  constructor({ guidance }) {
    this.rows = new Map(guidance.phases.map((row) => [row.name, row]));
    const missing = new Set(guidance.phases.map((row) => row.law).filter((law) => !Object.hasOwn(LAWS, law)));
    if (missing.size) {
      const have = Object.keys(LAWS).join(", ");
      throw new Error(`this peer has no law ${[...missing].sort().join(", ")}; it has: ${have}`);
    }
    this.safety = guidance.safety;
    this.row = this.rows.get(guidance.start_phase);
    this.sinceNs = 0;
    this.law = null;
    this.commands = [];
  }

  takes(cue) {
    return Object.hasOwn(this.row.on, cue);
  }

  /** Move on; gives the `phase_changed` to say. */
  change(cue, tNs, reason = "") {
    const previous = this.row.name;
    this.row = this.rows.get(this.row.on[cue]);
    this.sinceNs = tNs;
    this.law = null;
    const { name: phase, terminal } = this.row;
    return { kind: "phase_changed", t_ns: tNs, previous, phase, cue, reason, terminal };
  }

  /** Telecommands in the order they came, each with the reports it is owed. */
  obey(tNs) {
    const said = [];
    for (const { command, name } of this.commands.splice(0)) {
      const report = (stage, reason = "") => ({ kind: "command_report", t_ns: tNs, command, stage, reason });
      if (OWN_CUES.includes(name) || !this.takes(name)) {
        said.push(report("failed", `no ${name} in ${this.row.name}`));
        continue;
      }
      said.push(report("accepted"), report("started"));
      said.push(this.change(name, tNs, "telecommand"), report("completed"));
    }
    return said;
  }

  /** The phase's time limit, then its zone. */
  guard(tNs, sight, unseenS) {
    const said = [];
    const limitS = this.row.timeout_s;
    if (limitS !== null && this.takes("timeout") && tNs - this.sinceNs >= limitS * 1e9) {
      said.push(this.change("timeout", tNs, `longer than ${limitS} s`));
    }
    const broken = this.#limits(sight, unseenS).find(({ value, limit }) => value > limit);
    if (broken && this.takes("abort")) {
      said.push({ kind: "safety_verdict", t_ns: tNs, level: "abort", ...broken });
      said.push(this.change("abort", tNs, broken.monitor));
    }
    return said;
  }

  /** Outside the sphere, or inside it in the cone about the capture axis. */
  #limits(sight, unseenS) {
    const { safety } = this;
    const insideM = safety.keep_out_radius_m - sight.distance;
    const blind = (limit) => ({ monitor: "blind", value: unseenS, limit });
    switch (this.row.zone) {
      case "outside":
        return [{ monitor: "keep_out", value: insideM, limit: 0 }, blind(safety.blind_s)];
      case "corridor": {
        const room = Math.tan(RADIANS * safety.corridor_half_angle_deg) * Math.max(0, sight.axial);
        const cone = insideM > 0 ? [{ monitor: "corridor", value: sight.lateral, limit: room }] : [];
        return [...cone, blind(safety.corridor_blind_s)];
      }
      default:
        return [];
    }
  }

  /** What the phase's law wants now; begun at the first look after a change. */
  step(sight, error) {
    this.law ??= new LAWS[this.row.law](this.row.parameters, sight);
    return { arrived: false, arm: null, ...this.law.step(sight, error) };
  }
}
