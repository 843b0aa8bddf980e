"""What a fault of a mission must satisfy beyond its types: a kind, and arguments that name what there is."""

from collections.abc import Sequence

from twin.contracts.codec import KINDS
from twin.contracts.faults import (
    FAULT_KINDS,
    CommandLost,
    FaultArguments,
    OfProcess,
    OfThruster,
    OnLink,
    StationOut,
    as_written,
)
from twin.errors import MissionError
from twin.mission.script import Fault, Mission
from twin.mission.steps import COMMANDS
from twin.mission.strict import at, decoded, nearest

SERVICES = ("target", "servicer", "guidance", "ground")


def refuse_unfit_fault(fault: Fault, mission: Mission, place: str) -> None:
    """Raise MissionError for a kind, an argument or a name that there is not, or a time after the end."""
    _named(fault.kind, list(FAULT_KINDS), "kind of fault", at(place, "kind"))
    arguments = decoded(as_written(fault.arguments), FAULT_KINDS[fault.kind].arguments, place, "arguments")
    _check_names(mission, arguments, at(place, "arguments"))
    latest_s = mission.ending.latest_s
    if fault.at_s > latest_s:
        raise MissionError(f"at_s lies after the run's latest end ({latest_s:g} s)", place=place)
    _check_seen(fault, mission, place)


def _check_seen(fault: Fault, mission: Mission, place: str) -> None:
    """The servicer looks at its faults once a control period: a shorter one could pass unseen."""
    period_s = min(phase.period_s for phase in mission.guidance.phases)
    if FAULT_KINDS[fault.kind].concerns == "servicer" and fault.for_s is not None and fault.for_s < period_s:
        least = f"no control period is that short; at least {period_s:g} s"
        raise MissionError(f"for_s = {fault.for_s:g} s would pass unseen: {least}", place=place)


def _check_names(mission: Mission, arguments: FaultArguments, place: str) -> None:
    """Names in the arguments are names of this mission, or "" where that is every one."""
    match arguments:
        case OfThruster(thruster=name):
            _named(name, [each.name for each in mission.servicer.propulsion.thrusters], "thruster", place)
        case StationOut(station=name) if name:
            _named(name, [each.name for each in mission.stations], "station", place)
        case CommandLost(command=name) if name:
            _named(name, COMMANDS, "command", place)
        case OfProcess(role=name):
            _named(name, SERVICES, "role", place)
        case OnLink(source=source, destination=destination, kind=kind):
            for name in (source, destination):
                _named(name, ["", *SERVICES], "service", place)
            _named(kind, ["", *KINDS], "kind of message", place)


def _named(name: str, legal: Sequence[str], what: str, place: str) -> None:
    if name not in legal:
        raise MissionError(f"unknown {what} `{name}`{nearest(name, list(legal))}", place=place)
