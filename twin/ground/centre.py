"""The control centre: what the ground does at one instant with what has come in.

Order within an instant: newest trajectory, passes and link, telemetry and requests in the order they came,
timeline, release of commands, time-outs last; so a report that arrives at its deadline is in time.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec import field as struct_field

from twin.contracts.envelope import Delivered, Outgoing
from twin.contracts.fields import TimeNs
from twin.contracts.motion import Trajectory
from twin.contracts.operations import FaultRequest, LawSwap, Mark, TelecommandRequest
from twin.contracts.radio import Argument, LinkState, Telecommand, TelemetryFrame
from twin.dynamics.epochs import Epoch
from twin.dynamics.surroundings import Surroundings
from twin.errors import ContractError
from twin.ground.commanding import Books, Commanding, Origin
from twin.ground.faults import Faults, InForce
from twin.ground.knowledge import Knowledge, Received, Value
from twin.ground.link import Link, holder, light_time_ns
from twin.ground.motion import Motion
from twin.ground.passes import PassPlan, Watch, first_watches
from twin.ground.visibility import Sky, site_of
from twin.ground.wording import clock
from twin.guidance.swapping import SWAP_LAW, as_arguments, flat
from twin.mission.script import Mission, Step
from twin.mission.timeline import Place, Timeline

FIRST_LOOK_NS = 1
"""The servicer's first trajectory is there just after the epoch, but wakes nobody."""
RETRY_NS = 1_000_000_000


class State(Struct, kw_only=True):
    """Everything the centre remembers: a snapshot is this, encoded."""

    version: Literal[1] = 1
    wake_ns: TimeNs | None = FIRST_LOOK_NS
    newest: Trajectory | None = None
    watches: list[Watch]
    link: Link
    books: Books
    received: Received
    place: Place
    faults: InForce = struct_field(default_factory=InForce)


def fresh(mission: Mission) -> State:
    """Nothing heard, nothing done."""
    watches = first_watches([station.name for station in mission.stations], FIRST_LOOK_NS)
    return State(watches=watches, link=Link(), books=Books(), received=Received(), place=Place())


class ControlCentre:
    """Stations, link, commands, knowledge and timeline of one mission, over one state."""

    def __init__(self, mission: Mission, state: State) -> None:
        self.state = state
        self._sites = {station.name: site_of(station) for station in mission.stations}
        self._downlink_bps = mission.ground.downlink_bps
        self._epoch = Epoch(mission.epoch_utc)
        self._surroundings = Surroundings.at(self._epoch, mission.environment)
        vehicle = mission.servicer
        self._drag_area_m2 = vehicle.drag_area_m2 * vehicle.drag_coefficient
        self._plan = PassPlan(self._sites, state.watches)
        self._commanding = Commanding(mission.ground, state.books)
        self._knowledge = Knowledge(state.received)
        self._timeline = Timeline(mission.timeline, state.place)
        self._faults = Faults(mission.seed, state.faults)

    def react(self, now_ns: int, inbox: Sequence[Delivered]) -> tuple[Outgoing, ...]:
        """Messages of this instant; an empty grant before the wake time gives none and changes nothing."""
        if not inbox and (self.state.wake_ns is None or now_ns < self.state.wake_ns):
            return ()
        messages = tuple(self._messages(now_ns, inbox))
        self.state.wake_ns = self._next_ns(now_ns)
        return messages

    def _messages(self, now_ns: int, inbox: Sequence[Delivered]) -> Iterator[Outgoing]:
        for each in inbox:
            if isinstance(each.body, Trajectory):
                self.state.newest = each.body
        yield from self._follow_passes(now_ns)
        for each in inbox:
            yield from self._hear(now_ns, each)
        for taken, step in self._timeline.advance(now_ns, lambda: self._known(now_ns)):
            yield Outgoing(body=taken)
            if taken.outcome == "done":
                yield from self._done(now_ns, step)
        yield from self._release(now_ns)
        for said in self._commanding.expire(now_ns):
            yield Outgoing(body=said)

    def _hear(self, now_ns: int, each: Delivered) -> Iterator[Outgoing]:
        match each.body:
            case Trajectory():
                return
            case TelemetryFrame() as frame:
                if self.state.link.heard(frame):
                    self._knowledge.take(frame)
                    for report in frame.reports:
                        said = self._commanding.report(report, now_ns)
                        if said is not None:
                            yield Outgoing(body=said)
            case TelecommandRequest(name=name, arguments=arguments):
                yield self._queue(now_ns, name, arguments, "operator")
            case FaultRequest() as request:
                yield from self._fault(now_ns, request)
            case other:
                kind = other.__struct_config__.tag
                yield Outgoing(body=Mark(text=f"ground: has no use for {kind}, nothing done"))

    def _done(self, now_ns: int, step: Step) -> Iterator[Outgoing]:
        """What a step of the timeline does; one that expects something has done so by being over."""
        if step.command is not None:
            yield self._queue(now_ns, step.command, step.arguments, "timeline")
        elif step.swap is not None:
            swap = LawSwap(phase=step.swap.phase, law=step.swap.law, arguments=flat(step.swap.parameters))
            yield self._queue(now_ns, SWAP_LAW, as_arguments(swap), "timeline")
        elif step.mark:
            yield Outgoing(body=Mark(text=step.mark))

    def _fault(self, now_ns: int, request: FaultRequest) -> Iterator[Outgoing]:
        """Whoever asks for a fault that there is not is told so; the mission goes on."""
        try:
            self._faults.hear(request)
        except ContractError as error:
            yield Outgoing(body=Mark(text=f"ground: has no use for fault_request, nothing done: {error}"))
            return
        if (motion := self._motion) is not None:
            yield from self._follow_link(now_ns, motion)

    def _follow_passes(self, now_ns: int) -> Iterator[Outgoing]:
        motion = self._motion
        if motion is None or not self._plan.due(now_ns):
            return

        def sky_over(from_ns: int, to_ns: int) -> Sky:
            return motion.sky(now_ns, from_ns, to_ns)

        for event in self._plan.advance(now_ns, sky_over):
            yield Outgoing(body=event)
        yield from self._follow_link(now_ns, motion)

    def _follow_link(self, now_ns: int, motion: Motion) -> Iterator[Outgoing]:
        link = self.state.link
        broken = link.station is not None and self._faults.is_out(link.station)
        station = holder(
            link.station, [each for each in self._plan.risen if not self._faults.is_out(each.station)]
        )
        if station is not None and station != link.station:
            yield self._carrier(now_ns, motion, station, up=True)
            link.station, link.lost_ns = station, None
        elif station is None and link.station is not None:
            yield self._carrier(now_ns, motion, link.station, up=False)
            link.station, link.lost_ns = None, None if broken else now_ns  # what is on its way is not heard

    def _carrier(self, now_ns: int, motion: Motion, station: str, *, up: bool) -> Outgoing:
        """Tell the servicer's radio which carrier it has now, or that the last one is gone."""
        body = LinkState(
            t_ns=now_ns,
            up=up,
            station=station,
            station_ecef_m=self._sites[station].r_ecef_m,
            downlink_bps=self._downlink_bps if up else 0.0,
        )
        return self._radiated(now_ns, motion, station, body)

    def _radiated(self, now_ns: int, motion: Motion, station: str, body: LinkState | Telecommand) -> Outgoing:
        delay_ns = light_time_ns(motion.r_ecef_m(now_ns), self._sites[station].r_ecef_m)
        return Outgoing(to=("servicer",), delay_ns=delay_ns, body=body)

    def _queue(self, now_ns: int, name: str, arguments: dict[str, Argument], origin: Origin) -> Outgoing:
        return Outgoing(body=self._commanding.queue(name, arguments, origin, now_ns, self._when_up()))

    def _when_up(self) -> str:
        """When a command that is queued now can go up."""
        if self.state.link.station is not None:
            return f"goes up through {self.state.link.station} now"
        coming = self._plan.coming
        if coming is None:
            return "no pass is predicted in the next 24 h"
        return f"waits for {coming.station} at {clock(coming.rise_ns)}"

    def _release(self, now_ns: int) -> Iterator[Outgoing]:
        station, motion = self.state.link.station, self._motion
        if station is None or motion is None:
            return
        for said, telecommand in self._commanding.release(now_ns):
            yield Outgoing(body=said)
            if not self._faults.loses(telecommand):
                yield self._radiated(now_ns, motion, station, telecommand)

    def _known(self, now_ns: int) -> dict[str, Value]:
        ends_ns = max((each.set_ns for each in self._plan.risen), default=None)
        return self._knowledge.values(now_ns, ends_ns)

    @property
    def _motion(self) -> Motion | None:
        newest = self.state.newest
        if newest is None:
            return None
        return Motion(self._epoch, self._surroundings, self._drag_area_m2, newest)

    def _next_ns(self, now_ns: int) -> int | None:
        """The next time something is due here; while no trajectory has come, look again soon."""
        looks_ns = self._plan.wake_ns if self.state.newest is not None else now_ns + RETRY_NS
        times = (looks_ns, self._timeline.wake_ns, self._commanding.wake_ns)
        return min((each for each in times if each is not None), default=None)
