"""Named noise: every draw is a pure function of (seed, stream name, sample index).

Philox 4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) run as a block
cipher: the key is a hash of seed and name, the counter is (sample + 1, group of four values, family, 0).
Normals come from Wichura's inverse (algorithm AS 241, PPND16, Applied Statistics 37, 1988), evaluated with
+, -, *, / and sqrt alone: no library's logarithm, so the same bits on every IEEE 754 machine.
"""

from hashlib import blake2b

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

Array = NDArray[np.float64]

Block = tuple[int, int, Array]
"""Number of the block, values per sample, values (samples of the block, values per sample)."""

_BITS = 8
_BLOCK = 1 << _BITS
"""Samples made at once: a draw in sequence then costs about 1 us, a draw far away about 100 us."""
_LANES = 4
_NORMAL, _UNIFORM = 0, 1

# AS 241, PPND16: numerator and denominator for |p - 1/2| <= 0.425, for r <= 5, and for r > 5.
_CENTRE = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_SHOULDER = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)
_LN2 = 0.6931471805599453
_ATANH = tuple(2.0 / (2 * k + 1) for k in range(12))
"""ln(m) = y * sum(2 / (2k + 1) * y^(2k)), y = (m - 1) / (m + 1); |y| <= 0.172, so term 12 is below 1e-20."""


class Stream:
    """One named source of noise; holds a cache and no state, so draws may come in any order."""

    def __init__(self, seed: int, name: str) -> None:
        material = blake2b(f"{seed}\x00{name}".encode(), digest_size=16).digest()
        self._key = np.frombuffer(material, dtype="<u8").astype(np.uint64)
        self._cached: list[Block] = [(-1, 0, np.empty((0, 0)))] * 2

    def normal(self, sample: int, size: int) -> Array:
        """Standard normal values of sample `sample` >= 0, shape (size,).

        Value i of a sample is the same for every size > i.
        """
        return self._row(_NORMAL, sample, size)

    def uniform(self, sample: int, size: int) -> Array:
        """Values uniform inside (0, 1), never 0 or 1, shape (size,); independent of the normals."""
        return self._row(_UNIFORM, sample, size)

    def _row(self, family: int, sample: int, size: int) -> Array:
        number, width, block = self._cached[family]
        if sample >> _BITS != number or size > width:
            number, width, block = self._cached[family] = self._block(family, sample >> _BITS, size)
        return block[sample & (_BLOCK - 1), :size].copy()

    def _block(self, family: int, number: int, size: int) -> Block:
        groups = -(-size // _LANES)
        words = np.empty((_BLOCK, groups, _LANES), dtype=np.uint64)
        for group in range(groups):
            counter = np.array([number << _BITS, group, family, 0], dtype=np.uint64)
            raw = Philox(key=self._key, counter=counter).random_raw(_BLOCK * _LANES)
            words[:, group] = raw.reshape(_BLOCK, _LANES)
        # 52 bits, at the middle of their cell: symmetric about 1/2, never 0 or 1, exact in float64.
        p = ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
        values = p if family == _UNIFORM else normal_quantile(p)
        return number, groups * _LANES, values.reshape(_BLOCK, groups * _LANES)


def normal_quantile(p: Array) -> Array:
    """Standard normal quantile of p in (0, 1), element by element; AS 241, relative error below 1e-15."""
    q = p - 0.5
    values = q * _ratio(_CENTRE, 0.180625 - q * q)
    outer = np.abs(q) > 0.425
    r = np.sqrt(-_log(np.minimum(p, 1.0 - p)[outer]))
    values[outer] = np.copysign(
        np.where(r <= 5.0, _ratio(_SHOULDER, r - 1.6), _ratio(_TAIL, r - 5.0)), q[outer]
    )
    return values


def _ratio(table: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    return _polynomial(table[0], x) / _polynomial(table[1], x)


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule, constant term first in `coefficients`."""
    value = coefficients[-1] * x
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= x
    value += coefficients[0]
    return value


def _log(x: Array) -> Array:
    """Natural logarithm of x > 0 from basic arithmetic, to about one unit in the last place."""
    mantissa, exponent = np.frexp(x)
    low = mantissa < 0.7071067811865476
    mantissa, exponent = np.where(low, 2.0 * mantissa, mantissa), exponent - low
    y = (mantissa - 1.0) / (mantissa + 1.0)
    return exponent * _LN2 + y * _polynomial(_ATANH, y * y)
