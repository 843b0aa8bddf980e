"""What the contact world must show, flown in the window alone: boundaries, convergence, books, one digest.

`python -m tests.evidence contact` prints it: some four minutes of one core.
"""

import dataclasses
import os
import subprocess
import sys
from collections.abc import Iterator
from math import degrees, sqrt
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from tests.capture_digest import PROGRAM, captured, coasting, digest, given
from tests.capture_samples import handover, settings
from tests.capture_trial import Flown, Trial, fly, nominal, quick, replayed
from twin.capture.bullet import Bullet, Solver
from twin.capture.interface import ArmFaults
from twin.capture.settings import ContactSettings
from twin.capture.window import Window

_TARGET_M, _SERVICER_KG, _THRUST_N = 9.4, 801.0, 22.0
_SIDE_M = 0.06
"""Half the jaw's opening less half the wall: what goes in without touching."""


class Claim(NamedTuple):
    """What was done, what came of it, whether that is what geometry, thrust or the books say."""

    done: str
    found: str
    holds: bool


def contact() -> Iterator[Claim]:
    """Everything, in the order of the issue."""
    yield from lateral()
    yield from transverse()
    yield from not_following()
    yield from without_ring_or_fingers()
    yield from without_friction()
    yield constraint_gap()
    yield from converging()
    yield from witness()
    yield from cheating()
    yield from one_digest()


def lateral() -> Iterator[Claim]:
    """Across the jaw success ends where its opening does, and what touches before gives up gently."""
    for cm in (0, 2, 4, 5, 6, 7, 8, 10, 12, 15):
        flown = fly(Trial(settings=quick(), error_port_m=(0.0, 0.0, 0.01 * cm)))
        # At the edge itself compliance and noise decide.
        expected = cm == round(100 * _SIDE_M) or flown.latched is (0.01 * cm < _SIDE_M)
        gentle = flown.impulse_ns <= 10.0 and flown.books.holds
        yield Claim(f"{cm} cm across the jaw", said(flown), expected and gentle)
    for cm in (5, 8, 12):
        flown = fly(Trial(settings=quick(), error_port_m=(0.0, 0.01 * cm, 0.0)))
        yield Claim(f"{cm} cm along the ring", said(flown), flown.books.holds and flown.impulse_ns <= 10.0)


def transverse() -> Iterator[Claim]:
    """What must wait at its stand-off falls behind where the thrust ends; in 17 s the arm's slack helps."""
    most = degrees(sqrt(_THRUST_N / (_SERVICER_KG * _TARGET_M)))
    for rate in (0.5, 1.0, 2.0, 3.0, 3.5, 4.0):
        flown = fly(Trial(settings=quick(), rate_deg=(0.0, rate, 0.0), wait_s=45.0, limit_s=70.0))
        needed_n = _SERVICER_KG * _TARGET_M * (rate / degrees(1.0)) ** 2
        done = f"{rate:g} deg/s across, 45 s at the stand-off: {needed_n:.1f} N, thrust ends at {most:.1f}"
        yield Claim(done, said(flown), flown.latched is (rate < most))
    flown = fly(Trial(settings=quick(), rate_deg=(0.0, 3.5, 0.0), limit_s=60.0))
    yield Claim("3.5 deg/s across, straight in", said(flown), flown.latched)


def not_following() -> Iterator[Claim]:
    """A base that stays behind: the ring leaves at 6.2 m times the rate, and the arm can follow so far."""
    for rate in (0.1, 0.5, 0.8, 1.2, 1.5):
        trial = Trial(settings=quick(), rate_deg=(0.0, rate, 0.0), follow=False, limit_s=40.0)
        flown = fly(trial)
        until_s = flown.first_s if flown.first_s == flown.first_s else 18.0
        gone_m, turned_deg = 6.2 * until_s * rate / degrees(1.0), rate * until_s
        done = (
            f"base not following {rate:g} deg/s: after {until_s:.0f} s {gone_m:.1f} m, {turned_deg:.0f} deg"
        )
        yield Claim(done, said(flown), flown.latched is (rate < 1.0) or flown.peak_n > 100.0)


def without_ring_or_fingers() -> Iterator[Claim]:
    """Neither a jaw kept open nor a latch commanded away from the ring ever closes on anything."""
    flown = fly(Trial(settings=quick(), faults=ArmFaults(finger_stuck=True)))
    yield Claim("jaw kept open", said(flown), not flown.latched)
    flown = fly(Trial(settings=quick(), error_port_m=(1.0, 0.0, 0.0)))
    yield Claim("latch commanded 1 m before the ring", said(flown), not flown.latched)


def without_friction() -> Iterator[Claim]:
    """The jaw encloses and the latch is a constraint: neither hold nor capture is by friction."""
    base = quick()
    arm = replace(base.arm, gripper=replace(base.arm.gripper, friction=0.0))
    for label, trial in (("0", Trial(settings=replace(base, arm=arm))), ("0.4", Trial(settings=base))):
        flown = fly(trial)
        found = f"{said(flown)}, contact took {-1e3 * flown.books.contact_j:.1f} mJ"
        yield Claim(f"friction {label}", found, flown.latched)


class _Watchful(Bullet):
    """Remembers how far from the ring the fingers were when a weld was made."""

    gaps_m: list[float]

    def weld(self, first: int, link: int, second: int) -> None:
        touches = self.touches(first, second)
        fingers = {touch.link for touch in touches}
        nearest = {k: min(abs(t.distance_m) for t in touches if t.link == k) for k in fingers}
        self.gaps_m.append(max(nearest.values()) if len(nearest) > 1 else float("inf"))
        super().weld(first, link, second)


def constraint_gap() -> Claim:
    """Distances of both fingers at every weld of eight nominal captures."""
    gaps_m: list[float] = []

    def watchful(contact: ContactSettings) -> Bullet:
        engine = _Watchful(Solver(step_s=contact.step_s))
        engine.gaps_m = gaps_m
        return engine

    latched = sum(fly(nominal(seed), watchful).latched for seed in (2, 5, 8, 11, 14, 17, 20, 23))
    found = f"{latched} latched, {len(gaps_m)} constraints, largest gap {1e3 * max(gaps_m):.2f} mm"
    return Claim("no constraint across more than 2 mm", found, len(gaps_m) == latched and max(gaps_m) < 2e-3)


def converging() -> Iterator[Claim]:
    """The same commands at half and a quarter of the step."""
    trials = {k: Trial(settings=quick(step_s=1e-3 / k), error_port_m=(0.0, 0.02, 0.02)) for k in (1, 2, 4)}
    first = fly(trials[1])
    finest = replayed(trials[4], first.inputs)
    for label, flown in (("dt", first), ("dt/2", replayed(trials[2], first.inputs)), ("dt/4", finest)):
        impulse = flown.impulse_ns / finest.impulse_ns - 1.0
        lasted = flown.contact_to_latch_s / finest.contact_to_latch_s - 1.0
        found = f"{said(flown)}; against dt/4: impulse {impulse:+.1%}, duration {lasted:+.1%}"
        yield Claim(label, found, abs(impulse) < 0.05 and abs(lasted) < 0.05)


def witness() -> Iterator[Claim]:
    """The same hand-over and commands in MuJoCo at a quarter of the step.

    The band: first contact to 0.4 s (1 cm of a way that is gone at 2.5 cm/s: its motors lag), contact to
    latch to 0.15 s, impulse to a quarter or 0.25 N s, rate of the stack to 5 %.
    """
    from tests.peers.mujoco_engine import MuJoCo

    for seed in range(8):
        trial = nominal(seed)
        fine = replace(trial.settings, contact=replace(trial.settings.contact, step_s=0.25e-3))
        ours = fly(trial)
        theirs = replayed(dataclasses.replace(trial, settings=fine), ours.inputs, MuJoCo)
        within = (
            theirs.latched
            and abs(theirs.first_s - ours.first_s) < 0.4
            and abs(theirs.contact_to_latch_s - ours.contact_to_latch_s) < 0.15
            and abs(theirs.impulse_ns - ours.impulse_ns) < max(0.25 * ours.impulse_ns, 0.25)
            and abs(theirs.rate_deg / ours.rate_deg - 1.0) < 0.05
        )
        found = f"Bullet {sizes(ours)}; MuJoCo {sizes(theirs)}{theirs.refusal and ': ' + theirs.refusal}"
        apart = f", first contact {theirs.first_s - ours.first_s:+.2f} s"
        yield Claim(f"witness, seed {seed}", found + apart, within)


def cheating() -> Iterator[Claim]:
    """A window that takes momentum or energy from nowhere does not pass."""
    damped = Window.open(settings(damping=0.04), handover(rate_deg=(0.4, 0.0, 0.0)))
    yield _broken("the engine's own damping of 0.04", damped)
    deaf = Window.open(settings(), handover(), lambda contact: _Deaf(Solver(step_s=contact.step_s)))
    yield _broken("tide booked, not applied", deaf)
    sound = Window.open(settings(), handover())
    claim = _broken("tide booked and applied", sound)
    yield claim._replace(holds=not claim.holds)


class _Deaf(Bullet):
    """Hears torques and no force."""

    def push(
        self, body: int, force_n: tuple[float, float, float], torque_nm: tuple[float, float, float]
    ) -> None:
        super().push(body, (0.0, 0.0, 0.0), torque_nm)


def _broken(done: str, window: Window) -> Claim:
    for still in coasting(30):
        window.take(still)
    books = window.ledger()
    window.close()
    return Claim(done, "; ".join(books.broken) or "books hold", not books.holds)


def one_digest() -> Iterator[Claim]:
    """Of every body and joint after every advance of a whole capture."""
    inputs = captured()
    first = digest(inputs, given())
    yield Claim("in this process", first, True)
    idle = Window.open(settings(), handover(rate_deg=(1.0, 0.0, 0.3)))
    again = digest(inputs, given())
    idle.close()
    yield Claim("again, another window alive", again, again == first)
    middle = digest(inputs, given(), rebuilt_at=len(inputs) - 42)
    yield Claim("rebuilt in mid-contact and flown on", middle, middle == first)
    for seed in ("0", "424242"):
        found = _elsewhere(seed)
        yield Claim(f"in a fresh process, hash seed {seed}", found, found == first)


def _elsewhere(seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(inputs="captured")],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1]


def said(flown: Flown) -> str:
    """In a line."""
    outcome = "latched" if flown.latched else f"not latched: {flown.refusal or 'never there'}"
    books = "" if flown.books.holds else f", BOOKS {'; '.join(flown.books.broken)}"
    return f"{outcome}; {sizes(flown)}{books}"


def sizes(flown: Flown) -> str:
    """Contact to latch, peak, impulse, rate."""
    lasted = f"{flown.contact_to_latch_s:.2f} s, " if flown.latched else ""
    return f"{lasted}{flown.peak_n:.0f} N, {flown.impulse_ns:.1f} N s, {flown.rate_deg:.2f} deg/s"
