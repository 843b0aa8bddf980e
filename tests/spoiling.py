"""Ways to spoil a function of the product: signs, units, frames, cycles, terms left out."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from twin.dynamics.rotation import canonical, from_rotation_vector, mul
from twin.guidance import vectors as vec


def scaled(factor: float) -> Callable[[Any], Any]:
    """What it returns, a number or a vector, times a factor."""

    def spoil(original: Any) -> Any:
        def spoilt(*given: Any, **named: Any) -> Any:
            found = original(*given, **named)
            return vec.scale(factor, found) if isinstance(found, tuple) else factor * found

        return spoilt

    return spoil


def changed(**changes: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What it returns, with fields changed."""

    def spoil(original: Any) -> Any:
        def spoilt(*given: Any, **named: Any) -> Any:
            found = original(*given, **named)
            new = {name: change(getattr(found, name)) for name, change in changes.items()}
            return found._replace(**new) if isinstance(found, tuple) else replace(found, **new)

        return spoilt

    return spoil


def given(index: int, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """One of its arguments changed."""

    def spoil(original: Any) -> Any:
        def spoilt(*given: Any, **named: Any) -> Any:
            return original(*given[:index], change(given[index]), *given[index + 1 :], **named)

        return spoilt

    return spoil


def instead(value: Any) -> Callable[[Any], Any]:
    return lambda _original: lambda *given: value


def a_cycle_late(index: int) -> Callable[[Any], Any]:
    """An argument is that of the call before."""

    def spoil(original: Any) -> Any:
        kept: list[Any] = []

        def spoilt(*given: Any, **named: Any) -> Any:
            kept.append(given[index])
            old = kept.pop(0) if len(kept) > 1 else kept[0]
            return original(*given[:index], old, *given[index + 1 :], **named)

        return spoilt

    return spoil


def answer_a_cycle_late(original: Any) -> Any:
    kept: list[Any] = []

    def spoilt(*given: Any, **named: Any) -> Any:
        kept.append(original(*given, **named))
        return kept.pop(0) if len(kept) > 1 else kept[0]

    return spoilt


def not_turned(_rotate: Any) -> Any:
    return lambda _q, v: v


def without_turning_axes(original: Any) -> Any:
    """The velocity in ric without the rate of its axes."""

    def spoilt(axes: Any, rate: float, r_eci_m: Any, v_eci_mps: Any) -> Any:
        r, v = original(axes, rate, r_eci_m, v_eci_mps)
        return r, vec.add(v, vec.cross((0.0, 0.0, rate), r))

    return spoilt


def moved(v: Any) -> Any:
    return vec.add(v, (0.0, 0.1, 0.0))


def torques_reversed(steer: Any) -> Any:
    def spoilt(*given: Any, **named: Any) -> Any:
        firing, (a, b, c, d) = steer(*given, **named)
        return firing._replace(on_s=firing.on_s[::-1]), (-a, -b, -c, -d)

    return spoilt


def ranges_too_long(readings: Any) -> Any:
    """All that the lidar says of distance, a fifth too long: a scale factor that was not taken out."""
    pose, sight = readings.lidar_pose, readings.lidar_range
    return replace(
        readings,
        lidar_pose=pose and replace(pose, r_body_m=vec.scale(1.2, pose.r_body_m)),
        lidar_range=sight and replace(sight, range_m=1.2 * sight.range_m),
    )


def lidar_askew(readings: Any) -> Any:
    """The attitude that the lidar sees, turned by 3 deg: its mounting left out."""
    pose = readings.lidar_pose
    turned = pose and canonical(mul(from_rotation_vector((0.0, 0.052, 0.0)), pose.q_servicer_from_target))
    return replace(readings, lidar_pose=pose and replace(pose, q_servicer_from_target=turned))


def with_the_orbit(*phases: str) -> Callable[[Any], Any]:
    """In these phases the body turns with the orbit, whatever the phase table says."""

    def spoil(pointing_of: Any) -> Any:
        def spoilt(row: Any, *given: Any) -> Any:
            return pointing_of(replace(row, point="rate") if row.name in phases else row, *given)

        return spoilt

    return spoil


def far_aside(v: Any) -> Any:
    return vec.add(v, (0.0, 0.15, 0.0))


def further(v: Any) -> Any:
    """20 cm more along the boresight."""
    return vec.add(v, (0.2, 0.0, 0.0))


def nearer(v: Any) -> Any:
    """20 cm less along the boresight."""
    return vec.add(v, (-0.2, 0.0, 0.0))


def ring(**changes: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The ring that the arm is told of, changed."""
    return changed(
        ring=lambda ring: replace(ring, **{n: each(getattr(ring, n)) for n, each in changes.items()})
    )


def minus(v: Any) -> Any:
    return vec.scale(-1.0, v)


def without_arms(column: Any) -> Any:
    """Columns of the allocation that know no moment."""
    return lambda r, d: (*column(r, d)[:3], *column((0.0, 0.0, 0.0), d)[3:])


def scalar_last(q: Any) -> Any:
    """A quaternion in the other of the two orders in use."""
    w, x, y, z = q
    return (x, y, z, w)


def patiently(times: float) -> Callable[[Any], Any]:
    """The latch's conditions must hold `times` as long, and the attempt's impulse is never summed up."""

    def spoil(secure: Any) -> Any:
        def spoilt(self: Any, *given: Any) -> bool:
            before_s = self._held_s
            secure(self, *given)
            self._held_s = before_s + (self._held_s - before_s) / times if self._held_s else 0.0
            self._patience.attempt_begins()
            return bool(self._held_s >= self._arm.latch.held_s)

        return spoilt

    return spoil


def fingers_faster(times: float) -> Callable[[Any], Any]:
    """An arm's settings with other fingers."""
    return lambda arm: replace(arm, gripper=replace(arm.gripper, closing_mps=times * arm.gripper.closing_mps))
