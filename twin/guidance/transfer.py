"""Two-impulse transfer in the target's frame: the velocity to leave with so as to be there in time."""

from math import cos, sin

from twin.contracts.fields import Vec3


def departure_velocity(rate_radps: float, from_ric_m: Vec3, to_ric_m: Vec3, duration_s: float) -> Vec3:
    """v_ric_mps at `from_ric_m` that coasts to `to_ric_m` in `duration_s` (below half a revolution).

    Solves r = Phi_rr r0 + Phi_rv v0 of the Clohessy-Wiltshire equations (Curtis, Orbital Mechanics for
    Engineering Students, 4th ed., eq. 7.53) in closed form.
    """
    n = rate_radps
    nt = n * duration_s
    s, c = sin(nt), cos(nt)
    x0, y0, z0 = from_ric_m
    dx = to_ric_m[0] - (4.0 - 3.0 * c) * x0
    dy = to_ric_m[1] - (6.0 * (s - nt) * x0 + y0)
    # Phi_rv in plane: [[s, 2(1-c)], [-2(1-c), 4s - 3nt]] / n.
    a, b, d = s / n, 2.0 * (1.0 - c) / n, (4.0 * s - 3.0 * nt) / n
    determinant = a * d + b * b
    vx, vy = (d * dx - b * dy) / determinant, (b * dx + a * dy) / determinant
    return (vx, vy, (to_ric_m[2] - c * z0) * n / s)
