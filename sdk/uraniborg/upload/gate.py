"""How many transfers run at once: more as long as that moves more bytes, fewer when it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

__all__ = ["Gate"]

LEAST, MOST = 4, 16
WINDOW_S = 0.5
WORTH_IT = 1.05  # a step is kept if it brings at least this much


class Gate:
    """Lets in a changing number of transfers; enter it around each.

    Parameters
    ----------
    clock : callable
        Seconds, as `time.monotonic`.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = LEAST
        self._inside = 0
        self._changed = threading.Condition()
        self._clock = clock
        self._window_start = clock()
        self._moved_bytes = 0
        self._best_rate = 0.0
        self._step = 2

    def __enter__(self) -> None:
        with self._changed:
            while self._inside >= self.limit:
                self._changed.wait()
            self._inside += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify()

    def moved(self, size_bytes: int) -> None:
        """Count bytes that went through, and consider the limit now and then."""
        with self._changed:
            self._moved_bytes += size_bytes
            elapsed_s = self._clock() - self._window_start
            if elapsed_s < WINDOW_S:
                return
            rate = self._moved_bytes / elapsed_s
            if rate < self._best_rate * WORTH_IT:
                self._step = -self._step  # it did not help: go the other way
            self._best_rate = max(rate, self._best_rate * 0.8)  # lines get better and worse
            self._set(self.limit + self._step)
            self._window_start, self._moved_bytes = self._clock(), 0

    def failed(self) -> None:
        """A transfer failed for want of the service: be gentle."""
        with self._changed:
            self._set(self.limit // 2)
            self._best_rate = 0.0

    def _set(self, limit: int) -> None:
        before, self.limit = self.limit, max(LEAST, min(MOST, limit))
        if self.limit > before:
            self._changed.notify(self.limit - before)
