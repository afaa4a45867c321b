"""Several small files in one body: of each its position, size and CRC32C, four bytes each, then its bytes."""

from __future__ import annotations

import base64
import struct

__all__ = ["Bundle"]

MOST_BYTES = 2 * 1024**2  # of the 4 MiB that are taken, since whatever breaks on its way is sent again
MOST_BYTES_EACH = 256 * 1024
HEAD = struct.Struct(">II4s")


class Bundle:
    """A body in the making."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.file_bytes = 0  # without the heads
        self.pieces: list[bytes] = []

    def takes(self, size_bytes: int) -> bool:
        """Tell whether there is room for a file."""
        return size_bytes <= MOST_BYTES_EACH and self.file_bytes + size_bytes <= MOST_BYTES

    def add(self, position: int, crc32c: str, content: bytes) -> None:
        """Put a file in; its CRC32C as S3 writes it."""
        self.pieces += [HEAD.pack(position, len(content), base64.b64decode(crc32c)), content]
        self.positions.append(position)
        self.file_bytes += len(content)

    @property
    def size_bytes(self) -> int:
        """How long the body is."""
        return self.file_bytes + len(self.positions) * HEAD.size
