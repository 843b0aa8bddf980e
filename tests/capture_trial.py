"""One capture in the window alone, with a plain stand-in for guidance: truth plus error plus noise.

Base control is proportional-derivative with the centripetal acceleration fed forward, 22 N and 15 N m an
axis, dead zone 0.6 N, ten times a second, as in contact-recipes.md. `python -m tests.capture_trial` flies
many and prints the tables.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from math import radians

import numpy as np
from msgspec.structs import replace

from tests.capture_samples import handover, settings
from twin.capture.engine import Engine
from twin.capture.interface import (
    SOUND,
    Advance,
    ArmDemand,
    ArmFaults,
    ArmMode,
    Event,
    HandOver,
    LedgerSummary,
    Pulse,
    RingEstimate,
    Sample,
    WindowSettings,
    WindowStep,
)
from twin.capture.settings import ContactSettings
from twin.capture.window import Window, bullet
from twin.dynamics.rotation import canonical, conj, from_rotation_vector, matrix, mul, rotation_vector

Array = np.ndarray
_PERIOD_NS = 100_000_000
_FORCE_N, _TORQUE_NM, _DEAD_N = 22.0, 15.0, 0.6
STILL = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Trial:
    """`error_port_m` is the estimate's constant error along the axis, along the ring and across it.

    Until `wait_s` the arm stays at its stand-off, where the base must hold its place against the turning.
    """

    seed: int = 1
    rate_deg: tuple[float, float, float] = (0.4, 0.2, 0.1)
    error_port_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    follow: bool = True
    control: bool = True
    mode: ArmMode = "close"
    wait_s: float = 0.0
    limit_s: float = 150.0
    after_latch_s: float = 4.0
    faults: ArmFaults = SOUND
    settings: WindowSettings = field(default_factory=lambda: moving(settings(), 0.02))
    handover: HandOver | None = None
    drift_mps: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Flown:
    """What came of it."""

    latched: bool
    latch_s: float
    first_s: float
    peak_n: float
    impulse_ns: float
    refusal: str
    events: tuple[Event, ...]
    books: LedgerSummary
    inputs: tuple[Advance, ...]
    last: WindowStep
    rate_deg: float

    @property
    def contact_to_latch_s(self) -> float:
        return self.latch_s - self.first_s


def start_of(trial: Trial) -> HandOver:
    return trial.handover or handover(rate_deg=trial.rate_deg, follow=trial.follow)


def fly(trial: Trial, engine: Callable[[ContactSettings], Engine] = bullet) -> Flown:
    """Fly it until it is latched for `after_latch_s`, refused and backed out, or out of time."""
    window = Window.open(trial.settings, start_of(trial), engine)
    try:
        return _fly(trial, window)
    finally:
        window.close()


def replayed(
    trial: Trial, inputs: tuple[Advance, ...], engine: Callable[[ContactSettings], Engine] = bullet
) -> Flown:
    """The same inputs again, open loop, in another engine or at another step."""
    window = Window.open(trial.settings, start_of(trial), engine)
    try:
        events: list[Event] = []
        for given in inputs:
            step = window.take(given)
            events += step.events
        return _outcome(window, step, events)
    finally:
        window.close()


def _fly(trial: Trial, window: Window) -> Flown:
    noise = np.random.default_rng(trial.seed)
    sample = window.sample()
    events: list[Event] = []
    latched_ns = None
    while window.t_ns < trial.limit_s * 1e9:
        waiting = window.t_ns < trial.wait_s * 1e9
        demand = ArmDemand(mode="standoff" if waiting else trial.mode, ring=estimate(sample, trial, noise))
        pulses = () if latched_ns or not trial.control else (base_control(sample, trial),)
        step = window.advance(_PERIOD_NS, pulses, STILL, demand, trial.faults)
        sample = step.samples[-1]
        events += step.events
        if step.arm.latched and latched_ns is None:
            latched_ns = window.t_ns
        if latched_ns and window.t_ns - latched_ns >= trial.after_latch_s * 1e9:
            break
        if step.arm.phase == "retracted":
            break
    return _outcome(window, step, events)


def _outcome(window: Window, step: WindowStep, events: list[Event]) -> Flown:
    contact = step.contact
    latch_ns, first_ns = contact.latched_ns, contact.first_contact_ns
    rate = np.linalg.norm(step.samples[-1].servicer.w_body_radps)
    return Flown(
        latched=latch_ns is not None,
        latch_s=float("nan") if latch_ns is None else latch_ns * 1e-9,
        first_s=float("nan") if first_ns is None else first_ns * 1e-9,
        peak_n=contact.peak_n,
        impulse_ns=contact.impulse_to_latch_ns,
        refusal=step.arm.refusal,
        events=tuple(events),
        books=window.ledger(),
        inputs=window.inputs,
        last=step,
        rate_deg=float(np.degrees(rate)),
    )


def estimate(sample: Sample, trial: Trial, noise: np.random.Generator) -> RingEstimate:
    """The port from the servicer's centre of mass, in its body axes, with the trial's errors."""
    servicer, target = sample.servicer, sample.target
    body_from_eci = matrix(conj(servicer.q_eci_from_body))
    eci_from_target = matrix(target.q_eci_from_body)
    port = np.array(trial.settings.port.r_body_m)
    arm = eci_from_target @ port
    w_eci = eci_from_target @ target.w_body_radps
    error = eci_from_target @ np.array(trial.error_port_m) + noise.normal(0.0, 0.002, 3)
    r = target.r_eci_m + arm + error - servicer.r_eci_m
    v = target.v_eci_mps + np.cross(w_eci, arm) - servicer.v_eci_mps
    q = mul(conj(servicer.q_eci_from_body), target.q_eci_from_body)
    q = mul(q, conj(trial.settings.port.q_port_from_body))
    q = mul(from_rotation_vector(noise.normal(0.0, radians(0.1), 3)), q)
    return RingEstimate(
        t_ns=sample.t_ns,
        r_body_m=tuple((body_from_eci @ r).tolist()),
        v_body_mps=tuple((body_from_eci @ v).tolist()),
        q_body_from_port=canonical(q),
        w_body_radps=tuple((body_from_eci @ w_eci).tolist()),
    )


def base_control(sample: Sample, trial: Trial) -> Pulse:
    """Hold the place in target axes where the window opened, turning with the target."""
    servicer, target = sample.servicer, sample.target
    body_from_eci = matrix(conj(servicer.q_eci_from_body))
    eci_from_target = matrix(target.q_eci_from_body)
    wanted = eci_from_target @ np.array((9.4, 0.0, 0.0))
    w_eci = eci_from_target @ target.w_body_radps
    if not trial.follow:
        wanted, w_eci = servicer.r_eci_m - target.r_eci_m, np.zeros(3)
    r = servicer.r_eci_m - target.r_eci_m - wanted
    v = servicer.v_eci_mps - target.v_eci_mps - np.cross(w_eci, wanted)
    accel = np.cross(w_eci, np.cross(w_eci, wanted)) - 0.04 * r - 0.4 * v
    force = body_from_eci @ (801.0 * accel)
    force = np.clip(np.where(np.abs(force) < _DEAD_N, 0.0, force), -_FORCE_N, _FORCE_N)
    facing = mul(target.q_eci_from_body, (0.0, 0.0, 0.0, 1.0))
    turn = np.array(rotation_vector(mul(conj(servicer.q_eci_from_body), facing)))
    if not trial.follow:
        turn = np.zeros(3)
    rate = servicer.w_body_radps - body_from_eci @ w_eci
    torque = np.clip(40.0 * turn - 180.0 * rate, -_TORQUE_NM, _TORQUE_NM)
    return Pulse(force_body_n=tuple(force.tolist()), torque_body_nm=tuple(torque.tolist()), on_s=0.1)


def line(label: str, flown: Flown) -> str:
    """One trial, printed."""
    outcome = "latched" if flown.latched else f"refused: {flown.refusal or 'out of time'}"
    books = "hold" if flown.books.holds else str(flown.books.broken)
    return (
        f"{label:28} first {flown.first_s:6.2f} s, latch {flown.latch_s:6.2f} s, peak {flown.peak_n:6.1f} N, "
        f"impulse {flown.impulse_ns:5.2f} N s, books {books}, {outcome}"
    )


def lateral(seed: int, size_m: float) -> tuple[float, float, float]:
    """An error in a random direction across the axis of the ring."""
    angle = np.random.default_rng(1000 + seed).uniform(0.0, 2.0 * np.pi)
    return (0.0, size_m * float(np.cos(angle)), size_m * float(np.sin(angle)))


def spun(seed: int, size_deg: float) -> tuple[float, float, float]:
    """A rate about a random axis."""
    axis = np.random.default_rng(2000 + seed).normal(size=3)
    x, y, z = (size_deg * axis / np.linalg.norm(axis)).tolist()
    return (x, y, z)


def quick(**contact: float) -> WindowSettings:
    """An arm that moves as fast as in contact-recipes.md, section 4, and goes in at 5 cm/s."""
    return moving(settings(**contact), 0.05)


def moving(base: WindowSettings, insertion_mps: float) -> WindowSettings:
    """The same with this speed of insertion."""
    arm = replace(base.arm.arm, insertion_mps=insertion_mps, rate_radps=0.35)
    return replace(base, arm=replace(base.arm, arm=arm))


def nominal(seed: int) -> Trial:
    """Lateral error 0, 3 or 5 cm and 1, 2 or 5 cm/s by turns, 0.5 deg/s about a random axis."""
    return Trial(
        seed=seed,
        rate_deg=spun(seed, 0.5),
        error_port_m=lateral(seed, (0.0, 0.03, 0.05)[(seed // 3) % 3]),
        settings=moving(settings(), (0.01, 0.02, 0.05)[seed % 3]),
    )


def main(count: int) -> None:
    """`count` nominal trials."""
    latched = 0
    for seed in range(count):
        flown = fly(nominal(seed))
        latched += flown.latched
        print(line(f"seed {seed}", flown), flush=True)
    print(f"{latched} of {count} latched")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 36)
