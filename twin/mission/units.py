"""Units as the names of keys and quantities carry them: `thrust_n` is in N."""

UNITS = {
    "_deg_per_sqrt_h": "deg/sqrt(h)",
    "_deg_per_s": "deg/s",
    "_deg_per_h": "deg/h",
    "_deg_per_m": "deg/m",
    "_per_s2": "1/s2",
    "_radps2": "rad/s2",
    "_radps": "rad/s",
    "_rad": "rad",
    "_arcsec": "arcsec",
    "_deg": "deg",
    "_mps2": "m/s2",
    "_mps": "m/s",
    "_per_s": "1/s",
    "_kgpm3": "kg/m3",
    "_kgm2": "kg m2",
    "_nms": "N m s",
    "_nm": "N m",
    "_ns": "N s",
    "_wh": "W h",
    "_kg": "kg",
    "_km": "km",
    "_m2": "m2",
    "_bps": "bit/s",
    "_bits": "bit",
    "_hz": "Hz",
    "_kn": "kN",
    "_mn": "mN",
    "_mm": "mm",
    "_cm": "cm",
    "_ms": "ms",
    "_min": "min",
    "_m": "m",
    "_s": "s",
    "_h": "h",
    "_n": "N",
    "_w": "W",
    "_g": "g",
}
"""Suffix to unit, longer ones first; units no key of ours has are here to be recognised as wrong."""


def suffix_of(key: str) -> str:
    """The unit suffix of a key, with its underscore; empty if there is none."""
    return next((suffix for suffix in UNITS if key.endswith(suffix)), "")


def unit_of(key: str) -> str:
    """The unit a key's name carries; empty if it carries none."""
    return UNITS.get(suffix_of(key), "")


def with_unit(key: str) -> str:
    """A key as an error message shows it: `thrust_n` (N)."""
    unit = unit_of(key)
    return f"`{key}` ({unit})" if unit else f"`{key}`"
