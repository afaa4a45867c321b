"""First blocks of many contents in one file: who looks at the headers of a night makes no file for each of them.

A file has sets of places, and the beginning of a content's SHA-256 says in which set it is. An index at the front
of the file tells what is where, and all programs that use the cache share it without asking
each other. Any of them may be killed, or write where another one writes: an entry carries its own checksum and that of
its block, so a wrong block is never given out, at the worst one is not found.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from crc32c import crc32c as crc32c_of

from uraniborg.tree.runs import Block
from uraniborg.tree.segment import BLOCK_BYTES, USED_EVERY_S

__all__ = ["Heads"]

ENTRY = struct.Struct("<32sIII4x")  # SHA-256, length, CRC32C of the block, CRC32C of these three
WAYS = 8  # places of a set
LOOKS_EVERY_S = 1.0  # how often somebody looks whether the file is still there
SET_BYTES = WAYS * ENTRY.size


class _File:
    """An open file of heads. Who holds it counts in `users`: it is closed when nobody does."""

    def __init__(self, path: Path, index_bytes: int, *, make: bool) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if make else 0), 0o600)
        self.users = 1
        try:
            if os.fstat(self.descriptor).st_size < index_bytes:
                os.ftruncate(self.descriptor, index_bytes)
            # Written by `pwrite`: who writes into a map when the disk is full is killed.
            self.index = mmap.mmap(self.descriptor, index_bytes, access=mmap.ACCESS_READ)
        except BaseException:
            os.close(self.descriptor)
            raise

    def is_gone(self) -> bool:
        """Tell whether somebody has removed it."""
        return os.fstat(self.descriptor).st_nlink == 0

    def let_go(self) -> None:
        """Have one user less."""
        self.users -= 1
        if not self.users:
            self.index.close()
            os.close(self.descriptor)


class Heads:
    """The first blocks, for any number of threads and processes.

    Parameters
    ----------
    size_bytes : int
        What they may take on disk; 0, or too little for a set: nothing is kept.
    """

    def __init__(self, folder: Path, size_bytes: int) -> None:
        self.sets = size_bytes // (WAYS * BLOCK_BYTES)
        self._path = folder / f"heads.{self.sets}"  # programs with other limits have another file
        self._data_at = -(-self.sets * SET_BYTES // BLOCK_BYTES) * BLOCK_BYTES
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._file: _File | None = None
        self._used_at = self._looked_at = 0.0

    def has(self, sha256: str) -> bool:
        """Tell whether a content's first block is likely to be here."""
        with self._using(make=False) as file:
            return file is not None and self._find(file, _key(sha256)) is not None

    def read(self, sha256: str) -> Block | None:
        """Read a content's first block, with its checksum; None where it is not here, or not what it was."""
        with self._using(make=False) as file:
            if file is None or (found := self._find(file, _key(sha256))) is None:
                return None
            place, length, crc = found
            try:
                data = os.pread(file.descriptor, length, self._data_at + place * BLOCK_BYTES)
            except OSError:
                return None
            self._note_use(file)
        return (memoryview(data), crc) if len(data) == length and crc32c_of(data) == crc else None

    def write(self, sha256: str, piece: memoryview, crc: int) -> None:
        """Keep a content's first block, in place of another one if its set is full.

        Raises
        ------
        OSError
            The disk is full, or the like.
        """
        key = _key(sha256)
        with self._writing, self._using(make=True) as file:
            if file is None or self._find(file, key) is not None:
                return
            begin = self._set_of(key)
            entries = file.index[begin * SET_BYTES : (begin + 1) * SET_BYTES]
            empty = (way for way in range(WAYS) if not any(entries[way * ENTRY.size : (way + 1) * ENTRY.size]))
            way = next(empty, None)
            place = begin * WAYS + (crc % WAYS if way is None else way)
            if way is None:
                self._enter(file, place, bytes(ENTRY.size))  # until the block is there
            if os.pwrite(file.descriptor, piece, self._data_at + place * BLOCK_BYTES) != len(piece):
                raise OSError("The disk is full.")
            self._enter(file, place, ENTRY.pack(key, len(piece), crc, _check(key, len(piece), crc)))
            self._note_use(file)

    def forget(self, sha256: str) -> None:
        """Remove a content's first block."""
        with self._writing, self._using(make=False) as file:
            if file is not None and (found := self._find(file, _key(sha256))) is not None:
                self._enter(file, found[0], bytes(ENTRY.size))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._drop()

    @contextlib.contextmanager
    def _using(self, *, make: bool) -> Iterator[_File | None]:
        """Hold the file; None where there is none and none is to be made."""
        with self._lock:
            file = self._opened(make=make)
            if file is not None:
                file.users += 1
        try:
            yield file
        finally:
            if file is not None:
                with self._lock:
                    file.let_go()

    def _opened(self, *, make: bool) -> _File | None:
        now = time.monotonic()
        if self._file is not None and now - self._looked_at > LOOKS_EVERY_S:
            self._looked_at = now
            if self._file.is_gone():  # somebody has made room for other things
                self._drop()
        if self._file is None and self.sets:
            try:
                self._file = _File(self._path, self._data_at, make=make)
            except OSError as error:
                if not make:
                    return None
                if not isinstance(error, FileNotFoundError):
                    raise
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = _File(self._path, self._data_at, make=True)
        return self._file

    def _drop(self) -> None:
        if self._file is not None:
            self._file.let_go()
            self._file = None

    def _set_of(self, key: bytes) -> int:
        return int.from_bytes(key[:8], "big") % self.sets

    def _find(self, file: _File, key: bytes) -> tuple[int, int, int] | None:
        """Find the place, length and checksum of a block."""
        begin = self._set_of(key)
        entries = file.index[begin * SET_BYTES : (begin + 1) * SET_BYTES]
        at = entries.find(key)
        if at < 0 or at % ENTRY.size:
            return None
        _, length, crc, check = ENTRY.unpack_from(entries, at)
        return (begin * WAYS + at // ENTRY.size, length, crc) if check == _check(key, length, crc) else None

    def _enter(self, file: _File, place: int, entry: bytes) -> None:
        if os.pwrite(file.descriptor, entry, place * ENTRY.size) != len(entry):
            raise OSError("The disk is full.")

    def _note_use(self, file: _File) -> None:
        """Note that it is used, now and then: those that are not go first."""
        now = time.monotonic()
        if now - self._used_at > USED_EVERY_S:
            self._used_at = now
            with contextlib.suppress(OSError):
                os.utime(file.descriptor)


def _key(sha256: str) -> bytes:
    try:
        return bytes.fromhex(sha256)
    except ValueError:
        raise ValueError(f"{sha256[:80]!r} is no SHA-256") from None


def _check(key: bytes, length: int, crc: int) -> int:
    return crc32c_of(ENTRY.pack(key, length, crc, 0)[:40])
