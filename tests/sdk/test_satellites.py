"""Satellites and nights in the library and the command: tables, words, JSON, VOTables, pictures."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pytest
import uraniborg
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.io import fits, votable
from astropy.table import Table
from astropy.time import Time
from PIL import Image
from uraniborg._generated import wire
from uraniborg.field_plot import middle_of, outline_of
from uraniborg.sky import satellite_choice

from tests.conftest import ROOT
from tests.sdk.conftest import Command
from tests.support.live_server import LiveServer
from tests.support.satellites import FIRST, catalogue_bytes

TRIED = {"crossings", "passes", "tonight", "satellites"}
EPOCH = datetime(2026, 11, 20, 20, tzinfo=UTC)
FIELD = ["--ra", "30", "--dec", "60", "--radius", "25", "--start", "2026-11-20T16:40", "--exposure", "600"]
WINDOW = ["--start", "2026-11-20T16:00", "--end", "2026-11-20T18:00"]


@pytest.fixture(scope="module")
def launched(server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Import the small catalogue as the operator of the running service does; return what the command said."""
    folder = tmp_path_factory.mktemp("elements")
    (folder / "simulated.csv").write_bytes(catalogue_bytes(EPOCH))
    (folder / "broken.tle").write_text("1 25544U 98067A   08264.51782528 -.00002182\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("URANIBORG_")}
    environment["URANIBORG_DATA_DIR"] = str(server.folder / "data")
    done = subprocess.run(
        [sys.executable, "-m", "service.server", "satellites", "import", str(folder)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return done.stdout


@pytest.fixture
def sky(launched: str, client: uraniborg.Client) -> uraniborg.Client:
    return client


def test_the_operator_is_told_what_came_and_what_did_not(launched: str) -> None:
    assert "simulated.csv: 136 element sets, 136 added." in launched
    assert "broken.tle: 0 element sets, 0 added, 1 left out." in launched
    assert "second line is missing" in launched


def test_crossings_are_a_table_with_units(sky: uraniborg.Client) -> None:
    near = SkyCoord(30 * u.deg, 60 * u.deg)
    start = Time("2026-11-20T16:40:00", scale="utc")
    table = sky.crossings(near, 25 * u.deg, start=start, exposure=10 * u.min)
    assert isinstance(table, Table)
    assert len(table) >= 1
    assert (table["rate_deg_s"].unit, table["range_km"].unit, table["magnitude"].unit) == ("deg / s", "km", "mag")
    assert isinstance(table["entry_at"], Time)
    assert (table["entry_at"] <= table["closest_at"]).all()
    assert (table["closest_at"] <= table["exit_at"]).all()
    assert table["path_deg"][0].shape[1] == 2
    assert table.meta["place"]["name"] == "Hven"
    place = EarthLocation.from_geodetic(12.6965 * u.deg, 55.9075 * u.deg, 45 * u.m)
    same = sky.crossings((30, 60, 25), start="2026-11-20T16:40", exposure=600, place=place)
    assert list(same["norad_id"]) == list(table["norad_id"])
    only = sky.crossings((30, 60), 25, start=start, exposure=600, satellites=int(table["norad_id"][0]))
    assert set(only["norad_id"]) == {table["norad_id"][0]}
    assert isinstance(sky.crossings(("M31", 0.5), start=start, exposure=60), Table)
    nothing = sky.crossings((200, -80), 0.1, start=start, exposure=1)
    assert len(nothing) == 0
    corners = [(10.0, 40.0), (50.0, 40.0), (50.0, 70.0), (10.0, 70.0)]
    assert len(sky.crossings(polygon=corners, start=start, exposure=600)) >= 1
    assert len(sky.crossings((30, 60), size=(40, 30), position_angle=20, start=start, exposure=600)) >= 1


def test_passes_are_a_table_of_all_pages(sky: uraniborg.Client) -> None:
    table = sky.passes("hven", "2026-11-20")
    assert len(table) == table.meta["count"] > 100
    assert table["highest_altitude_deg"].unit == "deg"
    assert (table["highest_altitude_deg"] >= 10).all()
    assert table["rise_at"].mask.any(), "some were up when the window began"
    assert len(sky.passes(night="2026-11-20", limit=5)) == 5
    named = sky.passes(night="2026-11-20", satellites="SIM-000")
    assert {str(name)[:7] for name in named["name"]} == {"SIM-000"}
    lit = sky.passes(night="2026-11-20", sunlit_only=True)
    assert (lit["sunlit_fraction"] > 0).all()
    assert np.isfinite(lit["magnitude"]).all()


def test_a_night_is_told_with_its_targets(sky: uraniborg.Client) -> None:
    night = sky.tonight("hven", "2026-11-20", targets=["M31", (10.68, 41.27)])
    assert [target.name for target in night.targets] == ["M 31", "10.68,41.27"]
    assert night.sunset_at < night.astronomical_dusk_at < night.sun_lowest_at < night.sunrise_at


def test_words_that_make_no_sense_are_wrong_usage(sky: uraniborg.Client) -> None:
    with pytest.raises(ValueError, match="either a site or a place"):
        sky.passes("hven", place=(1, 2))
    with pytest.raises(ValueError, match="no place"):
        sky.passes(place="Hven")
    with pytest.raises(uraniborg.InvalidInput, match="31 days"):
        sky.passes("hven", start="2026-01-01", end="2027-02-05")
    assert satellite_choice("25544") == {"satellite": [25544]}
    assert satellite_choice([1, 2]) == {"satellite": [1, 2]}
    assert satellite_choice(np.int64(7)) == {"satellite": [7]}


def test_the_command_says_what_crosses_a_field(sky: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    ran = command("crossings", *FIELD)
    assert ran.code == 0, ran.err
    assert "SIM-" in ran.out
    assert "ENTERS UTC" in ran.out
    assert "Hven, 2026-11-20 16:40:00 UTC, 10 min" in ran.err
    told: Any = command("crossings", *FIELD, "--json").json
    assert told["count"] == len(told["crossings"])
    document = command("crossings", *FIELD, "--format", "votable")
    table = votable.parse_single_table(io.BytesIO(document.out.encode()), verify="exception").to_table()
    assert len(table) == told["count"]
    for suffix in ("png", "svg", "pdf"):
        picture = tmp_path / f"field.{suffix}"
        assert command("crossings", *FIELD, "--plot", picture).code == 0
        assert picture.stat().st_size > 5_000
    with Image.open(tmp_path / "field.png") as image:
        assert image.size[0] > 1000
        assert len(image.convert("RGB").getcolors(1_000_000) or []) > 50
    assert command("crossings", *FIELD, "--plot", tmp_path / "field.wav").code == 2
    empty = command("crossings", "--ra", "200", "--dec", "-80", *FIELD[4:])
    assert empty.code == 0
    assert "No satellite" in empty.err


def test_the_command_says_what_passes_over(sky: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    ran = command("passes", *WINDOW, "-n", "3")
    assert ran.code == 0, ran.err
    assert len(ran.out.splitlines()) == 4
    assert "3 of " in ran.err
    told: Any = command("passes", "--night", "2026-11-20", "-n", "0", "--json").json
    assert told["count"] == len(told["passes"])
    for more in (["--night", "2026-11-20", "-n", "0"], [*WINDOW, "--satellite", FIRST], [*WINDOW, "--name", "SIM-00"]):
        picture = tmp_path / "passes.png"
        assert command("passes", *more, "--plot", picture).code == 0
        with Image.open(picture) as image:
            assert image.size[0] > 1000
        picture.unlink()
    document = command("passes", *WINDOW, "--format", "votable", "-n", "0")
    assert len(votable.parse_single_table(io.BytesIO(document.out.encode())).to_table()) > 3


def test_the_command_tells_the_night_and_the_catalogue(sky: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    ran = command("tonight", "M31", "--night", "2026-11-20", "--plot", tmp_path / "night.png")
    assert ran.code == 0, ran.err
    assert "Night of 2026-11-20 at Hven" in ran.out
    assert "M 31" in ran.out
    assert (tmp_path / "night.png").stat().st_size > 20_000
    assert command("tonight", "--latitude", "78.2", "--longitude", "15.6", "--night", "2026-06-20").code == 0
    told: Any = command("tonight", "--json").json
    assert told["place"]["name"] == "Hven"
    status = command("satellites")
    assert "136 satellites" in status.out
    assert command("satellites", "--json").json["satellites"] == 136  # type: ignore[index]
    assert "SIM-0042" in command("satellites", "SIM-0042").out
    assert "no satellite" in command("satellites", "STARLINK").err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["crossings", "--ra", "1", "--dec", "2"], 2, "--start"),
        (["crossings", "--ra", "1", *FIELD[4:]], 2, "which field"),
        (["crossings", *FIELD, "--latitude", "1"], 2, "--longitude"),
        (["crossings", *FIELD, "--site", "atlantis"], 4, "atlantis"),
        (["crossings", *FIELD, "--start", "soon"], 2, "no time"),
        (["crossings", *FIELD, "--exposure", "0"], 2, "exposure"),
        (["crossings", *FIELD, "--satellite", "5"], 4, "5"),
        (["passes", "--start", "2026-11-20T16:00"], 2, "both"),
        (["passes", "--start", "2026-11-20", "--end", "2027-12-30"], 2, "31 days"),
        (["tonight", "--night", "never"], 2, "night"),
    ],
)
def test_what_makes_no_sense_ends_with_a_code_and_words(
    sky: uraniborg.Client, command: Command, words: list[str], code: int, says: str
) -> None:
    ran = command(*words)
    assert (ran.code, says in ran.err) == (code, True), ran.err


def test_a_frame_that_was_crossed_is_found_and_shown(sky: uraniborg.Client, command: Command, tmp_path: Path) -> None:
    crossing = next(c for c in sky.find_crossings(ra_deg=30, dec_deg=60, radius_deg=25, start="2026-11-20T16:40:00Z",
                    exposure_s=600, organisation=sky.organisation, site="hven", certain_only=True).crossings
                    if not c.enters_before and not c.leaves_after)  # fmt: skip
    ra_deg, dec_deg = crossing.path_deg[len(crossing.path_deg) // 2]
    header = fits.Header({"DATE-OBS": (crossing.entry_at - timedelta(seconds=5)).isoformat()[:19], "EXPTIME": 300.0})
    for name, value in {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": ra_deg, "CRVAL2": dec_deg,
                        "CRPIX1": 32.5, "CRPIX2": 32.5, "CDELT1": -0.01, "CDELT2": 0.01,
                        "IMAGETYP": "light"}.items():  # fmt: skip
        header[name] = value
    fits.PrimaryHDU(np.zeros((64, 64), np.int16), header).writeto(tmp_path / "crossed.fits")
    assert sky.upload(tmp_path / "crossed.fits", telescope="quadrant", wait=True).ok
    for job in sky.iterate("list_jobs", kind="crossings"):
        sky.wait_for_job(job.id, timeout_s=60)
    frames = sky.find(crossed=True)
    assert [frame.path for frame in frames] == ["crossed.fits"]
    assert frames["crossings"][0] >= 1
    assert "crossed.fits" in command("find", "--satellite", str(crossing.norad_id)).out
    assert "crossed.fits" not in command("find", "--not-crossed").out
    ran = command("crossings", "--frame", "crossed.fits", "--plot", tmp_path / "frame.png")
    assert ran.code == 0, ran.err
    assert crossing.name in ran.out
    assert "PIXELS" in ran.out
    assert (tmp_path / "frame.png").stat().st_size > 10_000


def test_outlines_are_as_large_as_they_should_be() -> None:
    centre = SkyCoord(10 * u.deg, 80 * u.deg)
    circle = wire.ToldField(shape="circle", ra_deg=10.0, dec_deg=80.0, radius_deg=2.0)
    _, corners = outline_of(circle)
    around = SkyCoord(*np.transpose(corners), unit="deg")
    assert np.allclose(around.separation(centre).deg, 2.0, atol=1e-9)
    rectangle = wire.ToldField(
        shape="rectangle", ra_deg=10.0, dec_deg=80.0, width_deg=2.0, height_deg=1.0, position_angle_deg=30.0
    )
    middle, corners = outline_of(rectangle)
    assert middle == (10.0, 80.0)
    corner = SkyCoord(*np.transpose(corners), unit="deg")
    top = SkyCoord(*middle_of(corners[2:]), unit="deg")
    assert centre.position_angle(top).deg == pytest.approx(30.0, abs=0.01)
    assert corner[0].separation(corner[1]).deg == pytest.approx(2.0, abs=0.001)
    polygon = wire.ToldField(shape="polygon", vertices_deg=[(359.0, -1.0), (1.0, -1.0), (1.0, 1.0), (359.0, 1.0)])
    ra_deg, dec_deg = outline_of(polygon)[0]
    assert min(ra_deg, 360 - ra_deg) < 1e-9
    assert dec_deg == pytest.approx(0.0)
