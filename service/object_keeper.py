"""One thread that keeps small objects, in the order in which they came, while the event loop receives the next ones."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["ObjectKeeper"]

Item = TypeVar("Item")

_TOLD_AT_ONCE = 8


class ObjectKeeper(Generic[Item]):
    """Works through items behind the event loop's back, and tells it of several at once.

    A thread for each, or a future, would take about as long as a healthy disk takes to keep a small object.

    Parameters
    ----------
    keep : callable
        Does the blocking work of one item; never raises.
    told : callable
        Told in the event loop which items are done.
    """

    def __init__(self, keep: Callable[[Item], None], told: Callable[[list[Item]], None]) -> None:
        self._keep, self._told = keep, told
        self._items: deque[Item] = deque()
        self._lock = Lock()
        self._at_work = False
        self._pool = ThreadPoolExecutor(1, "uraniborg-keeper")

    def add(self, item: Item, loop: asyncio.AbstractEventLoop) -> None:
        """Take an item on."""
        self._items.append(item)
        with self._lock:
            if self._at_work:
                return
            self._at_work = True
        self._pool.submit(self._work, loop)

    def settle(self) -> None:
        """Return when all that was added is done; blocking."""
        self._pool.submit(int).result()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            done: list[Item] = []
            while self._items and len(done) < _TOLD_AT_ONCE:
                self._keep(item := self._items.popleft())
                done.append(item)
            with contextlib.suppress(RuntimeError):  # the loop has ended: there is nobody to tell
                loop.call_soon_threadsafe(self._told, done)
            with self._lock:
                if not self._items:
                    self._at_work = False
                    return
