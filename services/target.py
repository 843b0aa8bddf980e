"""The target: owns the debris until contact, says where it will be and when it is in shadow."""

import msgspec
import numpy as np

from services.code_cache import prepare
from twin.contracts.envelope import Delivered, Delivery, Outgoing, Reaction
from twin.contracts.motion import Piece, Trajectory
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.environment import eclipses
from twin.dynamics.epochs import Epoch
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody, PlantState
from twin.dynamics.segments import Track
from twin.dynamics.surroundings import Surroundings
from twin.errors import UsageError
from twin.kernel.participant import Participant
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

_PERIOD_NS = 3600 * NS_PER_S
"""How often the promise is renewed; it reaches two periods ahead. Every advance is one period, so
each stretch has the same bits however often it is promised."""
_VERSION = 2


class _Saved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    body: PlantState
    pieces: tuple[Piece, ...]
    wake_ns: int


class Target:
    """Participant: see the module. Nothing it hears moves it: its motion is free of the servicer's."""

    _body: FreeBody
    _epoch: Epoch
    _mass_kg: float

    def __init__(self) -> None:
        self._pieces: tuple[Piece, ...] = ()
        self._wake_ns = 0

    @property
    def name(self) -> str:
        return "target"

    def begin(self, mission: Mission) -> Reaction:
        """Promise the first two periods."""
        self._build(mission)
        self._pieces = self._body.advance_to(_PERIOD_NS)
        return self._promise(now_ns=0, known_ns=0, delivery="wake")

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        """At the wake time, promise one period more."""
        if now_ns != self._wake_ns:
            return Reaction(wake_ns=self._wake_ns)
        self._pieces = tuple(piece for piece in self._pieces if piece.start_ns >= now_ns)
        return self._promise(now_ns=now_ns, known_ns=now_ns + _PERIOD_NS, delivery="latest")

    def snapshot(self) -> bytes:
        """State after the last reaction, as versioned msgpack."""
        body, pieces = self._body.snapshot(), self._pieces
        return msgspec.msgpack.encode(
            _Saved(version=_VERSION, body=body, pieces=pieces, wake_ns=self._wake_ns)
        )

    def restore(self, mission: Mission, state: bytes) -> None:
        """Become the target that gave `state`; UsageError for a snapshot of another version."""
        saved = msgspec.msgpack.decode(state, type=_Saved)
        if saved.version != _VERSION:
            raise UsageError(f"target snapshot of version {saved.version}; this one reads {_VERSION}")
        self._build(mission)
        self._body.restore(saved.body)
        self._pieces, self._wake_ns = saved.pieces, saved.wake_ns

    def _build(self, mission: Mission) -> None:
        target = mission.target
        self._epoch = Epoch(mission.epoch_utc)
        self._mass_kg = target.mass_kg
        self._body = FreeBody(
            target_at_epoch(mission),
            Surroundings.at(self._epoch, mission.environment),
            mass_kg=target.mass_kg,
            inertia_body_kgm2=np.array(target.inertia_body_kgm2),
            outside=Outside.of(
                target.drag_area_m2,
                target.drag_coefficient,
                target.reflectivity,
                hull=target.hull,
                magnetic_sm4=target.magnetic_sm4,
            ),
        )

    def _promise(self, *, now_ns: int, known_ns: int, delivery: Delivery) -> Reaction:
        """The motion up to two periods from now, and the shadow's edges met after `known_ns`."""
        end_ns = now_ns + 2 * _PERIOD_NS
        self._pieces += self._body.advance_to(end_ns)
        self._wake_ns = now_ns + _PERIOD_NS
        motion = Trajectory(body="target", mass_kg=self._mass_kg, pieces=self._pieces)
        crossings = eclipses(self._epoch, Track(self._pieces), "target", known_ns, end_ns)
        messages = (
            Outgoing(to=("servicer",), delivery=delivery, body=motion),
            *(Outgoing(delay_ns=crossing.t_ns - now_ns, body=crossing) for crossing in crossings),
        )
        return Reaction(messages=messages, wake_ns=self._wake_ns)


def create() -> Participant:
    """A new target; the first service to need compiled models, so it prepares their cache."""
    prepare()
    return Target()
