"""Alarms as a control room handles them: raised, acknowledged, shelved, returned to normal, cleared.

Pure and without a clock: it is told of reports by the time they were generated and the time they were heard,
of events, of what operators did, and how late it is. The life cycle follows the practice of XTCE-based
control systems: an alarm leaves the list when its cause is gone and it has been acknowledged, a latched one
only when it is cleared. What is heard later than `LATE_NS` is put on the list as past, under the time it was
generated; it raises nothing as of now.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from twin.contracts.operations import AlarmHandled
from twin.ground.limits import RANK, Judged, Level, Limit, Severity, judge
from twin.ground.wording import clock

LATE_NS: Final = 30_000_000_000
"""Three reports: what is heard later is history."""
LONGEST_LOG: Final = 10_000
LONGEST_HISTORY: Final = 2_000

Stage = Literal["active", "returned", "past", "event"]


@dataclass(frozen=True, slots=True)
class Word:
    """What an operator said about an alarm."""

    t_ns: int
    who: str
    comment: str
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the action log, by the time it became known; `of_ns` is when it happened."""

    t_ns: int
    of_ns: int
    alarm: str
    level: Severity
    text: str


@dataclass(slots=True)
class Alarm:
    """One alarm. `level` is the worst since it was raised, `now` how the newest value is judged."""

    key: str
    quantity: str
    text: str
    level: Level
    now: Severity
    stage: Stage
    raised_ns: int
    heard_ns: int
    latched: bool = False
    trigger: float | None = None
    side: str = ""
    bound: float | None = None
    live: float | None = None
    live_ns: int = 0
    count: int = 1
    acknowledged: Word | None = None
    shelved: Word | None = None

    @property
    def late(self) -> bool:
        """Whether it was heard long after it happened."""
        return self.heard_ns - self.raised_ns > LATE_NS


@dataclass(slots=True)
class _Watch:
    """One limit and how its quantity has been judged lately."""

    limit: Limit
    judged: Judged = field(default_factory=Judged)
    beyond: int = 0
    within: int = -1
    """Reports in a row within limits; -1 while the limit does not apply."""
    past: Alarm | None = None


class Alarms:
    """All alarms of a mission. `zones`: the zone of each phase."""

    def __init__(self, limits: Iterable[Limit] = (), zones: Mapping[str, str] | None = None) -> None:
        self.now_ns = 0
        self.rung = 0
        """Counts what wants the operator's ear: alarms raised or made worse by news of now."""
        self.listed: dict[str, Alarm] = {}
        self.history: deque[Alarm] = deque(maxlen=LONGEST_HISTORY)
        self.log: deque[Entry] = deque(maxlen=LONGEST_LOG)
        self._zones = dict(zones or {})
        self._watches = {limit.name: _Watch(limit) for limit in limits}
        self._newest_ns = -1

    @property
    def limits(self) -> tuple[Limit, ...]:
        return tuple(watch.limit for watch in self._watches.values())

    def applying(self, quantity: str, phase: str) -> tuple[Limit, ...]:
        """Limits on a quantity in a phase."""
        zone = self._zones.get(phase, "")
        return tuple(each for each in self.limits if each.quantity == quantity and each.applies(phase, zone))

    def level(self, quantity: str) -> Severity | None:
        """How the newest value of a quantity is judged; None where nothing is demanded of it now."""
        judged = [
            w.judged.level for w in self._watches.values() if w.limit.quantity == quantity and w.within >= 0
        ]
        return max(judged, key=lambda each: RANK[each], default=None)

    def report(self, generated_ns: int, phase: str, values: Mapping[str, object], heard_ns: int) -> None:
        """Judge a report that has come down."""
        self.advance(heard_ns)
        late = heard_ns - generated_ns > LATE_NS or generated_ns <= self._newest_ns
        if not late:
            self._newest_ns = generated_ns
        zone = self._zones.get(phase, "")
        for watch in self._watches.values():
            value = values.get(watch.limit.quantity)
            applies = watch.limit.applies(phase, zone)
            if late:
                if applies and isinstance(value, float):
                    self._past(watch, value, generated_ns)
            elif not applies or not isinstance(value, float):
                watch.beyond, watch.within, watch.judged = 0, -1, Judged()
                self._return(watch, generated_ns, f"not demanded in phase {phase}")
            else:
                self._judge(watch, value, generated_ns)

    def happened(self, key: str, level: Level, text: str, t_ns: int, heard_ns: int) -> None:
        """Something that is an alarm by itself: it stays until it is acknowledged."""
        self.advance(heard_ns)
        alarm = Alarm(key, "", text, level, level, "event", t_ns, heard_ns)
        self.listed[key] = alarm
        self._raised(alarm)

    def advance(self, now_ns: int) -> None:
        """Let time pass: shelves end."""
        if now_ns <= self.now_ns:
            return
        self.now_ns = now_ns
        for alarm in self.listed.values():
            if alarm.shelved and alarm.shelved.until_ns is not None and alarm.shelved.until_ns <= now_ns:
                alarm.shelved = None
                self._note(alarm, "no longer shelved: its time is over")

    def handle(self, handled: AlarmHandled, t_ns: int) -> None:
        """Take what an operator did; an alarm that is not on the list any more is left alone."""
        self.advance(t_ns)
        until_ns = t_ns + round(handled.for_s * 1e9) if handled.for_s is not None else None
        word = Word(t_ns, handled.who, handled.comment, until_ns)
        for alarm in [self.listed[key] for key in handled.alarms if key in self.listed]:
            self._handled(alarm, handled.action, word)

    def _handled(self, alarm: Alarm, action: str, word: Word) -> None:
        said = f"by {word.who}" + (f": {word.comment}" if word.comment else "")
        match action:
            case "acknowledge":
                alarm.acknowledged = word
                self._note(alarm, f"acknowledged {said}")
                self._settle(alarm)
            case "shelve":
                alarm.shelved = word
                end = f" until {clock(word.until_ns)}" if word.until_ns is not None else ""
                self._note(alarm, f"shelved{end} {said}")
            case "unshelve":
                alarm.shelved = None
                self._note(alarm, f"taken from the shelf {said}")
            case "clear" if alarm.stage == "active":
                self._note(alarm, f"not cleared {said}: its cause is still there")
            case "clear":
                alarm.acknowledged = alarm.acknowledged or word
                self._note(alarm, f"cleared {said}")
                self._drop(alarm)

    def _judge(self, watch: _Watch, value: float, t_ns: int) -> None:
        judged = judge(watch.limit, value, watch.judged.level)
        watch.judged = judged
        alarm = self.listed.get(watch.limit.name)
        if alarm is not None:
            alarm.live, alarm.live_ns, alarm.now = value, t_ns, judged.level
        if judged.level == "info":
            watch.beyond, watch.within = 0, max(watch.within, 0) + 1
            if watch.within >= watch.limit.returns:
                self._return(watch, t_ns, "within limits")
            return
        watch.beyond, watch.within = watch.beyond + 1, 0
        if alarm is not None and alarm.stage == "active":
            self._goes_on(alarm, judged)
        elif watch.beyond >= watch.limit.violations:
            self._raise(watch, judged, value, t_ns)

    def _raise(self, watch: _Watch, judged: Judged, value: float, t_ns: int) -> None:
        if judged.level == "info":
            return
        before = self.listed.get(watch.limit.name)
        alarm = _alarm(watch.limit, judged, value, t_ns)
        alarm.heard_ns = self.now_ns
        if before is not None:
            alarm.shelved, alarm.count = before.shelved, before.count + 1
            alarm.level = max(alarm.level, before.level, key=lambda each: RANK[each])
        self.listed[alarm.key] = alarm
        self._raised(alarm)

    def _goes_on(self, alarm: Alarm, judged: Judged) -> None:
        alarm.count += 1
        if judged.level != "info" and RANK[judged.level] > RANK[alarm.level]:
            alarm.level, alarm.bound, alarm.acknowledged = judged.level, judged.bound, None
            alarm.text = _text(alarm.quantity, judged)
            self._note(alarm, f"worse: {alarm.level}")
            self.rung += alarm.shelved is None and _rings(alarm.level)

    def _return(self, watch: _Watch, t_ns: int, why: str) -> None:
        alarm = self.listed.get(watch.limit.name)
        if alarm is not None and alarm.stage == "active":
            alarm.stage, alarm.now, alarm.live_ns = "returned", "info", t_ns
            self._note(alarm, f"returned to normal: {why}", t_ns)
            self._settle(alarm)

    def _past(self, watch: _Watch, value: float, t_ns: int) -> None:
        """News of the past: one entry for each stretch beyond a bound, however its reports come in."""
        judged = judge(watch.limit, value)
        if judged.level == "info":
            return
        past = watch.past
        if past is not None and past.key in self.listed and abs(past.live_ns - t_ns) <= 2 * LATE_NS:
            past.count += 1
            past.live, past.live_ns = value, max(past.live_ns, t_ns)
            past.raised_ns = min(past.raised_ns, t_ns)
            if RANK[judged.level] > RANK[past.level]:
                past.level, past.bound, past.text = judged.level, judged.bound, _text(past.quantity, judged)
            return
        alarm = _alarm(watch.limit, judged, value, t_ns)
        alarm.stage, alarm.heard_ns = "past", self.now_ns
        alarm.key = key = f"{alarm.key[:44]}.t{t_ns // 1_000_000_000}"
        watch.past = self.listed[key] = alarm
        self._note(alarm, "heard late: was beyond its limit", t_ns)

    def _raised(self, alarm: Alarm) -> None:
        self._note(alarm, f"raised: {alarm.text}", alarm.raised_ns)
        self.rung += not alarm.late and alarm.shelved is None and _rings(alarm.level)

    def _settle(self, alarm: Alarm) -> None:
        if alarm.acknowledged and alarm.stage != "active" and not alarm.latched:
            self._drop(alarm)

    def _drop(self, alarm: Alarm) -> None:
        del self.listed[alarm.key]
        self.history.append(alarm)

    def _note(self, alarm: Alarm, text: str, of_ns: int | None = None) -> None:
        happened_ns = self.now_ns if of_ns is None else of_ns
        self.log.append(Entry(self.now_ns, happened_ns, alarm.key, alarm.level, text))


def _rings(level: Level) -> bool:
    """A watch wants a look, not the ear."""
    return level != "watch"


def _text(quantity: str, judged: Judged) -> str:
    return f"{quantity} {'below' if judged.side == 'low' else 'above'} {judged.bound:g}"


def _alarm(limit: Limit, judged: Judged, value: float, t_ns: int) -> Alarm:
    assert judged.level != "info"
    return Alarm(
        key=limit.name,
        quantity=limit.quantity,
        text=_text(limit.quantity, judged),
        level=judged.level,
        now=judged.level,
        stage="active",
        raised_ns=t_ns,
        heard_ns=t_ns,
        latched=limit.latched,
        trigger=value,
        side=judged.side or "",
        bound=judged.bound,
        live=value,
        live_ns=t_ns,
    )
