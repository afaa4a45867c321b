"""Whether a file is whole, as far as its own headers tell: a FITS file is as long as they promise."""

from __future__ import annotations

import re
from io import FileIO

__all__ = ["what_is_missing"]

BLOCK_BYTES = 2880
CARD_BYTES = 80
MOST_HEADER_BLOCKS = 20_000  # 58 MB of header: whoever promises more is not waited for
MOST_UNITS = 10_000
NUMBER = re.compile(rb"= *([+-]?\d+) *(?:/.*)?")


def what_is_missing(source: str | bytes) -> str:
    """Tell what a file still lacks, in words; empty where nothing is known to be missing.

    Only plain FITS is looked into. Of other kinds (compressed ones too) nothing is known but that they are not empty.

    Raises
    ------
    OSError
        It cannot be read.

    Source
    ------
    FITS Standard 4.0, sections 3.3, 4.4.1 and 6.1: sizes of headers, data and random groups.
    """
    with open(source, "rb", buffering=0) as file:  # noqa: PTH123
        length = file.seek(0, 2)
        if not length:
            return "It is empty."
        file.seek(0)
        if file.read(6) != b"SIMPLE":
            return ""
        start = 0
        for _ in range(MOST_UNITS):
            header = _header(file, start)
            if header is None:
                return "A header of it has no end yet." if length - start < MOST_HEADER_BLOCKS * BLOCK_BYTES else ""
            cards, start = header
            size_bytes = _data_size(cards)
            if size_bytes is None:
                return ""
            # With the fill behind the data: a writer may rest before that, too. Where none ever comes, patience ends.
            start += -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES
            if start > length:
                return f"Its headers promise {start} bytes, and {length} are there."
            if start == length:
                return ""
            # What follows is another unit, or the writer's own business.
            file.seek(start)
            begun = file.read(8)
            if not b"XTENSION".startswith(begun):
                return ""
            if len(begun) < 8:
                return "A header of it has no end yet."
    return ""


def _header(file: FileIO, start: int) -> tuple[dict[bytes, bytes], int] | None:
    """Read the cards that tell sizes, and where the data begins; None where the header has no end."""
    cards: dict[bytes, bytes] = {}
    file.seek(start)
    for number in range(1, MOST_HEADER_BLOCKS):
        block: bytes = file.read(BLOCK_BYTES)
        if len(block) < BLOCK_BYTES:
            return None
        for at in range(0, BLOCK_BYTES, CARD_BYTES):
            card = block[at : at + CARD_BYTES]
            keyword = card[:8].rstrip()
            if keyword == b"END" and not card[8:].strip():
                return cards, start + number * BLOCK_BYTES
            if keyword in (b"BITPIX", b"PCOUNT", b"GCOUNT", b"GROUPS") or keyword.startswith(b"NAXIS"):
                cards.setdefault(keyword, card[8:])
    return None


def _data_size(cards: dict[bytes, bytes]) -> int | None:
    """Work out the bytes of a unit's data, without their fill; None where the cards make no sense."""
    bits, axes = _number(cards, b"BITPIX"), _number(cards, b"NAXIS")
    if bits is None or axes is None or not 0 <= axes <= 999:
        return None
    if axes == 0:
        return 0
    lengths = [_number(cards, b"NAXIS%d" % axis) for axis in range(1, axes + 1)]
    is_groups = lengths[0] == 0 and cards.get(b"GROUPS", b"")[1:].split(b"/")[0].strip() == b"T"
    count = 1
    for length in lengths[1:] if is_groups else lengths:
        if length is None or length < 0:
            return None
        count *= length
    parameters, groups = _number(cards, b"PCOUNT", 0), _number(cards, b"GCOUNT", 1)
    if parameters is None or groups is None or parameters < 0 or groups < 0:
        return None
    return abs(bits) // 8 * groups * (parameters + count)


def _number(cards: dict[bytes, bytes], keyword: bytes, otherwise: int | None = None) -> int | None:
    if keyword not in cards:
        return otherwise
    match = NUMBER.fullmatch(cards[keyword].rstrip())
    return int(match[1]) if match else None
