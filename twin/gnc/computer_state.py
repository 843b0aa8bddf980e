"""All of the on-board computer that changes, as its snapshot keeps it."""

import msgspec

from twin.contracts.capture import ArmMode
from twin.contracts.fields import Quaternion
from twin.contracts.radio import Telecommand
from twin.gnc.feeling import Felt
from twin.gnc.navigator import NavigatorSnapshot
from twin.gnc.pilot import PilotSnapshot
from twin.gnc.relative import Impulse
from twin.gnc.steering import Carried
from twin.guidance.table import Stage


class ComputerSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that changes."""

    version: int = 4
    navigator: NavigatorSnapshot | None
    stage: Stage
    pilot: PilotSnapshot
    carried: Carried
    impulse: Impulse
    delta_v_mps: float
    waiting: tuple[Telecommand, ...]
    felt: Felt = Felt()
    arm: ArmMode | None = None
    kept: Quaternion | None = None
