"""Memory that bytes are received into, used again and again, and aligned as the disk wants it."""

from __future__ import annotations

import mmap
import threading

from uraniborg.tree.blocks import BLOCK_BYTES

__all__ = ["Buffers"]

KEPT_BYTES = 48 * 1024**2


class Buffers:
    """Buffers of a few sizes. Fresh memory costs the kernel more than what is read into it."""

    def __init__(self) -> None:
        self._free: dict[int, list[mmap.mmap]] = {}
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def take(self, length: int) -> memoryview:
        """Give a buffer of some length, with whatever is in it."""
        size = max(1 << (length - 1).bit_length(), BLOCK_BYTES)
        with self._lock:
            free = self._free.get(size)
            buffer = free.pop() if free else None
            if buffer is not None:
                self._kept_bytes -= size
        return memoryview(buffer or mmap.mmap(-1, size))[:length]

    def give(self, view: memoryview) -> None:
        """Take a buffer back that nobody looks into any more."""
        buffer = view.obj
        assert isinstance(buffer, mmap.mmap)
        with self._lock:
            if self._kept_bytes + len(buffer) <= KEPT_BYTES:
                self._free.setdefault(len(buffer), []).append(buffer)
                self._kept_bytes += len(buffer)
