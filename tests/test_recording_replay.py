"""A recorded run is computed again from its inputs; the first event that differs is named."""

import pytest
from kernel_toys import NAMES
from msgspec.structs import replace
from recording_samples import FACTS, MISSION, clicked, flown, players, rewritten

from services.recording.difference import compare
from services.recording.read import Recording
from services.recording.replay import DifferenceError
from services.recording.replay import replay as recompute
from services.recording.write import Recorder
from twin.contracts.envelope import Event
from twin.contracts.navigation import SafetyVerdict
from twin.contracts.operations import Mark, RunEnded
from twin.errors import RecordingError


def test_a_run_replays_to_its_own_digest(tmp_path):
    path = tmp_path / "run.mcap"
    outcome = flown(path)
    done = recompute(Recording(path), players())
    assert (done.digest, done.events) == (outcome.digest, outcome.events)
    assert done.exact
    assert done.complete


@pytest.mark.parametrize("every", [2, 7])
def test_outside_input_is_given_again_at_its_own_place(tmp_path, every):
    path = tmp_path / "run.mcap"
    digest = clicked(path, every)
    assert sum(made.external for made, _ in Recording(path).events()) == 120 // every
    assert recompute(Recording(path), players()).digest == digest


@pytest.mark.parametrize("rounds", [1, 5, 23])
def test_a_run_that_was_interrupted_replays(tmp_path, rounds):
    path = tmp_path / "run.mcap"
    asked = iter([""] * rounds)
    flown(path, interrupted=lambda: next(asked, "SIGINT"), until_ns=10**9)
    recording = Recording(path)
    assert recording.end
    assert recording.end.cause == "interrupted"
    assert recompute(recording, players()).complete


class Failing:
    """Raises after so many grants."""

    def __init__(self, inner, grants):
        self.inner, self.name, self.left = inner, inner.name, grants

    def begin(self, mission):
        return self.inner.begin(mission)

    def react(self, now_ns, inbox):
        self.left -= 1
        if not self.left:
            raise ValueError("the toy broke")
        return self.inner.react(now_ns, inbox)


def test_a_run_that_ended_inside_a_round_replays(tmp_path):
    path = tmp_path / "run.mcap"
    alpha, beta, gamma = players()
    outcome = flown(path, cast=(alpha, Failing(beta, 30), gamma))
    assert outcome.cause == "error"
    assert recompute(Recording(path), players()).digest == outcome.digest


def test_a_foreign_peer_is_played_back_not_executed(tmp_path):
    path = tmp_path / "run.mcap"
    digest = clicked(path, 5, facts=replace(FACTS, foreign=("beta",)))
    alpha, _, gamma = players()
    done = recompute(Recording(path), (alpha, gamma))
    assert done.digest == digest
    assert done.not_executed == ("beta",)


def test_another_seed_is_another_run_and_the_first_event_that_differs_is_named(tmp_path):
    path = tmp_path / "run.mcap"
    flown(path)
    with pytest.raises(DifferenceError, match=r"first difference at .* s, .*, field .*: expected .*, got "):
        recompute(Recording(path), players(seed=2))


def test_one_changed_value_is_found_where_it_is(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    flown(path)
    changed: list[Event] = []

    def change(index: int, made: Event) -> Event:
        if index > 40 and isinstance(made.body, Mark) and not changed:
            changed.append(made)
            return replace(made, body=Mark(text="forged"))
        return made

    rewritten(path, copy, change)
    with pytest.raises(DifferenceError) as caught:
        recompute(Recording(copy), players())
    found = caught.value.difference
    assert (found.t_ns, found.participant) == (changed[0].t_ns, changed[0].source)
    assert (found.kind, found.field, found.expected) == ("mark", "body.text", "'forged'")


def test_forged_input_is_found_by_what_it_changes(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    clicked(path, 5)

    def change(index: int, made: Event) -> Event:
        return replace(made, body=Mark(text="forged")) if made.external and index > 40 else made

    rewritten(path, copy, change)
    with pytest.raises(DifferenceError):
        recompute(Recording(copy), players())


def test_a_missing_event_is_found(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    flown(path)
    recording = Recording(path)
    run, mission = recording.require_sound()
    recorder = Recorder(copy, mission, run)
    recorder.round([pair for index, pair in enumerate(recording.events()) if index != 50])
    assert recording.end
    recorder.finish(recording.end)
    with pytest.raises(DifferenceError):
        recompute(Recording(copy), players())


def test_a_digest_that_the_events_do_not_have_is_a_difference(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    flown(path)
    recording = Recording(path)
    recorder = Recorder(copy, MISSION, FACTS)
    recorder.round(list(recording.events()))
    assert recording.end
    recorder.finish(replace(recording.end, digest="0" * 32))
    with pytest.raises(DifferenceError, match="field digest"):
        recompute(Recording(copy), players())


def test_a_cut_recording_replays_as_far_as_it_was_saved(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    clicked(path, 5)
    recording = Recording(path)
    recorder = Recorder(copy, MISSION, FACTS)
    recorder.round([pair for pair in recording.events() if not isinstance(pair[0].body, RunEnded)])
    recorder.close()
    data = copy.read_bytes()
    for cut in range(len(data) * 3 // 4, len(data), 997):
        copy.write_bytes(data[:cut])
        done = recompute(Recording(copy), players())
        assert not done.complete
        assert 0 < done.events < recording.saved


def test_a_recording_of_another_contract_is_refused(tmp_path):
    path = tmp_path / "run.mcap"
    flown(path, facts=replace(FACTS, schema="0" * 16))
    with pytest.raises(RecordingError, match="speaks contract 0000"):
        recompute(Recording(path), players())


def test_another_numeric_environment_is_compared_with_tolerances(tmp_path):
    path = tmp_path / "run.mcap"
    flown(path, facts=replace(FACTS, fingerprint="another machine"))
    assert not recompute(Recording(path), players()).exact


def test_tolerances_hold_for_numbers_and_times_only():
    def verdict(value: float, text: str = "", t_ns: int = 0) -> Event:
        body = SafetyVerdict(t_ns=t_ns, monitor="m", level="watch", value=value, limit=1.0, text=text)
        return Event(
            t_ns=5, micro=0, source=NAMES[0], sequence=0, to=(), due_ns=5, delivery="wake", body=body
        )

    assert compare(verdict(1.0), verdict(1.0), exact=True) is None
    assert compare(verdict(1.0), verdict(1.0005), exact=False) is None
    assert compare(verdict(1.0), verdict(1.0, t_ns=999), exact=False) is None
    found = compare(verdict(1.0), verdict(1.0005), exact=True)
    assert found
    assert (found.field, found.expected, found.got) == ("body.value", "1.0", "1.0005")
    for other in (verdict(1.1), verdict(1.0, text="x"), verdict(1.0, t_ns=2_000_000)):
        assert compare(verdict(1.0), other, exact=False)
