"""Tables, curves and the sky of frames over HTTP."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from tests.service.test_frame_view import WCS_CARDS, Viewer, viewer, written
from tests.support.fits_bytes import image_file, three_units

__all__ = ["viewer"]


def table(**cards: Any) -> bytes:
    time = np.arange(20_000) / 720
    flux = 1000 + np.sin(time)
    flux[12_345] = 400.0  # one point that must not be lost
    unit = fits.BinTableHDU.from_columns(
        [
            fits.Column("TIME", "D", "BJD - 2457000, days", disp="D14.7", array=time),
            fits.Column("SAP_FLUX", "E", "e-/s", disp="E14.7", array=flux),
            fits.Column("NAME", "30A", array=["<script>x</script>"] * len(time)),
            fits.Column("WAVES", "40D", "nm", array=np.tile(np.linspace(400, 700, 40), (len(time), 1))),
            fits.Column("COUNTS", "40J", array=np.arange(len(time) * 40, dtype="i4").reshape(-1, 40)),
        ],
        name="LIGHTCURVE",
    )
    unit.header.update({"TIMESYS": "TDB"} | cards)
    return written(fits.PrimaryHDU(), unit)


async def test_columns_and_rows_of_a_table(viewer: Viewer) -> None:
    await viewer.bring({"curve.fits": table()})
    (_, hdu) = (await viewer.get("curve.fits", "")).json()["items"]
    assert (hdu["has_curve"], hdu["shape"]) == (True, [20_000])
    told = (await viewer.get("curve.fits", "/1/columns")).json()
    assert (told["rows"], told["has_plot"], told["plot_x"], told["plot_y"]) == (20_000, True, 1, 2)
    first = told["items"][0]
    assert (first["name"], first["unit"], first["form"], first["display"]) == (
        "TIME", "BJD - 2457000, days", "D", "D14.7",
    )  # fmt: skip
    assert [c["values"] for c in told["items"]] == [1, 1, 30, 40, 40]
    assert [c["is_number"] for c in told["items"]] == [True, True, False, True, True]
    page = (await viewer.get("curve.fits", "/1/rows", first=19_999, column=[3, 5, 1])).json()
    assert (page["total"], page["columns"], len(page["rows"])) == (20_000, [3, 5, 1], 2)
    assert page["rows"][1] == [
        "<script>x</script>", {"size": 40, "first": list(range(799_960, 799_968))}, pytest.approx(19_999 / 720),
    ]  # fmt: skip
    assert (await viewer.get("curve.fits", "/1/rows", first=20_001)).status_code == 400
    assert (await viewer.get("curve.fits", "/1/rows", rows=201)).status_code == 400
    assert (await viewer.get("curve.fits", "/1/rows", column=6)).status_code == 409
    assert (await viewer.get("curve.fits", "/0/rows")).status_code == 409
    assert (await viewer.get("curve.fits", "/2/columns")).status_code == 404


async def test_a_light_curve_keeps_what_stands_out_and_tells_its_clock(viewer: Viewer) -> None:
    await viewer.bring({"curve.fits": table(), "packed.fits.gz": gzip.compress(table())})
    for name in viewer.frames:
        told = (await viewer.get(name, "/1/curve")).json()
        assert (told["kind"], told["points"], told["is_whole"]) == ("light_curve", 20_000, False)
        assert len(told["x"]) == len(told["y"]) <= 6000 and min(told["y"]) == 400.0
        assert told["x_axis"] == {"name": "TIME", "unit": "BJD - 2457000, days"}
        assert told["y_axis"] == {"name": "SAP_FLUX", "unit": "e-/s"}
        time = told["time"]
        assert (time["zero_jd"], time["unit_days"], time["clock"]) == (2457000.0, 1.0, "TDB")
        assert time["utc_offset_s"] == pytest.approx(-67.184)  # 35 leap seconds at the end of 2014


async def test_any_column_against_any_other(viewer: Viewer) -> None:
    await viewer.bring({"curve.fits": table()})
    told = (await viewer.get("curve.fits", "/1/curve", y=2)).json()
    assert (told["kind"], told["x_axis"]["name"], told["time"]) == ("columns", "row", None)
    told = (await viewer.get("curve.fits", "/1/curve", x=4, y=5, row=3)).json()
    assert told["x_axis"] == {"name": "WAVES", "unit": "nm"} and told["y"] == list(range(80, 120))
    assert (await viewer.get("curve.fits", "/1/curve", x=2)).status_code == 400
    for query in ({"x": 1, "y": 3}, {"x": 1, "y": 5}, {"y": 9}, {"x": 4, "y": 5, "row": 20_001}):
        assert (await viewer.get("curve.fits", "/1/curve", **query)).status_code == 409, query


def spectra(**columns: tuple[str, np.ndarray]) -> fits.BinTableHDU:
    return fits.BinTableHDU.from_columns([fits.Column(n, form, array=values) for n, (form, values) in columns.items()])


async def test_of_a_table_of_spectra_any_row_is_shown_without_choosing_columns(viewer: Viewer) -> None:
    counts = np.arange(90, dtype="f4").reshape(3, 30)
    grid = 3.5 + np.arange(90, dtype="f8").reshape(3, 30) / 1000
    axis = {"CRVAL1": ("D", np.array([100.0, 200.0, 300.0])), "CRPIX1": ("D", np.ones(3)), "CDELT1": ("D", np.ones(3))}
    await viewer.bring(
        {
            "vectors.fits": written(fits.PrimaryHDU(), spectra(LOGLAM=("30D", grid), FLUX=("30E", counts))),
            "radio.fits": written(fits.PrimaryHDU(), spectra(DATA=("30E", counts), **axis)),
            "bands.fits": written(fits.PrimaryHDU(), spectra(TIME=("D", np.arange(3.0)), COUNTS=("30E", counts))),
        }
    )
    for name, wavelengths in (("vectors.fits", 10.0**grid), ("radio.fits", axis["CRVAL1"][1][:, None] + np.arange(30))):
        for row in (1, 2, 3):
            told = (await viewer.get(name, "/1/curve", row=row)).json()
            assert (told["kind"], told["y"]) == ("spectrum", counts[row - 1].tolist())
            assert told["x"] == pytest.approx(wavelengths[row - 1])
        assert (await viewer.get(name, "/1/curve")).json()["y"] == counts[0].tolist()
        assert (await viewer.get(name, "/1/curve", row=4)).status_code == 409
    assert (await viewer.get("bands.fits", "/1/curve")).json()["y"] == counts.sum(axis=1).tolist()
    refused = await viewer.get("bands.fits", "/1/curve", row=2)
    assert refused.status_code == 409 and "one curve" in refused.json()["detail"]


async def test_spectra_have_their_wavelengths(viewer: Viewer) -> None:
    unit = fits.PrimaryHDU(np.arange(500, dtype="f4"))
    unit.header.update(
        {"CTYPE1": "AWAV", "CRPIX1": 0.0, "CRVAL1": 5000.0, "CDELT1": 2.0, "CUNIT1": "Angstrom", "BUNIT": "Jy"}
    )
    rows = fits.ImageHDU(np.arange(1000, dtype="f4").reshape(2, 500), unit.header)
    await viewer.bring({"spectrum.fits": written(unit, rows), "image.fits": image_file()})
    hdus = (await viewer.get("spectrum.fits", "")).json()["items"]
    assert [(hdu["has_curve"], bool(hdu["tiles"])) for hdu in hdus] == [(True, False), (True, True)]
    told = (await viewer.get("spectrum.fits", "/0/curve")).json()
    assert told["x_axis"] == {"name": "AWAV", "unit": "Angstrom"} and told["y_axis"] == {"name": "value", "unit": "Jy"}
    assert told["x"][:2] == [5002.0, 5004.0]
    second = (await viewer.get("spectrum.fits", "/1/curve", row=2)).json()
    assert second["y"][0] == 500.0
    assert (await viewer.get("spectrum.fits", "/1/curve", row=3)).status_code == 409
    assert [hdu["has_curve"] for hdu in (await viewer.get("image.fits", "")).json()["items"]] == [False]


async def test_planes_of_a_cube_say_what_they_are(viewer: Viewer) -> None:
    cube = fits.PrimaryHDU(np.zeros((3, 30, 30), "i2"))
    cube.header.update({"CTYPE3": "WAVE", "CRVAL3": 656.3, "CRPIX3": 2.0, "CDELT3": 0.5, "CUNIT3": "nm"})
    await viewer.bring({"cube.fits": written(cube)})
    (hdu,) = (await viewer.get("cube.fits", "")).json()["items"]
    assert hdu["plane_axis"] == {"name": "WAVE", "unit": "nm", "first": 655.8, "step": 0.5}


async def test_an_image_tells_its_sky_and_what_is_in_it(viewer: Viewer) -> None:
    await viewer.bring({"m31.fits": image_file((400, 600), cards=WCS_CARDS), "units.fits": three_units()})
    sky = (await viewer.get("m31.fits", "/0/sky")).json()
    assert (sky["x"][0], sky["x"][-1], sky["y"][-1]) == (0.5, 600.5, 400.5)
    middle = (sky["ra_deg"][16][16], sky["dec_deg"][16][16])
    assert middle == (pytest.approx(10.68), pytest.approx(41.27))
    shown = (await viewer.get("m31.fits", "/0/objects")).json()
    first = shown["items"][0]
    assert first["name"] == "M 31" and "NGC 224" in first["also"] and shown["count"] >= 1
    assert first["x"] == pytest.approx(300.5, abs=10) and first["y"] == pytest.approx(200.5, abs=10)
    assert len((await viewer.get("m31.fits", "/0/objects", limit=1)).json()["items"]) == 1
    for path in ("/1/sky", "/2/objects"):
        assert (await viewer.get("units.fits", path)).status_code == 409
