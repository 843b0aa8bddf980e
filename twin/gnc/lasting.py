"""How many times its stated variance a source of error has: a mean that remembers long enough to act on.

Covariance matching (Mehra, Approaches to adaptive filtering, IEEE Trans. Automatic Control 17 (1972) 693):
each sample says so many times the stated variance, with so much information about that factor (half a degree
of freedom each of normal errors: the inverse of its variance).
"""

import msgspec

FACTOR_MOST = 100.0
"""Ten times the stated sigma: beyond that a thing is broken, not noisy."""
# The mean begins as if ten readings of three components had been as stated, and remembers fifty: it scatters
# by 0.13 at most while it begins, by 0.12 later: 1.6 is no chance. What was evident stays so down to 1.25.
_BEGUN = 15.0
_REMEMBERED = 75.0
_EVIDENT, _OVER = 1.6, 1.25
# A single sample counts for at most so many times what is expected: a lone outlier hardly counts.
_MOST = 9.0


class Lasting(msgspec.Struct, frozen=True, kw_only=True):
    """`mean`: measured over stated variance; `weight`: information behind it; `evident`: it is above 1."""

    mean: float = 1.0
    weight: float = _BEGUN
    evident: bool = False

    def then(self, ratio: float, information: float) -> "Lasting":
        """After a sample."""
        weight = min(self.weight + information, _REMEMBERED)
        mean = self.mean + information / weight * (ratio - self.mean)
        return Lasting(mean=mean, weight=weight, evident=mean > (_OVER if self.evident else _EVIDENT))

    def with_noise(self, squared: float, stated: float, other: float) -> "Lasting":
        """After an error whose expected square is `factor` times `stated`, and `other` besides."""
        expected = other + stated
        squared = min(squared, _MOST * (other + self.mean * stated))
        return self.then((squared - other) / stated, 0.5 * (stated / expected) ** 2)

    def proven(self, most: float) -> float:
        """What the stated variance is to be multiplied with: 1 until there is evidence of more."""
        return min(self.mean, most) if self.evident else 1.0
