"""Files of a team that are being written: on this disk until they are closed, then sent as a new version."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from uraniborg import team_paths
from uraniborg.mount.unsent import Place
from uraniborg.tree import Tree

__all__ = ["Draft"]

COPY_BYTES = 8 * 1024**2


class Draft:
    """One file that is being written.

    Parameters
    ----------
    path : str
        Where it is in the tree.
    kept : bool
        Whether it begins with what is there.

    Attributes
    ----------
    handles : int
        How often it is open.
    waits : bool
        Whether it is not sent when it is closed.
    is_blank : bool
        Whether it was begun with nothing, or emptied, and nothing was written since.
    times_closed : int
        How often it was closed since it was opened last, by those who share that opening.
    waits_since, written_at, rests_until : float
        Since when it waits until nobody lengthens it; when something was written last; before when sending it is not
        tried again. On the monotonic clock; 0 where that is not so.
    why : str
        Why it was not taken when it was sent last; `is_refused` where that would be said again.
    """

    def __init__(self, tree: Tree, path: str, *, kept: bool) -> None:
        team_paths.split(path)
        self.tree, self.path = tree, path
        self._place = Place(tree.client.url, path)
        self.is_changed = self.is_given_up = self.is_refused = self.waits = False
        self.is_blank = not kept
        self.waits_since = self.written_at = self.rest_s = self.rests_until = 0.0
        self.why = ""
        self._failure: OSError | None = None
        self.handles, self.times_closed = 1, 0
        self.lock = threading.RLock()
        self._descriptor = os.open(self._place.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if kept:
                self._begin_with_what_is_there()
            else:
                self._change()
        except BaseException:
            self.discard()
            raise

    def _begin_with_what_is_there(self) -> None:
        entry = self.tree.find(self.path)
        if entry is not None and not entry.is_folder:
            reader = self.tree.open(self.path, entry)
            for offset in range(0, entry.size_bytes, COPY_BYTES):
                os.pwrite(self._descriptor, reader.read(offset, COPY_BYTES), offset)

    @property
    def file(self) -> Path:
        """Where it is on this disk."""
        return self._place.file

    @property
    def is_to_send(self) -> bool:
        """Tell whether something in it was not sent. What could not be written whole never is."""
        return self.is_changed and self._failure is None

    @property
    def size_bytes(self) -> int:
        return os.fstat(self._descriptor).st_size

    @property
    def changed_at(self) -> float:
        return os.fstat(self._descriptor).st_mtime

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, length, offset)

    def write(self, data: bytes | memoryview, offset: int) -> int:
        with self.lock:
            try:
                self._change()
                self.is_blank = False
                self.written_at = time.monotonic()
                return os.pwrite(self._descriptor, data, offset)
            except OSError as error:
                why = f"{error.strerror}: what is written waits in {self._place.file.parent} until it is closed"
                self._failure = OSError(error.errno, why)
                raise self._failure from error

    def truncate(self, length: int) -> None:
        with self.lock:
            self._change()
            os.ftruncate(self._descriptor, length)
            self.is_blank = not length
            if not length:
                self._failure = None

    def _change(self) -> None:
        self.is_refused = False
        if not self.is_changed and not self.is_given_up:
            self.is_changed = True
            self._place.note()

    def send(self) -> None:
        """Send what was written, if anything was; raises what the service says, and keeps it to be sent again.

        What could not be written whole is no version: nobody else would see that there is more to it.
        """
        with self.lock:
            if self._failure is not None:
                raise self._failure
            if self.is_changed:
                team_paths.put(self.tree.client, self._place.file, self.path)
                self.is_changed = False
                self._place.note_sent()
                self.tree.forget(self.path)

    def wait(self) -> None:
        """Be sent when nobody lengthens it any more."""
        self.why = "somebody still writes into it"
        self.waits_since = self.waits_since or time.monotonic()

    def rest(self, seconds: float) -> None:
        """Be not sent again for a while."""
        self.rest_s, self.rests_until = seconds, time.monotonic() + seconds

    def move(self, path: str) -> None:
        """Let what is written go to another path; what of it was sent is moved by others."""
        with self.lock:
            self.path = path
            self._place.move(path)

    def give_up(self) -> None:
        """Send nothing any more: the file was removed, and only who has it open still writes and reads it."""
        with self.lock:
            self.is_changed, self.is_given_up = False, True
            self._place.note_sent()

    def discard(self) -> None:
        """Remove it from this disk."""
        os.close(self._descriptor)
        self._place.discard()
