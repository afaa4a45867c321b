"""Where a file's bytes come from, a range at a time: a local file, memory, or (elsewhere) an object in a store."""

from __future__ import annotations

import io
import os
from pathlib import Path
from types import TracebackType
from typing import Protocol

import msgspec

__all__ = [
    "BytesRangeSource",
    "ClosableSource",
    "FileRangeSource",
    "RangeFile",
    "RangeSource",
    "ReadLimits",
    "WatchedSource",
]


class RangeSource(Protocol):
    """Random access to the bytes of one file of known size."""

    @property
    def size_bytes(self) -> int:
        """Size of the whole file in bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Return ``length`` bytes from ``offset``; fewer only where the file ends."""
        ...


class ClosableSource(RangeSource, Protocol):
    """A range source that can be closed."""

    def close(self) -> None: ...


class ReadLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How far the readers of headers go before they stop and say so.

    Parameters
    ----------
    max_expanded_bytes : int
        Of a compressed file, how many bytes are expanded (streamed, never stored), at the very most.
    max_cheap_bytes, max_expansion : int, float
        So many are expanded of any, and beyond them so many for each of its own: real frames are not made of nothing,
        and expanding takes a processor from everybody else.
    max_header_bytes : int
        Of one header (4 MiB are 52,000 cards).
    max_headers_bytes : int
        Of all headers of a file together.
    max_units : int
        Header units of one file.
    """

    max_expanded_bytes: int = 64 * 2**30
    max_cheap_bytes: int = 4 * 2**30
    max_expansion: float = 100.0
    max_header_bytes: int = 4 * 2**20
    max_headers_bytes: int = 32 * 2**20
    max_units: int = 10_000


class BytesRangeSource:
    """Bytes in memory as a range source."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size_bytes = len(content)

    def read(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


class FileRangeSource:
    """A local file as a range source; close it, or use it in a ``with``.

    Raises
    ------
    OSError
        The file cannot be opened or read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._file = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed by close()
        self.size_bytes = os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0 and (part := os.pread(self._file.fileno(), length, offset)):
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> FileRangeSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class WatchedSource:
    """Remembers in ``failure`` that it was the store that failed, not the file; closing it closes what it reads."""

    def __init__(self, source: RangeSource) -> None:
        self._source = source
        self.size_bytes = source.size_bytes
        self.failure: Exception | None = None

    def read(self, offset: int, length: int) -> bytes:
        try:
            return self._source.read(offset, length)
        except Exception as failure:
            self.failure = failure
            raise

    def close(self) -> None:
        if (close := getattr(self._source, "close", None)) is not None:
            close()


class RangeFile(io.RawIOBase):
    """A range source as a raw, seekable, read-only file, for libraries that want one.

    ``failure`` keeps what the source raised, because libraries take it for bad content and hide it.
    """

    def __init__(self, source: RangeSource) -> None:
        self._source = source
        self._position = 0
        self.failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._source.size_bytes}[whence]
        if start + offset < 0:
            raise ValueError("a position before the beginning of the file")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), max(self._source.size_bytes - self._position, 0))
        try:
            content = self._source.read(self._position, length)
        except Exception as failure:
            self.failure = failure
            raise
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)
