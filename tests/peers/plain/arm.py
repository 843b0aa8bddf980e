"""The conversation with the arm: what it says becomes cues of the phases; it is told where the ring is."""

import numpy as np
from turns import canonical, conj, matrix, mul, turn

REFUSALS = {"latch_refused", "one_sided", "force_exceeded"}


class Arm:
    def __init__(self, mission):
        self.port = mission["target"]["port"]
        self.delay_s = mission["guidance"]["compute_delay_s"]
        self.latched, self.events, self.mode = False, [], None

    def hear(self, state):
        """An `arm_state`: counts from the next readings on."""
        self.latched = state["latched"]
        self.events += state["events"]

    def cues(self):
        """In the order in which they count."""
        felt = [(self.latched, "latched"), (REFUSALS & set(self.events), "refused")]
        return [cue for said, cue in [*felt, ("stowed" in self.events, "stowed")] if said]

    def command(self, nav, mode):
        """The `arm_command` that follows from a law's wish, if the arm is at work at all."""
        stowed, self.events = "stowed" in self.events, []
        self.mode = None if stowed else mode or (self.mode and "hold")
        if self.mode is None:
            return []
        t_ns = nav.t_ns + round(self.delay_s * 1e9)
        return [{"kind": "arm_command", "t_ns": t_ns, "mode": self.mode, "ring": self.ring(nav)}]

    def ring(self, nav):
        """The port's frame as it will be seen from our body when the command arrives."""
        spin = matrix(nav.q_target) @ nav.w_target
        port = matrix(nav.q_target) @ np.array(self.port["r_body_m"])
        place, speed = port - nav.r, np.cross(spin, port) - nav.v
        q_target = mul(turn(self.delay_s * spin), nav.q_target)
        q_body_from_eci = conj(mul(nav.q, turn(self.delay_s * nav.w)))
        to_body = matrix(q_body_from_eci)
        q_port = mul(mul(q_body_from_eci, q_target), conj(np.array(self.port["q_port_from_body"])))
        return {
            "r_body_m": (to_body @ (place + self.delay_s * speed)).tolist(),
            "q_body_from_port": canonical(q_port).tolist(),
            "v_body_mps": (to_body @ speed).tolist(),
            "w_body_radps": (to_body @ spin).tolist(),
        }
