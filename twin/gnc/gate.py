"""The innovation gate: refuses what cannot be true, learns how noisy a sensor really is.

And it notices when it is the filter that is wrong.
"""

import msgspec

# One sample moves the noise estimate by a tenth of what it says, at most ninefold: a lone outlier hardly
# counts, while a sensor eight times worse than its data sheet is found out in about ten samples.
_LEARNING = 0.1
_MOST = 9.0
# The mean of the last ten or so samples of three components scatters by 0.19 about 1 when the data sheet
# holds: what lies within three of that is no evidence, and acting on it would make every filter too cautious.
_EVIDENT = 1.6


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """`learnt`: measured over stated variance, of late; refusals in a row and in all; `nis`: the last
    measurement's normalised innovation squared per degree of freedom, 1 on the average if all is as stated.
    """

    learnt: float = 1.0
    in_a_row: int = 0
    rejected: int = 0
    nis: float = 1.0

    @property
    def noise_factor(self) -> float:
        """What the stated variance is multiplied with: 1 until there is evidence of more."""
        return self.learnt if self.learnt > _EVIDENT else 1.0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to use the measurement, and the trust after it."""

    accepted: bool
    trust: Trust


def judge(trust: Trust, squared: float, freedom: int, sigmas: float) -> Verdict:
    """`squared` is the normalised innovation squared (mean `freedom` when the filter is consistent)."""
    nis = squared / freedom
    learnt = (1.0 - _LEARNING) * trust.learnt + _LEARNING * trust.noise_factor * min(nis, _MOST)
    # For three degrees of freedom `sigmas` = 5 refuses one good sample in 65 000.
    if squared <= sigmas * sigmas:
        return Verdict(accepted=True, trust=Trust(learnt=learnt, rejected=trust.rejected, nis=nis))
    refused = Trust(learnt=learnt, in_a_row=trust.in_a_row + 1, rejected=trust.rejected + 1, nis=nis)
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


def renewed(trust: Trust) -> Trust:
    """What is kept of it when the filter acquires anew."""
    return Trust(learnt=trust.learnt, rejected=trust.rejected, nis=trust.nis)
