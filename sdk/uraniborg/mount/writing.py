"""Files of a team that are being written: on this disk until they are closed, then sent as a new version."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

from uraniborg import team_paths
from uraniborg.mount.unsent import Place
from uraniborg.tree import Entry, Tree

__all__ = ["Draft"]

COPY_BYTES = 8 * 1024**2
STORE_PATIENCE_S = 5.0  # whoever closes a file waits for it, and what is not sent then is sent later


class Draft:
    """One file that is being written.

    Parameters
    ----------
    path : str
        Where it is in the tree.
    kept : Entry, optional
        What is there and is to be its beginning: nobody can read or write it until `fill` has brought that. Without
        it, the draft begins with nothing.
    is_changed : bool
        Whether what it begins with is a version of its own.

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

    def __init__(self, tree: Tree, path: str, kept: Entry | None = None, *, is_changed: bool) -> None:
        team_paths.split(path)
        self.tree, self.path = tree, path
        self._place = Place(tree.client.url, path)
        self.is_changed = self.is_given_up = self.is_refused = self.waits = False
        self.is_blank = is_changed
        self.waits_since = self.written_at = self.rest_s = self.rests_until = 0.0
        self.why = ""
        self._failure: OSError | None = None
        self.handles, self.times_closed = 1, 0
        self.lock = threading.RLock()
        self._descriptor = os.open(self._place.file, os.O_RDWR | os.O_CREAT, 0o600)
        self._kept, self._is_there, self._is_broken = kept, threading.Event(), False
        try:
            if kept is None:
                self._is_there.set()
            else:
                os.ftruncate(self._descriptor, kept.size_bytes)  # as long as it is going to be, for who looks meanwhile
            if is_changed:
                self._change()
        except BaseException:
            self.discard()
            raise

    def fill(self) -> None:
        """Bring what is there; the lock is held, so that nobody writes, sends, moves or removes it meanwhile.

        Raises
        ------
        UraniborgError, OSError
            It cannot be had: who reads or writes this draft is told so from now on.
        """
        if self._kept is None:
            return
        try:
            reader = self.tree.open(self.path, self._kept)
            for offset in range(0, self._kept.size_bytes, COPY_BYTES):
                _write_whole(self._descriptor, reader.read(offset, COPY_BYTES), offset)
        except BaseException:
            self._is_broken = True
            raise
        finally:
            self._is_there.set()

    def _need_filled(self) -> None:
        self._is_there.wait()
        if self._is_broken:
            raise OSError(errno.EIO, "what was there before could not be fetched: close it and open it again")

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
        self._need_filled()
        return os.pread(self._descriptor, length, offset)

    def write(self, data: bytes | memoryview, offset: int) -> int:
        with self.lock:
            self._need_filled()
            try:
                self._change()
                self.is_blank = False
                self.written_at = time.monotonic()
                return _write_whole(self._descriptor, data, offset)
            except OSError as error:
                why = f"{error.strerror}: what is written waits in {self._place.file.parent} until it is closed"
                self._failure = OSError(error.errno, why)
                raise self._failure from error

    def truncate(self, length: int) -> None:
        with self.lock:
            if not length:
                self._failure, self._is_broken = None, False
            self._need_filled()
            self._change()
            os.ftruncate(self._descriptor, length)
            self.is_blank = not length

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
                team_paths.put(self.tree.client, self._place.file, self.path, patience_s=STORE_PATIENCE_S)
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


def _write_whole(descriptor: int, data: bytes | memoryview, offset: int) -> int:
    """Write all of it: a disk that fills up takes a part first, and only says so when the rest is written."""
    left = memoryview(data)
    while left:
        count = os.pwrite(descriptor, left, offset)
        left, offset = left[count:], offset + count
    return len(data)
