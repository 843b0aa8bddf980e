"""Inputs of a window to be flown again and again, and the digest of everything that moves in it."""

import hashlib

import msgspec

from tests.capture_samples import handover, settings
from tests.capture_trial import STILL, Trial, fly
from twin.capture.interface import Advance, ArmDemand, HandOver, Pulse
from twin.capture.window import Window

TENTH_NS = 100_000_000
STOW = ArmDemand(mode="stow")
RATE_DEG = (0.4, 0.2, 0.1)
PROGRAM = "from tests.capture_digest import *; print(digest({inputs}(), given()))"


def given() -> HandOver:
    """The hand-over that goes with the inputs here."""
    return handover(rate_deg=RATE_DEG)


def unfolding() -> tuple[Advance, ...]:
    """Unfold for a while, thrusting: short enough to be flown in every process."""
    pulse = Pulse(force_body_n=(1.0, 2.0, -3.0), torque_body_nm=(0.5, 0.0, -0.2), on_s=0.05)
    last = Advance(duration_ns=TENTH_NS, pulses=(pulse,), wheel_torque_body_nm=STILL, arm=STOW)
    return (*fly(Trial(limit_s=12.0, rate_deg=RATE_DEG)).inputs, last)


def captured() -> tuple[Advance, ...]:
    """Reach, contact, latch, brakes."""
    trial = Trial(seed=4, rate_deg=RATE_DEG, error_port_m=(0.0, 0.02, 0.02), settings=settings())
    return fly(trial).inputs


def coasting(periods: int) -> tuple[Advance, ...]:
    """Nothing but nature."""
    still = Advance(duration_ns=TENTH_NS, pulses=(), wheel_torque_body_nm=STILL, arm=STOW)
    return (still,) * periods


def digest(inputs: tuple[Advance, ...], start: HandOver, *, rebuilt_at: int | None = None) -> str:
    """Of every body and joint after every advance; at `rebuilt_at` the window is given up and made anew."""
    window = Window.open(settings(), start)
    chain = hashlib.blake2b(digest_size=16)
    for number, each in enumerate(inputs):
        if number == rebuilt_at:
            so_far = window.inputs
            window.close()
            window = Window.rebuilt(settings(), start, so_far)
        window.take(each)
        chain.update(msgspec.msgpack.encode(window.scene))
    window.close()
    return chain.hexdigest()
