"""What a FITS (or XISF) file says of itself: header units of parsed cards."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

__all__ = ["Card", "CardValue", "FileContents", "HeaderUnit", "Problem"]

CardValue = bool | int | float | complex | str | None


class Card(NamedTuple):
    """One header card.

    ``keyword`` is upper case and, for HIERARCH cards, comes without the word HIERARCH
    (``ESO DET ID``), as astropy names it. ``value`` is None where the card has none.
    A card that could not be parsed keeps its whole text as the value.
    """

    keyword: str
    value: CardValue
    comment: str


class Problem(msgspec.Struct, frozen=True):
    """Something wrong with a file, told to the person who sent it.

    ``code`` is stable and kebab-case (``data-truncated``); ``detail`` is one sentence: what it is and what follows.
    """

    code: str
    detail: str


class HeaderUnit(msgspec.Struct, frozen=True):
    """One header-data unit, without its data.

    ``shape`` is in numpy order: of the image (uncompressed, for tile-compressed images), or (rows,) for a table.
    Offsets and sizes are bytes of the uncompressed FITS stream.
    """

    index: int
    name: str
    kind: Literal["image", "compressed_image", "table", "ascii_table", "groups", "empty", "other"]
    shape: tuple[int, ...]
    cards: list[Card]
    header_offset: int = 0
    data_offset: int = 0
    data_size_bytes: int = 0
    bitpix: int = 0

    def find(self, keyword: str) -> CardValue:
        """Return the first value of a keyword that is present and not blank, or None."""
        for card in self.cards:
            if card.keyword == keyword and card.value is not None and card.value != "":
                return card.value
        return None


class FileContents(msgspec.Struct, frozen=True):
    """All header units of one file, what wrapped it, and what was wrong with it.

    ``format`` is ``fits`` or ``xisf``, ``other`` for a file that is kept as it is.
    ``container`` names the compression around the whole file: ``none gzip bzip2 lzw zip``.
    ``beginning`` is the file's first bytes, as far as its headers go before any data: whole pages of 4096 bytes, or
    the whole file; empty where headers go on for too long, or nothing is read from the file's own first bytes.
    """

    format: Literal["fits", "xisf", "other"]
    container: Literal["none", "gzip", "bzip2", "lzw", "zip"]
    media_type: str
    units: list[HeaderUnit]
    problems: list[Problem]
    beginning: bytes = b""
