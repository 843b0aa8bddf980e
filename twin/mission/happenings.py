"""What happened to the bodies of a mission, found as roots of their motion: a list in order of time."""

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from twin.contracts.fields import Name, Text, TimeNs
from twin.dynamics import signals
from twin.dynamics.constants import NS_PER_S
from twin.dynamics.environment import eclipses
from twin.dynamics.epochs import Epoch
from twin.dynamics.frames import pole_eci
from twin.dynamics.roots import Signal, crossings
from twin.dynamics.segments import Track
from twin.ground.visibility import Sky, site_of
from twin.mission.geometry import port_axis_body
from twin.mission.script import Mission

ORBIT_STEP_NS = 60 * NS_PER_S
"""First look at what an orbit brings: an extremum between two looks is found as well."""
CLOSE_STEP_NS = NS_PER_S
"""First look at what two bodies near each other do, of which one may thrust and both turn."""
GRAZING_DEG = 10.0
"""A face seen more obliquely than this is not counted as seen."""


class Happening(Struct, frozen=True, kw_only=True):
    """At `t_ns`, to a millisecond, `text` befell `body`."""

    t_ns: TimeNs
    kind: Name
    body: Name
    text: Text


def happenings(
    mission: Mission, tracks: Mapping[str, Track], from_ns: int, to_ns: int
) -> tuple[Happening, ...]:
    """Everything in (from_ns, to_ns] that can be told from the tracks there are, in order of time."""
    epoch = Epoch(mission.epoch_utc)
    span = (from_ns, to_ns)
    found: list[Happening] = []
    for body, track in tracks.items():
        found += _orbit(epoch, body, track, span)
    if "servicer" in tracks:
        found += _passes(mission, epoch, tracks["servicer"], span)
    if "servicer" in tracks and "target" in tracks:
        found += _proximity(mission, epoch, tracks["target"], tracks["servicer"], span)
    return tuple(sorted(found, key=lambda each: (each.t_ns, each.kind, each.body)))


def _orbit(epoch: Epoch, body: str, track: Track, span: tuple[int, int]) -> Iterator[Happening]:
    for each in eclipses(epoch, track, body, *span):
        text = f"{'enters' if each.entering else 'leaves'} the {each.boundary}"
        yield Happening(t_ns=each.t_ns, kind="eclipse", body=body, text=text)
    node = signals.node(track, pole_eci(epoch))
    nodes, apsides = ("ascending node", "descending node"), ("perigee", "apogee")
    yield from _named(node, span, kind="node", body=body, step_ns=ORBIT_STEP_NS, texts=nodes)
    apsis = signals.apsis(track)
    yield from _named(apsis, span, kind="apsis", body=body, step_ns=ORBIT_STEP_NS, texts=apsides)


def _passes(mission: Mission, epoch: Epoch, track: Track, span: tuple[int, int]) -> Iterator[Happening]:
    sky = Sky(epoch, track, span[0])
    for station in mission.stations:
        for each in sky.passes(site_of(station)):
            for t_ns, verb in ((each.rise_ns, "rises at"), (each.set_ns, "sets at")):
                # What was up at the start, or still is at the end, neither rose nor set then.
                if span[0] < t_ns < min(span[1], track.end_ns):
                    yield Happening(t_ns=t_ns, kind="pass", body="servicer", text=f"{verb} {station.name}")


def _proximity(
    mission: Mission, epoch: Epoch, target: Track, servicer: Track, span: tuple[int, int]
) -> Iterator[Happening]:
    safety, port = mission.guidance.safety, mission.target.port
    apex, axis = np.array(port.r_body_m), port_axis_body(mission)
    zone = signals.zone(target, servicer, safety.keep_out_radius_m)
    corridor = signals.corridor(target, servicer, apex, axis, safety.corridor_half_angle_deg)
    face = signals.lit_face(
        epoch, target, servicer, place_body_m=apex, normal_body=axis, grazing_deg=GRAZING_DEG
    )
    for kind, signal, texts in (
        ("keep-out", zone, ("enters the keep-out sphere", "leaves the keep-out sphere")),
        ("corridor", corridor, ("enters the corridor's cone", "leaves the corridor's cone")),
        ("lighting", face, ("sees the fitting lit", "sees the fitting lit no more")),
    ):
        yield from _named(signal, span, kind=kind, body="servicer", step_ns=CLOSE_STEP_NS, texts=texts)


def _named(
    signal: Signal, span: tuple[int, int], *, kind: str, body: str, step_ns: int, texts: tuple[str, str]
) -> Iterator[Happening]:
    for t_ns, rising in crossings(signal, *span, step_ns):
        yield Happening(t_ns=t_ns, kind=kind, body=body, text=texts[0] if rising else texts[1])
