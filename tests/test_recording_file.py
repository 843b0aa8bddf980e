"""A recording survives whatever happens to it, and says what happened."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from mcap.reader import make_reader
from msgspec import json as msgspec_json
from recording_samples import FACTS, MISSION, end, event, rewritten, written

from services.recording.read import Recording
from services.recording.schemas import schema_of
from services.recording.walk import DamageError, Message, Walk
from services.recording.write import Recorder, side_path, write_side
from twin.contracts.codec import encode
from twin.contracts.motion import Trajectory
from twin.contracts.operations import Mark
from twin.errors import RecordingError, UsageError

ROOT = Path(__file__).parent.parent


def messages(data: bytes) -> tuple[list[bytes], str]:
    """Payloads that a walk finds, and how it ended."""
    found: list[bytes] = []
    walk = Walk(data)
    try:
        found.extend(item.payload for item in walk.items() if isinstance(item, Message))
    except DamageError as damage:
        return found, damage.condition
    return found, "complete" if walk.finished else "unfinished"


def test_a_finished_recording_is_read_by_the_standard_library_with_all_checksums(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=1200)
    with path.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        found = [message for _, _, message in reader.iter_messages(topics=["mark"])]
        summary = reader.get_summary()
        names = [record.name for record in reader.iter_metadata()]
    assert [message.data for message in found] == [event(index)[1] for index in range(2400)]
    assert [message.sequence for message in found] == list(range(2400))
    assert found[-1].log_time - FACTS.epoch_unix_ns == found[-1].publish_time == 2399 * 10**9
    assert summary is not None
    assert summary.statistics is not None
    assert summary.statistics.message_count == 2400
    assert summary.statistics.chunk_count == 3  # cut by count: 1000 messages each
    assert names == ["twin.run", "twin.mission", "twin.end"]


def test_the_standard_library_seeks_in_a_finished_recording(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=1500)
    start = FACTS.epoch_unix_ns + 2500 * 10**9
    with path.open("rb") as stream:
        found = make_reader(stream).iter_messages(starting_at=start, ending_before=start + 3 * 10**9)
        assert [message.publish_time for _, _, message in found] == [t * 10**9 for t in (2500, 2501, 2502)]


def test_what_goes_in_comes_out_with_mission_and_facts(tmp_path):
    path = tmp_path / "run.mcap"
    written(path)
    recording = Recording(path)
    assert recording.condition == "complete"
    assert recording.require_sound() == (FACTS, MISSION)
    assert recording.end == end(60)
    assert list(recording.events()) == [event(index) for index in range(60)]


def test_a_round_is_on_disk_when_the_recorder_returns(tmp_path):
    path = tmp_path / "run.mcap"
    recorder = Recorder(path, MISSION, FACTS)
    for index in range(20):
        recorder.round((event(index),))
        live = Recording(path)
        assert (live.condition, live.saved, live.loose) == ("live", index + 1, 0)
    recorder.close()
    assert Recording(path).condition == "cut"


def test_a_killed_writer_leaves_every_round_it_had_confirmed(tmp_path):
    program = (
        "import sys; from pathlib import Path; from recording_samples import *\n"
        "recorder = Recorder(Path(sys.argv[1]), MISSION, FACTS)\n"
        "for index in range(10**6):\n"
        "    recorder.round((event(index),)); print(index, flush=True)\n"
    )
    path = tmp_path / "run.mcap"
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout
        confirmed = [int(writer.stdout.readline()) for _ in range(500)][-1]
        writer.send_signal(signal.SIGKILL)
        confirmed = int(([confirmed, *writer.stdout.read().split()])[-1])
    recording = Recording(path)
    assert recording.condition == "cut"
    assert recording.saved >= confirmed + 1
    assert [made.sequence for made, _ in recording.events()] == list(range(recording.saved))


def test_a_live_file_cut_anywhere_gives_back_every_whole_record(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=8, finish=False).close()
    data = path.read_bytes()
    whole, condition = messages(data)
    assert condition == "unfinished"
    saved = 0
    for cut in range(len(data)):
        found, condition = messages(data[:cut])
        assert condition in ("cut", "unfinished")
        assert found == whole[: len(found)]
        assert len(found) >= saved
        saved = len(found)
    assert saved == len(whole)


def test_a_finished_file_cut_anywhere_gives_back_every_whole_chunk(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=8)
    data = path.read_bytes()
    whole, _ = messages(data)
    chunk_ends = 0
    for cut in range(len(data)):
        found, condition = messages(data[:cut])
        assert condition in ("cut", "unfinished")
        assert found in ([], whole)
        chunk_ends += found == whole
    assert chunk_ends > 100


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_byte_flipped_anywhere_in_a_finished_file_is_corrupt(tmp_path, mask):
    path = tmp_path / "run.mcap"
    written(path, rounds=4)
    data = bytearray(path.read_bytes())
    for at in range(len(data)):
        data[at] ^= mask
        assert messages(bytes(data))[1] == "corrupt", f"byte {at} of {len(data)}"
        data[at] ^= mask


def test_a_byte_flipped_in_a_file_that_was_never_finished_is_corrupt_too(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=4, finish=False).close()
    data = bytearray(path.read_bytes())
    last_check = len(data) - 35  # past the last checksum nothing vouches for a byte
    for at in range(last_check):
        data[at] ^= 0x10
        assert messages(bytes(data))[1] == "corrupt", f"byte {at} of {len(data)}"
        data[at] ^= 0x10


def test_a_corrupt_file_is_named_as_such_and_gives_no_events(tmp_path):
    path = tmp_path / "run.mcap"
    written(path, rounds=40)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    recording = Recording(path)
    assert recording.condition == "corrupt"
    with pytest.raises(RecordingError, match=r"is corrupt: .*byte"):
        recording.require_sound()


def test_a_payload_that_does_not_match_its_envelope_is_corrupt(tmp_path):
    path, other = tmp_path / "run.mcap", tmp_path / "other.mcap"
    recorder = Recorder(path, MISSION, FACTS)
    made, raw = event(0)
    recorder.round(((made, encode(event(5)[0])),))
    recorder.close()
    with pytest.raises(RecordingError, match=r"event 0 \(mark at 0 ns\) does not match its envelope"):
        list(Recording(path).events())
    recorder = Recorder(other, MISSION, FACTS)
    recorder.round(((made, raw[:-1] + b"\xc1"),))
    recorder.close()
    with pytest.raises(RecordingError, match="is no event"):
        list(Recording(other).events())


def test_files_that_are_no_recordings_are_told_apart(tmp_path):
    empty, text = tmp_path / "empty.mcap", tmp_path / "text.mcap"
    empty.touch()
    text.write_text("what is this, and why is it not a recording?")
    assert Recording(empty).condition == "cut"
    assert Recording(text).condition == "corrupt"
    with pytest.raises(RecordingError, match="cut before the mission was saved"):
        Recording(empty).require_sound()
    for nothing in (tmp_path / "missing.mcap", tmp_path):
        with pytest.raises(RecordingError, match="cannot read"):
            Recording(nothing)


def test_equal_runs_give_equal_files_and_the_wall_clock_is_beside_them(tmp_path):
    first, second = tmp_path / "a.mcap", tmp_path / "b.mcap"
    for path in (first, second):
        written(path, rounds=40)
        write_side(path, {"wall_started_utc": str(path)})
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(side_path(first).read_bytes())["wall_started_utc"] == str(first)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "a.mcap", "a.mcap.side.json", "b.mcap", "b.mcap.side.json"
    ]  # fmt: skip


def test_an_existing_file_and_an_impossible_place_are_refused(tmp_path):
    path = tmp_path / "run.mcap"
    written(path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="exists; choose another file"):
        Recorder(path, MISSION, FACTS)
    assert path.read_bytes() == before
    for place in (tmp_path / "no folder" / "x.mcap", path / "x.mcap"):
        with pytest.raises(UsageError, match="cannot record to"):
            Recorder(place, MISSION, FACTS)


def test_a_full_disk_is_one_clear_error_and_what_was_saved_is_sound(tmp_path):
    program = (
        "import resource, signal, sys; from pathlib import Path; from recording_samples import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "recorder = Recorder(Path(sys.argv[1]), MISSION, FACTS)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "try:\n"
        "    for index in range(10**6): recorder.round((event(index),))\n"
        "except RecordingError as error: print(error)\n"
    )
    path = tmp_path / "run.mcap"
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    program = "from twin.errors import RecordingError\n" + program
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cannot write" in done.stdout
    recording = Recording(path)
    assert recording.condition == "cut"
    assert recording.saved == len(list(recording.events())) > 10


def test_a_reencoded_copy_is_a_sound_recording(tmp_path):
    path, copy = tmp_path / "run.mcap", tmp_path / "copy.mcap"
    written(path)
    rewritten(path, copy, lambda index, made: made)
    assert Recording(copy).condition == "complete"
    assert list(Recording(copy).events()) == list(Recording(path).events())


def test_a_topic_has_a_schema_that_names_every_field():
    schema = msgspec_json.decode(schema_of(Trajectory))
    piece = schema["$defs"]["Piece"]["properties"]
    assert {"start_ns", "coefficients", "order_r"} <= set(piece)
    assert set(schema["$defs"]) == {"Trajectory", "Piece"}
    assert "text" in msgspec_json.decode(schema_of(Mark))["$defs"]["Mark"]["properties"]
