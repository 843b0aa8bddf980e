"""SGP4 against the verification output of its authors: all 33 satellites of SGP4-VER."""

from collections.abc import Iterator
from math import ulp

import numpy as np
from numpy.typing import NDArray

from twin.accuracy.case import Case, Group, Reference
from twin.dynamics.elements import sgp4_teme, state_teme
from twin.dynamics.settings import ElementSet

_ROUNDINGS = 4
"""Sums in SGP4 over which a time of some 1e6 minutes, in one float, is rounded: n t, drag, node, perigee."""
_STEEPEST_MPS2 = 10.0
_SOURCE = "Vallado et al., AIAA 2006-6753, tcppver.out"
STAGE = ElementSet(
    line1="1 33500U 09002J   22022.77455775  .00000822  00000-0  94629-4 0  9993",
    line2="2 33500  98.1125 317.7135 0050039  40.1320 320.3574 14.87784295704452",
)


ENVISAT = ElementSet(
    line1="1 27386U 02009A   22022.83085528  .00000076  00000-0  38710-4 0  9990",
    line2="2 27386  98.1686  10.8933 0001198  86.7426 335.5425 14.38070423 42603",
)


def element_sets(text: str) -> list[ElementSet]:
    """The sets of a file, comments left out; columns beyond 69 hold the times of the test."""
    lines = [line[:69] for line in text.splitlines() if line[:2] in ("1 ", "2 ")]
    return [ElementSet(line1=a, line2=b) for a, b in zip(lines[::2], lines[1::2], strict=True)]


def expected_rows(text: str) -> list[NDArray[np.float64]]:
    """Of each satellite, in order, the rows (n, 7): minutes, position in km, velocity in km/s."""
    rows: list[list[list[float]]] = []
    for line in text.splitlines():
        if line.endswith("xx"):
            rows.append([])
        elif line.strip():
            rows[-1].append([float(word) for word in line.split()[:7]])
    return [np.array(each) for each in rows]


def verification(reference: Reference) -> Iterator[Case]:
    """V03: the worst row of each satellite."""
    sets = element_sets(reference("sgp4/SGP4-VER.TLE"))
    for elements, rows in zip(sets, expected_rows(reference("sgp4/tcppver.out")), strict=True):
        codes, *ours = sgp4_teme(elements, rows[:, 0])
        number = int(elements.line1[2:7])
        if codes.any():
            yield _refusal(number, int(codes[0]))
            continue
        apart = np.abs(np.hstack(ours) - 1e3 * rows[:, 1:])
        speed_mps = float(np.sqrt((ours[1] ** 2).sum(axis=1)).max())
        late_s = _ROUNDINGS * 60.0 * ulp(float(np.abs(rows[:, 0]).max()))
        for what, block, unit, tolerance in (
            ("position", apart[:, :3], "m", 5e-6 + speed_mps * late_s),
            ("velocity", apart[:, 3:], "m/s", 5e-7 + _STEEPEST_MPS2 * late_s),
        ):
            yield Case(
                name=f"V03 SGP4 of {number:05d}, {len(rows)} times, worst {what} component",
                model="elements",
                source=_SOURCE,
                ours=float(block.max()),
                reference=0.0,
                unit=unit,
                tolerance=tolerance,
                because="half a unit of the last decimal, four rounding units of the minutes at this speed",
            )


def _refusal(number: int, code: int) -> Case:
    """One set of the file is there to be refused: its row is a leftover of the satellite before it."""
    return Case(
        name=f"V03 SGP4 of {number:05d}, error code",
        model="elements",
        source=_SOURCE + ", note on satellite 33334",
        ours=float(code),
        reference=3.0,
        unit="1",
        tolerance=0.0,
        because="a code is equal or it is not",
    )


def stage(_: Reference) -> Iterator[Case]:
    """V33."""
    ours = np.hstack(state_teme(STAGE, 0.0))
    published = (5148.33087, -4682.40321, -0.00259, -0.74361284, -0.76947292, 7.50861071)
    names = ("x", "y", "z", "x speed", "y speed", "z speed")
    for name, got, value in zip(names, ours.tolist(), published, strict=True):
        speed = "speed" in name
        yield Case(
            name=f"V33 SGP4 of 33500 at its epoch, {name}",
            model="elements",
            source="sgp4 2.x, reference file",
            ours=got,
            reference=1e3 * value,
            unit="m/s" if speed else "m",
            tolerance=5e-6 if speed else 5e-3,
            because="half a unit of the last digit given",
        )


GROUPS = (Group("SGP4-VER", verification), Group("element set 33500", stage))
