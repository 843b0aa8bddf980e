"""Missions whose holds wait for ever."""

from msgspec.structs import replace

from twin.mission.script import Mission


def without_link_limits(mission: Mission) -> Mission:
    """`mission` with holds that outlast any gap between passes: their own limit would end them at night."""
    phases = tuple(replace(row, link_s=None) for row in mission.guidance.phases)
    return replace(mission, guidance=replace(mission.guidance, phases=phases))
