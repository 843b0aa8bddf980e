"""Where the servicer is, for radio geometry: its newest trajectory, coasted on when that has run out.

This is all the ground hears of truth (DESIGN, section 7): it aims antennas and times signals by it, and
nothing that an operator or the timeline sees comes from it.
"""

from dataclasses import dataclass

from twin.contracts.fields import Vec3
from twin.contracts.motion import Trajectory
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import ecef_from_eci
from twin.dynamics.orbit import coast
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.ground.visibility import Sky


@dataclass(frozen=True)
class Motion:
    """The servicer's newest trajectory as a prediction."""

    epoch: Epoch
    surroundings: Surroundings
    drag_area_m2: float
    """Drag area times coefficient."""
    newest: Trajectory

    def sky(self, now_ns: int, from_ns: int, to_ns: int) -> Sky:
        """The sky over [from_ns, to_ns] as known at `now_ns`."""
        return Sky(self.epoch, self._coasted(now_ns, to_ns), from_ns)

    def r_ecef_m(self, now_ns: int) -> Vec3:
        """Position now."""
        heard = Track(self.newest.pieces)
        track = heard if heard.covers(now_ns) else self._coasted(now_ns, now_ns)
        x, y, z = ecef_from_eci(self.epoch, now_ns) @ track.state(now_ns).r_eci_m
        return float(x), float(y), float(z)

    def _coasted(self, now_ns: int, to_ns: int) -> Track:
        heard = Track(self.newest.pieces)
        start_ns = min(max(now_ns, heard.start_ns), heard.end_ns)
        state = heard.state(start_ns)
        drag_m2pkg = self.drag_area_m2 / self.newest.mass_kg
        return coast(
            state.r_eci_m, state.v_eci_mps, start_ns, to_ns, self.surroundings, drag_m2pkg=drag_m2pkg
        )
