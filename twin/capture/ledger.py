"""The books of a window: momentum about its centre of mass against what was booked, and energy.

The limits on momentum are those of contact-recipes.md, section 3, at 1 kHz, and scale with the step: Bullet
is of first order, its error appears while the arm moves and comes back when it stops. Wheels count with the
bodies (what they do to the bus is inside).

Energy: the work of thrust, tide, wheels and motors is booked, the motors' step by step. While nothing
touches that must be all: in a coast before the arm moves, and with the arm moving. What changes while
something touches is contact's (elastic, friction, plastic), which Bullet does not tell: it is reported.
Across the latch energy must not rise: a weld across a gap would be a hidden engine.
"""

from typing import NamedTuple

from twin.capture.interface import LedgerRow, LedgerSummary
from twin.capture.turning import back
from twin.capture.world import Scene, World
from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.rotation import mul, rotate
from twin.guidance.vectors import ZERO, add, along, cross, dot, norm, scale, sub

_STEP_S = 1e-3
_DP_NS, _DH_NMS, _DH_PART = 0.02, 0.15, 5e-4
_FINAL_DP_NS, _FINAL_DH_NMS, _FINAL_DH_PART = 0.01, 0.05, 2e-4
_COAST_DRIFT = 3e-4
_FREE_PART, _FREE_J = 3e-4, 1e-3
"""Of the energy there is and the work that was done; a fifth of it is used by the arm's fastest motions."""
_LATCH_NS = 500_000_000
"""For how long after the latch closes its energy is watched."""
_LATCH_RISE_J = 1e-3
"""What motors that hold the brakes err by: 3e-6 J was seen."""


class Totals(NamedTuple):
    """Momentum, angular momentum about the common centre of mass, kinetic energy."""

    p_ns: Vec3
    h_nms: Vec3
    kinetic_j: float


class Outside(NamedTuple):
    """What acts on one body's base over a tick, from outside the two bodies."""

    source: str
    force_n: Vec3
    torque_nm: Vec3


class Acting(NamedTuple):
    """From outside the two bodies, on their bases, held over a period."""

    on_bus: tuple[Outside, ...]
    on_target: tuple[Outside, ...]


class Ledger:
    """See the module; `world` tells masses and inertias."""

    def __init__(self, world: World, scene: Scene, wheel_nms: Vec3, step_s: float) -> None:
        self._world = world
        self._scale = max(1.0, step_s / _STEP_S)
        self._masses = (*world.masses_kg, world.target_kg)
        self._mass_kg = sum(self._masses)
        self._start = self._totals(scene, wheel_nms)
        self._p_ns, self._h_nms = ZERO, ZERO
        self._work: dict[str, float] = {"thrust": 0.0, "tide": 0.0, "wheels": 0.0, "motors": 0.0}
        self._turned_over_j = 0.0
        self._rows = 0
        self._latch: tuple[int, float] | None = None
        self._latch_rise_j = 0.0
        self._coast_drift = 0.0
        self._known_j = self._start.kinetic_j
        self._contact_j = self._free_j = self._free_worst_j = 0.0
        self._broken: list[str] = []
        self._last = self._worst_dp = self._worst_dh = self._row(scene, self._start)

    def centre(self, scene: Scene) -> Vec3:
        """Common centre of mass."""
        moment = add(
            scale(self._world.servicer_kg, scene.com_m), scale(self._world.target_kg, scene.target.r_m)
        )
        return scale(1.0 / self._mass_kg, moment)

    def book(self, span: tuple[Scene, Scene], acting: Acting, wheels_nm: Vec3, dt_s: float) -> None:
        """Enter what acted over the period between two scenes; the wheels change no momentum."""
        before, after = span
        centre_m = self.centre(before)
        for start, end, acts in (
            (before.bus, after.bus, acting.on_bus),
            (before.target, after.target, acting.on_target),
        ):
            # The point of attack moves on during the period: its middle is what counts.
            arm_m = sub(along(start.r_m, 0.5 * dt_s, start.v_mps), centre_m)
            v_mps, w_radps = _mean(start.v_mps, end.v_mps), _mean(start.w_radps, end.w_radps)
            for source, force_n, torque_nm in acts:
                self._p_ns = along(self._p_ns, dt_s, force_n)
                self._h_nms = along(self._h_nms, dt_s, add(cross(arm_m, force_n), torque_nm))
                self._enter(source, dt_s * (dot(force_n, v_mps) + dot(torque_nm, w_radps)))
        mean_radps = _mean(before.bus.w_radps, after.bus.w_radps)
        self._enter("wheels", dt_s * dot(wheels_nm, mean_radps))

    def book_motors(self, work_j: float) -> None:
        """Enter the work of the joints' motors, which change no momentum."""
        self._enter("motors", work_j)

    def _enter(self, source: str, work_j: float) -> None:
        self._work[source] += work_j
        self._turned_over_j += abs(work_j)

    def latching(self, scene: Scene, wheel_nms: Vec3) -> None:
        """The latch closes now: from here energy may only fall."""
        kinetic_j = self._totals(scene, wheel_nms).kinetic_j
        self._latch = (scene.t_ns, kinetic_j - self._booked_j)

    def row(self, scene: Scene, wheel_nms: Vec3, *, coasting: bool, touched: bool) -> LedgerRow:
        """The books now; `coasting`: nothing but nature has acted so far, `touched`: something has touched
        since the last row.
        """
        totals = self._totals(scene, wheel_nms)
        self._rows += 1
        self._judge_energy(scene.t_ns, totals, coasting=coasting, touched=touched)
        row = self._row(scene, totals)
        self._last = row
        if row.dp_ns > self._worst_dp.dp_ns:
            self._worst_dp = row
        if row.dh_nms > self._worst_dh.dh_nms:
            self._worst_dh = row
        if not row.holds and not self._broken:
            self._broken.append(_breach(row))
        return row

    def _judge_energy(self, t_ns: int, totals: Totals, *, coasting: bool, touched: bool) -> None:
        unexplained_j = totals.kinetic_j - self._booked_j
        change_j, self._known_j = unexplained_j - self._known_j, unexplained_j
        if touched:
            self._contact_j += change_j
        else:
            self._free_j += change_j
            self._free_worst_j = max(self._free_worst_j, abs(self._free_j))
        if self._latch and t_ns - self._latch[0] <= _LATCH_NS:
            self._latch_rise_j = max(self._latch_rise_j, unexplained_j - self._latch[1])
        if coasting and self._start.kinetic_j > 0.0:
            drift = abs(unexplained_j - self._start.kinetic_j) / self._start.kinetic_j
            self._coast_drift = max(self._coast_drift, drift)

    def summary(self, scene: Scene, wheel_nms: Vec3) -> LedgerSummary:
        """The verdict, if the window ended now."""
        totals = self._totals(scene, wheel_nms)
        last = self._row(scene, totals)
        dp_limit_ns = _FINAL_DP_NS * self._scale
        dh_limit_nms = (_FINAL_DH_NMS + _FINAL_DH_PART * norm(totals.h_nms)) * self._scale
        broken = list(self._broken)
        if last.dp_ns > dp_limit_ns:
            broken.append(f"at the end {last.dp_ns:.3g} N s of momentum unexplained, limit {dp_limit_ns:.3g}")
        if last.dh_nms > dh_limit_nms:
            broken.append(f"at the end {last.dh_nms:.3g} N m s unexplained, limit {dh_limit_nms:.3g}")
        broken += [
            f"energy {what}: {found:.3g} {unit}, limit {limit:.3g}"
            for what, found, limit, unit in self._energies()
            if found > limit
        ]
        return LedgerSummary(
            rows=self._rows,
            worst_dp=self._worst_dp,
            worst_dh=self._worst_dh,
            last=last,
            final_dp_limit_ns=dp_limit_ns,
            final_dh_limit_nms=dh_limit_nms,
            work_j=dict(self._work),
            latch_rise_j=self._latch_rise_j,
            coast_drift=self._coast_drift,
            free_error_j=self._free_worst_j,
            contact_j=self._contact_j,
            broken=tuple(broken),
        )

    def totals(self, scene: Scene, wheel_nms: Vec3) -> Totals:
        """Momenta and energy now."""
        return self._totals(scene, wheel_nms)

    @property
    def _booked_j(self) -> float:
        return sum(self._work.values())

    def _energies(self) -> tuple[tuple[str, float, float, str], ...]:
        """What must stay small, with its limit: name, found, limit, unit."""
        free_limit_j = _FREE_J + _FREE_PART * (self._start.kinetic_j + self._turned_over_j)
        return (
            ("added by the latch", self._latch_rise_j, _LATCH_RISE_J, "J"),
            ("drift of a coast, relative", self._coast_drift, _COAST_DRIFT * self._scale, ""),
            ("unexplained while nothing touched", self._free_worst_j, free_limit_j * self._scale, "J"),
        )

    def _row(self, scene: Scene, totals: Totals) -> LedgerRow:
        start = self._start
        limit_h = _DH_NMS + _DH_PART * norm(totals.h_nms)
        return LedgerRow(
            t_ns=scene.t_ns,
            dp_ns=norm(sub(sub(totals.p_ns, start.p_ns), self._p_ns)),
            dp_limit_ns=_DP_NS * self._scale,
            dh_nms=norm(sub(sub(totals.h_nms, start.h_nms), self._h_nms)),
            dh_limit_nms=limit_h * self._scale,
            kinetic_j=totals.kinetic_j,
            booked_j=self._booked_j,
            energy_used=max([found / limit for _, found, limit, _ in self._energies()]),
        )

    def _totals(self, scene: Scene, wheel_nms: Vec3) -> Totals:
        """Sum of m v, of (r - c) x m v + R I R^T w with the wheels, and of the kinetic energies."""
        world = self._world
        motions = (scene.bus, *scene.links, scene.target)
        centre_m = self.centre(scene)
        p_ns, h_nms, energy_j = ZERO, rotate(scene.bus.q, wheel_nms), 0.0
        turns: list[Quaternion] = [motion.q for motion in motions]
        turns[0] = mul(scene.bus.q, world.q_bus_principal)
        turns[-1] = mul(scene.target.q, world.q_target_principal)
        for mass, inertia, q, (r_m, _, v_mps, w_radps) in zip(
            self._masses, world.inertias, turns, motions, strict=True
        ):
            own = back(q, w_radps)
            spin: Vec3 = (inertia[0] * own[0], inertia[1] * own[1], inertia[2] * own[2])
            momentum = scale(mass, v_mps)
            p_ns = add(p_ns, momentum)
            h_nms = add(h_nms, add(cross(sub(r_m, centre_m), momentum), rotate(q, spin)))
            energy_j += 0.5 * (dot(momentum, v_mps) + dot(spin, own))
        return Totals(p_ns, h_nms, energy_j)


def _mean(a: Vec3, b: Vec3) -> Vec3:
    return scale(0.5, add(a, b))


def _breach(row: LedgerRow) -> str:
    return (
        f"at {row.t_ns * 1e-9:.2f} s unexplained: {row.dp_ns:.3g} N s (limit {row.dp_limit_ns:.3g}), "
        f"{row.dh_nms:.3g} N m s (limit {row.dh_limit_nms:.3g})"
    )
