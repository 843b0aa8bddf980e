"""Where the target's orbit comes from: an element set, a state, or a message that holds one of them.

In a mission file, `target` may be a table with `omm = "FILE"` or `oem = "FILE"` in place of the elements
or the state of the body it names: the file is looked for beside the mission file and in `orbits/`.
"""

from math import sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import EARTH_RADIUS_M
from twin.dynamics.elements import checked, state_eci
from twin.dynamics.epochs import Epoch
from twin.dynamics.kepler import perigee_and_eccentricity
from twin.dynamics.settings import ElementSet, OrbitState, TargetBody
from twin.errors import MissionError, NdmError
from twin.mission.shared import Include
from twin.mission.strict import Table, at
from twin.ndm.ephemeris import state_at
from twin.ndm.oem import Ephemeris, read_oem
from twin.ndm.omm import element_set, read_omm

Array = NDArray[np.float64]

LOWEST_M = 100e3
"""Below this altitude a body comes down within the orbit."""
_MESSAGES = ("omm", "oem")


class Source(msgspec.Struct, frozen=True):
    """Of the target's orbit, what the mission file says besides the body: a message's kind, name and text."""

    kind: str = ""
    name: str = ""
    text: str = ""


def taken_out(table: Table, place: str, include: Include) -> tuple[Table, Source]:
    """The mission's table without the message its target names, and that message.

    MissionError when two are named or the file is not there.
    """
    target = table.get("target")
    if not isinstance(target, dict):
        return table, Source()
    named = [key for key in (*_MESSAGES, "elements", "state") if key in target]
    if len(named) > 1:
        raise MissionError(f"one orbit only: {' and '.join(named)} are given", place=at(place, "target"))
    kind = next((key for key in _MESSAGES if key in target), "")
    if not kind:
        # An orbit of the mission's own goes before that of the body it is like.
        return table, Source(kind=named[0] if named else "")
    name = target[kind]
    if not isinstance(name, str):
        raise MissionError(
            f"expected the name of a file, found {name!r:.60}", place=at(place, f"target.{kind}")
        )
    try:
        text = include("orbits", name)
    except MissionError as error:
        raise MissionError(str(error), place=at(place, f"target.{kind}")) from None
    rest = {key: value for key, value in target.items() if key != kind}
    return {**table, "target": rest}, Source(kind, name, text)


def with_elements(target: TargetBody, source: Source, place: str) -> TargetBody:
    """The target with the element set it is to have, if that is what its orbit comes from."""
    if source.kind == "omm":
        try:
            elements = element_set(read_omm(source.text))
        except NdmError as error:
            raise MissionError(f"{source.name}: {error}", place=at(place, "target.omm")) from None
        return msgspec.structs.replace(target, elements=elements, state=None)
    if source.kind in ("oem", "state"):
        return msgspec.structs.replace(target, elements=None)
    if source.kind == "elements":
        target = msgspec.structs.replace(target, state=None)
    if (target.elements is None) == (target.state is None):
        reason = "no orbit" if target.elements is None else "two orbits"
        raise MissionError(f"{reason}: one of elements, state, omm, oem is needed", place=at(place, "target"))
    if target.elements is not None:
        _check_elements(target.elements, place)
    return target


def _check_elements(elements: ElementSet, place: str) -> None:
    """Before the epoch is counted from it: the element set is one."""
    try:
        checked(elements)
    except MissionError as error:
        raise MissionError(str(error), place=place) from None


def with_state(target: TargetBody, source: Source, epoch_utc: str, place: str) -> TargetBody:
    """The target with its state at the epoch, if that is what its orbit comes from."""
    if source.kind != "oem":
        return target
    try:
        segments = read_oem(source.text)
        r_m, v_mps = state_at(segments, Epoch(epoch_utc))
    except NdmError as error:
        raise MissionError(f"{source.name}: {error}", place=at(place, "target.oem")) from None
    state = OrbitState(r_eci_m=_three(r_m), v_eci_mps=_three(v_mps), source=_source(source.name, segments))
    return msgspec.structs.replace(target, state=state, elements=None)


def _three(v: Array) -> tuple[float, float, float]:
    x, y, z = v.tolist()
    return x, y, z


def _source(name: str, segments: tuple[Ephemeris, ...]) -> str:
    return f"{name}: {segments[0].object_name} ({segments[0].object_id})"


def orbit_at(target: TargetBody, epoch: Epoch) -> tuple[Array, Array]:
    """Position (m) and velocity (m/s), (3,) each, in `eci` at the mission epoch."""
    if target.state is not None:
        return np.array(target.state.r_eci_m), np.array(target.state.v_eci_mps)
    if target.elements is None:
        raise MissionError("no orbit: one of elements, state, omm, oem is needed", place="target")
    return state_eci(target.elements, epoch)


def refuse_unflyable(r_eci_m: Array, v_eci_mps: Array, place: str) -> None:
    """MissionError for a state inside the Earth, on an open orbit, or on one that comes down."""
    radius_m = sqrt(float((r_eci_m * r_eci_m).sum()))
    if radius_m < EARTH_RADIUS_M:
        raise MissionError(
            f"the target starts {1e-3 * (EARTH_RADIUS_M - radius_m):.0f} km below the surface", place=place
        )
    perigee_m, eccentricity = perigee_and_eccentricity(r_eci_m, v_eci_mps)
    if eccentricity >= 1.0:
        raise MissionError(
            f"the target's orbit is open (eccentricity {eccentricity:.3f}): only closed orbits are flown",
            place=place,
        )
    altitude_m = perigee_m - EARTH_RADIUS_M
    if altitude_m < LOWEST_M:
        where = "below the surface" if altitude_m < 0.0 else "in the air"
        raise MissionError(
            f"the target re-enters: its perigee is {where}, at {1e-3 * altitude_m:.0f} km altitude; "
            f"an orbit stays above {1e-3 * LOWEST_M:.0f} km",
            place=place,
        )
