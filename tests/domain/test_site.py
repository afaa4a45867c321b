"""Sites: what is a place on Earth, and what the public lists hold."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.site import SitePlace, normalise_longitude

HVEEN: dict[str, Any] = {
    "latitude_deg": 55.9,
    "longitude_deg": 12.7,
    "height_m": 70.0,
    "time_zone": "Europe/Copenhagen",
}


def test_a_place_is_kept() -> None:
    site = SitePlace(**HVEEN, mpc_code="W84")
    assert (site.latitude_deg, site.longitude_deg, site.height_m, site.mpc_code) == (55.9, 12.7, 70.0, "W84")


@pytest.mark.parametrize(("given_deg", "kept_deg"), [(289.27, -70.73), (180.0, -180.0), (-180.0, -180.0), (360.0, 0.0)])
def test_longitudes_are_turned_east_positive(given_deg: float, kept_deg: float) -> None:
    assert SitePlace(**HVEEN | {"longitude_deg": given_deg}).longitude_deg == pytest.approx(kept_deg)


@given(st.floats(-1e6, 1e6))
def test_a_turned_longitude_is_the_same_place(longitude: float) -> None:
    turned = normalise_longitude(longitude)
    assert -180.0 <= turned < 180.0
    off = (turned - longitude) % 360.0
    assert min(off, 360.0 - off) < 1e-6


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("latitude_deg", 90.5),
        ("latitude_deg", float("nan")),
        ("longitude_deg", 361.0),
        ("longitude_deg", -181.0),
        ("longitude_deg", float("inf")),
        ("height_m", 9614.0),
        ("height_m", -6378.0),
        ("height_m", float("nan")),
        ("time_zone", "PST8"),
        ("time_zone", "+02:00"),
        ("time_zone", "europe/copenhagen"),
        ("time_zone", "../../etc/localtime"),
        ("time_zone", ""),
        ("mpc_code", "W8"),
        ("mpc_code", "W 4"),
    ],
)
def test_what_is_refused_names_the_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        SitePlace(**HVEEN | {field: value})
    assert refused.value.facts == {"field": field}


@pytest.mark.shared
def test_all_sites_of_astropy_are_places(reference_data: Path) -> None:
    entries = json.loads((reference_data / "sites" / "astropy_sites.json").read_text())
    assert len(entries) == 100
    for entry in entries.values():
        site = SitePlace(
            latitude_deg=entry["latitude"],
            longitude_deg=entry["longitude"],
            height_m=entry["elevation"],
            time_zone=entry["timezone"],
        )
        turns = (site.longitude_deg - entry["longitude"]) / 360.0
        assert turns == pytest.approx(round(turns), abs=1e-12)
        assert site.height_m == entry["elevation"]


@pytest.mark.shared
def test_coarse_observatory_codes_are_refused_for_their_heights(reference_data: Path) -> None:
    with (reference_data / "sites" / "mpc_obscodes.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["height_m"]]
    refused = []
    for row in rows:
        try:
            SitePlace(
                latitude_deg=float(row["lat_deg"]),
                longitude_deg=float(row["lon_deg"]),
                height_m=float(row["height_m"]),
                time_zone="UTC",
                mpc_code=row["code"],
            )
        except InvalidInput as error:
            assert error.facts["field"] == "height_m"
            refused.append(row)
    assert len(rows) > 2500
    # Every refused code has parallax constants of four digits or fewer: half a kilometre at best.
    assert 0 < len(refused) < 20
    assert all(len(row["rho_cos_phi"].rstrip("0")) <= 6 for row in refused)
