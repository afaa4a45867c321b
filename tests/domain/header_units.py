"""Header units made by astropy, for tests that want real or invented headers without a reader of ours."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from astropy.io import fits

from domain.header import Card, HeaderUnit

__all__ = ["image_unit", "unit_of", "units_of_file"]


def image_unit(shape: tuple[int, ...], index: int = 0, **values: Any) -> HeaderUnit:
    """Make an image's header unit of keywords and values; dashes are written as double underscores."""
    cards = [Card(keyword.replace("__", "-"), value, "") for keyword, value in values.items()]
    return HeaderUnit(index, "", "image", shape, cards)


def unit_of(hdu: Any, index: int) -> HeaderUnit:
    """Turn an astropy HDU into a header unit."""
    header = hdu.header
    cards = []
    for card in header.cards:
        value = None if isinstance(card.value, fits.card.Undefined) else card.value
        cards.append(Card(card.keyword.upper(), value, card.comment))
    if isinstance(hdu, fits.CompImageHDU):
        return HeaderUnit(index, hdu.name, "compressed_image", tuple(hdu.shape), cards)
    if isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU)):
        shape = tuple(hdu.shape)
        return HeaderUnit(index, hdu.name, "image" if shape else "empty", shape, cards)
    return HeaderUnit(index, hdu.name, "table", (int(header.get("NAXIS2", 0)),), cards)


def units_of_file(path: Path) -> list[HeaderUnit]:
    """Read all header units of a FITS file that astropy can open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with fits.open(path, lazy_load_hdus=False, memmap=False, ignore_missing_end=True) as hdus:
            return [unit_of(hdu, index) for index, hdu in enumerate(hdus)]
