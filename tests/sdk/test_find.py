"""Finding frames: a lazy list, an astropy table with units, files opened and downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
import uraniborg
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time
from uraniborg.frames import FrameList, read_query
from uraniborg.table import FrameTable, make_table

M31 = (10.684708, 41.26875)  # ICRS degrees, Simbad


def write_frame(path: Path, start_at: str, **cards: object) -> None:
    """Write a frame of M31 with a tangential solution of 2 arcsec per pixel."""
    header = fits.Header()
    header["DATE-OBS"], header["EXPTIME"] = start_at, 120.0
    header["CTYPE1"], header["CTYPE2"], header["CUNIT1"], header["CUNIT2"] = "RA---TAN", "DEC--TAN", "deg", "deg"
    header["CRVAL1"], header["CRVAL2"], header["CRPIX1"], header["CRPIX2"] = *M31, 32.5, 32.5
    header["CDELT1"], header["CDELT2"] = -2 / 3600, 2 / 3600
    for name, value in cards.items():
        header[name] = value
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.arange(64 * 64, dtype=np.int16).reshape(64, 64)
    fits.PrimaryHDU(data, header).writeto(path)


@pytest.fixture
def night(client: uraniborg.Client, tmp_path: Path) -> Iterator[uraniborg.Client]:
    """An organisation with three light frames and a bias."""
    folder = tmp_path / "night"
    for number, name in enumerate("RRB"):
        write_frame(
            folder / "light" / f"{name}{number}.fits",
            f"2026-11-20T2{number}:00:00",
            IMAGETYP="Light Frame",
            OBJECT="M31",
            FILTER=name,
            AIRMASS=1.1 + number / 10,
        )
    fits.PrimaryHDU(np.zeros((64, 64), np.int16), fits.Header({"IMAGETYP": "Bias Frame", "EXPTIME": 0.0})).writeto(
        folder / "bias.fits"
    )
    report = client.upload(folder, telescope="quadrant", wait=True)
    assert report.ok, report.failed
    yield client


def test_frames_are_found_by_every_kind_of_word(night: uraniborg.Client) -> None:
    assert len(night.find()) == 4
    assert [frame.path for frame in night.find(near=("M31", 0.5), filter="R", sort="start_at")] == [
        "light/R0.fits",
        "light/R1.fits",
    ]
    for place in ("M31", M31, SkyCoord(*M31, unit="deg"), f"{M31[0]},{M31[1]}"):
        assert night.find(contains=place).count == 3
    assert night.find(near=(*M31, 0.01)).count == 3
    assert night.find(near=SkyCoord(M31[0], M31[1] + 5, unit="deg"), radius=30 * u.arcmin).count == 0
    corners = [(M31[0] + x, M31[1] + y) for x, y in ((-0.1, -0.1), (0.1, -0.1), (0.1, 0.1), (-0.1, 0.1))]
    assert night.find(polygon=corners).count == 3
    assert night.find(start=Time("2026-11-20T21:00:00"), end="2026-11-20T22:00").count == 1
    assert night.find(night=date(2026, 11, 20), type="light").count == 3
    assert night.find(where=["airmass>1.15", "AIRMASS<1.25"]).count == 1
    assert night.find(where="OBJECT=M31", limit=2).count == 3
    with pytest.raises(TypeError, match="colour"):
        night.find(colour="red")
    with pytest.raises(uraniborg.NotFound, match="catalogue"):
        len(night.find(near="Nowhere 99"))


def test_list_is_lazy_and_pages(night: uraniborg.Client) -> None:
    frames = night.find(sort="start_at")
    assert "0 fetched" in repr(frames)
    assert frames
    assert len(night.find(limit=2)) == 2
    assert frames[-1].path == "light/B2.fits"
    assert [frame.path for frame in frames[1:3]] == [frame.path for frame in frames][1:3]
    with pytest.raises(IndexError):
        frames[4]
    assert frames.facets("filter").facets["filter"][0].value == "R"
    assert [type(frame) for frame in night.iterate("find_frames", limit=1)] == [uraniborg.wire.Frame]


def test_table_has_units_times_and_masks(night: uraniborg.Client) -> None:
    frames = night.find(sort="start_at")
    table = frames.table()
    assert isinstance(table, Table)
    assert table["exposure_s"].unit == u.s
    assert table["center_ra_deg"].unit == u.deg
    assert table["pixel_scale_arcsec"].unit == u.arcsec
    assert table["width_px"].unit == u.pix
    assert table["size_bytes"].unit == u.byte
    assert isinstance(table["start_at"], Time)
    assert table["start_at"].scale == "utc"
    bias = [str(kind) for kind in table["frame_type"]].index("bias")
    assert table["start_at"].mask.tolist().count(True) == 1
    assert table["start_at"].mask[bias]
    assert table["airmass"].mask[bias]
    assert table["filter"].mask[bias]
    light = table[~table["airmass"].mask]
    assert light["start_at"][0].isot == "2026-11-20T20:00:00.000"
    np.testing.assert_allclose(light["center_ra_deg"], M31[0], atol=1 / 3600)  # 1 arcsec
    np.testing.assert_allclose(light["pixel_scale_arcsec"], 2.0, rtol=1e-6)
    assert (light["exposure_s"].quantity == 120 * u.s).all()


def test_list_answers_like_a_table(night: uraniborg.Client) -> None:
    frames = night.find(type="light", sort="start_at")
    assert frames["filter"].tolist() == ["R", "R", "B"]
    assert len(frames[frames["airmass"] < 1.25]) == 2
    assert frames.colnames[0] == "path"
    assert len(Table(frames)) == 3
    assert "M31" in frames._repr_html_()
    with pytest.raises(AttributeError):
        frames.no_such_word


def test_frames_become_arrays_that_are_fetched_when_they_are_computed(night: uraniborg.Client) -> None:
    frames = night.find(type="light", sort="start_at")
    stack = frames.to_dask()
    with frames.open(1) as hdus:
        image = hdus[0].data
        assert np.array_equal(hdus[0].section[1:3, 2:4], image[1:3, 2:4])
    assert stack.shape == (3, *image.shape)
    assert np.array_equal(stack[1].compute(), image)
    assert np.array_equal(frames[1:].to_dask()[0].compute(), image)
    assert (len(frames[::2]), frames[::2].count, frames[::2][1].path) == (2, 2, frames[2].path)
    named = frames.to_xarray()
    assert named.dims == ("frame", "y", "x")
    assert named["filter"].values.tolist() == ["R", "R", "B"]
    assert str(named["start_at"].values[0]) == "2026-11-20T20:00:00.000000"
    assert float(named.mean("frame")[1, 0]) == float(stack[:, 1, 0].mean().compute())
    with pytest.raises(ValueError, match="no frames"):
        night.find(type="light", object="nothing").to_dask()


def test_files_are_opened_and_downloaded_from_list_and_table(night: uraniborg.Client, tmp_path: Path) -> None:
    frames = night.find(type="light", sort="start_at")
    with frames.open(0) as hdus:
        assert hdus[0].header["FILTER"] == "R"
        assert hdus[0].data[1, 0] == 64
    table = frames.table()
    bright = table[table["airmass"] < 1.15]
    assert isinstance(bright, FrameTable)
    with bright.open() as hdus:
        assert hdus[0].header["AIRMASS"] == 1.1
    table.sort("filter")
    with table.copy().open(0) as hdus:
        assert hdus[0].header["FILTER"] == "B"
    report = bright.download(tmp_path / "got")
    assert report.ok
    assert (tmp_path / "got" / "light" / "R0.fits").read_bytes() == (tmp_path / "night/light/R0.fits").read_bytes()
    again = frames.download(tmp_path / "got")
    assert [file.state for file in again.files] == ["present", "downloaded", "downloaded"]


def test_table_of_no_frames_still_has_its_columns() -> None:
    table = make_table(None, None, [])
    assert len(table) == 0
    assert table["exposure_s"].unit == u.s
    with pytest.raises(ValueError, match="knows no service"):
        Table.__getitem__(table, slice(None)).download("anywhere")


def test_words_of_a_query_become_parameters() -> None:
    asked = read_query(("M31", 0.5), None, contains=(1, -2.5), polygon=None, start="2026-11-20", where="GAIN>1.4")
    assert asked == {
        "near": "M31",
        "radius": 0.5,
        "contains": "1.0,-2.5",
        "start": datetime(2026, 11, 20),
        "where": ["GAIN>1.4"],
    }
    assert read_query((1.5, 2.5, 3), None, contains=None, polygon=None) == {"near": "1.5,2.5", "radius": 3}
    assert read_query(None, None, contains=None, polygon=None, end=date(2026, 1, 2))["end"] == datetime(
        2026, 1, 2, tzinfo=UTC
    )
    for place in ((1, 2, 3, 4), {"ra": 1}, (1, "x")):
        with pytest.raises(ValueError, match="is no place"):
            read_query(None, None, contains=place, polygon=None)
    with pytest.raises(ValueError, match="isoformat"):
        read_query(None, None, contains=None, polygon=None, start="yesterday")


def test_list_of_none_asks_nobody() -> None:
    frames = FrameList(uraniborg.Client("http://127.0.0.1:9"), "nobody", {}, limit=0)
    assert list(frames) == []
    assert not frames
