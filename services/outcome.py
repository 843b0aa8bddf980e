"""How a run ended, as a value and as the way out of its loop."""

from typing import TYPE_CHECKING

from msgspec import Struct

from services.recording.layout import EndFacts
from twin.contracts.envelope import Failure
from twin.kernel.conductor import Cause
from twin.mission.script import Mission

if TYPE_CHECKING:
    from services.books import Books
    from services.conversation import Conversation


class Restart(Struct, frozen=True, kw_only=True):
    """A participant died and came back: why, at which grant, how many it was told again, and what it cost."""

    participant: str
    cause: str
    t_ns: int
    grant: int
    told_again: int
    wall_s: float


class Kept(Struct, frozen=True, kw_only=True):
    """What keeping the participants' states has cost: how often, how much, how long."""

    times: int = 0
    bytes: int = 0
    wall_s: float = 0.0


class Outcome(Struct, frozen=True, kw_only=True):
    """How a run ended. `waits`: wall seconds the rounds waited for each participant. `participant`, `log`:
    whose fault it was, and its last log lines, if the cause is `peer_lost` or `error`; `fatal`: the frames
    that bring it to the same end again, if it died of one of them every time."""

    end_t_ns: int
    cause: Cause
    text: str
    digest: str
    digests_by_source: dict[str, str]
    waits: dict[str, float]
    rounds: int
    events: int
    wall_s: float
    refused: int = 0
    participant: str = ""
    log: tuple[str, ...] = ()
    fingerprints: dict[str, str] = {}
    restarts: tuple[Restart, ...] = ()
    kept: Kept = Kept()
    fatal: tuple[bytes, ...] = ()


def end_facts(outcome: Outcome, verdict: str = "") -> EndFacts:
    """What a finished recording says of its run's end."""
    return EndFacts(
        end_ns=outcome.end_t_ns,
        cause=outcome.cause,
        text=outcome.text,
        digest=outcome.digest,
        digests_by_source=outcome.digests_by_source,
        events=outcome.events,
        verdict=verdict,
    )


class RunOver(Exception):  # noqa: N818 (not an error: the way out of a run, however deep)
    """The run is over; `t_ns` is when, if not now."""

    def __init__(
        self,
        cause: Cause,
        text: str = "",
        *,
        participant: str = "",
        log: tuple[str, ...] = (),
        t_ns: int | None = None,
        fatal: tuple[bytes, ...] = (),
    ) -> None:
        super().__init__(text)
        self.cause, self.text, self.participant, self.log, self.t_ns = cause, text, participant, log, t_ns
        self.fatal = fatal

    @classmethod
    def failed(cls, name: str, failure: Failure, now_ns: int) -> "RunOver":
        """`name` reported that it failed at `now_ns`."""
        text = f"{name} failed at {now_ns * 1e-9:.3f} s: {failure.error}"
        return cls("error", text, participant=name, log=failure.log)


def latest_end(mission: Mission, until_ns: int | None) -> tuple[int, Cause]:
    """When a run of `mission` ends at the latest, and why: at `until_ns`, or as the mission says."""
    deadline_ns = round(mission.ending.latest_s * 1e9)
    return (
        (until_ns, "until") if until_ns is not None and until_ns < deadline_ns else (deadline_ns, "deadline")
    )


def outcome_of(
    end: RunOver,
    end_ns: int,
    books: "Books",
    talk: "Conversation",
    *,
    refused: int,
    rounds: int,
    wall_s: float,
) -> Outcome:
    """What there is to say of a run that has ended at `end_ns`."""
    return Outcome(
        end_t_ns=end_ns,
        cause=end.cause,
        text=end.text,
        digest=books.digests.run_hex,
        digests_by_source=books.digests.by_source,
        waits=dict(talk.waits),
        rounds=rounds,
        events=books.events,
        wall_s=wall_s,
        refused=refused,
        participant=end.participant,
        log=end.log,
        fingerprints=talk.handshake.fingerprints,
        restarts=talk.restarts,
        kept=talk.keeping.cost,
        fatal=end.fatal,
    )
