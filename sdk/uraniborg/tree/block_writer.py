"""Blocks on their way to the disk: whoever waits for bytes does not wait until they are kept."""

from __future__ import annotations

import atexit
import threading
from collections import deque
from collections.abc import Sequence

from uraniborg.tree.blocks import BlockCache
from uraniborg.tree.runs import Block

__all__ = ["BlockWriter"]

WAITING_BYTES = 16 * 1024**2  # beyond which who brings blocks writes them itself, so that memory has an end
# Small pieces are written one behind the other: whoever brings them would wait for the interpreter's lock each time.
GATHERED_S, GATHERED_BYTES = 0.05, 4 * 1024**2
_Piece = tuple[str, int, Sequence[Block], memoryview]


class BlockWriter:
    """One thread that writes into a cache what others bring. What waits when the process is killed is not kept."""

    def __init__(self, cache: BlockCache) -> None:
        self._cache = cache
        self._waiting: deque[_Piece] = deque()
        self._waiting_bytes = 0
        self._is_writing = self._is_hurried = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def write(
        self,
        sha256: str,
        first: int,
        blocks: Sequence[Block],
        data: memoryview,
    ) -> None:
        """Have consecutive blocks kept, soon; see `BlockCache.write`."""
        with self._changed:
            takes = not self._closed and self._cache.limit_bytes and self._waiting_bytes + len(data) <= WAITING_BYTES
            if takes:
                self._waiting.append((sha256, first, blocks, data))
                self._waiting_bytes += len(data)
                if not self._works():
                    self._begin()
                elif not self._is_writing and (len(self._waiting) == 1 or self._waiting_bytes > GATHERED_BYTES):
                    self._changed.notify_all()
        if not takes:
            self._cache.write(sha256, first, blocks, data)

    def flush(self) -> None:
        """Return when all that was brought until now is written."""
        with self._changed:
            self._is_hurried = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._works() or not (self._waiting or self._is_writing))

    def close(self) -> None:
        """Write what waits, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        atexit.unregister(self.flush)

    def _works(self) -> bool:
        """Tell whether somebody writes: not before there is anything, and not in a process that was forked off."""
        return self._thread is not None and self._thread.is_alive()

    def _is_to_write(self) -> bool:
        return self._is_hurried or self._closed or self._waiting_bytes > GATHERED_BYTES

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._work, name="uraniborg-keep", daemon=True)
        self._thread.start()
        atexit.register(self.flush)  # a program that only looks at a header is over before it is written

    def _work(self) -> None:
        while True:
            with self._changed:
                self._is_writing = False
                if not self._waiting:
                    self._is_hurried = False
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._waiting or self._closed)
                    self._changed.wait_for(self._is_to_write, GATHERED_S)
                if not self._waiting:
                    return
                self._is_writing = True
                piece = self._waiting.popleft()
                length = len(piece[3])
            try:
                self._cache.write(*piece)
            finally:
                with self._changed:
                    self._waiting_bytes -= length
