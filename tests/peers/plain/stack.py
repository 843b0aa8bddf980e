"""Both bodies as one, from the latch on."""

import numpy as np
from turns import matrix


def stack_of(mission, our_mass_kg, grip):
    """Inertia of servicer and target as one body, and its centre of mass, in servicer axes."""
    vehicle, target = mission["servicer"], mission["target"]
    place, q = grip
    theirs_kg = target["mass_kg"]
    centre = theirs_kg / (our_mass_kg + theirs_kg) * place
    turned = matrix(q) @ np.array(target["inertia_body_kgm2"]) @ matrix(q).T
    whole = np.array(vehicle["inertia_body_kgm2"]) + turned
    for mass_kg, r in ((our_mass_kg, -centre), (theirs_kg, place - centre)):
        whole = whole + mass_kg * (r @ r * np.eye(3) - np.outer(r, r))
    return whole, centre
