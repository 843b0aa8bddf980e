"""What was commanded and has, by all that is known on board, been fired when the next readings are taken.

A command is carried out at the first control boundary at or after its arrival, and there is one after each
reading. One that answers readings that came late misses the boundary it was meant for: it waits for the next
one, unless a newer command takes its place. Where readings are missing the valves stay shut meanwhile;
where several come late one after the other, so do their commands, each at a boundary of its own.
"""

from typing import NamedTuple

import msgspec

from twin.contracts.actuation import ActuatorCommand
from twin.gnc.impulse import Impulse


class Action(NamedTuple):
    """One period's valves and wheel torques, the impulse that they and what came before give until the
    next readings, and the thrusters that are cut off from the tank."""

    thruster_on_s: tuple[float, ...]
    wheel_torque_nm: tuple[float, float, float, float]
    impulse: Impulse = Impulse()
    isolated: tuple[int, ...] = ()

    def command(self, reading_ns: int, period_s: float) -> ActuatorCommand:
        """The answer to the readings of that time."""
        return ActuatorCommand(
            reading_ns=reading_ns,
            thruster_on_s=self.thruster_on_s,
            wheel_torque_nm=self.wheel_torque_nm,
            next_reading_ns=reading_ns + round(period_s * 1e9),
            isolated=self.isolated,
        )


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A command by when it was sent, in time the instant of its readings; `impulse` as seen from the next
    readings, a `period_ns` later."""

    sent_ns: int
    period_ns: int
    impulse: Impulse


class Commanded(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent and may still be fired after the readings at `last_ns`."""

    sent: tuple[Sent, ...] = ()
    last_ns: int = 0

    def fired(self, sampled_ns: int) -> Impulse:
        """Since the readings before, as seen from those at `sampled_ns`: at each boundary in between the
        newest that had come by then."""
        given, before_ns, boundary_ns = Impulse(), -1, self.last_ns
        while self.sent and boundary_ns < sampled_ns:
            there = [each for each in self.sent if before_ns < each.sent_ns <= boundary_ns]
            if there and there[-1].impulse.fired:
                over_ns = sampled_ns - boundary_ns - there[-1].period_ns
                impulse = there[-1].impulse
                given = given.along_with(impulse.then(over_ns * 1e-9) if over_ns > 0 else impulse)
            period_ns = (there or self.sent)[-1].period_ns
            before_ns, boundary_ns = boundary_ns, boundary_ns + period_ns
        return given

    def then(self, command: ActuatorCommand, impulse: Impulse, sent_ns: int) -> "Commanded":
        """After the command that answers the newest readings."""
        period_ns = command.next_reading_ns - command.reading_ns
        # The boundary before was a period of the newest of them ago.
        fired_ns = command.reading_ns - (self.sent[-1].period_ns if self.sent else 0)
        coming = tuple(each for each in self.sent if each.sent_ns > fired_ns)
        made = Sent(sent_ns=sent_ns, period_ns=period_ns, impulse=impulse)
        return Commanded(sent=(*coming, made), last_ns=command.reading_ns)
