"""A preview of a FITS file, and what plain keywords say of it; whatever a file is, drawing it never fails."""

from __future__ import annotations

import io
import math
import os
import warnings
from collections.abc import Callable
from typing import Any

import msgspec

from uraniborg.errors import NotConfigured

__all__ = ["Drawn", "can_draw_or_say", "draw"]

LONGEST_EDGE_PX = 512
MOST_BYTES = 64 * 1024  # that the service takes
WANTED_BYTES = 40 * 1024  # 200 frames in a minute and a half of a line of 1 Mbit/s
MOST_PIXELS = 1_000_000_000  # of an image that is read in bands of rows
MOST_UNPACKED_PIXELS = 150_000_000  # of one that is unpacked whole
MOST_PACKED_BYTES = 300_000_000
QUALITIES = (60, 40, 20, 5)
SOFTENING = 0.2  # of the asinh: below this part of the range it is a straight line
BLACK_SIGMAS, WHITE_SIGMAS, WHITE_PERCENT = 1.5, 20, 99.7
LONGEST_WORD = 80
GZIP = b"\x1f\x8b"


class Drawn(msgspec.Struct, frozen=True):
    """A preview, WebP or JPEG, None where there is none; and facts by the names that the service gives them."""

    preview: bytes | None
    facts: dict[str, str | float]


def can_draw_or_say() -> None:
    """Make sure that previews can be drawn on this computer; raises NotConfigured, with what to do, if not."""
    try:
        import astropy.io.fits  # noqa: F401
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise NotConfigured(
            f"Previews are drawn with astropy and pillow, and {error.name} is missing: pip install 'uraniborg[astro]'"
        ) from error


def draw(source: bytes) -> Drawn:
    """Draw the first image of a file; without a preview where there is no image, or it cannot be drawn."""
    facts: dict[str, str | float] = {}
    preview = None
    try:
        if _is_fits(source):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                preview = _draw(os.fsdecode(source), facts)
    except Exception:  # noqa: S110 - whatever is wrong with a file, its preview is the least of its worries
        pass
    return Drawn(preview, facts)


def _is_fits(source: bytes) -> bool:
    with open(source, "rb") as file:  # noqa: PTH123
        begin = file.read(9)
        size_bytes = file.seek(0, 2)
    is_packed = begin.startswith(GZIP) and any(end in os.path.basename(source).lower() for end in (b".fit", b".fts"))  # noqa: PTH119
    return begin.startswith(b"SIMPLE") or (is_packed and size_bytes <= MOST_PACKED_BYTES)


def _draw(source: str, facts: dict[str, str | float]) -> bytes | None:
    """Draw an image; the facts are there as soon as they are read, whatever becomes of the image."""
    from astropy.io import fits

    # Unscaled, so that only the rows at hand are ever made floating-point numbers; and read, not mapped: whoever cuts
    # a file short that is mapped ends this process.
    with fits.open(source, memmap=False, lazy_load_hdus=True, do_not_scale_image_data=True) as units:
        number = next((n for n, unit in enumerate(units) if _is_image(unit)), None)
        headers = [units[number or 0].header, units[0].header]
        facts.update(_facts(headers))
        if number is None:
            return None
        unit = units[number]
        shape = unit.shape
        is_packed = isinstance(unit, fits.CompImageHDU)
        if math.prod(shape if is_packed else shape[-2:]) > (MOST_UNPACKED_PIXELS if is_packed else MOST_PIXELS):
            return None
        first = (0,) * (len(shape) - 2)  # plane of a cube
        if not is_packed:
            header = unit.header
            scale, zero, blank = header.get("BSCALE", 1), header.get("BZERO", 0), header.get("BLANK")
            shrunk = _shrink(lambda begin, end: unit.section[(*first, slice(begin, end))], shape, blank)
            return _encode(shrunk * float(scale) + float(zero))
    with fits.open(source, memmap=False) as units:
        data = units[number].data[first]
        return _encode(_shrink(lambda begin, end: data[begin:end], shape, None))


def _is_image(unit: Any) -> bool:
    return bool(unit.is_image and len(unit.shape) >= 2 and min(unit.shape[-2:]) >= 2 and 0 not in unit.shape)


def _shrink(rows: Callable[[int, int], Any], shape: tuple[int, ...], blank: int | None) -> Any:
    """Make an image small: each pixel the mean of a square of those that have a value, NaN where none has."""
    import numpy as np

    height, width = shape[-2:]
    step = -(-max(height, width) // LONGEST_EDGE_PX)
    across, down = min(step, width), min(step, height)
    columns = width // across
    shrunk = np.full((height // down, columns), np.nan, dtype=np.float64)
    for row in range(len(shrunk)):
        band = np.asarray(rows(row * down, (row + 1) * down))[:, : columns * across]
        has_value = np.isfinite(band) if band.dtype.kind == "f" else np.ones(band.shape, dtype=bool)
        if blank is not None and band.dtype.kind in "iu":
            has_value &= band != blank
        values = np.where(has_value, band, 0).astype(np.float64).reshape(down, columns, across)
        counts = has_value.reshape(down, columns, across).sum(axis=(0, 2))
        np.divide(values.sum(axis=(0, 2)), counts, out=shrunk[row], where=counts > 0)
    return shrunk


def _encode(image: Any) -> bytes | None:
    import numpy as np
    from PIL import Image, features

    values = image[np.isfinite(image)]
    if not values.size:
        return None
    middle = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - middle))  # the standard deviation, where noise is all there is
    black, white = max(middle - BLACK_SIGMAS * spread, values.min()), np.percentile(values, WHITE_PERCENT)
    white = min(max(white, middle + WHITE_SIGMAS * spread), values.max())  # noise alone is not stretched to white
    if white <= black:  # most of it is one value
        black, white = values.min(), values.max()
    if white > black:
        part = np.clip((np.nan_to_num(image, nan=black) - black) / (white - black), 0, 1)
        levels = 255 * np.arcsinh(part / SOFTENING) / np.arcsinh(1 / SOFTENING)
    else:  # it is the same everywhere
        levels = np.full(image.shape, 128.0)
    # The first row of FITS is the lowest; what has no value is black.
    grey = Image.fromarray(np.flipud(np.where(np.isfinite(image), levels, 0)).round().astype(np.uint8))
    kind = "WEBP" if features.check("webp") else "JPEG"
    while max(grey.size) > 1:
        for quality in QUALITIES:
            written = io.BytesIO()
            grey.save(written, kind, quality=quality)
            if written.tell() <= (MOST_BYTES if quality == QUALITIES[-1] else WANTED_BYTES):
                return written.getvalue()
        grey = grey.reduce(2)
    return None


def _facts(headers: list[Any]) -> dict[str, str | float]:
    facts: dict[str, str | float] = {}
    for name, keyword in (("object", "OBJECT"), ("filter", "FILTER"), ("date_obs", "DATE-OBS")):
        if isinstance(word := _first(headers, keyword), str) and word.strip():
            facts[name] = word.strip()[:LONGEST_WORD]
    exposure_s = _first(headers, "EXPTIME", "EXPOSURE")
    if isinstance(exposure_s, int | float) and not isinstance(exposure_s, bool) and 0 <= exposure_s <= 1e9:
        facts["exposure_s"] = float(exposure_s)
    return facts


def _first(headers: list[Any], *keywords: str) -> Any:
    for header in headers:
        for keyword in keywords:
            try:
                if keyword in header:
                    return header[keyword]
            except Exception:  # noqa: S112 - a card that cannot be read is as good as none
                continue
    return None
