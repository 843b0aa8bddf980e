"""Long evidence about runs that are killed, interrupted, shot at with rubbish, and flown for a month."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.cli import INTERRUPTED
from services.laws import laws
from services.library import load_mission
from services.recording.milestone import Milestones
from services.recording.read import Recording
from services.run import Options, fly
from tests import counting, kills, soak
from tests.finding import Finding
from tests.twins import SERVICES, alive, private_folder, services_of, size, started, until

_MANY, _OF_EACH = 100, 10
"""So many kills have to be so many of each kind at least."""


def losses(_: argparse.Namespace) -> Iterator[Finding]:
    """Kill the launcher; interrupt a run every tenth of a second from its start."""
    # A shell's background job ignores Ctrl-C, and so would what it starts: undone by taking it here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for flying in (False, True):
        yield _launcher_killed(flying)
    for number in (signal.SIGINT, signal.SIGTERM):
        for tenths in range(36):
            yield _interrupted(number, tenths / 10.0)


def _launcher_killed(flying: bool) -> Finding:
    with private_folder() as place:
        process = _launched(place)
        until(lambda: len(services_of(process)) == len(SERVICES), "the services")
        if flying:
            until(lambda: _saved(place) > 60, "the flight")
        pids = list(services_of(process).values())
        process.kill()
        process.communicate()
        took_s = until(lambda: not alive(pids), "the end of all services", 30.0)
        recording = Recording(place / "a.mcap")
        found = f"services ended in {took_s:.3f} s; recording {recording.condition}, {recording.saved} events"
        stage = "in flight" if flying else "while services start"
        return Finding(f"SIGKILL of the launcher {stage}", found, took_s < 5.0)


def _interrupted(number: signal.Signals, after_s: float) -> Finding:
    with private_folder() as place:
        process = _launched(place)
        time.sleep(after_s)
        pids = list(services_of(process).values())
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=15.0)
        except subprocess.TimeoutExpired:
            process.kill()
            _, err = process.communicate()
        recorded = (place / "a.mcap").exists()
        wrong = _left(place, pids, recorded)
        if recorded and Recording(place / "a.mcap").condition != "complete":
            wrong.append("recording not finished")
        # Until the product's first line has run, Python itself dies of the signal, as any program of it.
        early = process.returncode == -number and not recorded
        wrong += [] if process.returncode == INTERRUPTED or early else [err]
        found = f"exit {process.returncode}, {'recorded' if recorded else 'nothing recorded'}"
        return Finding(f"{number.name} after {after_s:.1f} s", "; ".join([found, *wrong]), not wrong)


def _launched(place: Path) -> "subprocess.Popen[str]":
    (place / "tmp").mkdir()
    words = ["run", "quickstart", "--rate", "20", "--record", "a.mcap", "--quiet", "--json"]
    return started(words, place, TMPDIR=str(place / "tmp"))


def _saved(place: Path) -> int:
    return Recording(place / "a.mcap").saved if size(place / "a.mcap") else 0


def _left(place: Path, pids: list[int], recorded: bool) -> list[str]:
    """What is still there and should not be."""
    expected = {"tmp", "a.mcap", "a.mcap.side.json"} if recorded else {"tmp"}
    left = [f"running: {pid}" for pid in alive(pids)]
    left += [f"left: {each.name}" for each in place.iterdir() if each.name not in expected]
    return left + [f"left: {each.name}" for each in (place / "tmp").iterdir()]


def killed(asked: argparse.Namespace) -> Iterator[Finding]:
    """SIGKILL of services and of the conductor all over a mission; digest and file are as in peace."""
    words = ["--rate", str(asked.rate)]
    words += ["--until", str(asked.until)] if asked.until is not None else []
    done, fell = Counter[str](), Counter[str]()
    lost_s: list[float] = []
    with private_folder() as place:
        calm, gos = kills.in_peace(asked.mission, place, words)
        for seed in range(asked.seed, asked.seed + asked.flights):
            (place / "a.mcap").unlink(missing_ok=True)
            fired = kills.Assault(
                asked.mission, place, words, count=asked.count, spacing=asked.spacing, seed=seed, gos=gos
            ).flown()
            for each in fired.kills:
                said = f"{each.t_s:.3f} s, event {each.event}, {each.at or 'the conductor fell too'}"
                yield Finding(
                    f"SIGKILL of {each.victim} {each.moment}", f"{said}; {each.lost_s:.1f} s lost", True
                )
                done[each.moment] += 1
                fell[each.victim] += 1
                lost_s.append(each.lost_s)
            said = f"{fired.digest}, in peace {calm.digest}"
            equal = (fired.digest, fired.recording) == (calm.digest, calm.recording)
            yield Finding(f"flight {seed}, {len(fired.kills)} kills", said, equal)
    told = ", ".join(f"{count} {what}" for what, count in (done + fell).items())
    lost = f"{min(lost_s):.1f} to {max(lost_s):.1f} s lost, {sum(lost_s) / len(lost_s):.1f} s on average"
    fewest = min(done[moment] for moment in (*kills.MOMENTS, "in contact", "with a GO in flight"))
    yield Finding(f"{len(lost_s)} kills", f"{told}; {lost}", len(lost_s) < _MANY or fewest >= _OF_EACH)


def counted(asked: argparse.Namespace) -> Iterator[Finding]:
    """Flights whose counters pass 2^16, 2^31 and 2^32: the same verdict, and the same events again."""
    mission = load_mission(asked.mission, laws())
    calm = fly(mission, Options(in_process=True, until_s=asked.until))
    yield Finding("counters from 0", f"{calm.word}, {calm.outcome.digest}", True)
    for limit in counting.LIMITS:
        with private_folder() as place:
            path = place / "a.mcap"
            counting.left(mission, path, processes=False, until_s=asked.until)
            counting.set_below(path, limit, samples=False)
            flown = counting.flown_on(path)
            said = f"{flown.report.word}, {_passed(flown.highest, limit)}"
            same = flown.report.verdict == calm.verdict
            yield Finding(f"past 2^{limit.bit_length() - 1} in process, margins as from 0", said, same)
            path = place / "b.mcap"
            killed = msgspec.structs.replace(mission, faults=(*mission.faults, *counting.KILLS))
            counting.left(killed, path, processes=True, until_s=asked.until)
            counting.set_below(path, limit, samples=True)
            states = Milestones(path).path.read_bytes()
            flown = counting.flown_on(path)
            back = ", ".join(f"{each.participant} {each.grant}" for each in flown.report.outcome.restarts)
            said = f"{flown.report.word}, {_passed(flown.highest, limit)}; back at grants {back}"
            what = f"past 2^{limit.bit_length() - 1} as processes, samples too, three killed"
            yield Finding(what, said, flown.report.word == calm.word and bool(back))
            again = counting.flown_again(path, place / "c.mcap", states)
            said = f"{again.report.outcome.events} events, {again.report.outcome.digest}"
            yield Finding("the same again in process, compared", said, again.recording == flown.recording)


def _passed(highest: dict[str, int], limit: int) -> str:
    """How far each counter went beyond the limit; the others had too little to count."""
    beyond = [f"{name} +{count - limit}" for name, count in highest.items() if count >= limit]
    short = [name for name, count in highest.items() if count < limit]
    return f"{', '.join(beyond)}; not so far: {', '.join(short) or 'none'}"


def fuzzed(asked: argparse.Namespace) -> Iterator[Finding]:
    """Rubbish over all sockets of a run: every refusal counted, the digest unchanged, memory bounded."""
    tests = str(Path(__file__).parent)
    sys.path.insert(0, tests)
    os.environ["PYTHONPATH"] = os.pathsep.join((tests, str(Path(tests).parent)))
    from tests.fuzz_flight import endured

    with private_folder() as place:
        found = endured(asked.count, asked.seed, place)
    sent = ", ".join(f"{count} to the {plane} plane" for plane, count in found.sent.items())
    counted = found.refused == {plane: found.sent[plane] for plane in found.refused}
    yield Finding(f"{sum(found.sent.values())} messages: {sent}", f"refused {found.refused}", counted)
    yield Finding("the digest", f"{found.digest}, in peace {found.calm}", found.digest == found.calm)
    yield Finding("memory", f"{found.grown_mib:.1f} MiB more", found.grown_mib < 64.0)


def soaked(asked: argparse.Namespace) -> Iterator[Finding]:
    """A long hold: the rate of its last part is that of its second, and memory stays where it was."""
    with private_folder() as place:
        parts = list(soak.soaked(asked.days, place))
    for each in parts:
        found = f"{each.speed:.0f} simulated s a CPU second, {each.memory_mib:.1f} MiB, {each.events} events"
        yield Finding(f"{each.days:.1f} days", found, True)
    half = parts[len(parts) // 2 :]
    yield Finding(
        "rate", f"{half[-1].speed / half[0].speed:.2f} of half-time's", half[-1].speed > 0.5 * half[0].speed
    )
    grown = half[-1].memory_mib - half[0].memory_mib
    yield Finding("memory", f"{grown:+.1f} MiB in the second half", grown < 16.0)
