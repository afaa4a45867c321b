"""Several small objects in one body: of a file of some kilobytes, a request of its own costs more than keeping it.

Each is a head of twelve bytes (its number, its size and its CRC32C, of four bytes each, the highest first), and its
bytes behind it.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator, Sequence

from domain.errors import InvalidInput
from storage.object_digests import crc32c_base64

__all__ = ["BUNDLED_BYTES", "BUNDLE_BYTES", "read_bundle"]

BUNDLE_BYTES = 4 * 1024**2  # of one body, heads included
BUNDLED_BYTES = 256 * 1024  # of one object
_HEAD = struct.Struct(">III")


def read_bundle(chunks: Sequence[bytes], count: int) -> Iterator[tuple[int, str, list[memoryview]]]:
    """Yield each object's number, its announced CRC32C in base64, and the pieces of it.

    Parameters
    ----------
    chunks : sequence of bytes
        The body, cut anywhere.
    count : int
        Numbers are below it.

    Raises
    ------
    InvalidInput
        The body is not made like this; what came before the fault is yielded first.
    """
    body = _Body(chunks)
    while body.left_bytes:
        if body.left_bytes < _HEAD.size:
            raise InvalidInput("The body ends within the head of an object.", offset_bytes=body.offset)
        number, size_bytes, crc32c = _HEAD.unpack(b"".join(body.take(_HEAD.size)))
        if number >= count:
            raise InvalidInput(f"There is no object {number}: they are numbered from 0 to {count - 1}.")
        if size_bytes > BUNDLED_BYTES:
            raise InvalidInput(f"Object {number} has more than {BUNDLED_BYTES} bytes: send it by itself.")
        if size_bytes > body.left_bytes:
            raise InvalidInput(f"The body ends within object {number}.", offset_bytes=body.offset)
        yield number, crc32c_base64(crc32c), body.take(size_bytes)


class _Body:
    """A body that is read piece by piece, without a copy: that would cost as much as its checksum."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = deque(memoryview(chunk) for chunk in chunks)
        self.left_bytes = sum(map(len, chunks))
        self.offset = 0

    def take(self, size_bytes: int) -> list[memoryview]:
        """Take what comes next; so much is there."""
        self.left_bytes -= size_bytes
        self.offset += size_bytes
        pieces: list[memoryview] = []
        while size_bytes:
            chunk = self._chunks.popleft()
            if len(chunk) > size_bytes:
                self._chunks.appendleft(chunk[size_bytes:])
                chunk = chunk[:size_bytes]
            pieces.append(chunk)
            size_bytes -= len(chunk)
        return pieces
