"""The bench runs and says what it must; how fast anything is, no test judges."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.figures import Figure, least, most

ROOT = Path(__file__).parent.parent
MEASURED = (
    "control cycles in process",
    "control cycles as processes",
    "coordination rounds",
    "recorder",
    "keeping states",
    "recovery of guidance",
    "twin compare",
    "adras-j2 in process",
    "adras-j2 as processes",
    "wire, phase hold_300",
    "wire, one coasting orbit",
    "peak memory, servicer",
    "twin --help",
    "one day of the target",
    "draw of six normals",
    "contact window, closing",
    "contact part, bare step",
    "a picture",
)


def test_a_quick_bench_measures_everything_that_needs_no_long_run():
    command = [sys.executable, "-m", "tests.bench", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    names = [figure["what"] for figure in report["figures"]]
    assert all(any(name.startswith(each) for name in names) for each in MEASURED), names
    assert all(figure["measured"] > 0.0 for figure in report["figures"])
    assert sum(report["shares"].values()) == pytest.approx(1.0)


def test_a_shortfall_is_the_part_of_the_budget_that_is_missed():
    slow = Figure(what="x", measured=750.0, unit="1/s", budget=least(1000.0))
    dear = Figure(what="x", measured=3.0, unit="s", reference=1.0, budget=most(2.0, "ratio"))
    assert (slow.shortfall, dear.shortfall) == (0.25, 0.5)
    assert Figure(what="x", measured=1200.0, unit="1/s", budget=least(1000.0)).shortfall == 0.0
