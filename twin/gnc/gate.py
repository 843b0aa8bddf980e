"""The innovation gate: refuses what cannot be true, learns how noisy a sensor really is.

And it notices when it is the filter that is wrong.
"""

import msgspec

# One sample moves the noise estimate by a tenth of what it says, at most ninefold: a lone outlier hardly
# counts, while a sensor eight times worse than its data sheet is found out in about ten samples.
_LEARNING = 0.1
_MOST = 9.0


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """`noise_factor`: measured over stated variance, at least 1; refusals in a row and in all.

    It begins at 4, twice the stated sigma: the first few readings of a sensor that is worse than its
    data sheet would else be believed too much for the next ones to correct them.
    """

    noise_factor: float = 4.0
    in_a_row: int = 0
    rejected: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to use the measurement, and the trust after it."""

    accepted: bool
    trust: Trust


def judge(trust: Trust, squared: float, freedom: int, sigmas: float) -> Verdict:
    """`squared` is the normalised innovation squared (mean `freedom` when the filter is consistent)."""
    ratio = min(squared / freedom, _MOST)
    factor = max(1.0, trust.noise_factor * (1.0 - _LEARNING + _LEARNING * ratio))
    # For three degrees of freedom `sigmas` = 5 refuses one good sample in 65 000.
    if squared <= sigmas * sigmas:
        return Verdict(accepted=True, trust=Trust(noise_factor=factor, rejected=trust.rejected))
    refused = Trust(noise_factor=factor, in_a_row=trust.in_a_row + 1, rejected=trust.rejected + 1)
    return Verdict(accepted=False, trust=refused)


def doubt(trust: Trust) -> float:
    """Factor on our own covariance after this refusal.

    A refused measurement is wrong, or we are: the first of a row is taken as its error, each further one
    doubles our variances too, so that a filter that was misled (by a burn gone astray) finds back.
    """
    return 1.0 if trust.in_a_row <= 1 else 2.0


def lost(trust: Trust, most: int) -> bool:
    """So many refusals in a row that the filter, not the sensor, is wrong: acquire anew."""
    return trust.in_a_row >= most
