"""What the kernel asks of the mount, answered from the tree."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator

import msgspec

from uraniborg import team_paths
from uraniborg.errors import UraniborgError
from uraniborg.mount.explaining import FOLDER, Explaining
from uraniborg.mount.writing import Draft
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Reader, Tree
from uraniborg.tree.reader import Pieces

__all__ = ["Attributes", "Opened", "Operations"]

LONGEST_NAME = 255  # bytes
CHECK_S = 120.0  # how often the service is asked whether we may still read


class Attributes(msgspec.Struct, frozen=True, gc=False):
    """What `stat` tells of a file or folder; its times are one, in nanoseconds of Unix time."""

    mode: int
    links: int
    size_bytes: int
    changed_ns: int


class Opened(msgspec.Struct, frozen=True):
    """An open file.

    Parameters
    ----------
    version : str, optional
        What is in it, where that is known: what the kernel holds of the same is still good.
    is_draft, is_told : bool
        Whether it is being written; whether it is one that explains, made anew at each opening.
    """

    handle: int
    version: str | None = None
    is_draft: bool = False
    is_told: bool = False


@contextlib.contextmanager
def answered(explaining: Explaining, path: str) -> Iterator[None]:
    """Tell the kernel what went wrong by its number, and whoever looks by what it says."""
    try:
        yield
    except UraniborgError as error:
        number = errno_of(error)
        if number != errno.ENOENT:
            explaining.note(path, error.detail)
        raise OSError(number, error.detail) from error
    except OSError as error:
        if error.errno != errno.ENOENT:
            explaining.note(path, str(error.strerror))
        raise


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
        self.explaining = Explaining(tree)
        self.began_at = time.time()
        self.owner = (os.getuid(), os.getgid())
        self._lock = threading.Lock()
        self._readers: dict[int, Reader | Draft | bytes] = {}
        self._next_handle = 1
        self._drafts: dict[str, Draft] = {}
        self._made: set[str] = set()
        "Folders that were made and have nothing in them yet: a team's folders are there as long as files are in them."
        self._ended = threading.Event()

    def begin(self) -> None:
        """Ask the service from now on, now and then, whether we may still read."""
        threading.Thread(target=self._check, name="uraniborg-check", daemon=True).start()

    def end(self) -> None:
        """Ask no more."""
        self._ended.set()

    def _check(self) -> None:
        while not self._ended.wait(CHECK_S):
            with contextlib.suppress(UraniborgError):
                self.tree.check()

    def _full(self, path: str) -> str:
        return self.root + path if path != "/" else self.root or "/"

    def _is_writable(self, path: str) -> bool:
        if self.read_only:
            return False
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
        return self._attributes(entry, writable=self._is_writable(path))

    def _attributes(self, entry: Entry, *, writable: bool) -> Attributes:
        changed_ns = int((entry.changed_at or self.began_at) * 1e9)
        if entry.is_folder:
            return Attributes(stat.S_IFDIR | (0o755 if writable else 0o555), 2, 0, changed_ns)
        return Attributes(stat.S_IFREG | (0o644 if writable else 0o444), 1, entry.size_bytes, changed_ns)

    def getattr(self, path: str) -> Attributes:
        """Tell kind, size and time."""
        if (told := self.explaining.find(path)) is not None:
            return self._stat(path, told)
        draft = self._drafts.get(path)
        if draft is not None:
            return self._stat(path, Entry("", False, draft.size_bytes, draft.changed_at))
        with answered(self.explaining, path):
            entry = self.tree.find(self._full(path))
        if entry is None and path in self._made:
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
                if path not in self._made or errno_of(error) != errno.ENOENT:
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
            found.append((name, self._attributes(entry, writable=writable or begins)))
        pending = {
            other.rpartition("/")[2] for other in [*self._made, *self._drafts] if other.rpartition("/")[0] == base
        }
        return found + [(name, self.getattr(f"{base}/{name}")) for name in pending - entries.keys()]

    def open(self, path: str, flags: int) -> Opened:
        """Open a file; for writing it becomes a draft, which begins with what is there."""
        if (told := self.explaining.read(path)) is not None:
            return Opened(self._keep(told), is_told=True)
        handle = self._open(path, flags)
        opened = self._readers[handle]
        if isinstance(opened, Reader):
            return Opened(handle, version=opened.version)
        return Opened(handle, is_draft=True)

    def _open(self, path: str, flags: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self.need_writable(path)
            return self._draft(path, kept=not flags & os.O_TRUNC)
        if (draft := self._drafts.get(path)) is not None:
            draft.handles += 1
            return self._keep(draft)
        if self.tree.refusal is not None:
            raise OSError(errno.EACCES, self.tree.refusal.detail)
        with answered(self.explaining, path):
            reader = self.tree.open(self._full(path))
            reader.name = path
            return self._keep(reader)

    def create(self, path: str) -> Opened:
        """Begin a new file."""
        self.need_writable(path)
        return Opened(self._draft(path, kept=False), is_draft=True)

    def _draft(self, path: str, *, kept: bool) -> int:
        with answered(self.explaining, path), self._lock:
            draft = self._drafts.get(path)
            if draft is None:
                draft = self._drafts[path] = Draft(self.tree, self._full(path), kept=kept)
            else:
                draft.handles += 1
                if not kept:
                    draft.truncate(0)
        return self._keep(draft)

    def _keep(self, opened: Reader | Draft | bytes) -> int:
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
            made = self._draft(path, kept=length > 0)
            draft = self._readers[made]
            assert isinstance(draft, Draft)
            try:
                draft.truncate(length)
                draft.send()
            finally:
                self._let_go(made)

    def flush(self, handle: int) -> None:
        """Send what was written; who closes the file is told if that fails."""
        opened = self._readers.get(handle)
        if isinstance(opened, Draft):
            with answered(self.explaining, opened.path):
                opened.send()

    def is_draft(self, handle: int) -> bool:
        """Tell whether an open file is being written."""
        return isinstance(self._readers.get(handle), Draft)

    def release(self, handle: int) -> None:
        """Let go of an open file."""
        self._let_go(handle)

    def _let_go(self, handle: int) -> None:
        with self._lock:
            opened = self._readers.pop(handle, None)
            if not isinstance(opened, Draft):
                return
            opened.handles -= 1
            if opened.handles:
                return
            self._drafts = {other: draft for other, draft in self._drafts.items() if draft is not opened}
            self._made = {made for made in self._made if not opened.path.startswith(f"{self._full(made)}/")}
        opened.discard()

    def unlink(self, path: str) -> None:
        """Put a file into the team's trash."""
        self.need_writable(path)
        with answered(self.explaining, path):
            team_paths.trash(self.tree.client, self._full(path))
            self.tree.forget(self._full(path))

    def mkdir(self, path: str) -> None:
        """Make a folder, which is there for others once a file is in it."""
        self.need_writable(path)
        self._made.add(path)

    def rmdir(self, path: str) -> None:
        """Remove a folder with nothing in it."""
        self.need_writable(path)
        with answered(self.explaining, path):
            if self.tree.find(self._full(path), fresh=True) is not None:
                raise OSError(errno.ENOTEMPTY, "there is something in it")
        self._made.discard(path)

    def rename(self, old: str, new: str) -> None:
        """Give a file or folder another path; of a file that is there, it becomes the next version."""
        self.need_writable(old)
        self.need_writable(new)
        source, target = self._full(old), self._full(new)
        with answered(self.explaining, old):
            if old in self._made and self.tree.find(source) is None:
                self._made.discard(old)
                self._made.add(new)
                return
            there = self.tree.find(target, fresh=True)
            if there is not None and not there.is_folder and source != target:
                self._replace(source, target)
            else:
                team_paths.move(self.tree.client, source, target)
            self.tree.forget(source)
            self.tree.forget(target)
            self._made.discard(new)

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
