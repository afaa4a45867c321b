"""Previews of FITS files of all kinds, drawn where the files are."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image
from uraniborg.watch.preview_drawing import Drawn, draw

HEIGHT, WIDTH = 900, 1300


def sky(kind: str = "float32") -> np.ndarray:
    """Make noise with a bright star near the upper left corner, as FITS counts rows from below."""
    image = np.random.default_rng(1).normal(1000, 10, (HEIGHT, WIDTH))
    image[800:830, 100:130] += 20_000
    return image.astype(kind)


def grey(drawn: Drawn) -> np.ndarray:
    assert drawn.preview is not None
    assert len(drawn.preview) <= 64 * 1024
    with Image.open(io.BytesIO(drawn.preview)) as preview:
        assert preview.format == "WEBP"
        assert max(preview.size) <= 512
        return np.asarray(preview.convert("L")).astype(int)


def blank_integers(path: Path) -> None:
    image = sky("int16")
    image[:400] = -32768
    unit = fits.PrimaryHDU(image)
    unit.header["BLANK"] = -32768
    unit.writeto(path)


def holes(path: Path) -> None:
    image = sky()
    image[:400] = np.nan
    image[500, 500] = np.inf
    fits.PrimaryHDU(image).writeto(path)


def packed(path: Path) -> None:
    units = [fits.PrimaryHDU(), fits.CompImageHDU(sky("uint16"), compression_type="RICE_1")]
    fits.HDUList(units).writeto(path)


def packed_floats(path: Path) -> None:
    image = sky()
    image[:400] = np.nan
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(image, compression_type="GZIP_2")]).writeto(path)


def cube(path: Path) -> None:
    fits.PrimaryHDU(np.stack([sky("int32"), np.zeros((HEIGHT, WIDTH), dtype="int32")])).writeto(path)


def behind_a_table(path: Path) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("x", "J", array=[1, 2])])
    fits.HDUList([fits.PrimaryHDU(), table, fits.ImageHDU(sky(">f8"))]).writeto(path)


def zipped(path: Path) -> None:
    written = io.BytesIO()
    fits.PrimaryHDU(sky("uint16")).writeto(written)
    path.write_bytes(gzip.compress(written.getvalue()))


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda path: fits.PrimaryHDU(sky()).writeto(path), "floats.fits"),
        (lambda path: fits.PrimaryHDU(sky("uint16")).writeto(path), "unsigned.fit"),
        (blank_integers, "blank.fits"),
        (holes, "holes.fits"),
        (packed, "packed.fits.fz"),
        (packed_floats, "floats.fits.fz"),
        (cube, "cube.fits"),
        (behind_a_table, "behind.fits"),
        (zipped, "zipped.fits.gz"),
    ],
)
def test_a_star_is_seen_where_it_is(tmp_path: Path, make: Callable[[Path], None], name: str) -> None:
    make(tmp_path / name)
    image = grey(draw(os.fsencode(tmp_path / name)))
    step = 3  # of 1300 pixels to at most 512
    assert image.shape == (HEIGHT // step, WIDTH // step)
    top = image.shape[0] - 815 // step
    star, noise = image[top - 2 : top + 3, 115 // step - 2 : 115 // step + 3], image[20:120, 200:400]
    assert star.min() > 200
    assert noise.mean() < 120
    if name in ("blank.fits", "holes.fits", "floats.fits.fz"):
        assert image[-100:].max() < 20, "what has no value is black"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"SIMPLE  =",
        b"no FITS at all",
        gzip.compress(b"no FITS either", mtime=0),
        b"SIMPLE  =                    T" * 400,
    ],
)
def test_what_cannot_be_drawn_goes_without(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.fits.gz").write_bytes(content)
    assert draw(os.fsencode(tmp_path / "odd.fits.gz")) == Drawn(None, {})
    assert draw(os.fsencode(tmp_path / "none.fits")) == Drawn(None, {})


def test_odd_images(tmp_path: Path) -> None:
    for number, (image, is_drawn) in enumerate(
        [
            (np.full((50, 60), np.nan), False),
            (np.full((50, 60), 7, dtype="int16"), True),
            (np.arange(3 * 5000, dtype="int64").reshape(3, 5000), True),
            (np.array([[1e300, -1e300], [np.inf, np.nan]]), True),
            (np.arange(100.0), False),
            (np.random.default_rng(2).integers(0, 2**16, (512, 512)).astype("uint16"), True),
        ]
    ):
        path = tmp_path / f"{number}.fits"
        fits.PrimaryHDU(image).writeto(path)
        drawn = draw(os.fsencode(path))
        assert (drawn.preview is not None) == is_drawn, number
        if is_drawn:
            grey(drawn)


def test_a_file_that_was_cut_short_has_facts_alone(tmp_path: Path) -> None:
    for number, unit in enumerate([fits.PrimaryHDU(sky()), fits.CompImageHDU(sky("int16"), compression_type="RICE_1")]):
        path = tmp_path / f"{number}.fits"
        unit.header["OBJECT"] = "M 31"
        unit.writeto(path)
        os.truncate(path, path.stat().st_size // 2)
        assert draw(os.fsencode(path)) == Drawn(None, {"object": "M 31"}), number


def test_what_is_no_image_has_facts_alone(tmp_path: Path) -> None:
    for number, unit in enumerate([fits.PrimaryHDU(), fits.PrimaryHDU(np.arange(100.0))]):
        unit.header["OBJECT"], unit.header["EXPTIME"] = "Vega", 5
        unit.writeto(tmp_path / f"{number}.fits")
        assert draw(os.fsencode(tmp_path / f"{number}.fits")) == Drawn(None, {"object": "Vega", "exposure_s": 5.0})


def test_facts_are_what_plain_keywords_say(tmp_path: Path) -> None:
    first, image = fits.PrimaryHDU(), fits.ImageHDU(sky("int16"))
    first.header["OBJECT"], first.header["DATE-OBS"], first.header["EXPTIME"] = "M 31", "2026-11-20T22:00:00", 30
    image.header["FILTER"] = "R"
    fits.HDUList([first, image]).writeto(tmp_path / "a.fits")
    drawn = draw(os.fsencode(tmp_path / "a.fits"))
    assert drawn.facts == {"object": "M 31", "filter": "R", "exposure_s": 30.0, "date_obs": "2026-11-20T22:00:00"}
    image.header["FILTER"], first.header["EXPTIME"] = 3, "long"
    fits.HDUList([first, image]).writeto(tmp_path / "b.fits")
    drawn = draw(os.fsencode(tmp_path / "b.fits"))
    assert drawn.facts == {"object": "M 31", "date_obs": "2026-11-20T22:00:00"}
