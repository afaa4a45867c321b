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
from uraniborg.mount.drafts import Drafts
from uraniborg.mount.explaining import FOLDER, Explaining
from uraniborg.mount.writing import Draft
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Reader, Tree
from uraniborg.tree.reader import Pieces

__all__ = ["Attributes", "Opened", "Operations"]

LONGEST_NAME = 255  # bytes
CHECK_S = 120.0  # how often the service is asked whether we may still read
SEND_AGAIN_S = 10.0  # how often what waits is sent


class Attributes(msgspec.Struct, frozen=True, gc=False):
    """What `stat` tells of a file or folder; its times are one, in nanoseconds of Unix time."""

    mode: int
    links: int
    size_bytes: int
    changed_ns: int


class Look(msgspec.Struct, frozen=True):
    """A draft that somebody reads: when they close it, nothing is sent."""

    draft: Draft


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
        self.drafts = Drafts(tree, self._sent)
        self.explaining = Explaining(tree, self.drafts.unsent)
        self.began_at = time.time()
        self.owner = (os.getuid(), os.getgid())
        self._lock = threading.Lock()
        self._readers: dict[int, Reader | Draft | Look | bytes] = {}
        self._next_handle = 1
        self._made: set[str] = set()
        "Folders that were made and have nothing in them yet: a team's folders are there as long as files are in them."
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
            self.drafts.send_waiting()

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
        draft = self.drafts.get(self._full(path))
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
        begun = [*map(self._full, self._made), *self.drafts.paths()]
        pending = {other.rpartition("/")[2] for other in begun if other.rpartition("/")[0] == self.root + base}
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
        if (draft := self.drafts.look_into(self._full(path))) is not None:
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
        return Opened(self._draft(path, kept=False), is_draft=True)

    def _draft(self, path: str, *, kept: bool) -> int:
        with answered(self.explaining, path):
            return self._keep(self.drafts.open(self._full(path), kept=kept))

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
        if self.drafts.get(self._full(path)) is not None or path == FOLDER or path.startswith(f"{FOLDER}/"):
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
        opened = self._readers.get(handle) if handle is not None else self.drafts.get(self._full(path))
        with answered(self.explaining, path):
            if isinstance(opened, Draft):
                opened.truncate(length)
                return
            made = self._draft(path, kept=length > 0)
            draft = self._readers[made]
            assert isinstance(draft, Draft)
            try:
                draft.truncate(length)
                self.drafts.send(draft)
            finally:
                self._let_go(made)

    def flush(self, handle: int) -> None:
        """Send what was written; who closes the file is told if that fails."""
        opened = self._readers.get(handle)
        if isinstance(opened, Draft):
            with answered(self.explaining, opened.path):
                self.drafts.send(opened)

    def is_draft(self, handle: int) -> bool:
        """Tell whether an open file is being written, or waits."""
        return isinstance(self._readers.get(handle), Draft | Look)

    def release(self, handle: int) -> None:
        """Let go of an open file."""
        self._let_go(handle)

    def _let_go(self, handle: int) -> None:
        with self._lock:
            opened = self._readers.pop(handle, None)
        if isinstance(opened, Draft | Look):
            self.drafts.let_go(opened if isinstance(opened, Draft) else opened.draft)

    def _sent(self, path: str) -> None:
        """Note that a file is in the tree, and so are the folders above it."""
        self._made = {made for made in self._made if not path.startswith(f"{self._full(made)}/")}

    def unlink(self, path: str) -> None:
        """Put a file into the team's trash."""
        self.need_writable(path)
        full = self._full(path)
        with answered(self.explaining, path):
            if self.drafts.give_up(full) and self.tree.find(full) is None:
                return
            team_paths.trash(self.tree.client, full)
            self.tree.forget(full)

    def mkdir(self, path: str) -> None:
        """Make a folder, which is there for others once a file is in it."""
        self.need_writable(path)
        self._made.add(path)

    def rmdir(self, path: str) -> None:
        """Remove a folder with nothing in it."""
        self.need_writable(path)
        with answered(self.explaining, path):
            full = self._full(path)
            waits = any(other.startswith(f"{full}/") for other in self.drafts.paths())
            if waits or self.tree.find(full, fresh=True) is not None:
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
            self.drafts.send_at(source)
            there = self.tree.find(target, fresh=True)
            if there is not None and not there.is_folder and source != target:
                self._replace(source, target)
            else:
                team_paths.move(self.tree.client, source, target)
            self.tree.forget(source)
            self.tree.forget(target)
            self.drafts.give_up(target)  # it was older
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
