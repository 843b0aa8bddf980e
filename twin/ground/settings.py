"""Settings of the ground: stations, link, command time-outs."""

from typing import Annotated

from msgspec import Meta, Struct

from twin.contracts.fields import Float, Name, NonNegative, Text


class Station(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground station: geodetic WGS-84 coordinates, elevation mask, where the numbers are from.

    `horizon` is what hides the sky above the mask: azimuths (deg from north over east, ascending) with
    elevations, joined by straight lines all around.
    """

    name: Name
    title: Text
    network: Name
    latitude_deg: Float
    longitude_deg: Float
    height_m: Float
    mask_deg: Float
    horizon: Annotated[tuple[tuple[Float, Float], ...], Meta(max_length=720)] = ()
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
