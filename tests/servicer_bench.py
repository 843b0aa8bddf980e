"""A servicer on the bench: a real target's trajectory, and commands given by the test."""

import msgspec
import numpy as np

from services.library import load_mission
from services.servicer import Servicer
from twin.contracts.actuation import ActuatorCommand
from twin.contracts.envelope import Delivered
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate
from twin.contracts.radio import LinkState
from twin.contracts.sensing import SensorReadings
from twin.dynamics.epochs import Epoch
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody
from twin.dynamics.rotation import from_rotation_vector, mul
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

SECOND = 1_000_000_000
DELAY = 100_000_000
MISSION = load_mission("quickstart")
CLOSED = (0.0,) * 12
STILL = (0.0,) * 4


def target_trajectory(mission: Mission = MISSION, *, moved_m=0.0, turned_rad=0.0, hours=2) -> Trajectory:
    """The target's motion from 0, if asked displaced in eci z and turned about its long axis."""
    start, body = target_at_epoch(mission), mission.target
    start.r_eci_m[2] += moved_m
    start.q_eci_from_body[:] = mul(start.q_eci_from_body, from_rotation_vector([turned_rad, 0.0, 0.0]))
    plant = FreeBody(
        start,
        Surroundings.at(Epoch(mission.epoch_utc), mission.environment),
        mass_kg=body.mass_kg,
        inertia_body_kgm2=np.array(body.inertia_body_kgm2),
        outside=Outside(drag_m2=body.drag_area_m2 * body.drag_coefficient),
    )
    return Trajectory(body="target", mass_kg=body.mass_kg, pieces=plant.advance_to(hours * 3600 * SECOND))


TARGET = target_trajectory()


def delivered(body, t_ns=0, source="guidance") -> Delivered:
    return Delivered(t_ns=t_ns, micro=0, source=source, sequence=0, body=body)


def command(reading: SensorReadings, on_s=CLOSED, torque_nm=STILL, period_ns=SECOND) -> ActuatorCommand:
    return ActuatorCommand(
        reading_ns=reading.sampled_ns,
        thruster_on_s=tuple(on_s),
        wheel_torque_nm=tuple(torque_nm),
        next_reading_ns=reading.sampled_ns + period_ns,
    )


def link(up, t_ns=0) -> LinkState:
    station = MISSION.stations[0].name
    return LinkState(
        t_ns=t_ns, up=up, station=station, station_ecef_m=(1.0e6, 4.6e6, 4.1e6), downlink_bps=1e6
    )


def estimate(t_ns) -> Estimate:
    covariance = np.zeros(78)
    covariance[[0, 2, 5]] = 0.01, 0.04, 0.04
    return Estimate(
        t_ns=t_ns,
        r_ric_m=(0.0, -50.0, 0.0),
        v_ric_mps=(0.0, 0.0, 0.0),
        q_eci_from_target=(1.0, 0.0, 0.0, 0.0),
        w_target_radps=(0.0, 0.0, 0.0),
        q_eci_from_servicer=(1.0, 0.0, 0.0, 0.0),
        w_servicer_radps=(0.0, 0.0, 0.0),
        range_m=50.0,
        range_rate_mps=0.0,
        port_axial_m=0.0,
        port_lateral_m=0.0,
        attitude_error_rad=0.0,
        pose_known=True,
        delta_v_mps=0.0,
        rejected=0,
        covariance=covariance.tobytes(),
    )


class Bench:
    """Grants a servicer its boundaries and keeps all it said."""

    def __init__(self, mission: Mission = MISSION, target: Trajectory = TARGET) -> None:
        self.mission = mission
        self.servicer = Servicer()
        self.said = []
        self._take(self.servicer.begin(mission))
        self.grant(0, target, source="target")

    def grant(self, t_ns, *bodies, source="guidance"):
        """One grant with these bodies from one source; what was said in answer."""
        return self._take(self.servicer.react(t_ns, tuple(delivered(b, t_ns, source) for b in bodies)))

    def cycle(self, *others, **asked):
        """One control cycle: the command that answers the last reading, at the boundary."""
        return self.grant(self.wake_ns, command(self.reading, **asked), *others)

    @property
    def reading(self) -> SensorReadings:
        return self.all(SensorReadings)[-1]

    def all(self, kind):
        return [out.body for out in self.said if isinstance(out.body, kind)]

    def bytes(self):
        return [msgspec.msgpack.encode(out) for out in self.said]

    def restarted(self):
        """A bench with a new servicer restored from this one's snapshot, and this one's wake time."""
        other = object.__new__(Bench)
        other.mission, other.said, other.wake_ns = self.mission, list(self.said), self.wake_ns
        other.servicer = Servicer()
        other.servicer.restore(self.mission, self.servicer.snapshot())
        return other

    def _take(self, reaction):
        self.wake_ns = reaction.wake_ns
        self.said += reaction.messages
        return reaction.messages


def track_of(bench: "Bench") -> Track:
    """The servicer's published motion."""
    track = Track()
    for trajectory in bench.all(Trajectory):
        track.extend(trajectory)
    return track
