"""Battery and solar array: an energy balance per control period.

The array faces the Sun whatever the attitude; charging and discharging lose nothing; an empty battery
switches nothing off. The balance so errs on the kind side, by about a tenth.
"""

from twin.vehicle.settings import Power

SOLAR_CONSTANT_WPM2 = 1361.0
"""Total solar irradiance at 1 au (Kopp and Lean 2011); its 3 % yearly swing is left out."""
_J_PER_WH = 3600.0


def array_power_w(settings: Power, lit: float) -> float:
    """Power of the array when the fraction `lit` of the Sun's disc is seen."""
    return settings.array_area_m2 * settings.array_efficiency * SOLAR_CONSTANT_WPM2 * lit


def charge_after(
    settings: Power, fraction: float, lit: float, *, transmitting: bool, elapsed_s: float, share: float = 1.0
) -> float:
    """State of charge (0 to 1) after `elapsed_s` at constant light: a full battery takes no more.

    `share` of the battery's capacity is left, and the charge is of that.
    """
    load_w = settings.load_w + (settings.transmitter_w if transmitting else 0.0)
    gained_wh = (array_power_w(settings, lit) - load_w) * elapsed_s / _J_PER_WH
    return min(1.0, max(0.0, fraction + gained_wh / (settings.battery_wh * share)))
