"""What S3 would refuse, refused alike by every store: keys, sizes, parts, lifetimes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from domain.errors import InvalidInput
from storage.objects import PartPlan, StoredPart

__all__ = [
    "MAX_PARTS",
    "MAX_PUT_BYTES",
    "MIN_PART_BYTES",
    "check_crc32c",
    "check_expiry",
    "check_key",
    "check_part",
    "check_part_size",
    "check_parts_given",
    "check_prefix",
    "check_put_size",
]

# Limits of S3, held by every store so that what works on one works on the other.
# Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
MAX_PARTS = 10_000
MIN_PART_BYTES = 5 * 1024**2
MAX_PUT_BYTES = 5 * 1024**3
MAX_EXPIRY_S = 7 * 24 * 3600

# S3 takes 1,024 bytes; the rest is for the operator's prefix. A segment becomes a file name.
MAX_KEY_LENGTH, MAX_SEGMENT_LENGTH = 900, 240
_ALPHABET = re.compile(r"[a-z0-9/_.-]*", re.ASCII)


def check_key(key: str) -> str:
    """Return the key if it is one: lower-case letters, digits and ``/_.-``, in segments, without ``..``.

    Raises
    ------
    InvalidInput
        It is not. Such a key comes from a defect or an attack; people do not choose keys.
    """
    if (
        not key
        or len(key) > MAX_KEY_LENGTH
        or not _ALPHABET.fullmatch(key)
        or ".." in key
        or any(segment in ("", ".") or len(segment) > MAX_SEGMENT_LENGTH for segment in key.split("/"))
    ):
        raise InvalidInput("That is not the key of an object.", key=_shown(key))
    return key


def check_prefix(prefix: str) -> str:
    """Return the prefix if some key may begin with it; the empty one does.

    Raises
    ------
    InvalidInput
    """
    if (
        len(prefix) > MAX_KEY_LENGTH
        or not _ALPHABET.fullmatch(prefix)
        or ".." in prefix
        or prefix.startswith("/")
        or "//" in prefix
    ):
        raise InvalidInput("No object's key begins like that.", key=_shown(prefix))
    return prefix


def check_crc32c(crc32c: str | None) -> str | None:
    """Return the checksum if it is one: base64 of four bytes.

    Raises
    ------
    InvalidInput
    """
    if crc32c is not None and not re.fullmatch(r"[A-Za-z0-9+/]{5}[AQgw]==", crc32c):
        raise InvalidInput("A CRC32C is written as base64 of its four bytes, the highest first.", crc32c=crc32c[:20])
    return crc32c


def check_expiry(expires_s: int) -> int:
    """Return for how long an address is to work, if S3 allows that.

    Raises
    ------
    InvalidInput
    """
    if not 1 <= expires_s <= MAX_EXPIRY_S:
        raise InvalidInput(f"An address works for 1 to {MAX_EXPIRY_S} seconds.", expires_s=expires_s)
    return expires_s


def check_put_size(size_bytes: int) -> None:
    """Refuse a single upload that S3 would refuse.

    Raises
    ------
    InvalidInput
    """
    if not 0 <= size_bytes <= MAX_PUT_BYTES:
        raise InvalidInput(
            f"An object of {size_bytes} bytes cannot be sent in one piece; send it in parts.", size_bytes=size_bytes
        )


def check_part_size(part_size_bytes: int) -> None:
    """Refuse a size of parts that S3 would refuse.

    Raises
    ------
    InvalidInput
    """
    if not MIN_PART_BYTES <= part_size_bytes <= MAX_PUT_BYTES:
        raise InvalidInput(f"Parts have {MIN_PART_BYTES} to {MAX_PUT_BYTES} bytes.", part_size_bytes=part_size_bytes)


def check_part(part: PartPlan, largest_bytes: int) -> None:
    """Refuse a part that S3 would refuse, or that is larger than parts were said to be.

    Raises
    ------
    InvalidInput
    """
    if not 1 <= part.number <= MAX_PARTS:
        raise InvalidInput(f"Parts are numbered from 1 to {MAX_PARTS}, not {part.number}.", part=part.number)
    if not 1 <= part.size_bytes <= largest_bytes:
        raise InvalidInput(f"Parts of this upload have 1 to {largest_bytes} bytes.", part=part.number)


def check_parts_given(given: Sequence[StoredPart], stored: Sequence[StoredPart]) -> None:
    """Refuse to complete with anything but parts 1, 2, 3, ... as they are stored.

    Raises
    ------
    InvalidInput
    """
    if not given:
        raise InvalidInput("An upload in parts needs at least one part.")
    by_number = {part.number: part for part in stored}
    for number, part in enumerate(given, 1):
        if part.number != number:
            raise InvalidInput(f"Part {number} is absent or out of order.", part=number)
        if by_number.get(number) != part:
            raise InvalidInput(f"Part {number} is not stored, or is another by now; send it again.", part=number)


def _shown(key: str) -> str:
    return ascii(key)[1:-1][:80]
