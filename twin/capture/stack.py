"""What leaves the window: the latched pair as one rigid body, or two bodies again."""

import numpy as np

from twin.capture.bodies import Part, inertia_about, rows_of
from twin.capture.interface import BodyAtHandOver, HandOver, Nine, Sample, StackState, TwoBodies
from twin.capture.ledger import Totals
from twin.capture.nature import Orbit
from twin.capture.turning import Matrix3, back, product
from twin.capture.world import Scene, World
from twin.contracts.fields import Vec3
from twin.dynamics.moments import inverse_of_symmetric
from twin.dynamics.rotation import canonical, conj, mul, rotate
from twin.dynamics.state import KinematicState
from twin.guidance.vectors import add, norm, scale, sub


def stacked(world: World, orbit: Orbit, scene: Scene, totals: Totals, wheel_nms: Vec3) -> StackState:
    """Mass, centre and inertia of both in the servicer's axes; the motion keeps both momenta."""
    bus, target = scene.bus, scene.target
    origin_m = world.origin_m(bus)
    target_m = back(bus.q, sub(target.r_m, origin_m))
    q_body_from_target = mul(conj(bus.q), target.q)
    debris = Part(
        world.target_kg, target_m, mul(q_body_from_target, world.q_target_principal), world.inertias[-1]
    )
    mass_kg = world.servicer_kg + world.target_kg
    servicer_m = back(bus.q, sub(scene.com_m, origin_m))
    centre_m = scale(
        1.0 / mass_kg, add(scale(world.servicer_kg, servicer_m), scale(world.target_kg, target_m))
    )
    inertia = inertia_about((*world.parts(scene), debris), centre_m)
    inverse = rows_of(inverse_of_symmetric(np.array(inertia)))
    w_radps = product(inverse, sub(back(bus.q, totals.h_nms), wheel_nms))
    r_m = add(origin_m, rotate(bus.q, centre_m))
    v_mps = scale(1.0 / mass_kg, totals.p_ns)
    state = orbit.to_eci(scene.t_ns, r_m, v_mps, bus.q, rotate(bus.q, w_radps))
    return StackState(
        t_ns=scene.t_ns,
        body=handed_over(state, mass_kg, inertia),
        wheel_momentum_body_nms=wheel_nms,
        servicer_body_m=sub(servicer_m, centre_m),
        target_body_m=sub(target_m, centre_m),
        q_body_from_target=canonical(q_body_from_target),
        rate_step_radps=norm(sub(back(bus.q, bus.w_radps), w_radps)),
        servicer_inertia_body_kgm2=world.servicer_inertia(scene)[0],
        joints=_joints(scene),
    )


def two_bodies(world: World, scene: Scene, sample: Sample, handover: HandOver, wheel_nms: Vec3) -> TwoBodies:
    """Each rigid as it is now; the servicer with the inertia of its arm where that is."""
    given = handover.target
    inertia, _ = world.servicer_inertia(scene)
    return TwoBodies(
        t_ns=sample.t_ns,
        servicer=handed_over(sample.servicer, handover.servicer.mass_kg, inertia),
        target=handed_over(sample.target, given.mass_kg, given.inertia_body_kgm2),
        wheel_momentum_body_nms=wheel_nms,
        joints=_joints(scene),
    )


def _joints(scene: Scene) -> Nine:
    a, b, c, d, e, f, g, outer, inner = (joint.position for joint in scene.joints)
    return (a, b, c, d, e, f, g, outer, inner)


def handed_over(state: KinematicState, mass_kg: float, inertia: Matrix3) -> BodyAtHandOver:
    """A state of arrays as a message's value."""
    x, y, z = state.r_eci_m.tolist()
    u, v, w = state.v_eci_mps.tolist()
    a, b, c, d = state.q_eci_from_body.tolist()
    p, q, r = state.w_body_radps.tolist()
    return BodyAtHandOver(
        r_eci_m=(x, y, z),
        v_eci_mps=(u, v, w),
        q_eci_from_body=(a, b, c, d),
        w_body_radps=(p, q, r),
        mass_kg=mass_kg,
        inertia_body_kgm2=inertia,
    )
