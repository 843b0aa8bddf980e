"""Settings of the ground: stations, link, command time-outs."""

from msgspec import Struct

from twin.contracts.fields import Float, Name, NonNegative, Text


class Station(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground station: geodetic WGS-84 coordinates, elevation mask, where the numbers are from."""

    name: Name
    title: Text
    network: Name
    latitude_deg: Float
    longitude_deg: Float
    height_m: Float
    mask_deg: Float
    source: Text
    confidence: Text


class Ground(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Link budget in bits, and the stages' time-outs in simulated time.

    A released telecommand must be reported accepted within `acceptance_timeout_s`; after that the next
    report must come within `completion_timeout_s` of the one before, until it is completed or has failed.
    """

    downlink_bps: NonNegative = 32_000.0
    acceptance_timeout_s: NonNegative = 30.0
    completion_timeout_s: NonNegative = 120.0
