"""What air, sunlight and field take hold of, and what swings: of the servicer, and of the stack it is in."""

from dataclasses import replace
from math import pi

import numpy as np

from twin.contracts.fields import Quaternion
from twin.dynamics.outside import Outside
from twin.dynamics.rotation import matrix
from twin.dynamics.settings import Matrix3, TargetBody
from twin.dynamics.swinging import Swinging
from twin.vehicle.settings import Vehicle
from twin.vehicle.stack import Stack, rows, turned_inertia


def outside_of(vehicle: Vehicle) -> Outside:
    """The servicer's."""
    return Outside.of(vehicle.drag_area_m2, vehicle.drag_coefficient, vehicle.reflectivity, hull=vehicle.hull)


def outside_of_stack(vehicle: Vehicle, target: TargetBody, stack: Stack) -> Outside:
    """Both bodies' areas added, the same from every side and with no lever: hulls are not read here.

    Neither body shades the other, so the force is the most it can be. Coefficients are means by area; the
    magnetic tensor is the target's, in servicer body axes.
    """
    area_m2 = vehicle.drag_area_m2 + target.drag_area_m2
    drag_m2 = vehicle.drag_area_m2 * vehicle.drag_coefficient + target.drag_area_m2 * target.drag_coefficient
    lit_m2 = vehicle.drag_area_m2 * vehicle.reflectivity + target.drag_area_m2 * target.reflectivity
    share = 1.0 / area_m2 if area_m2 > 0.0 else 0.0
    return Outside(
        drag_m2=drag_m2,
        area_m2=(area_m2, 0.0, 0.0),
        drag_coefficient=drag_m2 * share,
        reflectivity=lit_m2 * share,
        magnetic_sm4=_turned(target.magnetic_sm4, stack.q_servicer_from_target),
    )


def _turned(tensor_target: Matrix3 | None, q_servicer_from_target: Quaternion) -> Matrix3 | None:
    if tensor_target is None:
        return None
    return rows(turned_inertia(np.array(tensor_target), matrix(q_servicer_from_target)))


def swinging_of(vehicle: Vehicle) -> Swinging | None:
    """Panel and slosh, if the vehicle has either."""
    panel, slosh = vehicle.panel, vehicle.slosh
    if panel is None and slosh is None:
        return None
    swinging = Swinging()
    if panel is not None:
        swinging = replace(
            swinging,
            coupling_body=panel.coupling_kg05m,
            panel_rate_radps=2.0 * pi * panel.frequency_hz,
            panel_damping=panel.damping,
        )
    if slosh is not None:
        swinging = replace(
            swinging,
            slosh_kg=slosh.mass_kg,
            slosh_place_body_m=slosh.r_body_m,
            slosh_rate_radps=2.0 * pi * slosh.frequency_hz,
            slosh_damping=slosh.damping,
        )
    return swinging


def swinging_of_stack(vehicle: Vehicle, stack: Stack) -> Swinging | None:
    """The servicer's, its slosh counted from the common centre of mass.

    The panel's mode is antisymmetric (`twin.dynamics.flexible`): its coupling is the same about every point.
    """
    swinging = swinging_of(vehicle)
    if swinging is None:
        return None
    (x, y, z), (a, b, c) = stack.servicer_r_m, swinging.slosh_place_body_m
    return replace(swinging, slosh_place_body_m=(x + a, y + b, z + c))
