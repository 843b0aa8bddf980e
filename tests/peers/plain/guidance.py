"""One control cycle after another: readings in, a command and what there is to say about it out."""

import numpy as np
from arm import Arm
from burns import Burns
from control import Actuation, limited
from navigation import Navigation
from phases import Phases
from pointing import Pointer
from report import actuator_command, estimate
from sight import Sight
from stack import stack_of


class Guidance:
    def __init__(self, mission):
        self.mission, self.settings = mission, mission["guidance"]
        self.delay_ns = round(self.settings["compute_delay_s"] * 1e9)
        self.navigation, self.phases, self.arm = Navigation(mission), Phases(mission), Arm(mission)
        self.pointer, self.burns = Pointer(mission), Burns(self.delay_ns)
        self.alone = self.actuation = Actuation(mission, mission["servicer"]["inertia_body_kgm2"])

    def react(self, inbox):
        """The messages that answer a grant."""
        messages = []
        for delivered in inbox:
            body = delivered["body"]
            match body["kind"]:
                case "telecommand":
                    self.phases.commands.append(body)
                case "arm_state":
                    self.arm.hear(body)
                case "sensor_readings":
                    command, *said = self.cycle(body)
                    messages.append(self.to_servicer(command, "wake"))
                    messages += [self.to_servicer(each, "wait") for each in said]
        return messages

    def to_servicer(self, body, delivery):
        return {"to": ["servicer"], "delay_ns": self.delay_ns, "delivery": delivery, "body": body}

    def cycle(self, reading):
        """The `actuator_command` first, then what is said for telemetry and to the arm."""
        nav, phases, t_ns = self.navigation, self.phases, reading["sampled_ns"]
        if not nav.take(reading, self.burns.past(t_ns)):
            return [actuator_command(reading, phases.row, self.actuation.shut)]
        said = phases.obey(t_ns)
        self.take_hold()
        said += [phases.change(cue, t_ns) for cue in self.arm.cues() if phases.takes(cue)]
        said += phases.guard(t_ns, self.look(), (t_ns - nav.seen_ns) * 1e-9)
        acceleration, arrived, mode = phases.step(self.look(), self.turn_error())
        if arrived and phases.takes("arrived"):
            said.append(phases.change("arrived", t_ns))
            acceleration, _, mode = phases.step(self.look(), self.turn_error())
        action = self.act(acceleration)
        known = estimate(nav, self.look(), self.turn_error()[0], self.burns.delta_v)
        return [actuator_command(reading, phases.row, action), known, *said, *self.arm.command(nav, mode)]

    def take_hold(self):
        """From the latch on both bodies are turned as one."""
        nav, alone = self.navigation, self.navigation.grip is None
        nav.latch(self.arm.latched)
        if nav.grip is None:
            self.actuation = self.alone
        elif alone:
            self.actuation = Actuation(self.mission, *stack_of(self.mission, nav.mass_kg, nav.grip))

    def look(self):
        port = self.mission["target"]["port"]
        period_s = self.phases.row["period_s"]
        return Sight(self.navigation, port, self.delay_ns * 1e-9, period_s, self.arm.events)

    def turn_error(self):
        """Angle and rate (rad, rad/s) by which the pointing is off."""
        missing, rate = self.pointer.pointing(self.navigation, self.phases.row)
        return float(np.linalg.norm(missing)), float(np.linalg.norm(rate - self.navigation.w))

    def act(self, acceleration_ric):
        """Valves (s) and wheel torques (N m) of the coming period."""
        nav, row, control = self.navigation, self.phases.row, self.settings["control"]
        if row["point"] == "free":
            return self.actuation.shut
        together, fast, period_s = nav.grip is not None, row["turn"] == "both", row["period_s"]
        mode = "stack" if together else "arm" if fast else "attitude"
        damping = 1.0 if together else control["attitude_damping"]
        loop = control[f"{mode}_bandwidth_radps"], damping, period_s
        torque = self.actuation.torque(nav, self.pointer.pointing(nav, row), loop)
        push = limited(acceleration_ric, control["maximum_acceleration_mps2"]) * (not together)
        most_nm = control["stack_moment_nm"] if together or fast else 0.0
        push_eci_ns = nav.mass_kg * period_s * nav.axes.T @ push
        on, torques, given = self.actuation.act(nav, push_eci_ns, torque, most_nm, period_s)
        if not together:
            self.burns.commanded(nav.t_ns, on, given / nav.mass_kg)
        return on, torques
