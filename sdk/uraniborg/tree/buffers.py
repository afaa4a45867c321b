"""Memory that bytes are received into, used again as soon as nobody looks into it, and aligned as the disk wants it."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys
import weakref
from collections import deque
from functools import cache

from uraniborg.tree.segment import BLOCK_BYTES

__all__ = ["Buffers"]

KEPT_BYTES = 32 * 1024**2
SLAB_BYTES = 2 * 1024**2
PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if sys.platform != "win32" else {}
_Place = tuple[mmap.mmap, int]  # and where in it


class Buffers:
    """Buffers of a few sizes. Fresh memory costs the kernel more than what is read into it."""

    def __init__(self) -> None:
        # Without a lock: what is let go of anywhere comes back in the middle of whatever that thread does.
        self._free: dict[int, deque[_Place]] = {}
        self._lent: dict[int, weakref.ref[ctypes.Array[ctypes.c_char]]] = {}

    def take(self, length: int) -> memoryview:
        """Give a buffer of some length, with whatever is in it; it is free again when no view of it is left."""
        size = max(1 << (length - 1).bit_length(), BLOCK_BYTES)
        free = self._free.setdefault(size, deque())
        try:
            place = free.pop()
        except IndexError:
            place, *others = _fresh(size)
            free.extend(others)
        lent = _array(size).from_buffer(*place)  # views hold this, which can be watched, unlike themselves
        number = id(lent)

        def back(_: weakref.ref[ctypes.Array[ctypes.c_char]]) -> None:
            del self._lent[number]
            if sum(each * len(places) for each, places in list(self._free.items())) < KEPT_BYTES:
                free.append(place)

        self._lent[number] = weakref.ref(lent, back)
        return memoryview(lent).cast("B")[:length]


@cache
def _array(size: int) -> type[ctypes.Array[ctypes.c_char]]:
    return ctypes.c_char * size


def _fresh(size: int) -> list[_Place]:
    """Have the kernel give memory for some buffers of a size, in one large page where it has those."""
    memory = mmap.mmap(-1, max(size, SLAB_BYTES), **PRIVATE)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            memory.madvise(mmap.MADV_HUGEPAGE)
    return [(memory, at) for at in range(0, len(memory), size)]
