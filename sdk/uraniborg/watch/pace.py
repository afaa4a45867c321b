"""A limit of the line, by hour of the day: bytes are let through as they fall due."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

__all__ = ["Pace", "Window", "read_rate", "read_window"]

MOST_AHEAD_S, AHEAD_STEP_S = 10.0, 0.1  # files go on then, whatever goes ahead of them
SLICE_S = 1.0  # within which a limit that changed, or the agent's end, is noticed
RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kMG]?)(?:i?B)?(?:/s)?", re.IGNORECASE)
UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9}
WINDOW = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})=(.+)")
UNLIMITED = {"none", "unlimited", "off"}


class Window(msgspec.Struct, frozen=True):
    """A limit from one time of the day to another, which may be beyond midnight; None lifts it."""

    start: dt.time
    end: dt.time
    bytes_per_s: float | None

    def holds(self, at: dt.time) -> bool:
        """Tell whether a time of the day lies in it; its end does not."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def read_rate(text: str) -> float | None:
    """Read ``500k``, ``2M``, ``1.5 MB/s``: bytes per second, in powers of ten; ``none`` for no limit.

    Raises
    ------
    ValueError
        It is no rate, or nothing would ever go through.
    """
    if text.strip().lower() in UNLIMITED:
        return None
    match = RATE.fullmatch(text.strip())
    rate = float(match[1]) * UNITS[match[2].lower()] if match else 0.0
    if rate < 1:
        raise ValueError(f"{text!r} is no rate: give bytes per second, as 500k or 2M, or none.")
    return rate


def read_window(text: str) -> Window:
    """Read ``20:00-06:00=500k``: local times of this computer.

    Raises
    ------
    ValueError
        It is no such window.
    """
    match = WINDOW.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        start, end = dt.time(int(match[1]), int(match[2])), dt.time(int(match[3]) % 24, int(match[4]))
    except ValueError:
        raise ValueError(f"{text!r} is no window: give it as 20:00-06:00=500k.") from None
    if start == end:
        raise ValueError(f"{text!r} begins when it ends: use --limit for the whole day.")
    return Window(start, end, read_rate(match[5]))


class Pace:
    """Lets bytes through; safe to use from several threads.

    Parameters
    ----------
    bytes_per_s : float or None
        Where no window says otherwise; None for no limit.
    windows : sequence of Window
        The first that holds decides.
    is_shared : bool
        Something may go ahead of the rest.
    stop : threading.Event
        Nobody waits any more once it is set.
    clock, day_time : callable
        Seconds as `time.monotonic`, and the local time of the day.
    """

    def __init__(
        self,
        bytes_per_s: float | None = None,
        windows: list[Window] | tuple[Window, ...] = (),
        *,
        is_shared: bool = False,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
        day_time: Callable[[], dt.time] = lambda: dt.datetime.now().time(),
    ) -> None:
        self._usual, self._windows, self._stop = bytes_per_s, list(windows), stop
        self._clock, self._day_time = clock, day_time
        self._lock = threading.Lock()
        self._free_at = clock()
        self._is_shared, self._ahead_until = is_shared, float("-inf")

    @property
    def limited(self) -> bool:
        """Whether there ever is anything to wait for."""
        return self._is_shared or self._usual is not None or bool(self._windows)

    def limit(self) -> float | None:
        """Give the present limit, bytes per second."""
        at = self._day_time()
        return next((window.bytes_per_s for window in self._windows if window.holds(at)), self._usual)

    def delay(self, size_bytes: int) -> float:
        """Enter a number of bytes; returns after how many seconds they may go.

        They go when all entered before have had their time, so that over any while no more goes than the limit allows
        and what is entered at once.
        """
        limit = self.limit()
        with self._lock:
            now = self._clock()
            if limit is None:
                self._free_at = now
                return 0.0
            begin = max(self._free_at, now)
            self._free_at = begin + size_bytes / limit
            return begin - now

    def wait(self, size_bytes: int) -> None:
        """Wait until a number of bytes may go."""
        delay_s = self.delay(size_bytes)
        deadline = self._clock() + delay_s
        while (left_s := deadline - self._clock()) > 0 and self.limit() is not None:
            if self._stop.wait(min(left_s, SLICE_S)):
                return
        while self._clock() < self._ahead_until and not self._stop.wait(AHEAD_STEP_S):
            pass

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Have all who come to wait do so as long as the block lasts, up to a limit: what goes now goes ahead."""
        self._ahead_until = self._clock() + MOST_AHEAD_S
        try:
            yield
        finally:
            self._ahead_until = float("-inf")
