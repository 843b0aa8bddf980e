"""The innovation gate: refuses what cannot be true, learns how noisy a sensor really is.

And it notices when it is the filter that is wrong. How noisy is learnt twice: over the last ten readings or
so, by which the next reading is weighed, and over the last fifty (`twin.gnc.lasting`), by which the filter
owns up to what it made of the readings before: they were weighed too heavily, and the covariance that they
left is too small by as much.
"""

import msgspec

from twin.gnc.lasting import FACTOR_MOST, Lasting

# One sample moves the noise estimate by a tenth of what it says, at most ninefold: a lone outlier hardly
# counts, while a sensor eight times worse than its data sheet is found out in about ten samples.
_LEARNING = 0.1
_MOST = 9.0
# The mean of the last ten or so samples of three components scatters by 0.19 about 1 when the data sheet
# holds: what lies within three of that is no evidence, and acting on it would make every filter too cautious.
_EVIDENT = 1.6
# What has fallen to half of what was owned up to is another sensor's, or another day's.
_FALLEN = 0.5


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """`learnt`: measured over stated variance, of late; refusals in a row and in all; `nis`: the last
    measurement's normalised innovation squared per degree of freedom, 1 on the average if all is as stated.
    `lasting`: as `learnt`, over a longer time; `most`: the largest factor that is believed, 1 to take the
    data sheet at its word.
    """

    learnt: float = 1.0
    in_a_row: int = 0
    rejected: int = 0
    nis: float = 1.0
    lasting: Lasting = Lasting()
    most: float = FACTOR_MOST

    @property
    def noise_factor(self) -> float:
        """What the stated variance is multiplied with: 1 until there is evidence of more."""
        return min(self.learnt, self.most) if self.learnt > _EVIDENT else 1.0

    @property
    def proven(self) -> float:
        """The same by the lasting mean."""
        return self.lasting.proven(self.most)

    @property
    def scatter(self) -> float:
        """Measured over stated variance by the mean that says less: of a sensor sixteen times as noisy, ten
        readings may well say thirty."""
        return min(self.learnt, self.lasting.mean)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether to use the measurement, and the trust after it."""

    accepted: bool
    trust: Trust


def judge(trust: Trust, squared: float, freedom: int, sigmas: float) -> Verdict:
    """`squared` is the normalised innovation squared (mean `freedom` when the filter is consistent)."""
    nis = squared / freedom
    told = min(nis, _MOST)
    # For three degrees of freedom `sigmas` = 5 refuses one good sample in 65 000.
    accepted = squared <= sigmas * sigmas
    after = Trust(
        learnt=(1.0 - _LEARNING) * trust.learnt + _LEARNING * trust.noise_factor * told,
        in_a_row=0 if accepted else trust.in_a_row + 1,
        rejected=trust.rejected + (not accepted),
        nis=nis,
        lasting=trust.lasting.then(trust.noise_factor * told, 0.5 * freedom),
        most=trust.most,
    )
    return Verdict(accepted=accepted, trust=after)


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
    return msgspec.structs.replace(trust, in_a_row=0)


def owned_up(level: float, proven: float) -> tuple[float, float]:
    """(factor on our own covariance, level after it), where readings were weighed by `level` times their
    stated variance and are `proven` to have that many times."""
    if proven > level:
        return proven / level, proven
    return 1.0, max(proven, 1.0) if proven < _FALLEN * level else level
