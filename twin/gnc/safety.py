"""Safety monitors on the estimate, by the zone of the phase. One that trips aborts the phase.

Each judges the estimate with some sigmas of its uncertainty on the unsafe side.
"""

from collections.abc import Iterator
from math import degrees, radians, tan
from typing import Literal

from twin.contracts.navigation import SafetyVerdict
from twin.gnc.knowledge import Knowledge
from twin.gnc.settings import Safety
from twin.guidance import vectors as vec
from twin.guidance.law import DriftCheck
from twin.guidance.trial import LawFailure

Zone = Literal["outside", "far", "corridor", "free"]


def tripped(
    settings: Safety, zone: Zone, known: Knowledge, link_s: float | None = None
) -> SafetyVerdict | None:
    """The first monitor of the zone whose limit is passed, or None. `link_s`: the phase's limit on the time
    without contact with the ground."""
    if zone == "free":
        return None
    rows = _ROWS[zone](settings, known)
    for monitor, value, limit, above, text in (*rows, *_link(known, link_s)):
        if value > limit if above else value < limit:
            return SafetyVerdict(
                t_ns=known.t_ns, monitor=monitor, level="abort", value=value, limit=limit, text=text
            )
    return None


Row = tuple[str, float, float, bool, str]
"""Monitor, value, limit, whether above the limit is unsafe, text."""


def _outside(settings: Safety, known: Knowledge) -> Iterator[Row]:
    yield from _clear(settings, known, settings.blind_s)
    yield _closing(settings, known)


def _far(settings: Safety, known: Knowledge) -> Iterator[Row]:
    """Orbits that pass each other by kilometres a minute: nothing is asked of the closing speed."""
    yield from _clear(settings, known, settings.far_blind_s)


def _clear(settings: Safety, known: Knowledge, blind_s: float) -> Iterator[Row]:
    nearest_m = vec.norm(known.r_ric_m) - settings.sigmas * known.sigma_r_m
    yield "keep_out", nearest_m, settings.keep_out_radius_m, False, "distance from the target, m"
    yield "blind", known.sight_age_s, blind_s, True, "since the target was last seen, s"
    if settings.attitude_deg is not None:
        yield "attitude", degrees(known.off_target_rad), settings.attitude_deg, True, "off the target, deg"
    yield from _sound(settings, known)


def _sound(settings: Safety, known: Knowledge) -> Iterator[Row]:
    if settings.innovation_factor is not None:
        factor = known.noise_factor
        yield "innovation", factor, settings.innovation_factor, True, "measured over stated variance"
    if settings.dead_thrusters is not None:
        given_up = float(len(known.dead_thrusters))
        yield "thrusters", given_up, float(settings.dead_thrusters), True, "thrusters given up"


def _link(known: Knowledge, link_s: float | None) -> Iterator[Row]:
    if link_s is not None:
        yield "link", known.contact_age_s, link_s, True, "since the last contact with the ground, s"


def _corridor(settings: Safety, known: Knowledge) -> Iterator[Row]:
    port = known.port
    if vec.norm(known.r_ric_m) - settings.sigmas * known.sigma_r_m < settings.keep_out_radius_m:
        farthest_m = port.lateral_m + settings.sigmas * port.sigma_lateral_m
        yield (
            "corridor",
            farthest_m,
            room_m(settings, port.axial_m),
            True,
            "distance from the capture axis, m",
        )
        yield (
            "pointing",
            degrees(known.boresight_error_rad),
            settings.corridor_attitude_deg,
            True,
            "boresight from the capture axis, deg",
        )
    yield "axis", float(known.pose_known), 1.0, False, "whether the capture axis is known"
    yield "sight", known.pose_age_s, settings.corridor_blind_s, True, "since the last good pose, s"
    yield from _sound(settings, known)
    yield _closing(settings, known)


_ROWS = {"outside": _outside, "far": _far, "corridor": _corridor}


def room_m(settings: Safety, axial_m: float) -> float:
    """How far from the capture axis the cone reaches, `axial_m` out from the fitting."""
    return max(0.0, axial_m + settings.corridor_apex_slack_m) * tan(radians(settings.corridor_half_angle_deg))


def _closing(settings: Safety, known: Knowledge) -> Row:
    closing_mps = -vec.dot(known.r_ric_m, known.v_ric_mps) / max(vec.norm(known.r_ric_m), 1e-3)
    return "closing", closing_mps, settings.maximum_closing_mps, True, "closing speed, m/s"


def drift_verdict(check: DriftCheck, t_ns: int) -> SafetyVerdict:
    """The outcome of a retreat, as checked: `abort` level when even the best drift comes too near."""
    return SafetyVerdict(
        t_ns=t_ns,
        monitor="drift",
        level="watch" if check.least_range_m >= check.limit_m else "abort",
        value=check.least_range_m,
        limit=check.limit_m,
        text=check.text,
    )


def thruster_verdicts(known: Knowledge) -> Iterator[SafetyVerdict]:
    """Thrusters that were given up with this reading."""
    found = [f"{name} does not push: it is used no more" for name in known.given_up]
    if known.opened:
        found.append(f"{known.opened} pushes while it should be shut: it is cut off from the tank")
    for text in found:
        yield SafetyVerdict(
            t_ns=known.t_ns,
            monitor="thruster",
            level="watch",
            value=float(len(known.dead_thrusters)),
            limit=0.0,
            text=text,
        )


def failure_verdict(failure: LawFailure, law: str, phase: str, t_ns: int) -> SafetyVerdict:
    """A law failed and is not obeyed."""
    return SafetyVerdict(
        t_ns=t_ns,
        monitor="law",
        level="abort",
        value=failure.value,
        limit=failure.limit,
        text=f"law {law} of phase {phase} failed: {failure.text}",
    )


def refusal_verdict(reason: str, law: str, t_ns: int) -> SafetyVerdict:
    """A law that works calls the approach off."""
    return SafetyVerdict(
        t_ns=t_ns, monitor="law", level="abort", value=1.0, limit=0.0, text=f"law {law}: {reason}"
    )
