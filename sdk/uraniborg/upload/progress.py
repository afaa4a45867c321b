"""Telling how far an upload is, a few times a second, from one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import msgspec

from uraniborg.upload.report import FileFate, Progress
from uraniborg.upload.walk import Found

__all__ = ["Reporter"]

EVERY_S = 0.1


class Reporter:
    """Counts what happens and tells it.

    Parameters
    ----------
    tell : callable, optional
        Gets a `Progress` of its own each time; without it only the counts are kept.
    fate : callable, optional
        Told of each file's fate as soon as it is known, from any thread.
    """

    def __init__(
        self, tell: Callable[[Progress], None] | None = None, fate: Callable[[FileFate], None] | None = None
    ) -> None:
        self.progress = Progress()
        self._fate = fate
        self._tell = tell
        self._lock = threading.Lock()
        self._over = threading.Event()

    def sent(self, size_bytes: int) -> None:
        """Count bytes that went over the line."""
        with self._lock:
            self.progress.sent_bytes += size_bytes

    def ended(self, fate: FileFate) -> None:
        """Count a file whose fate is known."""
        with self._lock:
            self.progress.done_files += 1
            self.progress.done_bytes += fate.size_bytes
            self.progress.failed_files += fate.state == "failed"
        if self._fate is not None:
            self._fate(fate)

    def ingested(self, done: int, total: int) -> None:
        """Say how many headers are read."""
        with self._lock:
            self.progress.phase = "reading headers"
            self.progress.ingest_done, self.progress.ingest_total = done, total

    @contextmanager
    def telling(self, found: Iterable[Found | FileFate]) -> Iterator[None]:
        """Tell while the block runs; what is found is counted ahead of the work."""
        if self._tell is None:
            yield
            return
        self._over.clear()
        threads = [
            threading.Thread(target=self._count, args=(found,), name="uraniborg-count", daemon=True),
            threading.Thread(target=self._tick, name="uraniborg-tell", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def finish(self) -> None:
        """Tell the last time."""
        self.progress.phase = "done"
        if self._tell is not None:
            self._tell(msgspec.structs.replace(self.progress))

    def _tick(self) -> None:
        assert self._tell is not None
        while not self._over.wait(EVERY_S):
            with self._lock:
                now = msgspec.structs.replace(self.progress)
            self._tell(now)

    def _count(self, found: Iterable[Found | FileFate]) -> None:
        for one in found:
            with self._lock:
                self.progress.files += 1
                self.progress.size_bytes += one.size_bytes if isinstance(one, FileFate) else one.identity.size_bytes
            if self._over.is_set():
                return
        with self._lock:
            self.progress.is_counted = True
