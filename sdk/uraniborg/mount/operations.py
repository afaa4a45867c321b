"""What the kernel asks of the mount, answered from the tree."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable

import msgspec

from uraniborg.errors import UraniborgError
from uraniborg.mount.drafts import NOWHERE
from uraniborg.mount.explaining import FOLDER, answered
from uraniborg.mount.naming import Naming
from uraniborg.mount.opened import Look, Opened
from uraniborg.mount.trash import Sink
from uraniborg.mount.writing import Draft
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Reader, Tree
from uraniborg.tree.reader import Pieces

__all__ = ["Attributes", "Operations"]

LONGEST_NAME = 255  # bytes
CHECK_S = 120.0  # how often the service is asked whether we may still read
CLOSED_AT_ONCE = 2  # so often what is written is sent when it is closed, while it stays open elsewhere
SENDS_S = 1.0  # how often somebody looks whether what waits can be sent


class Attributes(msgspec.Struct, frozen=True, gc=False):
    """What `stat` tells of a file or folder; its times are one, in nanoseconds of Unix time."""

    mode: int
    links: int
    size_bytes: int
    changed_ns: int


class Operations(Naming):
    """A tree, or the part of it below `root`, as a file system.

    All raise OSError with the number of what is wrong.

    Parameters
    ----------
    read_only : bool
        Nothing can be written, not even in one's own files and those of teams.
    """

    longest_name = LONGEST_NAME

    def __init__(self, tree: Tree, root: str = "", *, read_only: bool = False) -> None:
        super().__init__(tree, root, read_only=read_only)
        self.began_at = time.time()
        self.owner = os.getuid(), os.getgid()
        self._lock = threading.Lock()
        self._next_handle = 1
        self._ended = threading.Event()

    def begin(self, refused: Callable[[], None]) -> None:
        """Ask the service from now on, now and then, whether we may still read, and send it what waits.

        Parameters
        ----------
        refused : callable
            Called each time that it says no, by the thread that asks; a service that does not answer has said nothing.
        """
        threading.Thread(target=self._check, args=(refused,), name="uraniborg-check", daemon=True).start()
        threading.Thread(target=self._send, name="uraniborg-unsent", daemon=True).start()

    def end(self) -> None:
        """Ask no more, and send what still waits."""
        self._ended.set()
        self._drafts.send_all()

    def _check(self, refused: Callable[[], None]) -> None:
        while not self._ended.wait(CHECK_S):
            with contextlib.suppress(UraniborgError):
                self.tree.check()
            if self.tree.refusal is not None:
                refused()

    def _send(self) -> None:
        while not self._ended.wait(SENDS_S):
            self._drafts.send_due()

    def _stat(self, path: str, entry: Entry) -> Attributes:
        return self._attributes(path, entry, writable=self._is_writable(path))

    def _attributes(self, path: str, entry: Entry, *, writable: bool) -> Attributes:
        if entry.is_folder:
            changed_ns = int(self._folders.changed_at(path) * 1e9)
            return Attributes(stat.S_IFDIR | (0o755 if writable else 0o555), 2, 0, changed_ns)
        changed_ns = int((entry.changed_at or self.began_at) * 1e9)
        return Attributes(stat.S_IFREG | (0o644 if writable else 0o444), 1, entry.size_bytes, changed_ns)

    def getattr(self, path: str) -> Attributes:
        """Tell kind, size and time."""
        if (told := self.explaining.find(path)) is not None:
            return self._stat(path, told)
        draft = self._drafts.get(path)
        if draft is not None:
            return self._stat(path, Entry("", False, draft.size_bytes, draft.changed_at))
        if self.trash.holds(path):
            if (found := self.trash.find(path)) is None:
                raise OSError(errno.ENOENT, "nothing is kept here")
            return self._stat(path, found)
        if path.startswith(NOWHERE):
            if (gone := self._gone.get(path)) is None:
                raise OSError(errno.ENOENT, "nobody has it open any more")
            return self._stat(path, Entry("", False, gone.size_bytes))
        with answered(self.explaining, path):
            entry = self.tree.find(self._full(path))
        if entry is None and path in self._folders:
            entry = Entry("", True)
        if entry is None:
            raise OSError(errno.ENOENT, "there is nothing of this name")
        return self._stat(path, entry)

    def list(self, path: str) -> list[tuple[str, Attributes | None]]:
        """List a folder, with all that `getattr` would tell."""
        dots: list[tuple[str, Attributes | None]] = [(".", None), ("..", None)]
        if path == FOLDER:
            return dots + [(name, self._stat(path, entry)) for name, entry in self.explaining.list().items()]
        if self.trash.holds(path):
            within = ("files", "info") if path == self.trash.path else ()
            return dots + [(name, self.getattr(f"{path}/{name}")) for name in within]
        with answered(self.explaining, path):
            try:
                entries = self.tree.list(self._full(path))
            except UraniborgError as error:
                if path not in self._folders or errno_of(error) != errno.ENOENT:
                    raise
                entries = {}
        base = path if path != "/" else ""
        writable = self._is_writable(f"{base}/x")
        found = dots
        if path == "/":
            found.append((FOLDER[1:], self._stat(FOLDER, Entry("", True))))
        for name, entry in entries.items():
            if len(name) * 4 > LONGEST_NAME and len(name.encode()) > LONGEST_NAME:
                self.explaining.note(f"{base}/{name}", "Its name is longer than this file system can have.")
                continue
            begins = entry.is_folder and not writable and self._is_writable(f"{base}/{name}")  # as /me does
            found.append((name, self._attributes(f"{base}/{name}", entry, writable=writable or begins)))
        pending = self._folders.names_in(base) | self._drafts.names_in(base)
        return found + [(name, self.getattr(f"{base}/{name}")) for name in pending - entries.keys()]

    def names_being_written(self, path: str) -> set[str]:
        """Name the files in a folder that are being written: nothing of them that was listed before still holds."""
        return self._drafts.names_in(path if path != "/" else "")

    def open(self, path: str, flags: int) -> Opened:
        """Open a file; for writing it becomes a draft, which begins with what is there."""
        if (told := self.explaining.read(path)) is not None:
            return Opened(self._keep(told), is_told=True)
        handle = self._open(path, flags)
        opened = self._readers[handle]
        if isinstance(opened, Reader):
            return Opened(handle, version=opened.version, beginning=opened.beginning())
        return Opened(handle, is_draft=isinstance(opened, Draft | Sink))

    def _open(self, path: str, flags: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return self._begin(path, kept=not flags & os.O_TRUNC, appends=bool(flags & os.O_APPEND))
        if (draft := self._drafts.join(path)) is not None:
            return self._keep(Look(draft))
        if self.tree.refusal is not None:
            raise OSError(errno.EACCES, self.tree.refusal.detail)
        with answered(self.explaining, path):
            reader = self.tree.open(self._full(path))
            reader.name = path
            return self._keep(reader)

    def create(self, path: str) -> Opened:
        """Begin a new file."""
        handle = self._begin(path, kept=False)
        self._folders.touch(path)
        return Opened(handle, is_draft=True)

    def _begin(self, path: str, *, kept: bool, appends: bool = False) -> int:
        self.need_writable(path)
        if self.trash.holds(path):
            return self._keep(self.trash.note(path))
        with answered(self.explaining, path):
            return self._keep(self._drafts.open(path, kept=kept, appends=appends))

    def _keep(self, opened: Reader | Draft | Look | Sink | bytes) -> int:
        with self._lock:
            handle, self._next_handle = self._next_handle, self._next_handle + 1
            self._readers[handle] = opened
        return handle

    def read(self, handle: int, offset: int, size: int, done: Callable[[Pieces, int], None]) -> bool:
        """Read bytes of what is stored, without waiting; False where it is something else: `read_other` has that.

        Parameters
        ----------
        done : callable
            Called with the bytes in pieces, or with the number of what is wrong, by this thread or another one.
        """
        opened = self._readers[handle]
        if not isinstance(opened, Reader):
            return False
        if self.tree.refusal is not None:
            raise OSError(errno.EACCES, self.tree.refusal.detail)

        def have(found: Pieces | BaseException) -> None:
            if not isinstance(found, BaseException):
                done(found, 0)
                return
            try:
                with answered(self.explaining, opened.name):
                    raise found
            except OSError as error:
                done([], error.errno or errno.EIO)
            except BaseException:
                done([], errno.EIO)
                raise

        opened.send_for(offset, size, have)
        return True

    def read_other(self, handle: int, offset: int, size: int) -> bytes:
        """Read bytes of a draft, or of a file that explains."""
        opened = self._readers[handle]
        if isinstance(opened, Draft):
            return opened.read(offset, size)
        if isinstance(opened, Look):
            return opened.draft.read(offset, size)
        return opened[offset : offset + size] if isinstance(opened, bytes) else b""

    def is_at_hand(self, path: str, *, listed: bool = False) -> bool:
        """Tell whether a path, or what is in a folder, can be told of without asking anybody."""
        if path in self._drafts or path == FOLDER or path.startswith(f"{FOLDER}/"):
            return False
        return self.tree.is_at_hand(self._full(path), listed=listed)

    def write(self, handle: int, data: bytes | memoryview, offset: int) -> int:
        """Write bytes into a draft."""
        draft = self._readers[handle]
        if isinstance(draft, Sink):
            return len(data)
        if not isinstance(draft, Draft):
            raise OSError(errno.EBADF, "this was not opened for writing")
        with answered(self.explaining, draft.path):
            return draft.write(data, offset)

    def truncate(self, path: str, length: int, handle: int | None = None) -> None:
        """Shorten or lengthen a file; one that nobody has open becomes a new version at once."""
        self.need_writable(path)
        opened = self._readers.get(handle) if handle is not None else self._drafts.get(path)
        with answered(self.explaining, path):
            if isinstance(opened, Draft):
                opened.truncate(length)
                return
            draft = self._drafts.open(path, kept=length > 0)
            try:
                draft.truncate(length)
                self._drafts.send(draft)
            finally:
                self._drafts.let_go(draft)

    def flush(self, handle: int, *, at_once: bool = False) -> None:
        """Send what was written, unless that waits and need not be at once; who closes it is told if that fails.

        Each program that a shell starts closes what it redirects into as well, and the shell does once before anything
        is written. So what is blank is sent when it is let go, and what is closed again and again waits.
        """
        opened = self._readers.get(handle)
        if not isinstance(opened, Draft) or (opened.is_blank and not at_once):
            return
        opened.times_closed += not at_once
        if (opened.waits or opened.times_closed > CLOSED_AT_ONCE) and not at_once:
            opened.wait()
        else:
            with answered(self.explaining, opened.path):
                self._drafts.send(opened)

    def is_draft(self, handle: int) -> bool:
        """Tell whether an open file is being written, or waits."""
        return isinstance(self._readers.get(handle), Draft | Look)

    def release(self, handle: int) -> None:
        """Let go of an open file."""
        with self._lock:
            opened = self._readers.pop(handle, None)
        if isinstance(opened, Draft) and opened.is_blank:
            with contextlib.suppress(OSError), answered(self.explaining, opened.path):
                self._drafts.send(opened)
        if isinstance(opened, Draft | Look):
            self._drafts.let_go(opened if isinstance(opened, Draft) else opened.draft)
