"""Where a body is, how it is turned, and how both change, at one instant."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class KinematicState(NamedTuple):
    """Arrays of shape (3,) and (4,); or (n, 3) and (n, 4) for n instants at once. q has w >= 0."""

    r_eci_m: Array
    v_eci_mps: Array
    q_eci_from_body: Array
    w_body_radps: Array
