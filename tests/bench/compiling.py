"""What each model of the truth costs at the start, compiled anew and from the cache, level by level."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import services
from tests.bench.figures import Figure

_ROOT = str(Path(services.__file__).parent.parent)
_IN_A_FRESH_PROCESS = """
import json
from time import process_time
from services.code_cache import prepare

prepare()
from twin.dynamics import held, lighting, models
from twin.dynamics.fidelity import HELD, LEVELS

began = process_time()
took = {}


def made(name, make):
    global began
    make()
    took[name], began = process_time() - began, process_time()


made("a control period", lambda: models.body_model(HELD))
made("shadow", lighting._shadow)
for name, kinds in LEVELS.items():
    made(f"{name}: a body", lambda: models.body_model(kinds))
    made(f"{name}: an orbit", lambda: models.orbit_model(kinds))
    if not kinds.fixed_in_time:
        made(f"{name}: nature over a control period", lambda: held._evaluator(kinds))
print(json.dumps(took))
"""


def _took_s(cache: str) -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": _ROOT, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", _IN_A_FRESH_PROCESS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=cache)
    took: dict[str, float] = json.loads(done.stdout)
    return took


def figures() -> list[Figure]:
    """CPU seconds of every model, once with an empty cache and once with what that left."""
    with tempfile.TemporaryDirectory() as cache:
        cold, warm = _took_s(cache), _took_s(cache)
    return [
        Figure(
            what=f"model compiled, {name}",
            measured=cold[name],
            unit="s",
            reference=warm[name],
            against="from the cache, another process; both CPU seconds",
        )
        for name in cold
    ]
