"""A law from a C library, through its ABI: one function, plain doubles in and out.

    int twin_law_step(const double seen[26], double memory[], double demand[4]);

`seen`: 0 time s, 1 period s, 2-4 r_ric m, 5-7 v_ric m/s, 8-10 place of the fitting in ric m, 11-13 capture
axis, 14-16 its rate rad/s, 17 axial m, 18 lateral m, 19 orbit rate rad/s, 20 sigma_r m, 21 sigma_v m/s,
22 most m/s2, 23 attitude error rad, 24 rate error rad/s, 25 whether the target's attitude is known (0 or 1).
`memory` begins as zeros and is kept between steps. `demand`: acceleration in ric m/s2, and whether the law
has arrived (0 or 1). What is returned must be 0; anything else fails the law, as raising does in Python.
"""

import ctypes
from functools import lru_cache
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from twin.errors import UsageError
from twin.guidance.law import Demand, Seen

SEEN, DEMAND = 26, 4
Memory = tuple[float, ...]


class CLibrary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`library` is the path of the shared object, `memory_size` how many doubles its memory has."""

    memory_type: ClassVar[Any] = Memory
    version: ClassVar[int] = 1

    library: str
    function: str = "twin_law_step"
    memory_size: Annotated[int, Meta(ge=0, le=4096)] = 0

    def start(self, seen: Seen) -> Memory:
        return (0.0,) * self.memory_size

    def step(self, memory: Memory, seen: Seen) -> tuple[Memory, Demand]:
        kept = (ctypes.c_double * max(self.memory_size, 1))(*memory)
        wanted = (ctypes.c_double * DEMAND)()
        status = _function(self.library, self.function)(_plain(seen), kept, wanted)
        if status != 0:
            raise UsageError(f"{self.function} of {self.library} returned {status}")
        x, y, z, arrived = wanted
        demand = Demand(acceleration_ric_mps2=(x, y, z), arrived=arrived != 0.0)
        return tuple(kept[: self.memory_size]), demand


def _plain(seen: Seen) -> "ctypes.Array[ctypes.c_double]":
    return (ctypes.c_double * SEEN)(
        seen.t_ns * 1e-9,
        seen.period_s,
        *seen.r_ric_m,
        *seen.v_ric_mps,
        *seen.port_ric_m,
        *seen.port_axis_ric,
        *seen.port_rate_ric_radps,
        seen.port_axial_m,
        seen.port_lateral_m,
        seen.orbit_rate_radps,
        seen.sigma_r_m,
        seen.sigma_v_mps,
        seen.most_mps2,
        seen.attitude_error_rad,
        seen.rate_error_radps,
        float(seen.pose_known),
    )


@lru_cache(maxsize=16)
def _function(library: str, name: str) -> Any:
    """Raises UsageError when the library or the function is not there."""
    try:
        function = getattr(ctypes.CDLL(library), name)
    except (OSError, AttributeError) as error:
        raise UsageError(f"no function {name} in {library}: {error}") from None
    function.restype = ctypes.c_int
    return function
