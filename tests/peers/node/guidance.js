// One control cycle after another: readings in, a command and what there is to say about it out.

import { Arm } from "./arm.js";
import { Burns } from "./burns.js";
import { Actuation } from "./control.js";
import { Navigation } from "./navigation.js";
import { Phases } from "./phases.js";
import { Pointer } from "./pointing.js";
import { actuatorCommand, estimate } from "./report.js";
import { Sight } from "./sight.js";
import { stackOf } from "./stack.js";
import { ZERO, limited, norm, scale, sub, times, transposed } from "./vectors.js";

export class Guidance {
  constructor(mission) {
    this.mission = mission;
    this.control = mission.guidance.control;
    this.delayNs = Math.round(mission.guidance.compute_delay_s * 1e9);
    this.navigation = new Navigation(mission);
    this.phases = new Phases(mission);
    this.arm = new Arm(mission);
    this.pointer = new Pointer(mission);
    this.burns = new Burns(this.delayNs);
    this.alone = new Actuation(mission, mission.servicer.inertia_body_kgm2);
    this.actuation = this.alone;
  }

  /** The messages that answer a grant. */
  react(inbox) {
    const messages = [];
    for (const { body } of inbox) {
      if (body.kind === "telecommand") this.phases.commands.push(body);
      if (body.kind === "arm_state") this.arm.hear(body);
      if (body.kind !== "sensor_readings") continue;
      const [command, ...said] = this.cycle(body);
      messages.push(this.toServicer(command, "wake"));
      messages.push(...said.map((each) => this.toServicer(each, "wait")));
    }
    return messages;
  }

  toServicer(body, delivery) {
    return { to: ["servicer"], delay_ns: this.delayNs, delivery, body };
  }

  /** The `actuator_command` first, then what is said for telemetry and to the arm. */
  cycle(reading) {
    const { navigation: nav, phases, burns } = this;
    const t = reading.sampled_ns;
    if (!nav.take(reading, burns.past(t))) return [actuatorCommand(reading, phases.row, this.actuation.shut)];
    const said = phases.obey(t);
    this.takeHold();
    for (const cue of this.arm.cues()) if (phases.takes(cue)) said.push(phases.change(cue, t));
    said.push(...phases.guard(t, this.look(), (t - nav.seenNs) * 1e-9));
    let wish = phases.step(this.look(), this.turnError());
    if (wish.arrived && phases.takes("arrived")) {
      said.push(phases.change("arrived", t));
      wish = phases.step(this.look(), this.turnError());
    }
    const command = actuatorCommand(reading, phases.row, this.act(wish.push));
    const known = estimate(nav, this.look(), this.turnError().angle, burns.deltaV);
    return [command, known, ...said, ...this.arm.command(nav, wish.arm)];
  }

  /** From the latch on both bodies are turned as one. */
  takeHold() {
    const { navigation: nav, mission } = this;
    const alone = nav.grip === null;
    nav.latch(this.arm.latched);
    if (nav.grip === null) this.actuation = this.alone;
    else if (alone) {
      const { inertia, centre } = stackOf(mission, nav.massKg, nav.grip);
      this.actuation = new Actuation(mission, inertia, centre);
    }
  }

  look() {
    const { period_s: periodS } = this.phases.row;
    return new Sight(this.navigation, this.mission.target.port, this.delayNs * 1e-9, periodS, this.arm.events);
  }

  /** Angle and rate (rad, rad/s) by which the pointing is off. */
  turnError() {
    const { missing, rate } = this.pointer.pointing(this.navigation, this.phases.row);
    return { angle: norm(missing), rate: norm(sub(rate, this.navigation.w)) };
  }

  /** Valves (s) and wheel torques (N m) of the coming period. */
  act(accelerationRic) {
    const { navigation: nav, control, actuation } = this;
    const { point, turn, period_s: periodS } = this.phases.row;
    if (point === "free") return actuation.shut;
    const together = nav.grip !== null;
    const mode = together ? "stack" : turn === "both" ? "arm" : "attitude";
    const loop = [control[`${mode}_bandwidth_radps`], together ? 1 : control.attitude_damping, periodS];
    const torque = actuation.torque(nav, this.pointer.pointing(nav, this.phases.row), loop);
    const push = together ? ZERO : limited(accelerationRic, control.maximum_acceleration_mps2);
    const pushEciNs = scale(nav.massKg * periodS, times(transposed(nav.axes), push));
    const mostNm = mode === "attitude" ? 0 : control.stack_moment_nm;
    const { on, torques, given } = actuation.act(nav, pushEciNs, torque, mostNm, periodS);
    if (!together) this.burns.commanded(nav.tNs, on, scale(1 / nav.massKg, given));
    return { on, torques };
  }
}
