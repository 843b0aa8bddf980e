"""Arithmetic of inertia tensors without BLAS."""

import numpy as np
from numpy.typing import NDArray


def inverse_of_symmetric(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse (3, 3) by cofactors: no BLAS, so the same bits whatever library numpy is linked to."""
    (a, b, c), (_, d, e), (_, _, f) = matrix.tolist()
    cofactors = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b)
    xx, xy, xz, yy, yz, zz = (x / (a * cofactors[0] + b * cofactors[1] + c * cofactors[2]) for x in cofactors)
    return np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])


def six(symmetric: NDArray[np.float64]) -> tuple[float, ...]:
    """A symmetric matrix (3, 3) as xx, yy, zz, xy, xz, yz."""
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = symmetric.tolist()
    return xx, yy, zz, xy, xz, yz
