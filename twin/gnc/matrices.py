"""Small symmetric matrices of the filters: inverse, measurement update, packing for the wire."""

import numpy as np
from numpy.typing import NDArray

from twin.contracts.fields import Vec3

Array = NDArray[np.float64]

IDENTITY3 = np.eye(3)
IDENTITY6 = np.eye(6)
_LOWER6 = np.tril_indices(6)
# Where the second block's rows lie in the packed triangle: row r of 12 begins at r (r + 1) / 2.
_SECOND = np.array([r * (r + 1) // 2 + c for r in range(6, 12) for c in range(6, r + 1)])


def inverse3(matrix: Array) -> Array:
    """Inverse of a symmetric (3, 3) by cofactors: four times faster than LAPACK at this size."""
    (a, b, c), (_, d, e), (_, _, f) = matrix.tolist()
    xx, xy, xz = d * f - e * e, c * e - b * f, b * e - c * d
    scale = 1.0 / (a * xx + b * xy + c * xz)
    yy, yz, zz = a * f - c * c, b * c - a * e, a * d - b * b
    xx, xy, xz, yy, yz, zz = xx * scale, xy * scale, xz * scale, yy * scale, yz * scale, zz * scale
    return np.array(((xx, xy, xz), (xy, yy, yz), (xz, yz, zz)))


def joseph(covariance: Array, gain: Array, noise: Array) -> Array:
    """Covariance (6, 6) after measuring the first three states with `gain` (6, 3) and `noise` (3, 3).

    Joseph's form, made symmetric: stays positive whatever the rounding (Bierman 1977, II.4).
    """
    kept = IDENTITY6.copy()
    kept[:, :3] -= gain
    updated = kept @ covariance @ kept.T + gain @ noise @ gain.T
    symmetric: Array = 0.5 * (updated + updated.T)
    return symmetric


def rows3(matrix: Array) -> tuple[Vec3, Vec3, Vec3]:
    """A (3, 3) as plain floats."""
    (a, b, c), (d, e, f), (g, h, i) = matrix.tolist()
    return ((a, b, c), (d, e, f), (g, h, i))


def add_noise(covariance: Array, rr: float, rv: float, vv: float) -> None:
    """Add, in place, noise to a contiguous (6, 6): `rr`, `rv`, `vv` on the diagonals of its blocks."""
    flat = covariance.reshape(-1)
    flat[0:15:7] += rr
    flat[3:18:7] += rv
    flat[18:33:7] += rv
    flat[21:36:7] += vv


def packed12(upper: Array, lower: Array) -> bytes:
    """Lower triangle, row by row, of the block-diagonal (12, 12) of two (6, 6) covariances."""
    packed = np.zeros(78, dtype="<f8")
    packed[:21] = upper[_LOWER6]
    packed[_SECOND] = lower[_LOWER6]
    return packed.tobytes()


def as_bytes(matrix: Array) -> bytes:
    """Exact image of a (6, 6) for snapshots."""
    return np.ascontiguousarray(matrix, dtype="<f8").tobytes()


def from_bytes(raw: bytes) -> Array:
    """The (6, 6) that `as_bytes` made."""
    return np.frombuffer(raw, dtype="<f8").reshape(6, 6).astype(np.float64)
