"""Where the body shall point in a phase, and how it shall turn."""

import numpy as np

from twin.contracts.fields import Quaternion
from twin.dynamics.rotation import conj, from_matrix, mul
from twin.dynamics.settings import Port
from twin.gnc.knowledge import Knowledge
from twin.gnc.pointing import Pointing, along, at_port, at_target, kept, with_ric
from twin.guidance import vectors as vec
from twin.guidance.phases import Phase


def attitude_ric(known: Knowledge) -> Quaternion:
    """q_ric_from_body as it is now."""
    w, x, y, z = mul(from_matrix(np.array(known.axes)), known.own.q_eci_from_body)
    return (w, x, y, z)


def pointing_of(row: Phase, known: Knowledge, port: Port, q_ric_from_body: Quaternion | None) -> Pointing:
    """The attitude reference that the row names; `q_ric_from_body` is what a `ric` phase keeps."""
    own = known.own
    w_ric = vec.scale(known.orbit_rate_radps, known.axes[2])
    if row.point in ("rate", "free"):
        return with_ric(own.q_eci_from_body, w_ric)
    if row.point == "ric" and q_ric_from_body is not None:
        q_eci_from_ric = conj(from_matrix(np.array(known.axes)))
        return kept(own.q_eci_from_body, mul(q_eci_from_ric, q_ric_from_body), w_ric)
    if row.point == "retrograde":
        v = known.target_orbit.v_eci_mps
        return along(own.q_eci_from_body, vec.scale(-1.0 / vec.norm(v), v), w_ric)
    if row.point == "port" and known.pose_known:
        return at_port(
            own.q_eci_from_body, known.q_eci_from_target, known.w_target_radps, port.q_port_from_body
        )
    return at_target(own.q_eci_from_body, known.r_eci_m, known.v_eci_mps)
