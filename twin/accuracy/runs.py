"""Trajectories of other programs, read from their tables."""

from csv import DictReader
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.dynamics.constants import NS_PER_S

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """A trajectory of another program: times (n,) in ns, positions and velocities (n, 3), SI, GCRF."""

    t_ns: NDArray[np.int64]
    r_m: Array
    v_mps: Array


def gmat_run(text: str) -> Run:
    """A table with `ElapsedSecs` and kilometres."""
    rows = list(DictReader(text.splitlines()))
    names = [f"YAM.EarthICRF.{axis}" for axis in ("X", "Y", "Z", "VX", "VY", "VZ")]
    table = 1e3 * np.array([[float(row[name]) for name in names] for row in rows])
    seconds = [float(row["YAM.ElapsedSecs"]) for row in rows]
    return Run(np.array([round(s * NS_PER_S) for s in seconds]), table[:, :3], table[:, 3:])


def orekit_run(text: str, step_s: float = 30.0) -> Run:
    """A table of metres with one row every `step_s`."""
    rows = list(DictReader(text.splitlines()))
    names = [f"{what}_{axis}" for what in ("POS", "VEL") for axis in "XYZ"]
    table = np.array([[float(row[name]) for name in names] for row in rows])
    return Run(np.arange(len(rows)) * round(step_s * NS_PER_S), table[:, :3], table[:, 3:])


def largest_m(one: Array, other: Array) -> float:
    """Largest distance between places (n, 3) and (n, 3)."""
    return float(np.sqrt(((one - other) ** 2).sum(axis=1)).max())
