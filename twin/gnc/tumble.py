"""How a rigid body turns under the gravity gradient: one Runge-Kutta step on plain floats.

J w' = 3 mu / R^5 r x J r - w x J w (Hughes, Spacecraft Attitude Dynamics (1986), 9.1), the full tensor;
no other torque: air drag on a stage 600 km up is 1e-4 N m, in the filter's process noise.
"""

from math import sqrt

from twin.contracts.fields import Quaternion, Vec3
from twin.dynamics.settings import Matrix3
from twin.guidance.free_drift import MU_M3PS2

State = tuple[float, float, float, float, float, float, float]
_STEP_S = 10.0


class Tumble:
    """A body's inertia (kg m2, body axes) and its inverse; `advance` moves attitude and rate on."""

    def __init__(self, inertia: Matrix3) -> None:
        (self.xx, self.xy, self.xz), (_, self.yy, self.yz), (_, _, self.zz) = inertia
        a, b, c, d, e, f = self.xx, self.xy, self.xz, self.yy, self.yz, self.zz
        p, q, r = d * f - e * e, c * e - b * f, b * e - c * d
        k = 1.0 / (a * p + b * q + c * r)
        self.inverse = (p * k, q * k, r * k, (a * f - c * c) * k, (b * c - a * e) * k, (a * d - b * b) * k)

    def advance(
        self, q_eci_from_body: Quaternion, w_body_radps: Vec3, orbit_r_eci_m: Vec3, dt_s: float
    ) -> tuple[Quaternion, Vec3]:
        """Attitude (unit, w >= 0) and rate after `dt_s`; the orbit position is that of the middle."""
        x, y, z = orbit_r_eci_m
        r2 = x * x + y * y + z * z
        pull = 3.0 * MU_M3PS2 / (r2 * r2 * sqrt(r2))
        steps = max(1, int(-(-dt_s // _STEP_S)))
        h = dt_s / steps
        s: State = (*q_eci_from_body, *w_body_radps)
        for _ in range(steps):
            k1 = self._rates(s, x, y, z, pull)
            k2 = self._rates(_moved(s, 0.5 * h, k1), x, y, z, pull)
            k3 = self._rates(_moved(s, 0.5 * h, k2), x, y, z, pull)
            k4 = self._rates(_moved(s, h, k3), x, y, z, pull)
            s = _moved(s, h / 6.0, _moved(_moved(_moved(k1, 2.0, k2), 2.0, k3), 1.0, k4))
        scale = 1.0 / sqrt(s[0] * s[0] + s[1] * s[1] + s[2] * s[2] + s[3] * s[3])
        scale = -scale if s[0] < 0.0 else scale
        return (s[0] * scale, s[1] * scale, s[2] * scale, s[3] * scale), (s[4], s[5], s[6])

    def acceleration(self, q_eci_from_body: Quaternion, w_body_radps: Vec3, orbit_r_eci_m: Vec3) -> Vec3:
        """Angular acceleration (rad/s2, body axes) at the orbit position."""
        x, y, z = orbit_r_eci_m
        r2 = x * x + y * y + z * z
        pull = 3.0 * MU_M3PS2 / (r2 * r2 * sqrt(r2))
        a, b, c = self._rates((*q_eci_from_body, *w_body_radps), x, y, z, pull)[4:]
        return (a, b, c)

    def precession(self, w_body_radps: Vec3, axis_body: Vec3) -> Vec3:
        """H over the mean moment across `axis_body`: how that axis goes round the angular momentum, exact
        for a body that is alike all round it (Hughes, Spacecraft Attitude Dynamics (1986), 4.2)."""
        across = 0.5 * (self.xx + self.yy + self.zz - _dot(axis_body, self._times(axis_body)))
        hx, hy, hz = self._times(w_body_radps)
        return (hx / across, hy / across, hz / across)

    def _times(self, v: Vec3) -> Vec3:
        x, y, z = v
        return (
            self.xx * x + self.xy * y + self.xz * z,
            self.xy * x + self.yy * y + self.yz * z,
            self.xz * x + self.yz * y + self.zz * z,
        )

    def _rates(self, s: State, x: float, y: float, z: float, pull: float) -> State:
        qw, qx, qy, qz, wx, wy, wz = s
        # The orbit position in body axes: v + 2 w t + 2 u x t with t = v x u (conjugate rotation).
        tx, ty, tz = 2.0 * (y * qz - z * qy), 2.0 * (z * qx - x * qz), 2.0 * (x * qy - y * qx)
        bx = x + qw * tx - qy * tz + qz * ty
        by = y + qw * ty - qz * tx + qx * tz
        bz = z + qw * tz - qx * ty + qy * tx
        gx = self.xx * bx + self.xy * by + self.xz * bz
        gy = self.xy * bx + self.yy * by + self.yz * bz
        gz = self.xz * bx + self.yz * by + self.zz * bz
        hx = self.xx * wx + self.xy * wy + self.xz * wz
        hy = self.xy * wx + self.yy * wy + self.yz * wz
        hz = self.xz * wx + self.yz * wy + self.zz * wz
        mx = pull * (by * gz - bz * gy) - (wy * hz - wz * hy)
        my = pull * (bz * gx - bx * gz) - (wz * hx - wx * hz)
        mz = pull * (bx * gy - by * gx) - (wx * hy - wy * hx)
        a, b, c, d, e, f = self.inverse
        return (
            -0.5 * (qx * wx + qy * wy + qz * wz),
            0.5 * (qw * wx + qy * wz - qz * wy),
            0.5 * (qw * wy + qz * wx - qx * wz),
            0.5 * (qw * wz + qx * wy - qy * wx),
            a * mx + b * my + c * mz,
            b * mx + d * my + e * mz,
            c * mx + e * my + f * mz,
        )


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _moved(s: State, factor: float, k: State) -> State:
    return (
        s[0] + factor * k[0],
        s[1] + factor * k[1],
        s[2] + factor * k[2],
        s[3] + factor * k[3],
        s[4] + factor * k[4],
        s[5] + factor * k[5],
        s[6] + factor * k[6],
    )
