"""Constants of the Earth and the Sun, with their sources."""

MU_M3PS2 = 3.986004418e14  # EGM2008, NGA; IERS Conventions (2010), table 1.1
EARTH_RADIUS_M = 6_378_137.0  # WGS-84 equatorial
J2 = 1.08262668e-3  # EGM96/EGM2008 zonal, tide free
EARTH_ROTATION_RADPS = 7.292115e-5  # IERS Conventions (2010), table 1.2
FLATTENING = 1.0 / 298.257223563  # WGS-84
SUN_RADIUS_M = 6.957e8  # IAU 2015 resolution B3, nominal solar radius
ASTRONOMICAL_UNIT_M = 149_597_870_700.0  # IAU 2012 resolution B2
NS_PER_S = 1_000_000_000
EARTH_TURN_RADPS = 7.292115146706979e-5  # of the Earth rotation angle: IERS Conventions (2010), eq. 5.15
MU_SUN_M3PS2 = 1.32712440041e20  # DE421; IERS Conventions (2010), table 1.1 (TDB-compatible)
MU_MOON_M3PS2 = 4.902800e12  # MU_M3PS2 x 0.0123000371 of IERS Conventions (2010), table 1.1
SOLAR_PRESSURE_PA = 4.5398e-6  # 1361 W/m2 (IAU 2015 B3, nominal total solar irradiance) / c
