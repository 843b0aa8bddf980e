"""The telemetry store: nothing is lost that fits, nothing goes down that the link cannot carry."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from twin.contracts.radio import CommandReport, Housekeeping, OnBoardEvent
from twin.vehicle.settings import Telemetry
from twin.vehicle.store import Kept, TelemetryStore

SETTINGS = Telemetry(period_s=10.0, report_bits=1000.0, store_reports=40)


def report(k):
    return Housekeeping(
        generated_ns=k,
        phase="hold",
        r_ric_m=(0.0, -50.0, 0.0),
        v_ric_mps=(0.0, 0.0, 0.0),
        sigma_r_m=0.1,
        range_m=50.0,
        range_rate_mps=0.0,
        port_axial_m=0.0,
        port_lateral_m=0.0,
        attitude_error_rad=0.0,
        propellant_kg=200.0,
        battery_fraction=0.9,
        delta_v_mps=0.0,
        wheel_momentum_max_nms=0.0,
    )


def event(k):
    return OnBoardEvent(generated_ns=k, severity="info", name="phase_changed", text="")


def verification(k):
    return CommandReport(t_ns=k, command=k, stage="accepted")


def filled(count, settings=SETTINGS):
    store = TelemetryStore(settings)
    for k in range(count):
        store.keep(report(k))
    return store


def test_the_newest_report_goes_first_and_the_backlog_follows_oldest_first():
    slots = filled(5).downlink(1e6)
    assert [h.generated_ns for h in slots[0].housekeeping] == [4]
    assert not slots[0].stored
    assert [h.generated_ns for h in slots[1].housekeeping] == [0, 1, 2, 3]
    assert slots[1].stored


def test_verification_and_events_go_before_housekeeping():
    store = filled(5)
    store.verify(verification(1))
    store.note(event(2))
    (slot,) = store.downlink(2000.0)
    assert (len(slot.reports), len(slot.events), len(slot.housekeeping)) == (1, 1, 0)


@given(st.lists(st.floats(0.0, 5000.0), max_size=40), st.integers(0, 30))
def test_the_link_never_carries_more_than_its_bits_and_what_it_did_not_carry_is_still_there(bits, count):
    store = filled(count)
    sent = [h for b in bits for slot in store.downlink(b) for h in slot.housekeeping]
    assert len(sent) * SETTINGS.report_bits <= sum(bits) + 1e-6
    assert len(sent) + len(store) == count
    assert len({h.generated_ns for h in sent}) == len(sent)


def test_parts_of_a_report_are_saved_up_on_a_slow_link():
    store = filled(1)
    assert [len(store.downlink(400.0)) for _ in range(3)] == [0, 0, 1]


def test_an_empty_store_saves_up_nothing():
    store = filled(0)
    store.downlink(1e9)
    store.keep(report(0))
    assert store.downlink(0.0) == []


def test_a_full_store_forgets_the_oldest():
    store = filled(100)
    kept = [h.generated_ns for slot in store.downlink(1e9) for h in slot.housekeeping]
    assert len(kept) <= SETTINGS.store_reports
    assert sorted(kept) == list(range(100 - len(kept), 100))


def test_a_frame_holds_at_most_what_the_contract_allows():
    store = filled(700, msgspec.structs.replace(SETTINGS, store_reports=1000))
    slots = store.downlink(1e9)
    assert max(len(slot.housekeeping) for slot in slots) == 256
    assert sum(len(slot.housekeeping) for slot in slots) == 700


@given(st.integers(0, 50), st.floats(0.0, 3e4))
def test_a_restored_store_sends_what_the_first_would_have_sent(count, bits):
    store = filled(count)
    store.note(event(1))
    store.downlink(bits)
    saved = msgspec.msgpack.decode(msgspec.msgpack.encode(store.snapshot()), type=Kept)
    other = TelemetryStore(SETTINGS)
    other.restore(saved)
    assert other.downlink(5500.0) == store.downlink(5500.0)
