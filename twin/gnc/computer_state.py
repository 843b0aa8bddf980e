"""All of the on-board computer that changes, as its snapshot keeps it."""

import msgspec

from twin.contracts.capture import ArmMode
from twin.contracts.fields import Quaternion
from twin.contracts.radio import Telecommand
from twin.gnc.commanded import Commanded
from twin.gnc.feeling import Felt
from twin.gnc.navigator_state import NavigatorSnapshot
from twin.gnc.pilot import PilotSnapshot
from twin.gnc.steering import Carried
from twin.guidance.table import Stage

VERSION = 5


class ComputerSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that changes."""

    version: int = VERSION
    navigator: NavigatorSnapshot | None
    stage: Stage
    pilot: PilotSnapshot
    carried: Carried
    commanded: Commanded
    delta_v_mps: float
    waiting: tuple[Telecommand, ...]
    felt: Felt = Felt()
    arm: ArmMode | None = None
    kept: Quaternion | None = None
    propellant_kg: float | None = None
    quick: bool = False
