"""What stands before the servicer's camera, from what is known of the flight: trajectories, arm, Sun."""

from twin.capture.interface import Port
from twin.capture.sight import Joints, Motions, Subject, View, view_of
from twin.contracts.capture import ArmState
from twin.dynamics.environment import sun_at, sunlight
from twin.dynamics.epochs import Epoch
from twin.dynamics.settings import TargetBody
from twin.dynamics.state import KinematicState
from twin.vehicle.settings import Vehicle


class Lookout:
    """Of one flight: `subject` never changes, `view` is of one instant."""

    def __init__(self, vehicle: Vehicle, target: TargetBody, epoch: Epoch) -> None:
        self.subject = Subject(
            (target.length_m, 0.5 * target.diameter_m),
            Port(r_body_m=target.port.r_body_m, q_port_from_body=target.port.q_port_from_body),
            target.ring,
            vehicle.arm,
            vehicle.dry_mass_kg + vehicle.propellant_kg,
            target.hull_centre_body_m,
        )
        self._epoch = epoch

    def view(
        self, t_ns: int, servicer: KinematicState, target: KinematicState, arm: ArmState | None = None
    ) -> View:
        """Both motions in `eci` at `t_ns`; `arm` is its newest report (None: it never moved)."""
        lit = sunlight(self._epoch, t_ns, target.r_eci_m)
        motions = Motions(servicer, target, sun_at(self._epoch, t_ns))
        return view_of(self.subject, motions, lit, self._joints(arm))

    def _joints(self, arm: ArmState | None) -> Joints:
        if arm is None or self.subject.arm is None:
            return ()
        travel_m = self.subject.arm.gripper.half_opening_m - 0.5 * arm.finger_gap_m
        return (*arm.joint_rad, travel_m, travel_m)
