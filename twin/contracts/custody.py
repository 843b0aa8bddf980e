"""Who owns a body: requested, accepted, booked on both sides."""

from typing import Literal

from twin.contracts.fields import Body, Float, Name, Quaternion, TimeNs, Vec3


class BodyState(Body, frozen=True, kw_only=True, tag="body_state"):
    """Full state of a body at an instant, as it changes hands."""

    t_ns: TimeNs
    body: Name
    r_eci_m: Vec3
    v_eci_mps: Vec3
    q_eci_from_body: Quaternion
    w_body_radps: Vec3
    mass_kg: Float
    inertia_body_kgm2: tuple[Vec3, Vec3, Vec3]


class CustodyRequest(Body, frozen=True, kw_only=True, tag="custody_request"):
    """Ask the owner of `body` to hand it over at `at_ns`."""

    body: Name
    to_owner: Name
    at_ns: TimeNs


class CustodyGrant(Body, frozen=True, kw_only=True, tag="custody_grant"):
    """The owner hands the body over: after `state.t_ns` it publishes no more motion of it."""

    state: BodyState
    from_owner: Name
    to_owner: Name


class CustodyBooked(Body, frozen=True, kw_only=True, tag="custody_booked"):
    """One side's book entry: momentum about the Earth's centre before or after the hand-over."""

    body: Name
    t_ns: TimeNs
    side: Literal["gave", "took"]
    momentum_eci_ns: Vec3
    angular_momentum_eci_nms: Vec3
