"""Who of the peers died, how often of what, who may come back, and who did."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

from services.bus.peers import Loss, Peers
from services.outcome import Restart

LIVES: Final = 3
"""How often one and the same grant may kill a service."""
_FOREIGN_S: Final = 5.0  # how long a lost foreign peer is waited for


class Life(NamedTuple):
    """A life that ended: how, at which grant (-1 before the first), at which simulated time."""

    loss: Loss
    grant: int
    now_ns: int


class Lives:
    """Counts deaths. `restarts` are those that were followed by a new life."""

    def __init__(self, peers: Peers, clock: Callable[[], float] = time.perf_counter) -> None:
        self.restarts: list[Restart] = []
        self._peers = peers
        self._clock = clock
        self._away: dict[str, tuple[Life, float]] = {}
        self._deaths: Counter[tuple[str, int, int]] = Counter()

    def another(self, life: Life) -> bool:
        """Count this death; whether a new life may follow."""
        self._deaths[_end(life)] += 1
        return life.loss.name in self._peers.mortal and not self.spent(life)

    def spent(self, life: Life) -> bool:
        """Whether it has died too often of the same. Time stands still at a grant that kills; who is idle may
        be killed by others as often as they like."""
        return self._deaths[_end(life)] >= LIVES

    def promise(self, name: str) -> str:
        """What comes next, for people."""
        foreign = name in self._peers.foreign
        return f"it may join again within {_FOREIGN_S:g} s" if foreign else "it gets a new life"

    def begins(self, life: Life) -> None:
        """It is on its way back, from now on."""
        self._away[life.loss.name] = (life, self._clock())

    def ended(self, name: str, told_again: int, now_ns: int) -> Restart:
        """It is back, after so many grants were told again."""
        life, since_s = self._away.pop(name)
        back = Restart(
            participant=name,
            cause=life.loss.cause,
            t_ns=now_ns,
            grant=life.grant,
            told_again=told_again,
            wall_s=self._clock() - since_s,
        )
        self.restarts.append(back)
        return back

    @property
    def overdue(self) -> tuple[Life, ...]:
        """Of foreign peers that are waited for too long."""
        late_s = self._clock() - _FOREIGN_S
        foreign = self._peers.foreign
        return tuple(
            life for name, (life, since_s) in self._away.items() if name in foreign and since_s < late_s
        )


def _end(life: Life) -> tuple[str, int, int]:
    return life.loss.name, life.grant, life.now_ns
