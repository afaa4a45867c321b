"""Checksums of the blocks that were seen of contents, which add up to those of the whole."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Sequence

from uraniborg.tree.blocks import BLOCK_BYTES
from uraniborg.tree.crc32c import combined
from uraniborg.tree.runs import Block

__all__ = ["Sum", "Sums"]

SUMMED_BYTES = 64 * 1024**3  # larger files are not summed up, which would take 8 MB of memory and more for each
SUMMED_BLOCKS = 4 * 1024**2
KEPT_SOUND = 10_000


class Sum:
    """The checksums of the blocks that were seen of one content."""

    def __init__(self, size_bytes: int) -> None:
        self.count = -(-size_bytes // BLOCK_BYTES)
        self.size_bytes = size_bytes
        self.crcs = array("I", bytes(4 * self.count))
        self.seen = bytearray(self.count)
        self.missing = self.count

    def add(self, first: int, blocks: Sequence[Block]) -> None:
        """Note consecutive blocks."""
        for block, (_, crc) in enumerate(blocks, first):
            self.crcs[block] = crc
            self.missing -= not self.seen[block]
            self.seen[block] = 1

    def total(self) -> int:
        """Add up the CRC32C of the whole."""
        last = self.size_bytes - (self.count - 1) * BLOCK_BYTES
        return combined((crc, BLOCK_BYTES if i < self.count - 1 else last) for i, crc in enumerate(self.crcs))


class Sums:
    """Those of all contents that were read lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: OrderedDict[str, Sum] = OrderedDict()
        self._blocks = 0
        self._sound: OrderedDict[str, None] = OrderedDict()

    def add(self, sha256: str, size_bytes: int, first: int, blocks: Sequence[Block]) -> Sum | None:
        """Note blocks; with the last of a content, its sum is given, for somebody to look whether it is right."""
        with self._lock:
            if sha256 in self._sound or size_bytes > SUMMED_BYTES:
                return None
            summed = self._sums.get(sha256)
            if summed is None:
                summed = self._sums[sha256] = Sum(size_bytes)
                self._blocks += summed.count
                while len(self._sums) > 1 and self._blocks > SUMMED_BLOCKS:
                    self._blocks -= self._sums.popitem(last=False)[1].count
            summed.add(first, blocks)
            if summed.missing:
                return None
            self._blocks -= self._sums.pop(sha256).count
            return summed

    def note_sound(self, sha256: str) -> None:
        """Note that a content is what it should be."""
        with self._lock:
            self._sound[sha256] = None
            if len(self._sound) > KEPT_SOUND:
                self._sound.popitem(last=False)
