"""What the bodies do to each other: contact felt over one period of the arm's loop, and in all."""

from twin.capture.bodies import FINGERS
from twin.capture.engine import Touch
from twin.capture.interface import ContactState
from twin.capture.jaw import Misfit
from twin.capture.latch import NOTHING_FELT, Felt
from twin.contracts.fields import Vec3
from twin.guidance.vectors import ZERO, add, along, norm

_FAR = float("inf")


class Feeling:
    """Contact of single physics steps, gathered."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s
        self._steps = 0
        self._loads = [0.0, 0.0]
        self._other_n = 0.0
        self._period_peak_n = 0.0
        self._gaps = [_FAR, _FAR]
        self._force_n = ZERO
        self.peak_n = self._advance_peak_n = 0.0
        self._impulse_ns: Vec3 = ZERO
        self.impulse_to_latch_ns = 0.0
        self.first_ns: int | None = None
        self.latched_ns: int | None = None
        self.touching = False

    def take(self, touches: tuple[Touch, ...], t_ns: int) -> None:
        """One physics step that ends at `t_ns`."""
        self._steps += 1
        if not touches:
            self._force_n = ZERO
            return
        force_n = ZERO
        for touch in touches:
            force_n = add(force_n, touch.force_n)
            if touch.link in FINGERS:
                k = touch.link - FINGERS[0]
                self._loads[k] += touch.normal_n
                self._gaps[k] = min(self._gaps[k], abs(touch.distance_m))
            else:
                self._other_n += touch.normal_n
        size_n = norm(force_n)
        if size_n > 0.0 and self.first_ns is None:
            self.first_ns = t_ns
        self._period_peak_n = max(self._period_peak_n, size_n)
        self.peak_n = max(self.peak_n, size_n)
        self._advance_peak_n = max(self._advance_peak_n, size_n)
        self._force_n = force_n
        self._impulse_ns = along(self._impulse_ns, self._step_s, force_n)
        if self.latched_ns is None:
            self.impulse_to_latch_ns += self._step_s * size_n

    def period(self) -> Felt:
        """Over the steps since the last call."""
        steps, self._steps = self._steps, 0
        self.touching = self._period_peak_n > 0.0
        if not steps or not self.touching:
            self._gaps = [_FAR, _FAR]
            return NOTHING_FELT
        felt = Felt(
            (self._loads[0] / steps, self._loads[1] / steps),
            self._other_n / steps,
            self._period_peak_n,
            max(self._gaps),
        )
        self._loads, self._other_n, self._period_peak_n, self._gaps = [0.0, 0.0], 0.0, 0.0, [_FAR, _FAR]
        return felt

    def state(self, felt: Felt, fit: Misfit) -> ContactState:
        """What an advance ends with; its impulse and peak start again."""
        impulse_ns, self._impulse_ns = self._impulse_ns, ZERO
        advance_peak_n, self._advance_peak_n = self._advance_peak_n, 0.0
        return ContactState(
            force_n=norm(self._force_n),
            peak_n=self.peak_n,
            advance_peak_n=advance_peak_n,
            impulse_ns=impulse_ns,
            impulse_to_latch_ns=self.impulse_to_latch_ns,
            first_contact_ns=self.first_ns,
            latched_ns=self.latched_ns,
            gap_m=min(felt.gap_m, 1e3),
            offset_m=fit.offset_m,
            misalignment_rad=fit.misalignment_rad,
        )
