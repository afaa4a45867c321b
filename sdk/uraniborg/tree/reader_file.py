"""An open content as a file object, for programs that read and seek."""

from __future__ import annotations

import io
from typing import Any

from uraniborg.tree.reader import Reader

__all__ = ["ReaderFile"]


class ReaderFile(io.RawIOBase):
    """Reads a content; nothing comes but the bytes that are asked for.

    Parameters
    ----------
    name : str
        What it is called.
    """

    mode = "rb"

    def __init__(self, reader: Reader, name: str) -> None:
        super().__init__()
        self.name = name
        self._reader, self._at = reader, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._reader.size_bytes}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Read on."""
        wanted = self._reader.size_bytes - self._at if size is None or size < 0 else size
        data = self._reader.read(self._at, wanted)
        self._at += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        """Read on into a buffer."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)
