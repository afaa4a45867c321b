"""One open segment of the block cache: a sparse file of blocks, and behind them a journal that says which are there."""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Sequence

from crc32c import crc32c as crc32c_of

from uraniborg.tree.runs import Block

__all__ = ["BLOCK_BYTES", "SEGMENT_BLOCKS", "Segment"]

BLOCK_BYTES = 32 * 1024
SEGMENT_BLOCKS = 2048
MARK = bytes(16)  # stands behind the place of the last block, so that whatever is added lies behind it
JOURNAL_AT = SEGMENT_BLOCKS * BLOCK_BYTES + len(MARK)
LINE = struct.Struct("<IIII")  # block in its segment, its length, its CRC32C, and the CRC32C of these three
USED_EVERY_S, LOOKS_EVERY_S = 60.0, 1.0
PAGE = 4096
DIRECT = getattr(os, "O_DIRECT", 0)
DIRECT_BYTES = 128 * 1024  # from which on the way past the kernel's memory is worth its while


class Segment:
    """An open segment. Who holds it counts in `users`: it is closed when nobody does.

    Raises
    ------
    OSError
        There is none, or it cannot be opened.
    """

    def __init__(self, path: str, *, make: bool) -> None:
        flags = os.O_RDWR | os.O_CLOEXEC
        self.data = os.open(path, flags | (os.O_CREAT if make else 0), 0o600)
        try:
            self.journal = os.open(path, flags | os.O_APPEND)
        except OSError:
            os.close(self.data)
            raise
        size_bytes = os.fstat(self.data).st_size
        if make and size_bytes < JOURNAL_AT:
            os.pwrite(self.data, MARK, JOURNAL_AT - len(MARK))
        elif size_bytes > JOURNAL_AT and (half := (size_bytes - JOURNAL_AT) % LINE.size):
            os.ftruncate(self.data, size_bytes - half)  # of a power cut: what is added behind it could not be read
        self.known: dict[int, tuple[int, int]] = {}
        self.users = 1
        self._path = path
        self._direct: int | None = None
        self._read_until = JOURNAL_AT
        self._used_at = self.refreshed_at = 0.0
        self._looked_at = time.monotonic()
        if size_bytes > JOURNAL_AT:
            self.refresh()

    def refresh(self) -> None:
        """Read what this or another process has added to the journal."""
        self.refreshed_at = time.monotonic()
        added = os.fstat(self.data).st_size - self._read_until
        if added <= 0:
            return
        lines = os.pread(self.data, added, self._read_until)
        whole = len(lines) - len(lines) % LINE.size
        for block, length, crc, check in LINE.iter_unpack(lines[:whole]):
            if crc32c_of(LINE.pack(block, length, crc, 0)[:12]) == check:
                self.known[block] = (length, crc)
        self._read_until += whole

    def read(self, into: memoryview, offset: int) -> int:
        """Read bytes from where they are; tells how many."""
        return os.preadv(self.data, [into], offset)

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write bytes where they belong.

        What was read from here a moment ago is in the kernel's memory already, as the mount's: many bytes go past it,
        and do not take that memory a second time.
        """
        done = 0
        if DIRECT and len(data) >= DIRECT_BYTES and isinstance(data, memoryview):
            done = self._write_direct(data[: len(data) - len(data) % PAGE], offset)
        if done < len(data) and os.pwrite(self.data, data[done:], offset + done) != len(data) - done:
            raise OSError("The disk is full.")

    def _write_direct(self, data: memoryview, offset: int) -> int:
        """Write bytes past the kernel's memory; tells how many, none where the file system or the memory is not apt."""
        try:
            if self._direct is None:
                self._direct = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC | DIRECT)
            done = os.pwrite(self._direct, data, offset)
        except OSError:
            return 0
        return done if done % PAGE == 0 else 0

    def add(self, first: int, blocks: Sequence[Block]) -> None:
        """Note in the journal that blocks were written."""
        lines = bytearray()
        for block, (piece, crc) in enumerate(blocks, first):
            line = LINE.pack(block, len(piece), crc, 0)[:12]
            lines += line + crc32c_of(line).to_bytes(4, "little")
            self.known[block] = (len(piece), crc)
        written = os.write(self.journal, lines)
        if os.lseek(self.journal, 0, os.SEEK_CUR) - written == self._read_until:  # nobody has added anything meanwhile
            self._read_until += written
        self._used_at = time.monotonic()  # by the time of its file, which has just changed

    def use(self) -> None:
        """Note that it was used, now and then."""
        now = time.monotonic()
        if now - self._used_at > USED_EVERY_S:
            self._used_at = now
            with contextlib.suppress(OSError):
                os.utime(self.data)

    def is_gone(self, *, at_once: bool = False) -> bool:
        """Tell whether somebody has removed it, as of a moment ago: what is written meanwhile is fetched once more."""
        now = time.monotonic()
        if now - self._looked_at < LOOKS_EVERY_S and not at_once:
            return False
        self._looked_at = now
        return os.fstat(self.data).st_nlink == 0

    def let_go(self) -> None:
        """Have one user less."""
        self.users -= 1
        if not self.users:
            for descriptor in (self.data, self.journal, self._direct):
                if descriptor is not None:
                    os.close(descriptor)
