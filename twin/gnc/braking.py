"""Taking out the momentum of a turning stack by sets of valves, none of which gives too much torque at once.

A torque against the angular momentum stops a rigid body soonest, however it tumbles, and fights no gyroscopic
torque (Wie, Space Vehicle Dynamics and Control (2008), 7.3). Valves are open or shut: which are open together
decides what goes through the arm, not the mean of a period. So each period opens one set of at most four
valves for one time.

A valve that stays shut unnoticed leaves the rest of its set alone: half of a pair of side thrusters has an
arm of metres about the stack's centre. So first come sets that stay below the limit with any one valve
missing. Their push is not taken back: that would take the other sets, and the stack has the place for itself.
Only what they cannot take out is left to the others, whose push later ones give back.
"""

from itertools import chain, combinations

import numpy as np

from twin.contracts.fields import Vec3
from twin.gnc.allocation import Allocator, Firing
from twin.gnc.matrices import Array
from twin.vehicle.settings import Propulsion

_TOGETHER = 4
_SIGMAS = 3.0
_LEVER_M = 0.2
"""What an impulse that is still owed counts for: a momentum at this arm, a quarter of the valves': so that
with a valve dead it still pays to turn by a pair whose push another pair takes back."""
_MOST_OWED_NS = 150.0
"""As much as 1.6 cm/s of 9.4 t; a set that would owe more is not taken."""
_SPANS = 0.1
_STRONG = 0.5
"""Of the strongest sure set's torque. While all push, a set that gives less is outdone by the others; with
one of them lost it would push for ever where nothing strong is left."""
_ALONG = 0.3
"""Cosine from the momentum to a set's torque: below it the set turns more than it stops."""


class Brake:
    """Of a thruster set about the stack's centre; no set gives more than `most_nm`, three sigma of the
    valves' scatter included."""

    def __init__(self, allocator: Allocator, propulsion: Propulsion, most_nm: float) -> None:
        self._allocator = allocator
        self._tick_s = max(propulsion.valve_tick_s, 1e-6)
        self._least_s = propulsion.minimum_on_s
        count = len(propulsion.thrusters)
        sets = chain.from_iterable(combinations(range(count), size) for size in range(1, _TOGETHER + 1))
        open_valves = np.array([[float(k in each) for k in range(count)] for each in sets])
        effect = (open_valves[:, None, :] * allocator.effect[None, :, :]).sum(axis=2)
        each_nm = propulsion.sigma_thrust * open_valves[:, :, None] * allocator.effect[3:].T[None, :, :]
        allowed = sure = _peaks_nm(effect[:, 3:], each_nm) <= most_nm
        for k in range(count):
            lost = open_valves[:, k] > 0.0
            left_nm = each_nm * (np.arange(count) != k)[None, :, None]
            peaks_nm = _peaks_nm(effect[:, 3:] - allocator.effect[3:, k], left_nm)
            sure = sure & (~lost | (peaks_nm <= most_nm))
        self._open, self._force_n, self._torque_nm = (
            open_valves[allowed],
            effect[allowed, :3],
            effect[allowed, 3:],
        )
        self._sure_open, self._sure_nm = open_valves[sure], effect[sure, 3:]
        self.sure_span = _span(self._sure_nm)
        """(3, 3): of a momentum, what those sets can take out."""
        self.sure_nm = float(np.sqrt((self._sure_nm**2).sum(axis=1)).max(initial=1e-9))

    def fire_surely(self, excess_nms: Vec3, longest_s: float, dead: tuple[int, ...]) -> Firing:
        """The set that leaves least of `excess_nms` among those that bear the loss of any one valve; all shut
        where none is along it."""
        excess = self.sure_span @ np.array(excess_nms)
        along = -(self._sure_nm * excess).sum(axis=1)
        sizes_nm = np.sqrt((self._sure_nm**2).sum(axis=1))
        on_s = self._ticked(along / sizes_nm**2, longest_s)
        on_s[along < _ALONG * sizes_nm * float(np.sqrt((excess**2).sum()))] = 0.0
        if dead:
            on_s[self._sure_open[:, list(dead)].sum(axis=1) > 0.0] = 0.0
            on_s[sizes_nm < _STRONG * self.sure_nm] = 0.0
        if not on_s.any():
            return self._allocator.given(self._allocator.shut)
        left_nms = excess + self._sure_nm * on_s[:, None]
        best = int((left_nms**2).sum(axis=1).argmin())
        return self._allocator.given(tuple((self._sure_open[best] * on_s[best]).tolist()))

    def _ticked(self, on_s: Array, longest_s: float) -> Array:
        """Times that valves can be open; those below their least are none."""
        ticked: Array = np.round(np.clip(on_s, 0.0, longest_s) / self._tick_s) * self._tick_s
        ticked[ticked < self._least_s] = 0.0
        return ticked

    def fire(self, excess_nms: Vec3, owed_ns: Vec3, longest_s: float, dead: tuple[int, ...]) -> Firing:
        """The set, and its time, that leaves least of `excess_nms`, the momentum there is too much, and of
        `owed_ns`, the impulse to be given back (body axes)."""
        excess, owed = np.array(excess_nms), np.array(owed_ns)
        square = (self._torque_nm**2).sum(axis=1) + _LEVER_M**2 * (self._force_n**2).sum(axis=1)
        along = _LEVER_M**2 * (self._force_n * owed).sum(axis=1) - (self._torque_nm * excess).sum(axis=1)
        on_s = self._ticked(along / square, longest_s)
        on_s[self._open[:, list(dead)].sum(axis=1) > 0.0] = 0.0
        left_nms = excess + self._torque_nm * on_s[:, None]
        left_ns = owed - self._force_n * on_s[:, None]
        sizes_ns = np.sqrt((left_ns**2).sum(axis=1))
        cost = np.sqrt((left_nms**2).sum(axis=1)) + _LEVER_M * sizes_ns
        cost[sizes_ns > max(_MOST_OWED_NS, float(np.sqrt((owed**2).sum())))] = np.inf
        best = int(cost.argmin()) if len(cost) else None
        valves = self._allocator.shut if best is None else tuple((self._open[best] * on_s[best]).tolist())
        return self._allocator.given(valves)


def _span(torques_nm: Array) -> Array:
    """(3, 3) that leaves of a vector what torques (k, 3) can do something about: their main directions, those
    of a tenth of the largest at least."""
    values, ways = np.linalg.eigh(torques_nm.T @ torques_nm)
    kept = ways[:, values > _SPANS**2 * values.max(initial=1.0)]
    span: Array = kept @ kept.T
    return span


def _peaks_nm(torques_nm: Array, scatter_nm: Array) -> Array:
    """Sizes (k,) of torques (k, 3) with three sigma of their valves' scatter (k, n, 3), along and across."""
    sizes = np.sqrt((torques_nm**2).sum(axis=1))
    ways = torques_nm / np.maximum(sizes, 1e-9)[:, None]
    along2 = ((scatter_nm * ways[:, None, :]).sum(axis=2) ** 2).sum(axis=1)
    across2 = np.maximum((scatter_nm**2).sum(axis=(1, 2)) - along2, 0.0)
    peaks: Array = np.sqrt((sizes + _SIGMAS * np.sqrt(along2)) ** 2 + _SIGMAS**2 * across2)
    return peaks
