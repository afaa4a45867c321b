"""Contents read by ranges: from memory, from disk, and from the object store in parallel, ahead of who reads on.

Blocks are checked with their checksums whenever they come from disk, and when all blocks of a file have been seen,
their checksums must add up to the one that the service knows of the whole.
"""

from __future__ import annotations

import hashlib
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import google_crc32c
import msgspec

from uraniborg.errors import TransferFailed
from uraniborg.settings import cache_folder
from uraniborg.tree.block_writer import BlockWriter
from uraniborg.tree.blocks import BLOCK_BYTES, BlockCache
from uraniborg.tree.buffers import Buffers
from uraniborg.tree.crc32c import combined, from_base64
from uraniborg.tree.ranges import AddressRefused, RangeLines

__all__ = ["DEFAULT_LIMIT_BYTES", "Address", "Contents", "Reader"]

DEFAULT_LIMIT_BYTES = 20 * 1000**3
AT_ONCE = 8
PIECE_BLOCKS = 64  # the most that one request asks for: 2 MiB
FIRST_AHEAD_BYTES, MOST_AHEAD_BYTES = 256 * 1024, 24 * 1024**2
NEAR_BYTES = 1024**2
DENSE = 0.75  # of a stretch that was read, for it to be called reading on
IN_MEMORY_BYTES = 64 * 1024**2
SUMMED_BYTES = 64 * 1024**3  # larger files are not summed up, which would take 8 MB of memory and more for each
HASHED_BYTES = 1024**3
RENEW_BEFORE_S = 20.0

Block = tuple[bytes, int]
"""Bytes, and their CRC32C."""


class Address(msgspec.Struct, frozen=True):
    """Where a content's bytes are, until when by the monotonic clock, and the CRC32C of them all, if it is known."""

    url: str
    until_s: float
    crc32c: str | None = None


class _Sum:
    """The checksums of the blocks that were seen of one content."""

    def __init__(self, size_bytes: int) -> None:
        self.count = -(-size_bytes // BLOCK_BYTES)
        self.size_bytes = size_bytes
        self.crcs = array("I", bytes(4 * self.count))
        self.seen = bytearray(self.count)
        self.missing = self.count

    def add(self, first: int, blocks: list[Block]) -> None:
        for block, (_, crc) in enumerate(blocks, first):
            self.crcs[block] = crc
            self.missing -= not self.seen[block]
            self.seen[block] = 1

    def total(self) -> int:
        last = self.size_bytes - (self.count - 1) * BLOCK_BYTES
        return combined((crc, BLOCK_BYTES if i < self.count - 1 else last) for i, crc in enumerate(self.crcs))


class Contents:
    """The way to the bytes of contents, for all readers of a process.

    Parameters
    ----------
    folder : Path, optional
        Where blocks are kept; the user's cache when left out, which all mounts and programs share.
    limit_bytes : int
        What that may take on disk.
    """

    def __init__(
        self, folder: Path | None = None, *, limit_bytes: int = DEFAULT_LIMIT_BYTES, patience_s: float = 30.0
    ) -> None:
        self.cache = BlockCache(folder or cache_folder() / "blocks", limit_bytes)
        self._keeping = BlockWriter(self.cache)
        self._buffers = Buffers()
        self.lines = RangeLines(patience_s)
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="uraniborg-range")
        self._lock = threading.Lock()
        self._memory: OrderedDict[tuple[str, int], Block] = OrderedDict()
        self._coming: dict[tuple[str, int], Future[dict[int, Block]]] = {}
        self._sums: OrderedDict[str, _Sum] = OrderedDict()
        self._summed_blocks = 0
        self._sound: OrderedDict[str, None] = OrderedDict()

    def open(self, sha256: str, size_bytes: int, address: Callable[[bool], Address]) -> Reader:
        """Open a content.

        Parameters
        ----------
        address : callable
            Gives where its bytes are; called with True, it is to ask anew.
        """
        return Reader(self, sha256, size_bytes, address)

    def settle(self) -> None:
        """Return when the cache on disk has all that was read until now: it is kept a moment behind its reader."""
        self._keeping.flush()

    def close(self) -> None:
        """End all work."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.lines.close()
        self._keeping.close()
        self.cache.close()

    def blocks(self, reader: Reader, first: int, count: int, *, ahead: int) -> list[bytes]:
        """Give consecutive blocks of a content, and let those that follow come.

        Parameters
        ----------
        ahead : int
            How many blocks behind these are likely to be wanted soon.
        """
        sha256 = reader.sha256
        found = self._at_hand(reader, first, count)
        waits: list[Future[dict[int, Block]]] = []
        alone: tuple[int, int] | None = None
        with self._lock:
            for block in range(first, first + count):  # some may have come since
                if block not in found and (held := self._memory.get((sha256, block))) is not None:
                    found[block] = held
            missing = [block for block in range(first, first + count) if block not in found]
            wanted = [block for block in missing if (sha256, block) not in self._coming]
            waits = list({id(f): f for b in missing if (f := self._coming.get((sha256, b))) is not None}.values())
            runs = _runs(wanted)
            if len(runs) == 1 and not waits:
                alone = runs[0]  # in this thread: another one would only be waited for
                future: Future[dict[int, Block]] = Future()
                self._coming |= {(sha256, block): future for block in range(alone[0], alone[0] + alone[1])}
            else:
                waits += [self._send(reader, *run) for run in runs]
            if ahead:
                self._look_ahead(reader, first + count, ahead)
        if alone is not None:
            self._fetch(reader, *alone, future)
            found |= future.result()
        for wait in waits:
            found |= wait.result()
        if any(block not in found for block in missing):  # a reader ahead of us lost them again
            return self.blocks(reader, first, count, ahead=0)
        return [found[block][0] for block in range(first, first + count)]

    def hurry(self, reader: Reader, size_bytes: int) -> None:
        """Let the beginning of a content come that is likely to be wanted soon."""
        count = min(-(-size_bytes // BLOCK_BYTES), reader.block_count)
        with self._lock:
            here = [(reader.sha256, block) for block in range(count)]
            for run in _runs([key[1] for key in here if key not in self._memory and key not in self._coming]):
                self._send(reader, *run)

    def _at_hand(self, reader: Reader, first: int, count: int) -> dict[int, Block]:
        """Find what is in memory or on disk."""
        sha256, found = reader.sha256, dict[int, Block]()
        with self._lock:
            for block in range(first, first + count):
                if (held := self._memory.get((sha256, block))) is not None:
                    found[block] = held
        for begin, length in _runs([block for block in range(first, first + count) if block not in found]):
            kept = self.cache.read(sha256, begin, length)
            for run_first, run_length in _runs([begin + i for i, block in enumerate(kept) if block is not None]):
                blocks = [block for block in kept[run_first - begin : run_first - begin + run_length] if block]
                self._count(reader, run_first, blocks)
                found |= dict(enumerate(blocks, run_first))
        return found

    def _look_ahead(self, reader: Reader, first: int, count: int) -> None:
        """Send for the blocks that follow, in requests as large as they may be; the lock is held."""
        last = min(first + count, reader.block_count)
        begin = max(first, reader.sent_until)
        # Half of what is ahead stays until it is read, so that requests are large and few.
        if begin >= last or (last - begin < min(PIECE_BLOCKS, count // 2) and last < reader.block_count):
            return
        wanted = [
            b
            for b in range(begin, last)
            if (reader.sha256, b) not in self._memory and (reader.sha256, b) not in self._coming
        ]
        for run in _runs(wanted):
            self._send(reader, *run)
        reader.sent_until = last

    def _send(self, reader: Reader, first: int, count: int) -> Future[dict[int, Block]]:
        """Let a run of blocks come by threads, several requests where it is long; the lock is held."""
        whole: Future[dict[int, Block]] = Future()
        pieces = [
            (begin, min(PIECE_BLOCKS, first + count - begin)) for begin in range(first, first + count, PIECE_BLOCKS)
        ]
        futures: list[Future[dict[int, Block]]] = [whole] if len(pieces) == 1 else [Future() for _ in pieces]
        for (begin, length), future in zip(pieces, futures, strict=True):
            self._coming |= {(reader.sha256, block): future for block in range(begin, begin + length)}
            self._pool.submit(self._bring, reader, begin, length, future)
        if len(pieces) > 1:
            _join(futures, whole)
        return whole

    def _bring(self, reader: Reader, first: int, count: int, future: Future[dict[int, Block]]) -> None:
        """Find blocks on disk, or fetch them; for those that nobody waits for yet."""
        kept = self.cache.read(reader.sha256, first, count)
        blocks = [block for block in kept if block is not None]
        if len(blocks) < count:
            self._fetch(reader, first, count, future)
            return
        try:
            self._count(reader, first, blocks)
        except BaseException as error:
            self._settle(reader, first, count, future, error)
        else:
            self._settle(reader, first, count, future, dict(enumerate(blocks, first)))

    def _fetch(self, reader: Reader, first: int, count: int, future: Future[dict[int, Block]]) -> None:
        """Fetch a run of blocks from the object store."""
        try:
            start, stop = first * BLOCK_BYTES, min((first + count) * BLOCK_BYTES, reader.size_bytes)
            data = self._range(reader, start, stop)
            pieces = [bytes(data[at : at + BLOCK_BYTES]) for at in range(0, len(data), BLOCK_BYTES)]
            blocks = [(piece, google_crc32c.value(piece)) for piece in pieces]
            self._keeping.write(reader.sha256, first, blocks, data, self._buffers.give)
            self._count(reader, first, blocks)
        except BaseException as error:
            self._settle(reader, first, count, future, error)
        else:
            self._settle(reader, first, count, future, dict(enumerate(blocks, first)))

    def _range(self, reader: Reader, start: int, stop: int) -> memoryview:
        """Fetch bytes into a buffer, with another address where one does not work any more."""
        address = reader.address(False)
        if address.until_s - time.monotonic() < RENEW_BEFORE_S:
            address = reader.address(True)
        into = self._buffers.take(stop - start)
        try:
            return self.lines.fetch(address.url, start, stop, into)
        except AddressRefused:
            return self.lines.fetch(reader.address(True).url, start, stop, into)

    def _settle(self, reader: Reader, first: int, count: int, future: Future[dict[int, Block]], result: object) -> None:
        """Tell who waits what came, or what went wrong."""
        with self._lock:
            if isinstance(result, dict):
                for block, held in result.items():
                    self._memory[reader.sha256, block] = held
                while len(self._memory) * BLOCK_BYTES > IN_MEMORY_BYTES:
                    self._memory.popitem(last=False)
            else:
                reader.sent_until = 0
            for block in range(first, first + count):
                self._coming.pop((reader.sha256, block), None)
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def _count(self, reader: Reader, first: int, blocks: list[Block]) -> None:
        """Note the checksums of blocks; where they are the last of a file, its own must be what they add up to.

        Raises
        ------
        TransferFailed
            What arrived is not what was stored; nothing of it is kept.
        """
        sha256 = reader.sha256
        with self._lock:
            if sha256 in self._sound or reader.size_bytes > SUMMED_BYTES:
                return
            summed = self._sums.get(sha256)
            if summed is None:
                summed = self._sums[sha256] = _Sum(reader.size_bytes)
                self._summed_blocks += summed.count
                while len(self._sums) > 1 and self._summed_blocks > 4 * 1024**2:
                    self._summed_blocks -= self._sums.popitem(last=False)[1].count
            summed.add(first, blocks)
            if summed.missing:
                return
            self._summed_blocks -= self._sums.pop(sha256).count
        expected = reader.address(False).crc32c if reader.is_addressed else None
        if self._is_sound(reader) if expected is None else summed.total() == from_base64(expected):
            with self._lock:
                self._sound[sha256] = None
                if len(self._sound) > 10_000:
                    self._sound.popitem(last=False)
            return
        with self._lock:
            for key in [key for key in self._memory if key[0] == sha256]:
                del self._memory[key]
        self._keeping.flush()
        self.cache.forget(sha256)
        raise TransferFailed(
            "What arrived of a file is not what was stored (its checksum differs): read it again, and if that does not"
            " help, tell the service's operator.",
            facts={"sha256": sha256},
        )

    def _is_sound(self, reader: Reader) -> bool:
        """Check a content that is whole on disk against its SHA-256, where no quicker checksum of it is known."""
        if not reader.is_addressed or reader.size_bytes > HASHED_BYTES:
            return True
        self._keeping.flush()
        sha256 = hashlib.sha256()
        for first in range(0, reader.block_count, PIECE_BLOCKS):
            for block in self.cache.read(reader.sha256, first, min(PIECE_BLOCKS, reader.block_count - first)):
                if block is None:  # not kept, or gone already
                    return True
                sha256.update(block[0])
        return sha256.hexdigest() == reader.sha256


class Reader:
    """One open content, read from anywhere by any number of threads; it notices who reads on, and hurries ahead."""

    def __init__(self, contents: Contents, sha256: str, size_bytes: int, address: Callable[[bool], Address]) -> None:
        self._contents, self.sha256, self.size_bytes = contents, sha256, size_bytes
        self._address = address
        self.is_addressed = False
        self.sent_until = 0
        self._begin, self._next, self._run_bytes = 0, 0, 0

    @property
    def block_count(self) -> int:
        return -(-self.size_bytes // BLOCK_BYTES)

    @property
    def is_at_end(self) -> bool:
        """Whether it was read to its end, one read behind the other."""
        return self._next >= self.size_bytes

    def address(self, renewed: bool) -> Address:
        """Give where the bytes are."""
        address = self._address(renewed)
        self.is_addressed = True
        return address

    def read(self, offset: int, length: int) -> bytes:
        """Read bytes from `offset`; fewer at the end, none past it.

        Raises
        ------
        TransferFailed, ServiceUnavailable, NotFound, NotSignedIn
            They cannot be had.
        """
        return b"".join(self.pieces(offset, length))

    def pieces(self, offset: int, length: int) -> list[bytes]:
        """Read as `read` does, without bringing together what lies apart in memory."""
        stop = min(offset + length, self.size_bytes)
        if offset >= stop:
            return []
        first, last = offset // BLOCK_BYTES, (stop - 1) // BLOCK_BYTES
        ahead = self._follow(offset, stop)
        blocks = self._contents.blocks(self, first, last - first + 1, ahead=ahead)
        begin = first * BLOCK_BYTES
        blocks[-1] = blocks[-1][: stop - last * BLOCK_BYTES]
        blocks[0] = blocks[0][offset - begin :]
        return blocks

    def _follow(self, offset: int, stop: int) -> int:
        """Tell how many blocks to hurry ahead: twice what was read in one go so far, or none."""
        is_near = self._next - NEAR_BYTES <= offset <= self._next + NEAR_BYTES  # the kernel asks for several at once
        if not is_near or offset == 0:
            self._begin, self._next, self._run_bytes, self.sent_until = offset, stop, stop - offset, 0
            return 0
        self._next = max(self._next, stop)
        self._run_bytes += stop - offset
        if self._run_bytes < DENSE * (self._next - self._begin):  # a few columns of an image, row by row
            return 0
        return min(max(2 * self._run_bytes, FIRST_AHEAD_BYTES), MOST_AHEAD_BYTES) // BLOCK_BYTES


def _runs(blocks: list[int]) -> list[tuple[int, int]]:
    """Bring ascending numbers together: the first and the count of each run."""
    runs: list[tuple[int, int]] = []
    for block in blocks:
        if runs and block == runs[-1][0] + runs[-1][1]:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((block, 1))
    return runs


def _join(parts: list[Future[dict[int, Block]]], whole: Future[dict[int, Block]]) -> None:
    """Let a future be done when all its parts are."""
    left, lock, found = len(parts), threading.Lock(), dict[int, Block]()

    def done(part: Future[dict[int, Block]]) -> None:
        nonlocal left
        with lock:
            left -= 1
            is_last = left == 0
            if part.exception() is None:
                found.update(part.result())
        if part.exception() is not None and not whole.done():
            whole.set_exception(part.exception())
        elif is_last and not whole.done():
            whole.set_result(found)

    for part in parts:
        part.add_done_callback(done)
