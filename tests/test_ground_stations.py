"""Station files: data with their source, honest about what nobody has surveyed."""

from importlib.resources import files
from tomllib import loads

import msgspec
import pytest

from twin.ground.settings import Station
from twin.ground.visibility import site_of

NETWORKS = ("china-ttc", "china-ttc-abroad", "estrack", "galileo-ttc", "nasa-nen")


def stations(network: str) -> list[Station]:
    """All stations of a network, decoded as strictly as the loader does."""
    text = (files("missions") / "stations" / f"{network}.toml").read_text(encoding="utf-8")
    return msgspec.convert(loads(text)["stations"], list[Station])


EVERY = [station for network in NETWORKS for station in stations(network)]


def test_the_default_network_is_the_four_mainland_stations() -> None:
    assert [station.name for station in stations("china-ttc")] == ["kashi", "jiamusi", "weinan", "sanya"]


def test_no_two_stations_share_a_name_so_that_networks_can_be_combined() -> None:
    assert len({station.name for station in EVERY}) == len(EVERY)


@pytest.mark.parametrize("station", EVERY, ids=lambda station: station.name)
def test_every_station_has_a_place_on_earth_and_says_from_where(station: Station) -> None:
    assert -90.0 <= station.latitude_deg <= 90.0
    assert -180.0 <= station.longitude_deg <= 180.0
    assert -100.0 <= station.height_m <= 5000.0
    assert 0.0 <= station.mask_deg <= 30.0
    assert station.source
    assert station.confidence.split()[0].rstrip(":") in ("LOW", "medium", "good")


def test_a_city_centre_is_never_shown_as_a_surveyed_antenna() -> None:
    low = {station.name for station in EVERY if station.confidence.startswith("LOW")}
    assert low == {"kashi", "jiamusi", "weinan", "sanya", "karachi"}


def test_heights_and_masks_that_no_source_gives_are_said_to_be_assumed() -> None:
    without_height = {"weinan", "swakopmund", "karachi"} | {each.name for each in stations("nasa-nen")}
    assert {
        each.name for each in EVERY if "height" in each.source and "assumed" in each.source
    } >= without_height
    listed = [*stations("estrack"), *stations("galileo-ttc")]
    assert all("mask" in each.source for each in EVERY if each not in listed)


def test_a_station_stands_on_the_ellipsoid_with_its_vertical_upwards() -> None:
    for station in EVERY:
        site = site_of(station)
        radius_m = sum(x * x for x in site.r_ecef_m) ** 0.5
        assert 6_356_000.0 < radius_m - station.height_m < 6_379_000.0  # polar and equatorial radius, WGS-84
        upwards = sum(a * b for a, b in zip(site.r_ecef_m, site.up_ecef, strict=True)) / radius_m
        assert upwards > 0.99999  # the vertical is at most 0.2 deg off the radius
