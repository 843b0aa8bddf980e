"""What the models of motion, frames and events are worth; the forces are in a file of their own."""

from twin.accuracy.model import Model

MODELS = (
    Model(
        key="kepler",
        title="Two-body motion and impulses between orbits",
        pedigree="mu of EGM2008 (IERS Conventions 2010, table 1.1): 398600.4418 km3/s2 +- 0.0008.",
        domain="Any elliptic orbit; Lambert arcs below one revolution that are not straight lines.",
        uncertainty="Rounding only: relative 1e-12. What a real orbit does besides is in the force models.",
    ),
    Model(
        key="elements",
        title="Element sets (TLE, OMM) by SGP4",
        pedigree="Published sets; sgp4 (the reference implementation of AIAA 2006-6753), WGS-72 constants.",
        domain="Within 30 days of the set's epoch; perigee above 100 km.",
        uncertainty="1 km at the epoch, growing 1 to 3 km a day in low orbit (AIAA 2006-6753, section 6).",
    ),
    Model(
        key="relative",
        title="Relative motion: Clohessy-Wiltshire, Yamanaka-Ankersen, drift with covariance",
        pedigree="Derived from the two-body problem; no inputs but the target's orbit.",
        domain="Separation small against the orbit's radius: second-order error 3 d^2 / (2 r) per radian of "
        "orbit, 2 m at 3 km; Clohessy-Wiltshire for e < 1e-3, Yamanaka-Ankersen for any e < 1.",
        uncertainty="J2 bends the difference of two neighbours by about 3 J2 (n t)^2 of their distance.",
    ),
    Model(
        key="frames",
        title="Epochs and frames",
        pedigree="IAU 2006/2000A and leap seconds of SOFA (pyerfa); UT1 and polar motion of IERS finals2000A "
        "of 2026-09-17, daily, shipped with heyoka.",
        domain="1973 to 2026-11; before it UT1 = UTC, after it the last row is held, and a warning says so.",
        uncertainty="UT1 0.1 ms: 5 cm on the equator; poles to 1 cm, their dX, dY of 0.3 mas left out.",
    ),
    Model(
        key="events",
        title="Events as roots: shadow, stations, lighting, zones, node, perigee",
        pedigree="Geometry of the published motion; Earth a sphere for the shadow, WGS-84 for stations.",
        domain="Bodies whose motion is published; no refraction, terrain by a mask only.",
        uncertainty="1 ms in time, whatever the step, on the motion given; the shadow of the flattened Earth "
        "would differ by up to 3 s of entry near the poles.",
    ),
    Model(
        key="radio",
        title="Geometry and link of a pass",
        pedigree="Free-space loss (ITU-R P.525); station coordinates as published.",
        domain="Elevation above 5 deg; line of sight.",
        uncertainty="Refraction and rain, some tenths of a decibel at S band, are left out.",
    ),
)
