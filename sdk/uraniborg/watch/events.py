"""Word of changes from the file system, where it tells them: hints where to look, never the only reason to look."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

__all__ = ["Events"]

STEP_MS, DEBOUNCE_MS = 50, 1000
AGAIN_S, LATEST_S = 5.0, 300.0  # after the file system could not tell something, such as a name that is no text
MOST_HINTS = 10_000


class Events:
    """Listens for changes in a folder from a thread of its own, as far as the package watchfiles is there.

    Parameters
    ----------
    folder : str
        The watched folder.
    wake : callable
        Called after something was noted.
    stop : threading.Event
        Ends it.
    """

    def __init__(self, folder: str, wake: Callable[[], None], stop: threading.Event) -> None:
        self._folder, self._wake, self._stop = folder, wake, stop
        self._lock = threading.Lock()
        self._hints: set[str] = set()
        self._must_look = False
        self.listening = False
        self._thread = threading.Thread(target=self._listen, name="uraniborg-events", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def take(self) -> set[str] | None:
        """Give the places where something happened since the last time; None where all must be looked through."""
        with self._lock:
            hints, self._hints = self._hints, set()
            must, self._must_look = self._must_look, False
        return None if must else hints

    def _note(self, hints: set[str] | None) -> None:
        with self._lock:
            if hints is None or len(self._hints) + len(hints) > MOST_HINTS:
                self._must_look, self._hints = True, set()
            else:
                self._hints |= hints
        self._wake()

    def _listen(self) -> None:
        try:
            from watchfiles import watch
        except ImportError:
            return
        again_s = AGAIN_S
        while not self._stop.is_set():
            begun = time.monotonic()
            with contextlib.suppress(Exception):  # the folder is not there, or its file system tells nothing
                here, is_first = _which(self._folder), True
                self.listening = True
                for changes in watch(
                    self._folder,
                    watch_filter=None,
                    step=STEP_MS,
                    debounce=DEBOUNCE_MS,
                    stop_event=self._stop,
                    rust_timeout=2000,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    force_polling=False,
                    ignore_permission_denied=True,
                ):
                    if is_first:
                        self._note(None)  # what happened before anybody listened was not told
                        is_first = False
                    elif changes:
                        self._note({path for _, path in changes})
                    if self._stop.is_set():
                        return
                    if _which(self._folder) != here:
                        break  # another folder is in its place by now, of which nothing would be told
            self.listening = False
            again_s = AGAIN_S if time.monotonic() - begun > 2 * again_s else min(2 * again_s, LATEST_S)
            if self._stop.wait(again_s):
                return
            self._note(None)  # what happened meanwhile was not told


def _which(folder: str) -> tuple[int, int]:
    status = os.stat(folder)  # noqa: PTH116
    return status.st_dev, status.st_ino
