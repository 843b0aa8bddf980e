"""What was commanded and has, by all that is known on board, been fired when the next readings are taken.

A command is carried out at the first control boundary at or after its arrival, and there is one after each
reading. One that answers readings that came late misses the boundary it was meant for: it waits for the next
one, unless a newer command takes its place. Where readings are missing the valves stay shut meanwhile.
"""

from typing import NamedTuple

import msgspec

from twin.contracts.actuation import ActuatorCommand
from twin.gnc.relative import Impulse


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
        """Since the readings before, as seen from those at `sampled_ns`: the newest that came in time."""
        there = [each for each in self.sent if each.sent_ns <= self.last_ns]
        if not there or there[-1].impulse.sigma_mps == 0.0:
            return there[-1].impulse if there else Impulse()
        over_ns = sampled_ns - self.last_ns - there[-1].period_ns
        return there[-1].impulse.then(over_ns * 1e-9) if over_ns > 0 else there[-1].impulse

    def then(self, command: ActuatorCommand, impulse: Impulse, sent_ns: int) -> "Commanded":
        """After the command that answers the newest readings."""
        coming = tuple(each for each in self.sent if each.sent_ns > self.last_ns)
        period_ns = command.next_reading_ns - command.reading_ns
        made = Sent(sent_ns=sent_ns, period_ns=period_ns, impulse=impulse)
        return Commanded(sent=(*coming, made), last_ns=command.reading_ns)
