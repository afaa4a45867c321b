"""Files of an archive to be, kept on disk while it is sent: memory does not grow with their number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile

import msgspec

from domain.data_package import FrozenFile

__all__ = ["FileSpool"]

BLOCK_FILES = 1000
MEMORY_BYTES = 2 * 1024**2

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[FrozenFile])


class FileSpool:
    """A list of files that is written once and read many times, from any place; and texts beside it.

    Whoever makes one closes it.
    """

    def __init__(self) -> None:
        self.file_count = 0
        self.size_bytes = 0
        self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 (it lives as long as the spool)
        self._blocks: list[tuple[int, int]] = []
        self._last: list[FrozenFile] = []

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def add(self, file: FrozenFile) -> None:
        """Append a file."""
        self.file_count += 1
        self.size_bytes += file.size_bytes
        self._last.append(file)
        if len(self._last) == BLOCK_FILES:
            encoded = _encoder.encode(self._last)
            self._blocks.append((self.keep(encoded), len(encoded)))
            self._last = []

    def keep(self, data: bytes) -> int:
        """Keep some bytes; returns where they can be read again."""
        place = self._file.seek(0, 2)
        self._file.write(data)
        return place

    def read(self, place: int, length: int) -> bytes:
        """Read bytes that were kept."""
        self._file.seek(place)
        return self._file.read(length)

    async def pages(self, first: int = 0) -> AsyncIterator[list[FrozenFile]]:
        """Go through the files from one on, some at a time."""
        for block in range(first // BLOCK_FILES, len(self._blocks) + 1):
            files = _decoder.decode(self.read(*self._blocks[block])) if block < len(self._blocks) else self._last
            if page := files[max(0, first - block * BLOCK_FILES) :]:
                yield page
