"""What the kernel asks of the mount, answered from the tree."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

import msgspec

from uraniborg import team_paths
from uraniborg.errors import UraniborgError
from uraniborg.mount.drafts import NOWHERE, Drafts
from uraniborg.mount.explaining import FOLDER, Explaining, answered
from uraniborg.mount.folders import Folders
from uraniborg.mount.opened import Look, Opened
from uraniborg.mount.writing import Draft
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Reader, Tree
from uraniborg.tree.reader import Pieces

__all__ = ["Attributes", "Operations"]

LONGEST_NAME = 255  # bytes
CHECK_S = 120.0  # how often the service is asked whether we may still read
SEND_AGAIN_S = 10.0  # how often what waits is sent


class Attributes(msgspec.Struct, frozen=True, gc=False):
    """What `stat` tells of a file or folder; its times are one, in nanoseconds of Unix time."""

    mode: int
    links: int
    size_bytes: int
    changed_ns: int


class Operations:
    """A tree, or the part of it below `root`, as a file system.

    All raise OSError with the number of what is wrong.

    Parameters
    ----------
    read_only : bool
        Nothing can be written, not even in one's own files and those of teams.
    """

    longest_name = LONGEST_NAME

    def __init__(self, tree: Tree, root: str = "", *, read_only: bool = False) -> None:
        self.tree, self.root, self.read_only = tree, root.rstrip("/"), read_only
        self._drafts = Drafts(tree, self.root)
        self.explaining = Explaining(tree, self._drafts.unsent)
        self.began_at = time.time()
        self.owner = os.getuid(), os.getgid()
        self._lock = threading.Lock()
        self._readers: dict[int, Reader | Draft | Look | bytes] = {}
        self._next_handle = 1
        self._folders = Folders()
        self._gone: WeakValueDictionary[str, Reader] = WeakValueDictionary()
        "Files that are no longer at their paths, as long as somebody reads them."
        self._ended = threading.Event()

    def begin(self) -> None:
        """Ask the service from now on, now and then, whether we may still read, and send it what waits."""
        threading.Thread(target=self._check, name="uraniborg-check", daemon=True).start()
        threading.Thread(target=self._send_again, name="uraniborg-unsent", daemon=True).start()

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()

    def _check(self) -> None:
        while not self._ended.wait(CHECK_S):
            with contextlib.suppress(UraniborgError):
                self.tree.check()

    def _send_again(self) -> None:
        while not self._ended.wait(SEND_AGAIN_S):
            self._drafts.send_waiting()

    def _full(self, path: str) -> str:
        return self.root + path if path != "/" else self.root or "/"

    def _is_writable(self, path: str) -> bool:
        if self.read_only:
            return False
        if path in self._drafts:
            return True
        try:
            team_paths.split(self._full(path))
        except OSError:
            return False
        return True

    def need_writable(self, path: str) -> None:
        """Refuse what cannot be written."""
        if not self._is_writable(path):
            raise OSError(errno.EROFS, "this cannot be written")

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

    def open(self, path: str, flags: int) -> Opened:
        """Open a file; for writing it becomes a draft, which begins with what is there."""
        if (told := self.explaining.read(path)) is not None:
            return Opened(self._keep(told), is_told=True)
        handle = self._open(path, flags)
        opened = self._readers[handle]
        if isinstance(opened, Reader):
            return Opened(handle, version=opened.version)
        return Opened(handle, is_draft=isinstance(opened, Draft))

    def _open(self, path: str, flags: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self.need_writable(path)
            return self._draft(path, kept=not flags & os.O_TRUNC)
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
        self.need_writable(path)
        self._folders.touch(path)
        return Opened(self._draft(path, kept=False), is_draft=True)

    def _draft(self, path: str, *, kept: bool) -> int:
        with answered(self.explaining, path):
            return self._keep(self._drafts.open(path, kept=kept))

    def _keep(self, opened: Reader | Draft | Look | bytes) -> int:
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
        assert isinstance(opened, bytes)
        return opened[offset : offset + size]

    def is_at_hand(self, path: str, *, listed: bool = False) -> bool:
        """Tell whether a path, or what is in a folder, can be told of without asking anybody."""
        if path in self._drafts or path == FOLDER or path.startswith(f"{FOLDER}/"):
            return False
        return self.tree.is_at_hand(self._full(path), listed=listed)

    def write(self, handle: int, data: bytes | memoryview, offset: int) -> int:
        """Write bytes into a draft."""
        draft = self._readers[handle]
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

    def flush(self, handle: int) -> None:
        """Send what was written; who closes the file is told if that fails."""
        opened = self._readers.get(handle)
        if isinstance(opened, Draft):
            with answered(self.explaining, opened.path):
                self._drafts.send(opened)

    def is_draft(self, handle: int) -> bool:
        """Tell whether an open file is being written, or waits."""
        return isinstance(self._readers.get(handle), Draft | Look)

    def release(self, handle: int) -> None:
        """Let go of an open file."""
        with self._lock:
            opened = self._readers.pop(handle, None)
        if isinstance(opened, Draft | Look):
            self._drafts.let_go(opened if isinstance(opened, Draft) else opened.draft)

    def unlink(self, path: str) -> str | None:
        """Put a file into the team's trash.

        Returns
        -------
        str or None
            Where it is from now on for those who have it open; nobody else finds it.
        """
        self.need_writable(path)
        draft = self._drafts.get(path)
        with answered(self.explaining, path), draft.lock if draft is not None else contextlib.nullcontext():
            reader = self._reader_of(path)
            if draft is None or self._is_stored(path, fresh=draft.handles > 0):  # what waits may be without a line
                team_paths.trash(self.tree.client, self._full(path))
                self.tree.forget(self._full(path))
            self._folders.leave(path)
            return self._put_aside(path, reader)

    def _reader_of(self, path: str) -> Reader | None:
        """Find who reads a file that is to be removed or replaced: it has its address now, or never."""
        for reader in list(self._readers.values()):
            if isinstance(reader, Reader) and reader.name == path:
                with contextlib.suppress(UraniborgError):
                    reader.address(False)
                return reader
        return None

    def _put_aside(self, path: str, reader: Reader | None) -> str | None:
        """Let what somebody has open at a path be where no path leads: something else will be there. Tells where."""
        aside = self._drafts.put_aside(path)
        if aside is None and reader is not None:
            aside = f"{NOWHERE}{id(reader)}"
            self._gone[aside] = reader
        return aside

    def _is_stored(self, path: str, *, fresh: bool = True) -> bool:
        return self.tree.find(self._full(path), fresh=fresh) is not None

    def mkdir(self, path: str) -> None:
        """Make a folder, which is there for others once a file is in it."""
        self.need_writable(path)
        self._folders.make(path)

    def rmdir(self, path: str) -> None:
        """Remove a folder with nothing in it."""
        self.need_writable(path)
        with answered(self.explaining, path):
            if self._is_stored(path) or self._folders.names_in(path) or self._drafts.names_in(path):
                raise OSError(errno.ENOTEMPTY, "there is something in it")
        self._folders.remove(path)

    def rename(self, old: str, new: str) -> str | None:
        """Give a file or folder another path; of a file that is there, it becomes the next version.

        Returns
        -------
        str or None
            Where the other file is from now on for those who have it open.
        """
        self.need_writable(old)
        self.need_writable(new)
        draft = self._drafts.get(old)
        is_known = draft is None and old not in self._folders  # to the service, and not here alone
        with answered(self.explaining, old), draft.lock if draft is not None else contextlib.nullcontext():
            reader = self._reader_of(new)
            if is_known or self._is_stored(old):
                if draft is not None:
                    self._drafts.send(draft)
                self._rename_stored(self._full(old), self._full(new))
            aside = self._put_aside(new, reader)
            for path in [old] * (draft is not None) + self._drafts.below(old):
                there = new + path[len(old) :]
                self._drafts.move(path, there)
        self._folders.move(old, new)
        self._folders.leave(old)
        self._folders.touch(new)
        return aside

    def _rename_stored(self, source: str, target: str) -> None:
        there = self.tree.find(target, fresh=True)
        if there is not None and not there.is_folder:
            self._replace(source, target)
        else:
            team_paths.move(self.tree.client, source, target)
        self.tree.forget(source)
        self.tree.forget(target)

    def _replace(self, source: str, target: str) -> None:
        """Make a file's content the next version of another, as programs do that write beside a file and rename."""
        draft = Draft(self.tree, target, kept=False)
        try:
            entry = self.tree.find(source)
            if entry is None:
                raise OSError(errno.ENOENT, "there is nothing of this name")
            reader = self.tree.open(source, entry)
            for offset in range(0, entry.size_bytes, 8 * 1024**2):
                draft.write(reader.read(offset, 8 * 1024**2), offset)
            draft.send()
            team_paths.trash(self.tree.client, source)
        finally:
            draft.discard()
