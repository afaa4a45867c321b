"""Requests that are not answered yet, and whether who asked is being ended and waits only for the answer."""

from __future__ import annotations

import signal
from pathlib import Path

__all__ = ["Asked"]


class Asked:
    """Requests by number, with the thread that asked."""

    def __init__(self) -> None:
        self._threads: dict[int, int] = {}

    def add(self, number: int, thread: int) -> None:
        """Note one that may take long."""
        self._threads[number] = thread

    def discard(self, number: int) -> None:
        """Note that it is answered."""
        self._threads.pop(number, None)

    def numbers(self) -> set[int]:
        """Tell which are not answered yet."""
        return set(self._threads)

    def is_given_up(self, number: int) -> bool:
        """Tell whether who asked is being ended.

        Any signal interrupts, and most programs do not expect that reading a file is broken off by one that they
        handle: for these the answer still comes. To a fatal one, as Ctrl-C mostly is, the kernel adds a SIGKILL.
        """
        thread = self._threads.get(number)
        if not thread:  # 0: it is not among the processes that we see
            return False
        try:
            status = Path(f"/proc/{thread}/status").read_text()
        except OSError:
            return True  # it is gone
        pending = int(status.partition("\nSigPnd:")[2].split(maxsplit=1)[0], 16)
        return bool(pending >> (signal.SIGKILL - 1) & 1)
