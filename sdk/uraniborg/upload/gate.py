"""How many transfers run at once: more as long as that moves more bytes, fewer when it does not.

On a thin line one file behind the other is as fast as many beside each other, and when it breaks, less was in vain.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType

import msgspec

__all__ = ["FIRST", "LEAST", "LONG_S", "MOST", "Gate", "Line", "breaks_every_s"]

LEAST, FIRST, MOST = 1, 8, 16
WINDOW_S = 0.5
WORTH_IT = 1.05  # a step is kept if it brings at least this much
# What a transfer may take over a line that breaks, at the most: what is under way then was in vain.
LONG_S, OFTEN = 10.0, 4  # and a part of the time that it holds, so that most of them arrive
TELLING_BYTES, TELLING_S = 512 * 1024, 1.0  # in a smaller or shorter transfer, most of the time is not the line's
SELDOM_S, MOST_BREAKS = 600.0, 100
SAME_S = 1.0  # breaks so near each other are one
OLD, NEW = 0.8, 0.2  # what the line was thought to carry, and what it has carried just now
STEP_BYTES = 1024**2


class Line(msgspec.Struct):
    """What a line is like that breaks.

    ``bytes_per_s``: what it carries, all transfers together; 0: that is not known. ``holds_s``: how long it holds
    between two breaks; infinite: it is not known to break.
    """

    bytes_per_s: float = 0.0
    holds_s: float = math.inf

    @property
    def transfer_s(self) -> float:
        """How long a transfer may take; infinite: as long as it likes."""
        return math.inf if math.isinf(self.holds_s) else min(self.holds_s / OFTEN, LONG_S)


def breaks_every_s(breaks: Iterable[float], now: float) -> float | None:
    """Tell about how often a line breaks that broke at some moments; None: seldom, or not lately."""
    lately = [moment for moment in breaks if now - moment < SELDOM_S]
    return float(f"{(lately[-1] - lately[0]) / (len(lately) - 1):.2g}") if len(lately) > 1 else None


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
    breaks : deque of float
        When it broke last, by the clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, line: Line | None = None) -> None:
        self.limit = FIRST
        self._before, self._has_broken = line, False
        # It may be better by now.
        self.line = Line(line.bytes_per_s, 2 * line.holds_s) if line is not None else Line()
        self.breaks: deque[float] = deque(maxlen=MOST_BREAKS)
        self._held_since: float | None = None
        self._broke_at = -math.inf
        self._most = MOST
        self._inside = 0
        self._changed = threading.Condition()
        self._clock = clock
        self._window_start = clock()
        self._in_window_bytes = 0
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

    @contextlib.contextmanager
    def left(self) -> Iterator[None]:
        """Give one's place to others for a while."""
        with self._changed:
            self._inside -= 1
            self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
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
            self._in_window_bytes += size_bytes
            elapsed_s = self._clock() - self._window_start
            if elapsed_s < WINDOW_S:
                return
            rate = self._in_window_bytes / elapsed_s
            if rate < self._best_rate * WORTH_IT:
                self._step = -self._step  # it did not help: go the other way
            self._best_rate = max(rate, self._best_rate * 0.8)  # lines get better and worse
            self._set(self.limit + self._step)
            self._window_start, self._in_window_bytes = self._clock(), 0

    def failed(self) -> None:
        """A transfer failed for want of the service: be gentle."""
        with self._changed:
            self._fail()

    def broke(self, size_bytes: int, seconds: float) -> None:
        """A transfer broke off, of which so many bytes were on their way, or nobody knows how many (0).

        What is over at once, as where nobody answers, tells nothing of the line.
        """
        with self._changed:
            self._fail()
            now = self._clock()
            if (size_bytes or seconds >= TELLING_S) and not (self.breaks and now - self.breaks[-1] < SAME_S):
                self.breaks.append(now)
            if seconds < TELLING_S or now - self._broke_at < SAME_S:
                return
            began_at = now - seconds
            self.line.holds_s = now - min(began_at if self._held_since is None else self._held_since, began_at)
            self._held_since, self._broke_at, self._has_broken = None, now, True
            if size_bytes >= TELLING_BYTES:
                rate = max(self._inside, 1) * size_bytes / seconds / 2  # some of what was sent had not arrived
                self.line.bytes_per_s = min(self.line.bytes_per_s or math.inf, rate)

    def one_piece_bytes(self) -> float:
        """Tell how much is to go in one piece so that little is in vain: whole mebibytes, at least one."""
        if not self.line.bytes_per_s or math.isinf(self.line.holds_s):
            return math.inf
        return max(int(self.line.bytes_per_s * self.line.transfer_s) // STEP_BYTES, 1) * STEP_BYTES

    def learnt(self) -> Line | None:
        """Tell what is to be remembered of the line, if anything new is known of it, and it breaks at all."""
        if math.isinf(self.one_piece_bytes()):
            return None
        is_better = self._before is not None and self.line.holds_s > 2 * self._before.holds_s
        return self.line if self._has_broken or is_better else None

    def _learn(self, size_bytes: int, seconds: float) -> None:
        """See what the line carries and how long it holds, and how many at once go through in time."""
        now, beside = self._clock(), max(self._inside, 1)
        self._held_since = now - seconds if self._held_since is None else self._held_since
        self.line.holds_s = max(self.line.holds_s, now - self._held_since)
        if size_bytes >= TELLING_BYTES and seconds >= TELLING_S:
            rate = beside * size_bytes / seconds
            self.line.bytes_per_s = OLD * self.line.bytes_per_s + NEW * rate if self.line.bytes_per_s else rate
        in_time = beside * self.line.transfer_s / seconds
        self._most = MOST if in_time >= MOST else max(LEAST, int(in_time))
        if self.limit > self._most:
            self._set(self._most)

    def _fail(self) -> None:
        self._set(self.limit // 2)
        self._best_rate = 0.0

    def _set(self, limit: int) -> None:
        before, self.limit = self.limit, max(LEAST, min(self._most, limit))
        if self.limit > before:
            self._changed.notify(self.limit - before)
