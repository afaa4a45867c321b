"""Reading a whole object of an S3 server as fast as it is summed up, however far away the server is; blocking."""

from __future__ import annotations

import contextlib
import itertools
import queue
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator

from storage.object_s3_client import S3Connection
from storage.object_s3_reading import S3Reading

__all__ = ["CONNECTIONS", "ReadingAhead"]

# A request costs as much as reading 5 MB. Half a stretch is kept here, the rest waits on the line or at the server.
_STRETCH_BYTES = 16 * 1024**2
_STRETCHES_AT_ONCE = 3
_BLOCKS_AHEAD = 8
_LARGE_AT_ONCE = 3
CONNECTIONS = _LARGE_AT_ONCE * _STRETCHES_AT_ONCE

# One connection to a server nearby brings more than can be summed up: handing it from thread to thread would only cost.
_NEAR_BYTES_PER_S = 400e6

_place = threading.BoundedSemaphore(_LARGE_AT_ONCE)


class ReadingAhead:
    """One object, whole.

    Where the beginning of a large one shows that it comes slowly, the rest comes in three stretches at once, each at
    most eight blocks ahead of who takes them. Three objects are read so at a time, others wait for them.

    Attributes
    ----------
    version : str
        The entity tag, once the first block is there; every stretch is of this version, or an error.
    """

    def __init__(self, connection: S3Connection, key: str) -> None:
        self._connection, self._key = connection, key
        self.version = ""

    def blocks(self, block_bytes: int) -> Generator[bytes, None, None]:
        """Read block by block; the driver's errors come as they are."""
        started = time.perf_counter()
        first = S3Reading(self._connection, self._key, 0, _STRETCH_BYTES)
        blocks = first.blocks(block_bytes)
        block = next(blocks, b"")
        if not block:  # an empty object has no ranges, and no version is told with that
            first = S3Reading(self._connection, self._key)
            blocks = first.blocks(block_bytes)
            block = next(blocks, b"")
        self.version = first.version
        waited_s = time.perf_counter() - started
        while block:
            yield block
            started = time.perf_counter()
            block = next(blocks, b"")
            waited_s += time.perf_counter() - started
        if (rest := first.whole_bytes - _STRETCH_BYTES) <= 0:
            return
        if waited_s * _NEAR_BYTES_PER_S < _STRETCH_BYTES:
            yield from S3Reading(self._connection, self._key, _STRETCH_BYTES, rest, self.version).blocks(block_bytes)
            return
        with _place:
            yield from self._in_stretches(first.whole_bytes, block_bytes)

    def _in_stretches(self, whole_bytes: int, block_bytes: int) -> Generator[bytes, None, None]:
        to_come = (
            _Stretch(S3Reading(self._connection, self._key, start, length, self.version), block_bytes)
            for start in range(_STRETCH_BYTES, whole_bytes, _STRETCH_BYTES)
            for length in [min(_STRETCH_BYTES, whole_bytes - start)]
        )
        coming: deque[_Stretch] = deque()
        try:
            coming.extend(itertools.islice(to_come, _STRETCHES_AT_ONCE))
            while coming:
                yield from coming[0].blocks()
                coming.popleft()
                coming.extend(itertools.islice(to_come, 1))
        finally:
            for stretch in coming:
                stretch.give_up()


class _Stretch:
    """A part of an object that a thread reads, some blocks ahead of who takes them."""

    def __init__(self, reading: S3Reading, block_bytes: int) -> None:
        self._reading, self._block_bytes = reading, block_bytes
        self._read: queue.Queue[bytes | Exception] = queue.Queue(_BLOCKS_AHEAD)
        self._given_up = False
        self._thread = threading.Thread(target=self._work, name="s3-ahead", daemon=True)
        self._thread.start()

    def blocks(self) -> Iterator[bytes]:
        while block := self._read.get():
            if isinstance(block, Exception):
                raise block
            yield block
        self._thread.join()

    def give_up(self) -> None:
        """Let the thread end, which may wait for its block to be taken."""
        self._given_up = True
        while self._thread.is_alive():
            with contextlib.suppress(queue.Empty):
                self._read.get(timeout=0.05)

    def _work(self) -> None:
        try:
            for block in self._reading.blocks(self._block_bytes):
                self._read.put(block)
                if self._given_up:
                    break
        except Exception as error:
            self._read.put(error)
        else:
            self._read.put(b"")
