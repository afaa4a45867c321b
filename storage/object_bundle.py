"""Several small objects in one body: of a file of some kilobytes, a request of its own costs more than keeping it.

Each is a head of twelve bytes (its number, its size and its CRC32C, of four bytes each, the highest first), and its
bytes behind it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from domain.errors import InvalidInput
from storage.object_digests import crc32c_base64

__all__ = ["BUNDLED_BYTES", "BUNDLE_BYTES", "read_bundle"]

BUNDLE_BYTES = 4 * 1024**2  # of one body, heads included
BUNDLED_BYTES = 256 * 1024  # of one object
_HEAD = struct.Struct(">III")


def read_bundle(body: bytes, count: int) -> Iterator[tuple[int, str, memoryview]]:
    """Yield each object's number, its announced CRC32C in base64, and its bytes.

    Parameters
    ----------
    count : int
        Numbers are below it.

    Raises
    ------
    InvalidInput
        The body is not made like this; what came before the fault is yielded first.
    """
    whole = memoryview(body)  # a copy of each object would cost as much as its checksum
    offset = 0
    while offset < len(body):
        if offset + _HEAD.size > len(body):
            raise InvalidInput("The body ends within the head of an object.", offset_bytes=offset)
        number, size_bytes, crc32c = _HEAD.unpack_from(body, offset)
        start = offset + _HEAD.size
        offset = start + size_bytes
        if number >= count:
            raise InvalidInput(f"There is no object {number}: they are numbered from 0 to {count - 1}.")
        if size_bytes > BUNDLED_BYTES:
            raise InvalidInput(f"Object {number} has more than {BUNDLED_BYTES} bytes: send it by itself.")
        if offset > len(body):
            raise InvalidInput(f"The body ends within object {number}.", offset_bytes=start)
        yield number, crc32c_base64(crc32c), whole[start:offset]
