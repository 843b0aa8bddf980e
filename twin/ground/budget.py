"""Loss and shift of a radio signal on a straight line in vacuum."""

from math import log10, pi

from twin.ground.link import C_MPS


def free_space_loss_db(distance_m: float, frequency_hz: float) -> float:
    """Loss between isotropic antennas: ITU-R P.525-4, eq. 3."""
    return 20.0 * log10(4.0 * pi * distance_m * frequency_hz / C_MPS)


def doppler_hz(range_rate_mps: float, frequency_hz: float) -> float:
    """Shift of a received carrier; negative when the distance grows. First order in v / c (3e-5)."""
    return -range_rate_mps / C_MPS * frequency_hz
