"""The mission's phase table: which law flies, which cue leads where; and the monitors that abort."""

from math import radians, tan

from laws import LAWS

OWN_CUES = {"arrived", "timeout", "latched", "refused", "stowed"}
"""Cues that no telecommand gives."""


class Phases:
    def __init__(self, mission):
        settings = mission["guidance"]
        self.rows = {row["name"]: row for row in settings["phases"]}
        if missing := {row["law"] for row in settings["phases"]} - set(LAWS):
            raise ValueError(f"this peer has no law {', '.join(sorted(missing))}; it has: {', '.join(LAWS)}")
        self.safety = settings["safety"]
        self.row, self.since_ns, self.law = self.rows[settings["start_phase"]], 0, None
        self.commands = []

    def takes(self, cue):
        return cue in self.row["on"]

    def change(self, cue, t_ns, reason=""):
        """Move on; gives the `phase_changed` to say."""
        before, self.row = self.row, self.rows[self.row["on"][cue]]
        self.since_ns, self.law = t_ns, None
        now = {"phase": self.row["name"], "terminal": self.row["terminal"], "t_ns": t_ns, "reason": reason}
        return {"kind": "phase_changed", "previous": before["name"], "cue": cue, **now}

    def obey(self, t_ns):
        """Telecommands in the order they came, each with the reports it is owed."""
        said = []
        for command in self.commands:
            name, report = (
                command["name"],
                {"kind": "command_report", "t_ns": t_ns, "command": command["command"]},
            )
            if name in OWN_CUES or not self.takes(name):
                said.append({**report, "stage": "failed", "reason": f"no {name} in {self.row['name']}"})
                continue
            said += [{**report, "stage": "accepted"}, {**report, "stage": "started"}]
            said += [self.change(name, t_ns, "telecommand"), {**report, "stage": "completed"}]
        self.commands = []
        return said

    def guard(self, t_ns, sight, unseen_s):
        """The phase's time limit, then its zone."""
        limit_s = self.row["timeout_s"]
        said = []
        if limit_s is not None and self.takes("timeout") and t_ns - self.since_ns >= limit_s * 1e9:
            said.append(self.change("timeout", t_ns, f"longer than {limit_s:g} s"))
        broken = next((each for each in self.limits(sight, unseen_s) if each[1] > each[2]), None)
        if broken and self.takes("abort"):
            monitor, value, limit = broken
            verdict = {"monitor": monitor, "level": "abort", "value": float(value), "limit": float(limit)}
            said.append({"kind": "safety_verdict", "t_ns": t_ns, **verdict})
            said.append(self.change("abort", t_ns, monitor))
        return said

    def limits(self, sight, unseen_s):
        """(name, value, limit): outside the sphere, or inside it in the cone about the capture axis."""
        zone, safety = self.row["zone"], self.safety
        inside_m = safety["keep_out_radius_m"] - sight.distance
        if zone == "outside":
            return [("keep_out", inside_m, 0.0), ("blind", unseen_s, safety["blind_s"])]
        if zone == "corridor":
            room_m = tan(radians(safety["corridor_half_angle_deg"])) * max(0.0, sight.axial)
            cone = [("corridor", sight.lateral, room_m)] if inside_m > 0.0 else []
            return [*cone, ("blind", unseen_s, safety["corridor_blind_s"])]
        return []

    def step(self, sight, turn_error):
        """What the phase's law wants now; begun at the first look after a change."""
        if self.law is None:
            self.law = LAWS[self.row["law"]](self.row["parameters"], sight)
        return self.law.step(sight, turn_error)
