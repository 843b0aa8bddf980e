"""The target service: what it promises, when, and that neither grants nor restarts change it."""

import hashlib
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from services.target import create
from tests.dynamics_samples import HOUR_NS, mission
from twin.contracts.envelope import Delivered, Outgoing, Reaction
from twin.contracts.motion import EclipseCrossed, Trajectory
from twin.contracts.operations import Mark
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import eci_from_teme
from twin.dynamics.segments import Track
from twin.errors import UsageError

MISSION = mission(seed=7)


def run(hours: int, meddle: bool = False, restart_at: int | None = None) -> list[Reaction]:
    target = create()
    reactions = [target.begin(MISSION)]
    for k in range(1, hours + 1):
        if meddle:
            idle = target.react(k * HOUR_NS - 12_345, ())
            assert idle == Reaction(wake_ns=k * HOUR_NS)
        if restart_at == k:
            state = target.snapshot()
            target = create()
            target.restore(MISSION, state)
        reactions.append(target.react(k * HOUR_NS, ()))
    return reactions


def trajectory(reaction: Reaction) -> Trajectory:
    (found,) = (m.body for m in reaction.messages if isinstance(m.body, Trajectory))
    return found


def test_it_promises_two_hours_and_renews_them_every_hour():
    for k, reaction in enumerate(run(3)):
        track = Track(trajectory(reaction).pieces)
        assert (track.start_ns, track.end_ns) == (k * HOUR_NS, (k + 2) * HOUR_NS)
        assert reaction.wake_ns == (k + 1) * HOUR_NS
        motion = reaction.messages[0]
        assert (motion.to, motion.delay_ns) == (("servicer",), 0)
        assert motion.delivery == ("wake" if k == 0 else "latest")


def test_the_hour_promised_twice_is_the_same_to_the_bit():
    reactions = run(3)
    for earlier, later in pairwise(reactions):
        shared = [p for p in trajectory(earlier).pieces if p.start_ns >= trajectory(later).pieces[0].start_ns]
        assert tuple(shared) == trajectory(later).pieces[: len(shared)]
        assert len(shared) > 10


def test_each_edge_of_the_shadow_is_said_once_due_when_it_is_crossed():
    crossings = []
    for k, reaction in enumerate(run(5)):
        for message in reaction.messages[1:]:
            assert isinstance(message.body, EclipseCrossed)
            assert k * HOUR_NS + message.delay_ns == message.body.t_ns
            assert message.to == ()
            crossings.append(message.body)
    times = [c.t_ns for c in crossings]
    assert times == sorted(set(times))
    # Seven hours of a 96.8 min orbit meet the shadow four times, the last one cut by the end.
    assert 15 <= len(crossings) <= 18


def test_idle_grants_and_a_restart_leave_every_message_as_it_was():
    assert run(4, meddle=True) == run(4)
    assert run(4, restart_at=2) == run(4)


def test_what_it_hears_does_not_move_it():
    target = create()
    target.begin(MISSION)
    heard = Delivered(t_ns=5, micro=0, source="operator", sequence=0, body=Mark(text="hello"))
    said = Outgoing(body=Mark(text="target: has no use for mark, nothing done"))
    assert target.react(5, (heard,)) == Reaction(messages=(said,), wake_ns=HOUR_NS)
    later = target.react(HOUR_NS, (heard,))
    assert (later.messages[1:], later.wake_ns) == (run(1)[1].messages, run(1)[1].wake_ns)


def test_a_snapshot_of_another_version_is_refused():
    target = create()
    target.begin(MISSION)
    state = msgspec.msgpack.decode(target.snapshot())
    with pytest.raises(UsageError, match="version 99"):
        create().restore(MISSION, msgspec.msgpack.encode(state | {"version": 99}))


def test_its_promise_fits_a_byte_budget():
    reaction = run(1)[1]
    size = len(msgspec.msgpack.encode(reaction.messages[0]))
    assert size < 120_000  # two hours; 17 bytes a second of motion, sent once an hour


def cache_below(folder: Path) -> dict[str, str]:
    """Variables that put the cache of compiled models below a folder."""
    return {"HOME": str(folder), "XDG_CACHE_HOME": str(folder)}


def said_by(code: str, environment: dict[str, str]) -> str:
    """What a new interpreter that runs `code` writes to standard output."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent.parent,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("cold", [False, True])
def test_another_process_says_the_same_whether_it_compiled_or_found_its_models(cold, tmp_path):
    code = (
        "from tests.test_dynamics_target import MISSION, create, msgspec;"
        "import hashlib; print(hashlib.sha256(msgspec.msgpack.encode(create().begin(MISSION))).hexdigest())"
    )
    seed = {"PYTHONHASHSEED": "77" if cold else "0"}
    said = said_by(code, seed | (cache_below(tmp_path) if cold else {})).strip()
    here = hashlib.sha256(msgspec.msgpack.encode(create().begin(MISSION))).hexdigest()
    assert said == here


def test_a_spoilt_cache_of_compiled_models_is_removed_and_the_run_goes_on(tmp_path):
    folder = tmp_path / "debris-removal-twin"
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"not a database" * 50)
    code = (
        "from services.code_cache import mend, prepare; prepare();"
        "from twin.dynamics.models import cache_fault;"
        "from tests.test_dynamics_target import run;"
        "print(repr(mend()), repr(cache_fault()), len(run(1)))"
    )
    said = said_by(code, cache_below(tmp_path))
    # Nothing but our own line: heyoka's warnings would spoil what goes to standard output.
    assert said == "'' '' 2\n"


def test_the_cache_is_in_our_folder_and_grows_no_further_than_its_limit(tmp_path):
    code = (
        "from services.code_cache import prepare; prepare();"
        "import heyoka as hy; from twin.dynamics.models import cache_folder, limit_compiled, orbit_model;"
        "from twin.dynamics.fidelity import Terms;"
        "print(cache_folder(), hy.llvm_state.get_diskcache_limit()); limit_compiled(900_000);"
        "sizes = [orbit_model(Terms(gravity='egm2008', degree=d)) and hy.llvm_state.get_diskcache_size()"
        " for d in range(2, 6)];"
        "print(max(sizes) <= 900_000, min(sizes) > 100_000)"
    )
    said = said_by(code, cache_below(tmp_path))
    # Four models of 0.3 to 0.4 MB each would be 1.5 MB.
    assert said == f"{tmp_path / 'debris-removal-twin'} {512 * 2**20}\nTrue True\n"


def test_processes_that_start_at_once_share_an_empty_cache(tmp_path):
    code = "from tests.test_dynamics_target import run; run(1); from twin.dynamics.models import cache_fault;"
    command = [sys.executable, "-c", code + "print(repr(cache_fault()))"]
    environment = os.environ | cache_below(tmp_path)
    root = Path(__file__).parent.parent
    together = [
        subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [process.communicate()[0] for process in together] == ["''\n"] * 3
    assert (tmp_path / "debris-removal-twin" / "cache.db").is_file()


def test_where_the_target_is_agrees_with_its_element_set_within_what_drag_and_higher_harmonics_do():
    epoch = Epoch(MISSION.epoch_utc)
    track = Track(trajectory(run(1)[1]).pieces)
    t_ns = 3 * HOUR_NS
    satellite = Satrec.twoline2rv(MISSION.target.elements.line1, MISSION.target.elements.line2, WGS72)
    _, r_km, _ = satellite.sgp4(*epoch.utc_jd(t_ns))
    miss_m = np.linalg.norm(eci_from_teme(epoch, t_ns) @ (1e3 * np.array(r_km)) - track.state(t_ns).r_eci_m)
    # SGP4 has J3 and J4 in mean elements; ours starts from its osculating state and has J2 alone.
    assert miss_m < 3_000.0
