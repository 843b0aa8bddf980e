"""Thrusters: from commanded on-times to the force, torque and propellant of one control period.

Every thruster opens at the start of the period and closes after its own on-time, so the period falls
into stretches of constant force, cut at the distinct closing times. What is commanded is first
rounded to the valve driver's tick; what is then below the least on-time does not open.

Each pulse has its own thrust and direction error, held over the pulse.

Assumptions and limitations: thrust rises and falls at once; specific impulse is that of steady
firing; the errors of two pulses are independent; the plume acts on nothing.
"""

from collections.abc import Sequence
from math import radians, sqrt
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from twin.contracts.fields import Vec3
from twin.errors import ContractError
from twin.kernel.streams import Stream
from twin.vehicle.settings import Propulsion, Thruster

G0_MPS2 = 9.80665
"""Standard gravity, in the definition of specific impulse."""
_NS = 1_000_000_000
_ZERO: Vec3 = (0.0, 0.0, 0.0)


class Stretch(NamedTuple):
    """Constant force and torque on the spacecraft for `duration_ns`; `flow_kgps` leaves the tank."""

    duration_ns: int
    force_body_n: Vec3
    torque_body_nm: Vec3
    flow_kgps: float


class Burn(NamedTuple):
    """What the thrusters do in one period; `impulse_ns` is the sum of thrust times on-time."""

    stretches: tuple[Stretch, ...]
    firings: int
    impulse_ns: float

    @property
    def duration_ns(self) -> int:
        """Length of the period."""
        return sum(stretch.duration_ns for stretch in self.stretches)

    def used_kg(self, elapsed_ns: int) -> float:
        """Propellant used up to `elapsed_ns` after the start."""
        used = 0.0
        for stretch in self.stretches:
            part = min(elapsed_ns, stretch.duration_ns)
            used += stretch.flow_kgps * part * 1e-9
            elapsed_ns -= part
        return used


class ThrusterHealth(Struct, frozen=True, kw_only=True):
    """Valves stuck closed and stuck open (closed wins), and (thruster, share of its thrust that is left)."""

    closed: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()
    shares: tuple[tuple[int, float], ...] = ()

    def without(self, isolated: tuple[int, ...]) -> "ThrusterHealth":
        """With these cut off from the tank: as good as closed."""
        return replace(self, closed=self.closed | frozenset(isolated)) if isolated else self


ALL_SOUND = ThrusterHealth()


class _Mount(NamedTuple):
    """A thruster's place, direction of force, and two axes across it."""

    r_body_m: Vec3
    direction_body: Vec3
    across: Vec3
    along: Vec3


class _Pulse(NamedTuple):
    close_ns: int
    thrust_n: float
    force_body_n: Vec3
    torque_body_nm: Vec3


def coast(duration_ns: int) -> Burn:
    """All valves closed."""
    return Burn((Stretch(duration_ns, _ZERO, _ZERO, 0.0),), 0, 0.0)


class Thrusters:
    """The vehicle's thrusters, with the noise stream of their pulses (`error` scales it)."""

    def __init__(self, settings: Propulsion, stream: Stream, error: float) -> None:
        self._settings = settings
        self._stream = stream
        self._sigma_thrust = settings.sigma_thrust * error
        self._sigma_tilt = radians(settings.sigma_direction_deg) * error
        self._mounts = tuple(_mount(thruster) for thruster in settings.thrusters)
        self._tick_ns = max(1, round(settings.valve_tick_s * _NS))
        self._least_ns = round(settings.minimum_on_s * _NS)
        self._flow_per_n = 1.0 / (settings.specific_impulse_s * G0_MPS2)

    @property
    def all_closed(self) -> tuple[float, ...]:
        """On-times of a period in which nobody wants thrust."""
        return (0.0,) * len(self._mounts)

    def fire(
        self,
        on_s: Sequence[float],
        duration_ns: int,
        sample: int,
        propellant_kg: float,
        health: ThrusterHealth = ALL_SOUND,
    ) -> Burn:
        """The burn of a period of `duration_ns`; `sample` is the period's number.

        Raises ContractError when there is not one on-time for each thruster, or no such thruster.
        """
        if max(health.closed, default=0) >= len(self._mounts):
            raise ContractError(
                f"no thruster has the number {max(health.closed)}; there are {len(self._mounts)}, from 0 on",
                place="actuator_command.isolated",
            )
        if len(on_s) != len(self._mounts):
            raise ContractError(
                f"{len(on_s)} on-times for {len(self._mounts)} thrusters; give one for each",
                place="actuator_command.thruster_on_s",
            )
        on_ns = [self._open_ns(on, duration_ns) for on in on_s]
        for index in health.open:
            on_ns[index] = duration_ns
        for index in health.closed:
            on_ns[index] = 0
        if not any(on_ns) or propellant_kg <= 0.0:
            return coast(duration_ns)
        pulses = self._pulses(on_ns, sample, dict(health.shares))
        pulses = self._within_tank(pulses, propellant_kg)
        impulse = sum(pulse.thrust_n * pulse.close_ns for pulse in pulses) * 1e-9
        return Burn(self._stretches(pulses, duration_ns), len(pulses), impulse)

    def _open_ns(self, on_s: float, duration_ns: int) -> int:
        """How long the valve is open, in whole ticks; the next command ends every pulse."""
        open_ns = round(on_s * _NS / self._tick_ns) * self._tick_ns
        if open_ns < self._least_ns:
            return 0
        return min(open_ns, duration_ns)

    def _pulses(self, on_ns: list[int], sample: int, shares: dict[int, float]) -> list[_Pulse]:
        # Three numbers for every thruster, firing or not: what one does moves no other's noise.
        noise = self._stream.normal(sample, 3 * len(on_ns)).tolist()
        return [
            self._pulse(mount, close_ns, noise[3 * i : 3 * i + 3], shares.get(i, 1.0))
            for i, (mount, close_ns) in enumerate(zip(self._mounts, on_ns, strict=True))
            if close_ns
        ]

    def _pulse(self, mount: _Mount, close_ns: int, noise: list[float], share: float) -> _Pulse:
        """One pulse with its errors; tilts are small angles, so the direction is normalised by 1/sqrt."""
        thrust_n = share * max(0.0, self._settings.thrust_n * (1.0 + self._sigma_thrust * noise[0]))
        a, b = self._sigma_tilt * noise[1], self._sigma_tilt * noise[2]
        scale = thrust_n / sqrt(1.0 + a * a + b * b)
        (dx, dy, dz), (ax, ay, az), (bx, by, bz) = mount.direction_body, mount.across, mount.along
        fx = scale * (dx + a * ax + b * bx)
        fy = scale * (dy + a * ay + b * by)
        fz = scale * (dz + a * az + b * bz)
        x, y, z = mount.r_body_m
        torque = (y * fz - z * fy, z * fx - x * fz, x * fy - y * fx)
        return _Pulse(close_ns, thrust_n, (fx, fy, fz), torque)

    def _within_tank(self, pulses: list[_Pulse], propellant_kg: float) -> list[_Pulse]:
        """All pulses shortened alike when the tank runs dry in this period."""
        needed_kg = sum(p.thrust_n * p.close_ns for p in pulses) * 1e-9 * self._flow_per_n
        if needed_kg <= propellant_kg:
            return pulses
        left = propellant_kg / needed_kg
        shortened = [p._replace(close_ns=int(p.close_ns * left)) for p in pulses]
        return [p for p in shortened if p.close_ns]

    def _stretches(self, pulses: list[_Pulse], duration_ns: int) -> tuple[Stretch, ...]:
        stretches = []
        start_ns = 0
        for close_ns in sorted({p.close_ns for p in pulses}):
            stretches.append(self._sum([p for p in pulses if p.close_ns >= close_ns], close_ns - start_ns))
            start_ns = close_ns
        if start_ns < duration_ns:
            stretches.append(Stretch(duration_ns - start_ns, _ZERO, _ZERO, 0.0))
        return tuple(stretches)

    def _sum(self, burning: list[_Pulse], duration_ns: int) -> Stretch:
        fx = fy = fz = tx = ty = tz = thrust_n = 0.0
        for pulse in burning:
            x, y, z = pulse.force_body_n
            fx, fy, fz = fx + x, fy + y, fz + z
            x, y, z = pulse.torque_body_nm
            tx, ty, tz = tx + x, ty + y, tz + z
            thrust_n += pulse.thrust_n
        return Stretch(duration_ns, (fx, fy, fz), (tx, ty, tz), thrust_n * self._flow_per_n)


def _mount(thruster: Thruster) -> _Mount:
    """Two unit axes across the thrust, made from the body axis least along it."""
    d = thruster.direction_body
    least = min(range(3), key=lambda i: abs(d[i]))
    axis = (float(least == 0), float(least == 1), float(least == 2))
    across = _unit(_cross(d, axis))
    return _Mount(thruster.r_body_m, d, across, _cross(d, across))


def _cross(a: Vec3, b: Vec3) -> Vec3:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _unit(a: Vec3) -> Vec3:
    norm = sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])
    return (a[0] / norm, a[1] / norm, a[2] / norm)
