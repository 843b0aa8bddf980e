"""Quantities of the truth and onboard planes at given instants, from the events of a run.

Motion is evaluated on the published polynomials, for all instants at once. Everything that is reported
(estimate, phase, equipment) holds from its own time until the next report.
"""

from math import degrees, sqrt
from struct import unpack_from
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.contracts.envelope import Event
from twin.contracts.equipment import EquipmentState
from twin.contracts.motion import Trajectory
from twin.contracts.navigation import Estimate, Looks, PhaseChanged, SafetyVerdict
from twin.contracts.radio import StepTaken
from twin.dynamics.segments import Track
from twin.mission.contact_record import ContactRecord
from twin.mission.geometry import motion_columns
from twin.mission.navigation_error import NavigationError
from twin.mission.reports import Reports
from twin.mission.script import Mission
from twin.mission.stack_change import StackChange
from twin.mission.stack_loads import StackLoads
from twin.mission.stack_torque import StackTorque

Times = NDArray[np.int64]
Columns = dict[str, Any]
"""Quantity name to an array, one entry an instant: float64 (NaN is unknown) or text (empty is unknown)."""

NS_PER_S = 1_000_000_000


class Sampler:
    """Hears the events of a run; gives every judged quantity at any instants that the motion covers."""

    def __init__(self, mission: Mission) -> None:
        self.mission = mission
        self.tracks = {"target": Track(), "servicer": Track()}
        vehicle = mission.servicer
        self.estimates = Reports(_ESTIMATED)
        self.error = NavigationError()
        self.equipment = Reports(_EQUIPPED)
        self.contact = ContactRecord()
        self.stack = StackTorque()
        self.loads = StackLoads(vehicle.arm, mission.target)
        self.change = StackChange(mission.target.mass_kg)
        self.phases: list[tuple[int, str]] = [(0, mission.guidance.start_phase)]
        self.aborts_ns: list[int] = []
        self.steps_ns: list[int] = [0]
        self.firings = 0
        self.impulse_ns = 0.0
        self.equipment.add(
            0, (vehicle.propellant_kg, 0.0, 0.0, 0.0, vehicle.power.initial_fraction, None, None)
        )

    def take(self, event: Event) -> None:
        """Note what an event says; kinds that carry no judged quantity are passed over."""
        for record in (self.contact, *self._stacks):
            record.take(event)
        match event.body:
            case Trajectory(body=body) as trajectory if body in self.tracks:
                self.tracks[body].extend(trajectory)
            case Estimate() as estimate:
                self.estimates.add(estimate.t_ns, _estimated(estimate))
                self.error.add(estimate)
            case PhaseChanged() as change:
                self.phases.append((max(change.t_ns, self.phases[-1][0]), change.phase))
            case SafetyVerdict(level="abort", t_ns=t_ns):
                self.aborts_ns.append(t_ns)
            case EquipmentState() as state:
                self._take_equipment(state)
            case StepTaken(t_ns=t_ns):
                self.steps_ns.append(t_ns)

    def forget_before(self, t_ns: int) -> None:
        """Drop what no instant from `t_ns` on can show, for those who look while the run flies."""
        told = (self.equipment, self.estimates, self.error.estimates, self.contact, *self._stacks)
        for reports in told:
            reports.forget_before(t_ns)
        seen_ns = min([t_ns, *self.estimates.at_ns[:1]])  # the navigation error is of the estimate's instant
        for track in self.tracks.values():
            track.forget_before(seen_ns)

    @property
    def _stacks(self) -> tuple[StackTorque, StackLoads, StackChange]:
        """What is known of a stack alone."""
        return self.stack, self.loads, self.change

    def _take_equipment(self, state: EquipmentState) -> None:
        self.firings += state.firings
        self.impulse_ns += state.impulse_ns
        wheel_nms = max(abs(each) for each in state.wheel_momentum_nms)
        row = (state.propellant_kg, self.impulse_ns, self.firings, wheel_nms, state.battery_fraction)
        self.equipment.add(state.t_ns, (*row, state.array_power_w, state.sunlit))

    def grid(self, end_ns: int) -> Times:
        """Instants every `sample_s` from the epoch, those of contact, and the last one; as far as both
        motions are known: to who joined a run late the beginning is not."""
        first_ns = max(track.start_ns for track in self.tracks.values())
        last_ns = min(end_ns, *(track.end_ns for track in self.tracks.values()))
        if last_ns < max(first_ns, 0):
            return np.empty(0, np.int64)
        step_ns = round(self.mission.sample_s * NS_PER_S)
        regular = np.arange(0, last_ns + 1, step_ns, dtype=np.int64)
        contact = self.contact.times_ns()
        every: Times = np.union1d(regular, np.append(contact[contact <= last_ns], last_ns))
        return every[every >= first_ns]

    def columns(self, t_ns: Times) -> Columns:
        """Every quantity of the planes that a requirement may speak of, at `t_ns` (n,), sorted."""
        target, servicer = (self.tracks[name].states(t_ns) for name in ("target", "servicer"))
        columns = motion_columns(self.mission, target, servicer)
        columns |= {f"truth.{name}": values for name, values in self.equipment.held(t_ns).items()}
        columns["truth.propellant_used_kg"] = (
            self.mission.servicer.propellant_kg - columns["truth.propellant_kg"]
        )
        error_m, nees = self.error.columns(self.tracks, t_ns)
        columns["truth.navigation_error_m"], columns["truth.navigation_nees"] = error_m, nees
        columns |= {f"onboard.{name}": values for name, values in self.estimates.held(t_ns).items()}
        columns |= self._phase_columns(t_ns)
        columns["onboard.aborts"] = _count_until(self.aborts_ns, t_ns).astype(np.float64)
        columns |= self.contact.columns(t_ns)
        for record in self._stacks:
            columns |= record.columns(t_ns)
        columns["script.t_s"] = t_ns / NS_PER_S
        steps_ns = np.array(sorted(self.steps_ns), np.int64)
        columns["script.since_step_s"] = (t_ns - steps_ns[_count_until(self.steps_ns, t_ns) - 1]) / NS_PER_S
        return columns

    def _phase_columns(self, t_ns: Times) -> Columns:
        starts_ns = np.array([start for start, _ in self.phases], np.int64)
        index = np.searchsorted(starts_ns, t_ns, side="right") - 1
        names = np.array([phase for _, phase in self.phases], np.str_)
        return {
            "onboard.phase": names[index],
            "onboard.phase_age_s": (t_ns - starts_ns[index]) / NS_PER_S,
        }


_EQUIPPED = (
    "propellant_kg",
    "impulse_ns",
    "firings",
    "wheel_momentum_max_nms",
    "battery_fraction",
    "array_power_w",
    "sunlit",
)
_ESTIMATED = (
    "range_m",
    "closing_mps",
    "r_ric_x_m",
    "r_ric_y_m",
    "r_ric_z_m",
    "v_ric_x_mps",
    "v_ric_y_mps",
    "v_ric_z_mps",
    "port_axial_m",
    "port_lateral_m",
    "attitude_error_deg",
    "sigma_r_m",
    "delta_v_mps",
    "rejected",
    "nis",
    "pose_known",
    *Looks.__struct_fields__,
    "wheel_drag_nm",
    "late",
    "contact_age_s",
)


def _estimated(estimate: Estimate) -> tuple[float | None, ...]:
    known = estimate.pose_known
    return (
        estimate.range_m,
        -estimate.range_rate_mps,
        *estimate.r_ric_m,
        *estimate.v_ric_mps,
        estimate.port_axial_m if known else None,
        estimate.port_lateral_m if known else None,
        degrees(estimate.attitude_error_rad) if known else None,
        _sigma_r_m(estimate.covariance),
        estimate.delta_v_mps,
        float(estimate.rejected),
        estimate.nis,
        float(known),
        *(getattr(estimate.looks, name, None) for name in Looks.__struct_fields__),
        estimate.wheel_drag_nm,
        float(estimate.late),
        estimate.contact_age_s,
    )


def _sigma_r_m(covariance: bytes) -> float | None:
    """Root of the trace of the position block of a packed lower triangle (entries 0, 2 and 5)."""
    if len(covariance) < 48:
        return None
    x, _, y, _, _, z = unpack_from("<6d", covariance)
    return sqrt(x + y + z) if x + y + z >= 0.0 else None


def _count_until(events_ns: list[int], t_ns: Times) -> Times:
    """How many of the events are at or before each instant."""
    return np.searchsorted(np.array(sorted(events_ns), np.int64), t_ns, side="right")
