"""Blocks of file contents on disk, named by the content's SHA-256: they never go stale, and all mounts share them.

A content lies in segments of 64 MiB, each a sparse file with a journal at its end: a line is added there when a block
was written, with its checksum. So a killed writer leaves at the most a block that nobody knows of, and whatever
the disk has made of a block, a wrong one is never given out. Segments that were not used for longest go first.
A first block that comes alone, as those of headers do, lies with others in one file: see `heads`.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from crc32c import crc32c as crc32c_of

from uraniborg.tree.buffers import Buffers
from uraniborg.tree.heads import Heads
from uraniborg.tree.runs import Block
from uraniborg.tree.segment import BLOCK_BYTES, SEGMENT_BLOCKS, Segment

try:
    import fcntl
    import resource
except ImportError:  # pragma: no cover (Windows)
    fcntl = None  # type: ignore[assignment]

__all__ = ["BLOCK_BYTES", "BlockCache"]

DRAWERS = 8
OPEN_SEGMENTS = 64  # that stay open, where a process may have files enough: a file of 4 GB has as many
FILES_EACH = 16  # files that a process may have open, for each segment; one takes three at the most
REFRESHED_S = 0.1  # how long somebody else may have what we do not know of: it is fetched once more, then
FULL_DISK_S = 60.0  # how long a full disk is left alone
FILL, EMPTY_TO = 0.95, 0.8  # of the limit: where segments begin to go, and until when
HEADS = 0.25  # of the limit: what lone first blocks may take of it
SHA256 = re.compile(r"[0-9a-f]{64}")
Known = tuple[int, int]
"""Of a block: its length and its CRC32C."""
_Loaded = tuple[Segment, int, list[Known | None], int, memoryview]
"""A segment, from which block on, what it knows of each, and from which of them on these bytes are."""


class _Drawer:
    """Open segments of some contents, and whose turn it is with them: files that are opened at once seldom wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.open: OrderedDict[tuple[str, int], Segment] = OrderedDict()


class BlockCache:
    """A folder of blocks, for any number of threads and processes.

    Parameters
    ----------
    folder : Path
        Made when the first block comes.
    limit_bytes : int
        What it may take on disk; 0: nothing is kept.
    buffers : Buffers, optional
        Where blocks are read into.
    """

    def __init__(self, folder: Path, limit_bytes: int, buffers: Buffers | None = None) -> None:
        self.folder, self.limit_bytes = folder, limit_bytes if fcntl else 0
        self._buffers = buffers or Buffers()
        self._drawers = [_Drawer() for _ in range(DRAWERS)]
        self._heads = Heads(folder, int(HEADS * self.limit_bytes))
        self._step_bytes = max(min(limit_bytes // 64, 256 * 1024**2), BLOCK_BYTES)
        self._unlooked_bytes = self._step_bytes  # so that the first block that is written looks how full it is
        self._full_until = 0.0
        self._open_limit = OPEN_SEGMENTS
        if fcntl:
            self._open_limit = min(OPEN_SEGMENTS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // FILES_EACH)
        self._sweeping = threading.Lock()

    def read(self, sha256: str, first: int, count: int) -> list[Block | None]:
        """Read consecutive blocks with their checksums; None for each that is not here, or not what it was."""
        check = self.load(sha256, first, count)
        return check() if check is not None else [None] * count

    def load(self, sha256: str, first: int, count: int) -> Callable[[], list[Block | None]] | None:
        """Read consecutive blocks, of which any are here; what is given looks whether they are right, and tells as
        `read` does: the disk is waited for by whoever likes to, and processors are used by another thread, if need be.
        """
        checks: list[Callable[[], list[Block | None]]] = []
        done, is_any = 0, first == 0 and bool(self.limit_bytes) and self._heads.has(sha256)
        while done < count and self.limit_bytes:
            number, offset = divmod(first + done, SEGMENT_BLOCKS)
            here = min(count - done, SEGMENT_BLOCKS - offset)
            loaded = self._load_segment(sha256, number, offset, here)
            checks.append(partial(self._checked, sha256, *loaded) if loaded else partial(_none, here))
            done, is_any = done + here, is_any or loaded is not None
        if not is_any:
            return None

        def check() -> list[Block | None]:
            found = [block for each in checks for block in each()]
            if first == 0 and found and found[0] is None:
                found[0] = self._heads.read(sha256)
            return found

        return check

    def may_have(self, sha256: str, first: int, count: int) -> bool:
        """Tell whether any of some consecutive blocks is likely to be here, without reading it."""
        if not self.limit_bytes:
            return False
        if first == 0 and self._heads.has(sha256):
            return True
        number, offset = divmod(first, SEGMENT_BLOCKS)
        if offset + count > SEGMENT_BLOCKS:
            return self.may_have(sha256, first, SEGMENT_BLOCKS - offset) or self.may_have(
                sha256, first + SEGMENT_BLOCKS - offset, count - SEGMENT_BLOCKS + offset
            )
        with self._drawer(sha256).lock, contextlib.suppress(OSError):
            segment = self._segment(sha256, number, make=False)
            if segment is None:
                return False
            if time.monotonic() - segment.refreshed_at > REFRESHED_S:
                segment.refresh()
            return not segment.known.keys().isdisjoint(range(offset, offset + count))
        return False

    def _load_segment(self, sha256: str, number: int, offset: int, count: int) -> _Loaded | None:
        """Read blocks of a segment as they are on disk; None where there are none."""
        lock = self._drawer(sha256).lock
        with lock:
            segment = self._segment(sha256, number, make=False)
            if segment is None:
                return None
            blocks = range(offset, offset + count)
            if any(block not in segment.known for block in blocks):
                segment.refresh()
            known = [segment.known.get(block) for block in blocks]
            here = [at for at, each in enumerate(known) if each is not None]
            if not here:
                return None
            segment.use()
            segment.users += 1
        try:  # meanwhile others may look what is in it
            begin, length = here[0], (here[-1] - here[0] + 1) * BLOCK_BYTES
            data = self._buffers.take(length)
            return segment, offset, known, begin, data[: segment.read(data, (offset + begin) * BLOCK_BYTES)]
        except OSError:
            return None
        finally:
            with lock:
                segment.let_go()

    def _checked(
        self, sha256: str, segment: Segment, offset: int, known: list[Known | None], begin: int, data: memoryview
    ) -> list[Block | None]:
        """Look whether blocks of a segment are what they were when they were written."""
        found: list[Block | None] = []
        for at, each in enumerate(known):
            if each is None:
                found.append(None)
                continue
            length, crc = each
            start = (at - begin) * BLOCK_BYTES
            piece = data[start : start + length]
            if len(piece) == length and crc32c_of(piece, gil_release_mode=0) == crc:
                found.append((piece, crc))
            else:
                with self._drawer(sha256).lock:
                    segment.known.pop(offset + at, None)
                found.append(None)
        return found

    def write(self, sha256: str, first: int, blocks: Sequence[Block], data: memoryview | None = None) -> None:
        """Keep consecutive blocks with their checksums; where that fails, they are simply not kept.

        Parameters
        ----------
        data : memoryview, optional
            The same bytes in one piece, where they are at hand.
        """
        if not self.limit_bytes or time.monotonic() < self._full_until:
            return
        try:
            done = 0
            if first == 0 and len(blocks) == 1 and self._heads.sets:
                self._heads.write(sha256, *blocks[0])
                done = 1
            while done < len(blocks):
                number, offset = divmod(first + done, SEGMENT_BLOCKS)
                here = blocks[done : done + SEGMENT_BLOCKS - offset]
                begin = done * BLOCK_BYTES
                piece = data[begin : begin + len(here) * BLOCK_BYTES] if data is not None else None
                self._write_segment(sha256, number, offset, here, piece)
                done += len(here)
        except OSError:  # the disk is full, or the folder is not ours to write in
            self._full_until = time.monotonic() + FULL_DISK_S
            self._unlooked_bytes = self._step_bytes
        self._unlooked_bytes += sum(len(data) for data, _ in blocks)
        if self._unlooked_bytes > self._step_bytes:
            self._unlooked_bytes = 0
            self.sweep()

    def _write_segment(
        self, sha256: str, number: int, offset: int, blocks: Sequence[Block], data: memoryview | None
    ) -> None:
        lock = self._drawer(sha256).lock
        with lock:
            segment = self._segment(sha256, number, make=True)
            if segment is None:
                return
            segment.users += 1
        try:  # meanwhile others read what is in it
            segment.write(data if data is not None else b"".join(piece for piece, _ in blocks), offset * BLOCK_BYTES)
            with lock:
                segment.add(offset, blocks)
        finally:
            with lock:
                segment.let_go()

    def forget(self, sha256: str) -> None:
        """Remove everything of a content, which was found not to be what it should be."""
        if not self.limit_bytes:
            return
        with contextlib.suppress(OSError):
            self._heads.forget(sha256)
        drawer = self._drawer(sha256)
        with drawer.lock:
            for key in [key for key in drawer.open if key[0] == sha256]:
                drawer.open.pop(key).let_go()
            for path in Path(self._folder_of(sha256)).glob(f"{sha256}.*"):
                path.unlink(missing_ok=True)

    def used_bytes(self) -> int:
        """Tell what the cache takes on disk now."""
        return sum(size for _, size, _ in self._segments())

    def sweep(self) -> None:
        """Remove the segments that were not used for longest, if the cache is nearly full."""
        if not self._sweeping.acquire(blocking=False):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self.folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                segments = sorted(self._segments())
                total = sum(size for _, size, _ in segments)
                is_full = total > self.limit_bytes * FILL - self._step_bytes
                for _, size, path in segments if is_full else []:
                    if total <= self.limit_bytes * EMPTY_TO:
                        break
                    path.unlink(missing_ok=True)
                    total -= size
            self._let_go_of_removed()
        except OSError:
            pass
        finally:
            self._sweeping.release()

    def _let_go_of_removed(self) -> None:
        """Close segments that are no more, whoever has removed them: as long as they are open, the disk keeps them."""
        for drawer in self._drawers:
            with drawer.lock:
                for key in [key for key, segment in drawer.open.items() if segment.is_gone(at_once=True)]:
                    drawer.open.pop(key).let_go()

    def close(self) -> None:
        """Close the files."""
        self._heads.close()
        for drawer in self._drawers:
            with drawer.lock:
                while drawer.open:
                    drawer.open.popitem()[1].let_go()

    def _segments(self) -> list[tuple[float, int, Path]]:
        """List all segments: when each was used last, what it takes on disk, and where it is."""
        found = []
        for path in (*self.folder.glob("??/*"), *self.folder.glob("heads.*")):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((status.st_mtime, status.st_blocks * 512, path))
        return found

    def _drawer(self, sha256: str) -> _Drawer:
        return self._drawers[hash(sha256) % DRAWERS]

    def _folder_of(self, sha256: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256[:80]!r} is no SHA-256")
        return f"{self.folder}/{sha256[:2]}"

    def _segment(self, sha256: str, number: int, *, make: bool) -> Segment | None:
        """Open a segment, or find it open; None where there is none and none is to be made; the drawer is locked."""
        opened = self._drawer(sha256).open
        key = (sha256, number)
        segment = opened.get(key)
        if segment is not None and not segment.is_gone():
            opened.move_to_end(key)
            return segment
        if segment is not None:
            opened.pop(key).let_go()
        folder = self._folder_of(sha256)
        path = f"{folder}/{sha256}.{number}.blocks"
        if not make and not os.access(path, os.F_OK):  # as of all that is new: sooner said than by a failure
            return None
        try:
            segment = Segment(path, make=make)
        except OSError as error:
            if not make:
                return None
            if not isinstance(error, FileNotFoundError):
                raise
            Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
            segment = Segment(path, make=True)
        opened[key] = segment
        self._close_one_of_many(self._drawer(sha256))
        return segment

    def _close_one_of_many(self, mine: _Drawer) -> None:
        """Close the segment of the fullest drawer that was not used for longest, if too many are open."""
        if sum(len(drawer.open) for drawer in self._drawers) <= self._open_limit:
            return
        fullest = max(self._drawers, key=lambda drawer: len(drawer.open))
        is_free = fullest is not mine and fullest.lock.acquire(blocking=False)  # it may wait for ours
        try:
            drawer = fullest if is_free else mine
            if len(drawer.open) > 1:
                drawer.open.popitem(last=False)[1].let_go()
        finally:
            if is_free:
                fullest.lock.release()


def _none(count: int) -> list[Block | None]:
    return [None] * count
