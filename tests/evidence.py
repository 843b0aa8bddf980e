"""What the foundation must show, at full length: each command prints a table and exits 1 if a claim fails.

python -m tests.evidence same-trace            adras-j2 in eight ways and with three changes: 2 to 10 minutes
python -m tests.evidence non-interference      truth that no sensor looks at
python -m tests.evidence defects               ten mistakes in guidance, and a lie in the mission
python -m tests.evidence losses                the launcher killed, signals at every moment of a run
python -m tests.evidence kills --mission quickstart --count 20      services and conductor killed in flight
python -m tests.evidence fuzz --count 1000000      rubbish over all sockets
python -m tests.evidence soak --days 30        a long hold: flat memory, steady rate
python -m tests.evidence counters --mission quickstart              counters past 2^16, 2^31, 2^32
python -m tests.evidence damage                recordings forged, flipped, cut
python -m tests.evidence contact               the capture at and past its limits: four minutes of one core
python -m tests.evidence flips                 one unit in the last place of each field of each kind
python -m tests.evidence mutants               mission files mutated: a mission or a MissionError
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise

from services.recording.read import Recording
from services.report import print_table
from tests import capture_evidence, damage, defects, flips, mutations, worlds
from tests.evidence_of_endurance import counted, fuzzed, killed, losses, soaked
from tests.finding import Claims, Finding
from tests.same_trace import WAYS, changed_each, flown_each
from tests.twins import facts, private_folder, size, started


def same_trace(asked: argparse.Namespace) -> Iterator[Finding]:
    """One digest and one file, whatever must not matter; another digest for every change."""
    first = None
    for way, each in zip(WAYS, flown_each(asked.mission, WAYS, asked.until, asked.jobs), strict=True):
        first = first or each
        played = ", ".join(f"{name} {count}" for name, count in sorted(each.meddling.items()))
        found = f"{each.digest} file {each.recording} {each.verdict} {each.wall_s:.1f} s {played}"
        yield Finding(str(way), found, (each.digest, each.recording) == (first.digest, first.recording))
    assert first is not None
    known = {first.digest}
    for change, each in changed_each(asked.mission, asked.until, asked.jobs):
        yield Finding(change, f"{each.digest} {each.verdict} {each.wall_s:.1f} s", each.digest not in known)
        known.add(each.digest)


def non_interference(_: argparse.Namespace) -> Iterator[Finding]:
    """Guidance differs in the instant of the first look, the ground after it, neither before."""
    for make in (worlds.out_of_range, worlds.in_eclipse, worlds.outside_the_field_of_view):
        pair = worlds.worlds(make)
        look_ns = worlds.first_look_ns(make(), pair)
        guidance_ns, guidance_events = worlds.first_difference(pair, "guidance")
        ground_ns, ground_events = worlds.first_difference(pair, "ground")
        found = (
            f"first look {look_ns / 1e9:.1f} s; guidance differs at {guidance_ns / 1e9:.1f} s, "
            f"after {guidance_events} equal events; ground at {ground_ns / 1e9:.1f} s, after {ground_events}"
        )
        yield Finding(make.__name__.replace("_", " "), found, guidance_ns == look_ns < ground_ns)
    pair = worlds.worlds(worlds.outside_a_pass)
    guidance_ns, _events = worlds.first_difference(pair, "guidance")
    ground_ns, ground_events = worlds.first_difference(pair, "ground")
    found = (
        f"guidance differs at {guidance_ns / 1e9:.1f} s; ground at {ground_ns / 1e9:.3f} s, "
        f"after {ground_events} equal events"
    )
    yield Finding("outside a pass", found, guidance_ns == 0 and ground_ns >= worlds.acquired_ns(pair))


def turned_verdicts(_: argparse.Namespace) -> Iterator[Finding]:
    """The product passes; with any defect the run ends in the verdict fail."""
    for case in defects.CASES:
        report = defects.flown(case)
        failed = ", ".join(defects.failed(report)) or "nothing fails"
        found = f"{report.word}, {report.outcome.cause} at {report.end_s:.0f} s: {failed}"
        yield Finding(case, found, report.word == ("pass" if case == defects.SOUND else "fail"))


def damaged(asked: argparse.Namespace) -> Iterator[Finding]:
    """A forged value is named, a flipped bit is corrupt, a cut file says what was saved."""
    with private_folder() as folder:
        path, copy = folder / "run.mcap", folder / "copy.mcap"
        facts(started(["run", "quickstart", "--quiet", "--json", "--record", str(path)], folder))
        recording = Recording(path)
        for each in damage.forgeries(recording, folder):
            done = f"{each.field} of a {each.kind} of {each.changed.source} forged"
            yield Finding(done, each.found, each.holds)
        data = path.read_bytes()
        flips = list(damage.flipped_at(path, copy, damage.spread(len(data), asked.samples)))
        wrong = [each for each in flips if each.condition != "corrupt"]
        yield Finding(f"a bit flipped at {len(flips)} places", f"not found corrupt: {wrong}", not wrong)
        live = damage.unfinished(recording, folder / "live.mcap")
        for what, file in (("a finished recording", path), ("a recording of a killed run", live)):
            offsets = damage.spread(size(file), asked.samples)
            yield _cuts(what, list(damage.cut_at(file, copy, offsets)), recording.saved)


def _cuts(what: str, cuts: list[damage.Condition], saved: int) -> Finding:
    wrong = [each for each in cuts if each.condition != "cut"]
    grows = all(a.saved <= b.saved for a, b in pairwise(cuts))
    steps = len({each.saved for each in cuts})
    found = f"0 to {max(each.saved for each in cuts)} of {saved} events saved, in {steps} steps; odd: {wrong}"
    return Finding(f"{what} cut at {len(cuts)} places", found, grows and not wrong)


def flipped_fields(_: argparse.Namespace) -> Iterator[Finding]:
    """Every field of every kind that a capture records, each flipped by one unit in the last place."""
    with private_folder() as folder:
        path = folder / "run.mcap"
        facts(started(["run", "quickstart", "--quiet", "--json", "--record", str(path)], folder))
        found = flips.flips_of(Recording(path))
    for kind in sorted({each.kind for each in found}):
        own = [each for each in found if each.kind == kind]
        fields = {each.field for each in own}
        missed = [f"{each.field}: {each.said}" for each in own if not each.named]
        said = f"{len(own)} flips of {len(fields)} fields, {len(missed)} not named {missed[:3]}"
        yield Finding(kind, said, not missed)
    yield Finding("all kinds", f"{len(found)} flips", all(each.named for each in found))


def mutated_missions(asked: argparse.Namespace) -> Iterator[Finding]:
    """Whatever is done to the files of a mission, loading it raises MissionError or nothing."""
    found = list(mutations.mutants(seed=2026, count=10 * asked.samples))
    for what, counts in mutations.tally(found).items():
        said = f"{counts.total()} mutants: {counts['mission']} missions, {counts['refused']} refused"
        wrong = [each for each in found if each.what == what and each.came not in ("mission", "refused")]
        yield Finding(f"{what} changed", f"{said}; other errors: {wrong[:3]}", not wrong)
    yield Finding("all", f"{len(found)} mutants", all(each.came in ("mission", "refused") for each in found))


def contact(_: argparse.Namespace) -> Iterator[Finding]:
    """Boundaries, convergence, witness, books, digests of the contact window."""
    for claim in capture_evidence.contact():
        yield Finding(*claim)


COMMANDS: dict[str, Claims] = {
    "soak": soaked,
    "counters": counted,
    "fuzz": fuzzed,
    "kills": killed,
    "same-trace": same_trace,
    "non-interference": non_interference,
    "defects": turned_verdicts,
    "losses": losses,
    "damage": damaged,
    "contact": contact,
    "flips": flipped_fields,
    "mutants": mutated_missions,
}


def main() -> int:
    """Exit code 0 if every claim holds."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evidence",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--mission", default="adras-j2", help="same-trace: which mission")
    parser.add_argument("--until", type=float, help="same-trace: end each flight at this mission time, s")
    parser.add_argument("--days", type=float, default=30.0, help="soak: simulated days")
    parser.add_argument("--count", type=int, default=20, help="kills, fuzz: how many")
    parser.add_argument("--seed", type=int, default=1, help="kills, fuzz: of all chance")
    parser.add_argument("--flights", type=int, default=1, help="kills: how many, each with so many kills")
    parser.add_argument("--spacing", type=int, default=200, help="kills: events between two at least")
    parser.add_argument("--rate", type=float, default=300.0, help="kills: pace of the run under fire")
    parser.add_argument("--jobs", type=int, default=2, help="same-trace: flights at a time")
    parser.add_argument(
        "--samples", type=int, default=500, help="damage: places to try; mutants: a tenth of them"
    )
    asked = parser.parse_args()
    findings = []
    for finding in COMMANDS[asked.command](asked):
        print(f"{'holds' if finding.holds else 'FAILS'}  {finding.done}", file=sys.stderr, flush=True)
        findings.append(finding)
    rows = [(each.done, each.found, "yes" if each.holds else "NO") for each in findings]
    print_table((asked.command, "found", "holds"), rows)
    failing = sum(not each.holds for each in findings)
    print(f"{len(findings)} claims, {failing} fail")
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
