"""The shipped vehicle, for tests."""

from pathlib import Path

import msgspec

import missions
from twin.vehicle.settings import Vehicle

SERVICER_800 = msgspec.toml.decode(
    Path(missions.__path__[0], "vehicles", "servicer-800.toml").read_bytes(), type=Vehicle
)
