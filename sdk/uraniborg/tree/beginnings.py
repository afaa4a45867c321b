"""The first bytes of files, up to their data: the service knows them, and sends those of many files at once.

Whoever looks through the headers of a night so asks the object store for nothing.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections import OrderedDict

__all__ = ["LONGEST_BYTES", "PAGE_BYTES", "Beginnings"]

PAGE_BYTES = 4096
LONGEST_BYTES = 32 * 1024  # of one, whatever is sent
LIMIT_BYTES = 16 * 1024**2  # of all, compressed as they come


class Beginnings:
    """What is known of how contents begin, by SHA-256; what was not asked for longest is forgotten first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._size_bytes = 0
        self._refused: set[str] = set()

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._packed

    def add(self, sha256: str, packed: bytes) -> None:
        """Keep one, compressed by zlib."""
        with self._lock:
            if sha256 in self._refused:
                return
            self._size_bytes += len(packed) - len(self._packed.pop(sha256, b""))
            self._packed[sha256] = packed
            while self._size_bytes > self._limit_bytes:
                self._size_bytes -= len(self._packed.popitem(last=False)[1])

    def get(self, sha256: str, size_bytes: int) -> bytes:
        """Give how a content begins: whole pages, or all of it; nothing where that is not known.

        Parameters
        ----------
        size_bytes : int
            Of the whole content.
        """
        with self._lock:
            if (packed := self._packed.get(sha256)) is None:
                return b""
            self._packed.move_to_end(sha256)
        try:
            found = zlib.decompressobj().decompress(packed, LONGEST_BYTES)
        except zlib.error:
            return b""
        if len(found) == size_bytes:
            return found if hashlib.sha256(found).hexdigest() == sha256 else b""
        return found if len(found) < size_bytes and len(found) % PAGE_BYTES == 0 else b""

    def refuse(self, sha256: str) -> None:
        """Forget one, and take it no more: it was not what was stored."""
        with self._lock:
            self._size_bytes -= len(self._packed.pop(sha256, b""))
            self._refused.add(sha256)

    def clear(self) -> None:
        """Forget all: who asks may not read any more."""
        with self._lock:
            self._packed.clear()
            self._size_bytes = 0
