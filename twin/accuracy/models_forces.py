"""What the models of force and rotation are worth."""

from twin.accuracy.model import Model

MODELS = (
    Model(
        key="gravity",
        title="The Earth's field: J2, or EGM2008 to 8 x 8 (standard) or 70 x 70 (high)",
        pedigree="EGM2008 (NGA), tide-free, as heyoka ships it; mu of IERS Conventions 2010; SOFA's axes.",
        domain="Above the surface; degree and order 2 to 70.",
        uncertainty="Low orbit, 2 h: 8 x 8 errs by 85 m, 70 x 70 by 0.8 m from model to model; J2 kilometres "
        "a day; no tides, 1e-7 m/s2; the axis held for six hours, 4 mm.",
    ),
    Model(
        key="third-body",
        title="Sun and Moon",
        pedigree="VSOP2013 and ELP2000 of heyoka, cut at 1e-5; mu of DE421 and IERS Conventions 2010.",
        domain="Any Earth orbit inside the Moon's.",
        uncertainty="Sun within 3e-5 AU, Moon within 26 km: 3e-10 m/s2 up to the geostationary ring.",
    ),
    Model(
        key="drag",
        title="Drag on a sphere or a cylinder",
        pedigree="Exponential profile of Vallado (2013), table 8-4, above the ellipsoid; coefficients of "
        "body and vehicle files.",
        domain="Free molecular flow, above 150 km; air that turns with the Earth.",
        uncertainty="15 % of density, 20 % of coefficient; wind of 100 m/s at high latitude 3 %.",
    ),
    Model(
        key="atmosphere",
        title="NRLMSISE-00 (standard and high)",
        pedigree="heyoka's network, taught by NRL's code; CelesTrak's space weather of 2026-09-22.",
        domain="150 to 1200 km; space weather known from 1957 to 2026-10, outside it moderate activity and a "
        "warning.",
        uncertainty="The network 4 to 12 % rms of the original, the original 15 % of the real density.",
    ),
    Model(
        key="radiation",
        title="Solar pressure with the Earth's shadow as cones",
        pedigree="1361 W/m2 (IAU 2015 B3); geometry of Montenbruck and Gill (2000), 3.4.",
        domain="Spherical, airless Earth; the Moon's shadow, light from the Earth and heat are left out.",
        uncertainty="20 % of the coefficient; penumbra's law 1.3 %; light from the Earth up to 25 % more.",
    ),
    Model(
        key="geomagnetism",
        title="The Earth's magnetic field, IGRF-14",
        pedigree="IAGA's coefficients of 2024-11, evaluated by heyoka's spherical harmonics.",
        domain="2015 to 2030, linear in between; from the ground to the magnetopause.",
        uncertainty="10 nT in definitive years, 100 nT on a disturbed day; torques take degree 6: 1 %.",
    ),
    Model(
        key="eddy-currents",
        title="Eddy-current torque",
        pedigree="Ortiz Gomez and Walker (2015); magnetic tensor of the body file.",
        domain="Tumbles slower than some revolutions a second (walls thinner than the skin depth).",
        uncertainty="That of the tensor, a factor of two; the field's rate on the orbit is its dipole's.",
    ),
    Model(
        key="attitude",
        title="Rotation of a rigid body with wheels, gravity gradient, air and sunlight on a cylinder",
        pedigree="Hughes (1986); full inertia tensors of body and vehicle files.",
        domain="Rigid; `panel` and `slosh` of a vehicle add one bending mode and one sloshing mass.",
        uncertainty="Integration 2e-12 in 30 days; torques of air and sunlight 30 %.",
    ),
    Model(
        key="plant",
        title="Motion under thrust, held over each control period",
        pedigree="Forces of the thruster model; nature's terms as a parabola over periods up to 10 s.",
        domain="Periods up to 600 s.",
        uncertainty="1 um an hour at 1 Hz, 5 mm at 0.1 Hz, against the full system; the approach ends within "
        "5 mm of itself at other control rates.",
    ),
)
