"""Digest of what happened: chained over the canonical bytes of events, per source and for the run."""

from hashlib import blake2b

from twin.contracts.envelope import Event

_SIZE = 16
_GENESIS = bytes(_SIZE)


class Digests:
    """Chains of 16-byte blake2b.

    An event's source chain is s' = H(s | bytes of the event); the run's chain is r' = H(r | s'), so it
    fixes the order of all events. Both begin at sixteen zero bytes. Chaining, unlike one running hash,
    gives a state of 16 bytes that can be written down and continued.
    """

    def __init__(self) -> None:
        self._run = _GENESIS
        self._sources: dict[str, bytes] = {}

    def update(self, event: Event, raw: bytes) -> None:
        """Take the next event of the total order; `raw` is its canonical encoding."""
        chained = self._sources.get(event.source, _GENESIS) + raw
        self._sources[event.source] = source = blake2b(chained, digest_size=_SIZE).digest()
        self._run = blake2b(self._run + source, digest_size=_SIZE).digest()

    @property
    def run_hex(self) -> str:
        """Digest of the run so far."""
        return self._run.hex()

    @property
    def by_source(self) -> dict[str, str]:
        """Digest of every source so far, in order of their names."""
        return {name: self._sources[name].hex() for name in sorted(self._sources)}
