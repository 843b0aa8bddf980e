"""State of the servicer's equipment, as the plant knows it (truth plane)."""

from twin.contracts.fields import Body, Count, Float, NonNegative, TimeNs


class EquipmentState(Body, frozen=True, kw_only=True, tag="equipment_state"):
    """Mass, propellant, wheels, power and what the thrusters did in the period that ended."""

    t_ns: TimeNs
    mass_kg: NonNegative
    propellant_kg: NonNegative
    wheel_momentum_nms: tuple[Float, Float, Float, Float]
    battery_fraction: NonNegative
    array_power_w: NonNegative
    sunlit: NonNegative
    firings: Count
    impulse_ns: NonNegative
