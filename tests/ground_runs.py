"""A ground that runs: granted its wakes and deliveries, with a spacecraft that answers it."""

from collections.abc import Callable
from heapq import heappop, heappush

from ground_samples import HOUR, S, trajectory
from test_ground_knowledge import housekeeping

from services.ground import Ground
from twin.contracts.envelope import AnyBody, Delivered, Outgoing
from twin.contracts.radio import CommandReport, CommandVerification, LinkState, Telecommand, TelemetryFrame

HOURS = 8.1
SPAN = 6 * HOUR

Sent = list[tuple[int, Outgoing]]
Answer = Callable[[int, AnyBody], list[tuple[int, AnyBody]]]
"""What a spacecraft does with what arrives: bodies for the ground, each with its time of arrival."""


class Run:
    """Grants the ground its wakes and deliveries in order of time, and keeps everything it says."""

    def __init__(self, about, answer: Answer = lambda t_ns, body: []) -> None:
        self.about = about
        self.answer = answer
        self.ground = Ground()
        self.wake_ns = self.ground.begin(about).wake_ns
        self.queue: list[tuple[int, int, AnyBody]] = []
        self.said: Sent = []
        self.count = 0
        self.deliver(0, trajectory(HOURS, SPAN))

    def deliver(self, t_ns: int, body: AnyBody) -> None:
        self.count += 1
        heappush(self.queue, (t_ns, self.count, body))

    def until(self, end_ns: int) -> "Run":
        while (now_ns := self.next_ns()) <= end_ns:
            inbox = []
            while self.queue and self.queue[0][0] <= now_ns:
                t_ns, sequence, body = heappop(self.queue)
                inbox.append(Delivered(t_ns=t_ns, micro=0, source="servicer", sequence=sequence, body=body))
            reaction = self.ground.react(now_ns, tuple(inbox))
            self.wake_ns = reaction.wake_ns
            for message in reaction.messages:
                self.said.append((now_ns, message))
                if message.to:
                    for t_ns, body in self.answer(now_ns + message.delay_ns, message.body):
                        self.deliver(t_ns, body)
        return self

    def next_ns(self) -> int:
        wakes = [] if self.wake_ns is None else [self.wake_ns]
        # A trajectory is `latest`: it waits for the next grant and causes none.
        wakes += [t_ns for t_ns, _, body in self.queue if body.__struct_config__.tag != "trajectory"]
        return min(wakes, default=2**62)

    def all(self, kind: type) -> list[AnyBody]:
        return [message.body for _, message in self.said if isinstance(message.body, kind)]

    def stages(self, command: int = 1) -> list[str]:
        return [each.stage for each in self.all(CommandVerification) if each.command == command]


def obedient(delay_s: float = 0.5) -> Answer:
    """Sends housekeeping when the link comes up, and completes every telecommand after `delay_s`."""
    sequence = iter(range(1000))

    def answer(t_ns: int, body: AnyBody) -> list[tuple[int, AnyBody]]:
        back_ns = t_ns + round(delay_s * S)
        match body:
            case LinkState(up=True):
                reports, known = (), (housekeeping(t_ns / S),)
            case Telecommand(command=number):
                stages = ("accepted", "started", "completed")
                reports = tuple(CommandReport(t_ns=t_ns, command=number, stage=stage) for stage in stages)
                known = ()
            case _:
                return []
        frame = TelemetryFrame(
            sequence=next(sequence), sent_ns=back_ns, stored=False, housekeeping=known, reports=reports
        )
        return [(back_ns + 5_000_000, frame)]

    return answer
