"""Faults of the ground segment: stations that are out, telecommands that are lost on their way up."""

from msgspec import Struct, field

from twin.contracts.faults import FAULT_KINDS, CommandLost, StationOut, arguments_of
from twin.contracts.operations import FaultRequest
from twin.contracts.radio import Telecommand
from twin.errors import ContractError
from twin.kernel.streams import Stream


class InForce(Struct, kw_only=True):
    """Requests of the faults that have begun and not ended: the part that a snapshot keeps."""

    requests: list[FaultRequest] = field(default_factory=list)


class Faults:
    """What the faults in force do; the losses are drawn from `seed`, by the number of the command."""

    def __init__(self, seed: int, in_force: InForce) -> None:
        self._seed = seed
        self._in_force = in_force

    def hear(self, request: FaultRequest) -> None:
        """Begin or end a fault; raises ContractError for one that is not of the ground."""
        kind = FAULT_KINDS.get(request.fault)
        if kind is None or kind.concerns != "ground":
            raise ContractError(f"the ground cannot have the fault {request.fault}", place="fault")
        arguments_of(request)
        requests = self._in_force.requests
        name = (request.fault, request.name)
        requests[:] = [each for each in requests if (each.fault, each.name) != name]
        if request.active:
            requests.append(request)

    def is_out(self, station: str) -> bool:
        """Whether a station neither sends nor hears."""
        found = [arguments_of(each) for each in self._in_force.requests]
        return any(isinstance(each, StationOut) and each.station in ("", station) for each in found)

    def loses(self, command: Telecommand) -> bool:
        """Whether a telecommand does not arrive."""
        return any(self._loses(request, command) for request in self._in_force.requests)

    def _loses(self, request: FaultRequest, command: Telecommand) -> bool:
        fault = arguments_of(request)
        if not isinstance(fault, CommandLost) or fault.command not in ("", command.name):
            return False
        drawn = Stream(self._seed, f"faults.{request.fault}.{request.name}").uniform(command.command, 1)
        return bool(drawn[0] < fault.probability)
