"""What a mission can be flown with, though its user should know: said once, before it is flown."""

from twin.dynamics.epochs import Epoch
from twin.dynamics.fidelity import terms_of
from twin.dynamics.orientation import orientation_warning
from twin.dynamics.weather import weather_warning
from twin.mission.script import Mission

_MJD_JD = 2_400_000.5


def cautions(mission: Mission) -> tuple[str, ...]:
    """One line each, with what is used instead; none when all is as it should be."""
    epoch = Epoch(mission.epoch_utc)
    day, part = epoch.utc_jd()
    said = (orientation_warning(day - _MJD_JD + part), _weather(mission, epoch))
    return tuple(line for line in said if line)


def _weather(mission: Mission, epoch: Epoch) -> str:
    asks = terms_of(mission.environment).atmosphere == "nrlmsise00"
    return weather_warning(epoch, mission.environment) if asks else ""
