"""The target: owns the debris until contact, says where it will be and when it is in shadow.

Asked for custody, it gives the debris' state at the instant asked for and falls silent; given the debris
back, it goes on from the state it is given.
"""

import msgspec
import numpy as np

from services.code_cache import prepare
from twin.contracts.custody import CustodyGrant, CustodyRequest
from twin.contracts.envelope import AnyBody, Delivered, Delivery, Outgoing, Reaction
from twin.contracts.motion import Piece, Trajectory
from twin.contracts.operations import Mark
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.custody import body_state, booked, motion_of
from twin.dynamics.environment import eclipses
from twin.dynamics.epochs import Epoch
from twin.dynamics.outside import Outside
from twin.dynamics.plant import FreeBody, PlantState
from twin.dynamics.segments import Track
from twin.dynamics.state import KinematicState
from twin.dynamics.surroundings import Surroundings
from twin.errors import ContractError, UsageError
from twin.kernel.participant import Participant
from twin.mission.initial import target_at_epoch
from twin.mission.script import Mission

_PERIOD_NS = 3600 * NS_PER_S
"""How often the promise is renewed; it reaches two periods ahead. Every advance is one period, so
each stretch has the same bits however often it is promised."""
_VERSION = 3


class _Saved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: int
    body: PlantState
    pieces: tuple[Piece, ...]
    foretold_ns: int
    wake_ns: int | None


class Target:
    """Participant: see the module. While it owns the debris, nothing it hears moves it."""

    _mission: Mission
    _body: FreeBody
    _epoch: Epoch

    def __init__(self) -> None:
        self._pieces: tuple[Piece, ...] = ()
        self._foretold_ns = 0
        self._wake_ns: int | None = 0

    @property
    def name(self) -> str:
        return "target"

    def begin(self, mission: Mission) -> Reaction:
        """Promise the first two periods."""
        self._build(mission, target_at_epoch(mission), 0)
        self._pieces = self._body.advance_to(_PERIOD_NS)
        return Reaction(messages=self._promise(0, delivery="wake"), wake_ns=self._wake_ns)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        """Give the debris away or take it back; at the wake time, promise one period more."""
        messages = [out for delivered in inbox for out in self._hear(delivered.body, now_ns)]
        if now_ns == self._wake_ns:
            self._pieces = tuple(piece for piece in self._pieces if piece.start_ns >= now_ns)
            messages += self._promise(now_ns, delivery="latest")
        return Reaction(messages=tuple(messages), wake_ns=self._wake_ns)

    def snapshot(self) -> bytes:
        """State after the last reaction, as versioned msgpack."""
        saved = _Saved(
            version=_VERSION,
            body=self._body.snapshot(),
            pieces=self._pieces,
            foretold_ns=self._foretold_ns,
            wake_ns=self._wake_ns,
        )
        return msgspec.msgpack.encode(saved)

    def restore(self, mission: Mission, state: bytes) -> None:
        """Become the target that gave `state`; UsageError for a snapshot of another version."""
        saved = msgspec.msgpack.decode(state, type=_Saved)
        if saved.version != _VERSION:
            raise UsageError(f"target snapshot of version {saved.version}; this one reads {_VERSION}")
        self._build(mission, target_at_epoch(mission), 0)
        self._body.restore(saved.body)
        self._pieces, self._foretold_ns = saved.pieces, saved.foretold_ns
        self._wake_ns = saved.wake_ns

    def _build(self, mission: Mission, motion: KinematicState, t_ns: int) -> None:
        target = mission.target
        self._mission = mission
        self._epoch = Epoch(mission.epoch_utc)
        self._body = FreeBody(
            motion,
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
            t_ns=t_ns,
        )

    def _hear(self, body: AnyBody, now_ns: int) -> tuple[Outgoing, ...]:
        match body:
            case CustodyRequest(to_owner="target"):
                return ()  # an announcement: the debris itself comes with the grant
            case CustodyRequest():
                return self._give(body, now_ns)
            case CustodyGrant():
                return self._take(body, now_ns)
            case other:
                kind = other.__struct_config__.tag
                return (Outgoing(body=Mark(text=f"target: has no use for {kind}, nothing done")),)

    def _give(self, request: CustodyRequest, now_ns: int) -> tuple[Outgoing, ...]:
        """Grant the debris' state at the instant asked for, book it, and promise nothing more."""
        track = Track(self._pieces)
        if self._wake_ns is None or request.at_ns < now_ns or not track.covers(request.at_ns):
            raise ContractError(
                f"no custody at {request.at_ns} ns for {request.to_owner}: ask the owner, between "
                f"{now_ns} ns and the end of its promise, {track.end_ns} ns",
                place="custody_request.at_ns",
            )
        target = self._mission.target
        motion = track.state(request.at_ns)
        state = body_state(request.at_ns, "target", motion, target.mass_kg, target.inertia_body_kgm2)
        self._wake_ns, self._pieces = None, ()
        grant = CustodyGrant(state=state, from_owner="target", to_owner=request.to_owner)
        return (
            Outgoing(to=(request.to_owner,), delivery="wait", body=grant),
            Outgoing(delay_ns=request.at_ns - now_ns, body=booked(state, "gave")),
        )

    def _take(self, grant: CustodyGrant, now_ns: int) -> tuple[Outgoing, ...]:
        """Go on from the state given: advances end at full periods again."""
        self._build(self._mission, motion_of(grant.state), grant.state.t_ns)
        full_ns = now_ns - now_ns % _PERIOD_NS
        self._pieces = self._body.advance_to(full_ns + _PERIOD_NS)
        return (Outgoing(body=booked(grant.state, "took")), *self._promise(full_ns, delivery="wake"))

    def _promise(self, full_ns: int, *, delivery: Delivery) -> tuple[Outgoing, ...]:
        """The motion up to two periods from `full_ns`, and the shadow's edges not yet foretold."""
        now_ns, end_ns = max(full_ns, self._pieces[0].start_ns), full_ns + 2 * _PERIOD_NS
        self._pieces += self._body.advance_to(end_ns)
        self._wake_ns = full_ns + _PERIOD_NS
        motion = Trajectory(body="target", mass_kg=self._mission.target.mass_kg, pieces=self._pieces)
        since_ns, self._foretold_ns = max(now_ns, self._foretold_ns), max(end_ns, self._foretold_ns)
        crossings = eclipses(self._epoch, Track(self._pieces), "target", since_ns, end_ns)
        return (
            Outgoing(to=("servicer",), delivery=delivery, body=motion),
            *(Outgoing(delay_ns=crossing.t_ns - now_ns, body=crossing) for crossing in crossings),
        )


def create() -> Participant:
    """A new target; the first service to need compiled models, so it prepares their cache."""
    prepare()
    return Target()
