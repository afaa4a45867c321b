"""What a header says of its data unit: kind, shape and size in bytes, by arithmetic alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from domain.header import Card, CardValue

__all__ = ["BLOCK_BYTES", "FITS_MAGIC", "UnitKind", "UnitStructure", "first_values", "padded_size", "read_structure"]

BLOCK_BYTES = 2880  # FITS Standard 4.0, 3.1
FITS_MAGIC = b"SIMPLE  ="  # how every FITS file begins (3.3.1)

UnitKind = Literal["image", "compressed_image", "table", "ascii_table", "groups", "empty", "other"]

_BITPIX = frozenset({8, 16, 32, 64, -32, -64})  # FITS Standard 4.0, table 8
_MOST_AXES = 999  # FITS Standard 4.0, 4.4.1
_LARGEST_DATA_BYTES = 2**50  # 1 PiB in one data unit: more than any store takes as one object

_EXTENSION_KINDS: dict[str, UnitKind] = {
    "IMAGE": "image",
    "IUEIMAGE": "image",
    "BINTABLE": "table",
    "A3DTABLE": "table",
    "TABLE": "ascii_table",
}


class UnitStructure(NamedTuple):
    """Kind, shape and data size of one unit.

    ``shape`` is in numpy order: of the image (uncompressed, for tile-compressed images), (rows,) of a table,
    (groups, ...) for random groups. ``bitpix`` is that of the (uncompressed) pixels, 0 where it is not known.
    ``data_size_bytes`` is without padding; None where the header is too absurd to tell where the next unit begins.
    ``absurdities`` says in words what is wrong with the axes.
    """

    name: str
    kind: UnitKind
    shape: tuple[int, ...]
    bitpix: int
    data_size_bytes: int | None
    absurdities: tuple[str, ...]


def padded_size(size_bytes: int) -> int:
    """Round up to whole FITS blocks of 2880 bytes."""
    return -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES


def first_values(cards: Sequence[Card]) -> dict[str, CardValue]:
    """Map each keyword to the value of its first card, as readers of FITS do."""
    return {keyword: value for keyword, value, _ in reversed(cards)}


def read_structure(
    cards: Sequence[Card], *, index: int, values: Mapping[str, CardValue] | None = None
) -> UnitStructure:
    """Derive kind, shape and size of a data unit from its header.

    Parameters
    ----------
    cards : Sequence[Card]
        The header's cards, in order.
    index : int
        Number of the unit in its file; 0 is the primary one.
    values : Mapping[str, CardValue], optional
        ``first_values(cards)``, where the caller has it already.

    Returns
    -------
    UnitStructure
        Never raises, and takes no memory that grows with the numbers in the header.

    Source
    ------
    FITS Standard 4.0, equations 1, 2 and 4 (sizes), section 10.1 (tile compression), section 6 (random groups).
    """
    known = first_values(cards) if values is None else values
    wrong: list[str] = []
    bitpix = _whole(known, "BITPIX", 0, wrong)
    axes = _axes(known, "NAXIS", wrong)
    parameters = _not_negative(known, "PCOUNT", 0, wrong)
    groups = _not_negative(known, "GCOUNT", 1, wrong)
    if axes and bitpix not in _BITPIX:
        wrong.append(f"BITPIX = {bitpix} is no FITS data type")
    is_groups = index == 0 and known.get("GROUPS") is True and axes[:1] == [0]
    size_bytes = 0
    if axes and not (is_groups and len(axes) == 1):
        elements = math.prod(axes[1:] if is_groups else axes)
        size_bytes = abs(bitpix) // 8 * groups * (parameters + elements)
    if size_bytes > _LARGEST_DATA_BYTES:
        wrong.append(f"the axes {_listed(axes)} would make more than {_LARGEST_DATA_BYTES >> 40} TiB")
    is_size_known = not wrong
    kind = _kind(known, index, is_groups=is_groups, has_data=size_bytes > 0)
    if kind == "compressed_image":
        axes = _axes(known, "ZNAXIS", wrong)
        bitpix = _whole(known, "ZBITPIX", bitpix, wrong)
        if math.prod(axes) > _LARGEST_DATA_BYTES:
            wrong.append(f"the axes {_listed(axes)} would make more than {_LARGEST_DATA_BYTES >> 40} TiB")
    shape = tuple(reversed(axes))
    if kind == "groups":
        shape = (groups, *shape[:-1])
    elif kind in ("table", "ascii_table"):
        shape = tuple(axes[1:2])
    return UnitStructure(
        name=_name(known, index, kind),
        kind=kind,
        shape=() if wrong else shape,
        bitpix=bitpix if bitpix in _BITPIX else 0,
        data_size_bytes=size_bytes if is_size_known else None,
        absurdities=tuple(dict.fromkeys(wrong)),
    )


def _kind(known: Mapping[str, CardValue], index: int, *, is_groups: bool, has_data: bool) -> UnitKind:
    extension = known.get("XTENSION")
    kind: UnitKind
    if index == 0 and not isinstance(extension, str):
        kind = "groups" if is_groups else "image"
    else:
        kind = _EXTENSION_KINDS.get(extension.strip(), "other") if isinstance(extension, str) else "other"
    if kind == "table" and known.get("ZIMAGE") is True:
        return "compressed_image"
    return "empty" if kind in ("image", "groups") and not has_data else kind


def _name(known: Mapping[str, CardValue], index: int, kind: UnitKind) -> str:
    """Return EXTNAME, or what astropy calls a unit without one."""
    name = known.get("EXTNAME")
    if name is not None:
        return str(name)
    return "PRIMARY" if index == 0 else "COMPRESSED_IMAGE" if kind == "compressed_image" else ""


def _axes(known: Mapping[str, CardValue], keyword: str, wrong: list[str]) -> list[int]:
    """Read NAXIS and NAXISn (or ZNAXIS and ZNAXISn); an axis that makes no sense counts as 0."""
    count = _whole(known, keyword, 0, wrong)
    if not 0 <= count <= _MOST_AXES:
        wrong.append(f"{keyword} = {_short(count)} is not between 0 and {_MOST_AXES}")
        return []
    axes = []
    for number in range(1, count + 1):
        length = _whole(known, f"{keyword}{number}", None, wrong)
        if length < 0:
            wrong.append(f"{keyword}{number} = {_short(length)} is negative")
        axes.append(max(length, 0))
        if len(wrong) > 3:
            break
    return axes


def _not_negative(known: Mapping[str, CardValue], keyword: str, default: int, wrong: list[str]) -> int:
    number = _whole(known, keyword, default, wrong)
    if number < 0:
        wrong.append(f"{keyword} = {_short(number)} is negative")
    return max(number, 0)


def _whole(known: Mapping[str, CardValue], keyword: str, default: int | None, wrong: list[str]) -> int:
    """Read a whole number; 16.0 is one, True and '16' are not."""
    value = known.get(keyword)
    if value is None:
        if default is None:
            wrong.append(f"{keyword} is missing")
        return default or 0
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    wrong.append(f"{keyword} = {_short(value)} is not a whole number")
    return 0


def _listed(axes: list[int]) -> str:
    return " x ".join(map(_short, axes[:6])) + (" x ..." if len(axes) > 6 else "")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:20]}..."
