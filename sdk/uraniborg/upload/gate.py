"""How many transfers run at once: more as long as that moves more bytes, fewer when it does not.

On a thin line one file behind the other is as fast as many beside each other, and when it breaks, less was in vain.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from types import TracebackType

import msgspec

__all__ = ["FIRST", "LEAST", "LONG_S", "MOST", "Gate", "Line"]

LEAST, FIRST, MOST = 1, 8, 16
WINDOW_S = 0.5
WORTH_IT = 1.05  # a step is kept if it brings at least this much
LONG_S = 10.0  # what a transfer may take, if fewer at once are sooner through: so much is in vain when the line breaks
TELLING_BYTES = 512 * 1024  # of a smaller transfer, most of the time is not the line's
OLD, NEW = 0.8, 0.2  # what the line was thought to carry, and what it has carried just now
STEP_BYTES = 1024**2
SAME_S, TELLING_S = 1.0, 1.0  # breaks so near each other are one; of a shorter transfer, what is sent is mostly waiting
OFTEN = 4  # transfers between two breaks of a line, so that most of them arrive


class Line(msgspec.Struct):
    """What a line is like: bytes a second that it carries, all transfers together, and how long one of them may take.

    A rate of 0: it is not known.
    """

    bytes_per_s: float = 0.0
    lasting_s: float = LONG_S


class Gate:
    """Lets in a changing number of transfers; enter it around each.

    Parameters
    ----------
    clock : callable
        Seconds, as `time.monotonic`.
    line : Line, optional
        What the line was like the last time.

    Attributes
    ----------
    line : Line
        What it is like, as far as that is known by now.
    has_broken : bool
        Whether it broke since.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, line: Line | None = None) -> None:
        self.limit = FIRST
        self.line, self.has_broken = Line(), False
        if line is not None:  # it may be better by now
            self.line = Line(line.bytes_per_s, min(2 * line.lasting_s, LONG_S))
        self._broke_at = clock()
        self._most = MOST
        self._inside = 0
        self._changed = threading.Condition()
        self._clock = clock
        self._window_start = clock()
        self._moved_bytes = 0
        self._best_rate = 0.0
        self._step = 2

    def __enter__(self) -> None:
        with self._changed:
            self._go_in()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify()

    def go_on(self) -> None:
        """Go on inside with another transfer, at once or, if there are more than may be, when it is one's turn."""
        with self._changed:
            if self._inside > self.limit:
                self._inside -= 1
                self._changed.notify()
                self._go_in()

    def _go_in(self) -> None:
        while self._inside >= self.limit:
            self._changed.wait()
        self._inside += 1

    def moved(self, size_bytes: int, seconds: float = 0.0) -> None:
        """Count bytes that went through, in so many seconds, and consider the limit now and then."""
        with self._changed:
            if seconds > 0:
                self._learn(size_bytes, seconds)
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
            self._fail()

    def broke(self, size_bytes: int, seconds: float) -> None:
        """The line broke when so many bytes of a transfer were on their way, or nobody knows how many (0)."""
        with self._changed:
            self.has_broken = True
            now = self._clock()
            if (held_s := now - self._broke_at) >= SAME_S:
                self.line.lasting_s = min(held_s / OFTEN, LONG_S)
            self._broke_at = now
            if size_bytes >= TELLING_BYTES and seconds >= TELLING_S:
                rate = max(self._inside, 1) * size_bytes / seconds / 2  # some of what was sent had not arrived
                self.line.bytes_per_s = min(self.line.bytes_per_s or math.inf, rate)
            self._fail()

    def one_piece_bytes(self) -> float:
        """Tell how much is to go in one piece so that little is in vain: whole mebibytes, at least one."""
        if not self.line.bytes_per_s:
            return math.inf
        return max(int(self.line.bytes_per_s * self.line.lasting_s) // STEP_BYTES, 1) * STEP_BYTES

    def _learn(self, size_bytes: int, seconds: float) -> None:
        """See how many at once go through in time, and what the line carries."""
        beside = max(self._inside, 1)
        self._most = max(LEAST, min(MOST, int(beside * self.line.lasting_s / seconds)))
        if self.limit > self._most:
            self._set(self._most)
        if size_bytes >= TELLING_BYTES:
            rate = beside * size_bytes / seconds
            self.line.bytes_per_s = OLD * self.line.bytes_per_s + NEW * rate if self.line.bytes_per_s else rate

    def _fail(self) -> None:
        self._set(self.limit // 2)
        self._best_rate = 0.0

    def _set(self, limit: int) -> None:
        before, self.limit = self.limit, max(LEAST, min(self._most, limit))
        if self.limit > before:
            self._changed.notify(self.limit - before)
