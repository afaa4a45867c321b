"""Frames' images and tables as arrays of xarray, against what astropy reads from the same files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pytest
import uraniborg
from astropy.io import fits
from astropy.time import Time
from astropy.timeseries import TimeSeries

from tests.support.meddling_proxy import MeddlingProxy

PIXELS = np.arange(12, dtype=np.int16).reshape(3, 4)
SCALES = {"MAGNITUDE": (0.25, 10.0), "OFFSET": (1.0, 5.5)}  # set in the header, since astropy writes no such integers
FIXED = {
    "TIME", "NUMBER", "COUNTS", "SOURCE", "MAGNITUDE", "OFFSET", "SERIAL", "NAME", "GOOD", "FLAGS", "SPECTRUM", "STAMP",
    "NAMES", "VISIBILITY", "filter",
}  # fmt: skip


def write(path: Path, start_at: str | None, *units: Any, pixels: Any = PIXELS, **cards: object) -> None:
    """Write a light frame with units behind its image."""
    header = fits.Header({"IMAGETYP": "Light Frame", "EXPTIME": 30.0} | cards)
    if start_at:
        header["DATE-OBS"] = start_at
    path.parent.mkdir(parents=True, exist_ok=True)
    fits.HDUList([fits.PrimaryHDU(pixels, header), *units]).writeto(path)


def every_kind(count: int, seed: int) -> list[fits.Column]:
    """Make columns of every kind whose cells are of one length, of noise."""
    noise = np.random.default_rng(seed)
    integers = noise.integers(-100, 100, size=count)
    return [
        fits.Column("TIME", "D", "d", array=2461000.5 + noise.random(count)),
        fits.Column("NUMBER", "K", null=-1, array=9_007_199_254_740_993 + integers),  # no float64 is 2**53 + 1
        fits.Column("COUNTS", "I", "adu", bzero=2**15, array=noise.integers(0, 2**16, count).astype("u2")),
        fits.Column("SOURCE", "K", bzero=2**63, array=noise.integers(2**62, 2**63, count).astype("u8") * 2),
        fits.Column("MAGNITUDE", "I", "mag", null=-99, array=integers),  # scaled by `SCALES`
        fits.Column("OFFSET", "E", "arcsec", array=noise.random(count)),  # and this
        fits.Column("SERIAL", "B", array=(integers % 9).astype("u1")),
        fits.Column("NAME", "8A", array=[f"HD {number}" for number in integers]),
        fits.Column("GOOD", "L", array=integers > 0),
        fits.Column("FLAGS", "5X", array=noise.random((count, 5)) > 0.5),
        fits.Column("SPECTRUM", "3E", "Jy", array=noise.random((count, 3))),
        fits.Column("STAMP", "6J", dim="(3,2)", array=noise.integers(-9, 9, (count, 2, 3))),
        fits.Column("NAMES", "10A", dim="(5,2)", array=np.array([["alpha", "b"]] * count)),
        fits.Column("VISIBILITY", "C", array=noise.random(count) + 1j * noise.random(count)),
        fits.Column("filter", "2A", array=["R"] * count),
    ]


def table(*columns: fits.Column, name: str = "SOURCES") -> fits.BinTableHDU:
    unit = fits.BinTableHDU.from_columns(columns, name=name)
    for number, column in enumerate(columns, start=1):
        if column.name in SCALES:
            unit.header[f"TSCAL{number}"], unit.header[f"TZERO{number}"] = SCALES[column.name]
    return unit


def sent(client: uraniborg.Client, folder: Path) -> uraniborg.Client:
    report = client.upload(folder, telescope="quadrant", wait=True)
    assert report.ok, report.failed
    return client


def read_by_astropy(path: Path, hdu: int | str, name: str) -> np.ndarray[Any, Any]:
    with fits.open(path, memmap=False) as hdus:
        cells = np.asarray(hdus[hdu].data[name])
        cells = cells.astype(cells.dtype.newbyteorder("="))
    return np.strings.rstrip(cells) if cells.dtype.kind == "U" else cells


def test_tables_of_as_many_rows_become_variables_by_frame_and_row(client: uraniborg.Client, tmp_path: Path) -> None:
    folder = tmp_path / "night"
    for number in range(3):
        write(folder / f"{number}.fits", f"2026-11-20T2{number}:00:00", table(*every_kind(7, number)), FILTER="R")
    frames = sent(client, folder).find(sort="start_at")
    for hdu in (1, "SOURCES"):
        found = frames.to_xarray(hdu=hdu)
        assert set(found.data_vars) == FIXED - {"filter"} | {"filter_"}
        assert dict(found.sizes) | {"frame": 3, "row": 7} == dict(found.sizes)
        whole = found.compute()
        for name in FIXED:
            called = "filter_" if name == "filter" else name
            variable, computed = found[called], whole[called]
            expected = np.stack([read_by_astropy(folder / f"{number}.fits", hdu, name) for number in range(3)])
            assert variable.chunks is not None
            assert (variable.dtype, variable.dims[:2]) == (expected.dtype, ("frame", "row")), name
            assert (computed.dtype, computed.shape) == (expected.dtype, variable.shape), name
            np.testing.assert_array_equal(computed.values, expected, name)
    assert found["STAMP"].dims[2:] == ("STAMP_axis2", "STAMP_axis1")
    assert {name: found[name].attrs.get("units") for name in ("TIME", "COUNTS", "SPECTRUM", "NAME")} == {
        "TIME": "d",
        "COUNTS": "adu",
        "SPECTRUM": "Jy",
        "NAME": None,
    }
    assert (found["NUMBER"].dtype, found["NUMBER"].attrs["missing_value"]) == (np.int64, -1)
    assert found["MAGNITUDE"].attrs["missing_value"] == 10 - 99 * 0.25
    assert (found["path"].values.tolist(), found["filter"].values.tolist()) == ([f.path for f in frames], ["R"] * 3)


def test_tables_of_different_length_stand_one_behind_the_other(client: uraniborg.Client, tmp_path: Path) -> None:
    folder, counts, widths = tmp_path / "night", (3, 0, 5), (4, 6, 9)
    for number, (count, width) in enumerate(zip(counts, widths, strict=True)):
        names = fits.Column("NAME", f"{width}A", array=[f"{number}-{row}".ljust(width, "x") for row in range(count)])
        flux = fits.Column("FLUX", "E", "Jy", array=np.arange(count) + number / 2)
        words = fits.TableHDU.from_columns(
            [
                fits.Column("STAR", "A6", array=[f"s{row}" for row in range(count)], ascii=True),
                fits.Column("MAG", "F8.3", "mag", array=np.arange(count) * 1.5, ascii=True),
                fits.Column("HITS", "I5", array=np.arange(count) + number, ascii=True),
            ],
            name="WORDS",
        )
        write(folder / f"{number}.fits", f"2026-11-20T2{number}:00:00", table(names, flux), words, OBJECT=f"M{number}")
    frames = sent(client, folder).find(sort="start_at")
    for hdu, columns in (("SOURCES", ("NAME", "FLUX")), ("WORDS", ("STAR", "MAG", "HITS"))):
        found = frames.to_xarray(hdu)
        assert dict(found.sizes) == {"row": 8}
        for name in columns:
            expected = np.concatenate([read_by_astropy(folder / f"{n}.fits", hdu, name) for n in (0, 2)])
            computed = found[name].compute()
            assert found[name].dtype == computed.dtype
            np.testing.assert_array_equal(computed.values, expected)
        assert found["frame"].values.tolist() == [0] * 3 + [2] * 5
        assert found["object"].values.tolist() == ["M0"] * 3 + ["M2"] * 5
    assert found["MAG"].attrs["units"] == "mag"
    found = frames.to_xarray("SOURCES").load()
    assert found["NAME"].dtype == np.dtype("U9")
    assert found["FLUX"].groupby("frame").max().values.tolist() == [2, 5]
    assert found.swap_dims(row="time").sel(time="2026-11-20T22")["FLUX"].values.tolist() == [1, 2, 3, 4, 5]
    one = frames[2:].to_xarray("SOURCES")
    assert dict(one.sizes) == {"frame": 1, "row": 5}


def test_cells_that_differ_in_length_are_left_out_and_not_fetched(
    client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy
) -> None:
    folder, noise = tmp_path / "night", np.random.default_rng(5)
    for number in range(2):
        events = np.empty(4, dtype=object)
        events[:] = [noise.random(length) for length in (200_000, 1, 300_000, 7)]  # 4 MB behind the rows
        columns = [
            fits.Column("FLUX", "D", "Jy", array=noise.random(4)),
            fits.Column("EVENTS", "PD()", array=events),
            fits.Column("LATER", "QJ()", array=np.array([np.arange(n) for n in (1, 2, 3, 4)], dtype=object)),
            fits.Column("NOTHING", "0E", array=np.zeros((4, 0), "f4")),
        ]
        events_alone = table(columns[1], name="EVENTS")
        write(folder / f"{number}.fits", f"2026-11-20T2{number}:00:00", table(*columns), events_alone)
    frames = sent(client, folder).find(sort="start_at")
    line.forget()
    with pytest.warns(UserWarning, match="is left out") as told:
        found = frames.to_xarray("SOURCES")
    assert [str(one.message).split(":")[0] for one in told] == [
        f"The column {name} is left out" for name in ("EVENTS", "LATER", "NOTHING")
    ]
    assert {one.filename for one in told} == {__file__}
    assert (list(found.data_vars), found.attrs["left_out"]) == (["FLUX"], "EVENTS, LATER, NOTHING")
    expected = np.stack([read_by_astropy(folder / f"{number}.fits", 1, "FLUX") for number in range(2)])
    np.testing.assert_array_equal(found["FLUX"].values, expected)
    assert 0 < line.downloaded_bytes < 2 * 1024**2, "of 16 MB"
    with pytest.raises(ValueError, match=r"0\.fits can be stacked \(EVENTS: its cells differ in length\)"):
        frames.to_xarray("EVENTS")


def test_long_tables_are_fetched_by_pieces(client: uraniborg.Client, tmp_path: Path, line: MeddlingProxy) -> None:
    count = 1_600_000  # 19 MB
    numbers, flux = np.arange(count, dtype="i4"), np.random.default_rng(3).random(count)
    path = tmp_path / "night" / "long.fits"
    write(path, None, table(fits.Column("NUMBER", "J", array=numbers), fits.Column("FLUX", "D", array=flux)))
    found = sent(client, path.parent).find().to_xarray(1)
    assert len(found["FLUX"].chunks[1]) == 3
    line.forget()
    np.testing.assert_array_equal(found["FLUX"].isel(frame=0, row=slice(-10, None)).values, flux[-10:])
    assert 0 < line.downloaded_bytes < 10 * 1024**2, "the last piece alone"
    computed = found.compute()
    np.testing.assert_array_equal(computed["NUMBER"].values[0], numbers)
    np.testing.assert_array_equal(computed["FLUX"].values[0], flux)
    assert np.isnat(found["time"].values[0])


def test_what_does_not_fit_together_names_the_frame(client: uraniborg.Client, tmp_path: Path) -> None:
    folder, clock = tmp_path / "night", iter(range(60))

    def put(what: str, name: str, *units: Any, **more: Any) -> None:
        write(folder / f"{what}-{name}.fits", f"2026-11-20T20:{next(clock):02}:00", *units, OBJECT=what, **more)

    first = [fits.Column("FLUX", "E", "Jy", array=[1.0, 2.0]), fits.Column("NAME", "3A", array=["a", "b"])]
    others = {
        "absent": [],
        "image": [fits.ImageHDU(PIXELS, name="SOURCES")],
        "lacking": [table(first[0])],
        "more": [table(*first, fits.Column("MORE", "L", array=[True, False]))],
        "unit": [table(fits.Column("FLUX", "E", "mJy", array=[1.0, 2.0]), first[1])],
        "shape": [table(fits.Column("FLUX", "2E", "Jy", array=np.ones((2, 2))), first[1])],
        "kind": [table(fits.Column("FLUX", "J", "Jy", array=[1, 2]), first[1])],
    }
    for name, units in others.items():
        put(name, "first", table(*first))
        put(name, "other", *units)
    put("names", "first", table(*first))
    written = folder / "names-first.fits"
    written.write_bytes(written.read_bytes().replace(b"TTYPE2  = 'NAME", b"TTYPE2  = 'FLUX"))
    put("text", "first", table(fits.Column("NAME", "3A", array=["xyz", "abc"])))
    written = folder / "text-first.fits"
    written.write_bytes(written.read_bytes().replace(b"xyz", b"x\xe9z"))
    put("pixels", "first", pixels=PIXELS)
    put("pixels", "narrow", pixels=PIXELS[:, 1:])
    put("numbers", "first", pixels=PIXELS)
    put("numbers", "other", pixels=PIXELS + 0.5)
    sent(client, folder)

    def found(what: str) -> Any:
        return client.find(object=what, sort="start_at")

    for name, words in {
        "absent": "has no HDU 'SOURCES'; it has 0 (PRIMARY): give another hdu=, or choose frames that have it",
        "image": "has no table where the first frame has one",
        "lacking": "it lacks NAME. Choose frames whose tables are alike",
        "more": "it has MORE besides",
        "unit": "FLUX is float32, units mJy, and not float32, units Jy",
        "shape": "FLUX is float32 of shape (2,), units Jy, and not float32, units Jy",
        "kind": "FLUX is int32, units Jy, and not float32, units Jy",
    }.items():
        with pytest.raises(ValueError) as raised:
            found(name).to_xarray("SOURCES")
        assert f"{name}-other.fits" in str(raised.value)
        assert words in str(raised.value)
    with pytest.raises(ValueError, match=r"absent-first\.fits has no HDU 7; it has 0 \(PRIMARY\), 1 \(SOURCES\)"):
        found("absent").to_xarray(7)
    with pytest.raises(ValueError, match=r"names-first\.fits has columns of one name, or of none"):
        found("names").to_xarray(1)
    with pytest.raises(ValueError, match=r"Column NAME of text-first\.fits cannot be read.*ascii"):
        found("text").to_xarray(1).compute()
    with pytest.raises(ValueError, match=r"absent-first\.fits is a table: to_xarray\(\) gives its columns"):
        found("absent").to_dask(1)
    with pytest.raises(ValueError, match=r"image-first\.fits is a table"):
        found("image")[::-1].to_xarray("SOURCES").compute()
    with pytest.raises(ValueError, match=r"pixels-narrow\.fits is \(3, 3\), and the first frame, pixels-first\.fits"):
        found("pixels").to_xarray().compute()
    with pytest.raises(ValueError, match=r"numbers-other\.fits holds float64, for which int16 of the first frame"):
        found("numbers").to_xarray().compute()
    assert found("numbers")[::-1].to_xarray().compute().values[:, 0, 0].tolist() == [0.5, 0]
    with pytest.raises(ValueError, match="no frames"):
        found("nothing").to_xarray(1)


def test_stacks_are_time_series(client: uraniborg.Client, tmp_path: Path) -> None:
    folder = tmp_path / "night"
    starts = ["2026-11-20T22:00:00.125", "2026-11-20T20:00:00", None, "2026-11-21T21:00:00"]
    for number, start_at in enumerate(starts):
        cards = {"AIRMASS": 1 + number / 10} if number != 1 else {}
        write(folder / f"{number}.fits", start_at, pixels=PIXELS + np.int16(number), EXPTIME=30.0 + number, **cards)
    frames = sent(client, folder).find(sort="exposure_s")
    stack = frames.to_xarray()
    assert (stack["time"].dtype, stack["time"].dims) == (np.dtype("datetime64[ns]"), ("frame",))
    expected = [np.datetime64(start_at or "NaT", "ns") for start_at in starts]
    np.testing.assert_array_equal(stack["time"].values, expected)
    assert str(stack["start_at"].values[1]) == "2026-11-20T20:00:00.000000"
    assert stack.sortby("time")[:, 0, 0].values.tolist() == [1, 0, 3, 2]
    known = stack[~np.isnat(stack["time"].values)]
    by_time = known.swap_dims(frame="time").sortby("time")
    assert by_time.sel(time="2026-11-20")[:, 0, 0].values.tolist() == [1, 0]
    assert int(by_time.sel(time="2026-11-21T20:30", method="nearest")[0, 0]) == 3
    assert by_time.resample(time="1D").mean()[:, 0, 0].values.tolist() == [0.5, 3]
    np.testing.assert_array_equal(stack["airmass"].values, [1, np.nan, 1.2, 1.3])

    series = frames.to_timeseries()
    assert isinstance(series, TimeSeries)
    assert series.time.scale == "utc"
    assert [str(path) for path in series["path"]] == ["0.fits", "1.fits", "3.fits"]
    assert abs(series.time[0] - Time("2026-11-20T22:00:00.125", scale="utc")) < 1 * u.ms
    assert (series["exposure_s"] == [30, 31, 33] * u.s).all()
    assert [str(path) for path in series.loc["2026-11-20T19:00":"2026-11-20T23:00"]["path"]] == ["1.fits", "0.fits"]
