"""FITS files as bytes, made by astropy or card by card where astropy would refuse."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from astropy.io import fits

from domain.fits_structure import BLOCK_BYTES, padded_size

__all__ = ["header_block", "image_file", "three_units"]


def header_block(*cards: str, end: bool = True) -> bytes:
    """Return cards as one header, padded to whole blocks; with ``end`` False it has neither END nor padding."""
    block = b"".join(card.encode("latin-1").ljust(80) for card in cards)
    if not end:
        return block
    block += b"END".ljust(80)
    return block.ljust(padded_size(len(block)))


def image_file(
    shape: Sequence[int] = (20, 30), *, cards: dict[str, object] | None = None, table: bool = False
) -> bytes:
    """Return a FITS file with one image of 16-bit noise, and behind it, if wanted, a table of two columns."""
    pixels = np.random.default_rng(11).integers(0, 30_000, size=shape).astype("i2")
    units = [fits.PrimaryHDU(pixels, fits.Header(cards or {"OBJECT": "M 31"}))]
    if table:
        numbers = np.arange(50.0)
        columns = [fits.Column("TIME", "D", "d", array=numbers), fits.Column("FLUX", "E", "Jy", array=numbers**0.5)]
        units.append(fits.BinTableHDU.from_columns(columns, name="CURVE"))
    return _written(fits.HDUList(units))


def three_units() -> bytes:
    """Return a FITS file with an empty primary unit, an image and a table."""
    image = fits.ImageHDU(np.arange(600, dtype="f4").reshape(20, 30), name="SCI")
    table = fits.BinTableHDU.from_columns([fits.Column("x", "E", array=np.arange(50.0))], name="CAT")
    return _written(fits.HDUList([fits.PrimaryHDU(header=fits.Header({"FILTER": "R"})), image, table]))


def _written(units: fits.HDUList) -> bytes:
    stream = io.BytesIO()
    units.writeto(stream)
    content = stream.getvalue()
    assert len(content) % BLOCK_BYTES == 0
    return content
