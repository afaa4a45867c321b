"""Header units for tests of the rules over them, read by astropy: a parser that shares nothing with ours."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from astropy.io import fits

from domain.header import Card, CardValue, HeaderUnit

__all__ = ["unit_of", "units_of_file", "units_of_header_text", "units_of_headers"]


def unit_of(cards: dict[str, Any] | Iterable[tuple[str, Any] | tuple[str, Any, str]], index: int = 0) -> HeaderUnit:
    """Build a header unit from keywords and values, with comments where a third item stands."""
    items: Iterable[tuple[Any, ...]] = cards.items() if isinstance(cards, dict) else cards
    return _unit([Card(item[0], item[1], item[2] if len(item) > 2 else "") for item in items], index)


def units_of_headers(headers: Iterable[fits.Header]) -> list[HeaderUnit]:
    """Turn astropy headers into header units."""
    units = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for index, header in enumerate(headers):
            units.append(_unit([_card(card) for card in header.cards], index))
    return units


def units_of_file(path: Path) -> list[HeaderUnit] | None:
    """Read the header units of a FITS file in any wrapping; None where astropy finds no FITS file in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with fits.open(io.BytesIO(_unwrapped(path)) if path.suffix == ".zip" else path, memmap=False) as hdus:
                return units_of_headers([hdu.header for hdu in hdus])
        except (OSError, ValueError, TypeError):
            return None


def units_of_header_text(text: str) -> list[HeaderUnit]:
    """Read a header written as text: 80 columns without line ends, or one card a line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "\n" in text[:81]:
            lines = [line for line in text.replace("\r", "").split("\n") if line.strip() and not line.startswith("END")]
            return units_of_headers([fits.Header([fits.Card.fromstring(line[:80]) for line in lines])])
        return units_of_headers([fits.Header.fromstring(text)])


def _unwrapped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(archive.namelist()[0])


def _card(card: fits.Card) -> Card:
    try:
        value: CardValue = None if isinstance(card.value, fits.card.Undefined) else card.value
        return Card(card.keyword.upper(), value, card.comment)
    except (fits.VerifyError, ValueError):
        return Card(card.image[:8].strip().upper(), card.image, "")


def _unit(cards: list[Card], index: int) -> HeaderUnit:
    kind: Literal["image", "empty"] = "image" if any(card.keyword == "NAXIS1" for card in cards) else "empty"
    name = next((str(card.value) for card in cards if card.keyword == "EXTNAME"), "" if index else "PRIMARY")
    return HeaderUnit(index=index, name=name, kind=kind, shape=(), cards=cards)
