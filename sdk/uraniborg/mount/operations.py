"""What the kernel asks of the mount, answered from the tree."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
import time
from collections.abc import Iterator
from typing import Any

import mfusepy

from uraniborg import team_paths
from uraniborg.errors import UraniborgError
from uraniborg.mount.explaining import FOLDER, Explaining
from uraniborg.mount.writing import Draft
from uraniborg.told import errno_of
from uraniborg.tree import Entry, Reader, Tree

__all__ = ["Operations"]

LONGEST_NAME = 255  # bytes
KERNEL_KEEPS_S = 30.0
CHECK_S = 120.0  # how often the service is asked whether we may still read
READ_AHEAD_BYTES = 32 * 1024


@contextlib.contextmanager
def answered(explaining: Explaining, path: str) -> Iterator[None]:
    """Tell the kernel what went wrong by its number, and whoever looks by what it says."""
    try:
        yield
    except mfusepy.FuseOSError:
        raise
    except UraniborgError as error:
        number = errno_of(error)
        if number != errno.ENOENT:
            explaining.note(path, error.detail)
        raise mfusepy.FuseOSError(number) from error
    except OSError as error:
        if error.errno != errno.ENOENT:
            explaining.note(path, str(error.strerror))
        raise mfusepy.FuseOSError(error.errno or errno.EIO) from error


class Operations(mfusepy.Operations):  # type: ignore[misc]
    """A tree, or the part of it below `root`, as a file system.

    Parameters
    ----------
    read_only : bool
        Nothing can be written, not even in teams' own files.
    """

    use_ns = True

    def __init__(self, tree: Tree, root: str = "", *, read_only: bool = False) -> None:
        self.tree, self.root, self.read_only = tree, root.rstrip("/"), read_only
        self.explaining = Explaining(tree)
        self.began_at = time.time()
        self._owner = (os.getuid(), os.getgid())
        self._lock = threading.Lock()
        self._readers: dict[int, Reader | Draft | bytes] = {}
        self._next_handle = 1
        self._drafts: dict[str, Draft] = {}
        self._made: set[str] = set()
        "Folders that were made and have nothing in them yet: a team's folders are there as long as files are in them."
        self._ended = threading.Event()

    def init_with_config(self, connection: Any, config: Any) -> None:
        """Let the kernel keep names and pages: contents do not change under a name without its size or time."""
        config.entry_timeout = config.attr_timeout = KERNEL_KEEPS_S
        config.negative_timeout = 1.0
        config.auto_cache = 1
        # Whoever maps a file and looks at a few rows of an image is to move little; we run ahead of readers ourselves.
        connection.max_readahead = READ_AHEAD_BYTES
        threading.Thread(target=self._check, name="uraniborg-check", daemon=True).start()

    def destroy(self, path: str) -> None:
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

    def _need_writable(self, path: str) -> None:
        if not self._is_writable(path):
            raise mfusepy.FuseOSError(errno.EROFS)

    def _stat(self, path: str, entry: Entry) -> dict[str, Any]:
        writable = self._is_writable(path)
        if entry.is_folder:
            mode = stat.S_IFDIR | (0o755 if writable else 0o555)
        else:
            mode = stat.S_IFREG | (0o644 if writable else 0o444)
        moment = int((entry.changed_at or self.began_at) * 1e9)
        return {
            "st_mode": mode,
            "st_nlink": 2 if entry.is_folder else 1,
            "st_size": entry.size_bytes,
            "st_blocks": -(-entry.size_bytes // 512),
            "st_mtime": moment,
            "st_ctime": moment,
            "st_atime": moment,
            "st_uid": self._owner[0],
            "st_gid": self._owner[1],
        }

    def getattr(self, path: str, fi: Any = None) -> dict[str, Any]:
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
            raise mfusepy.FuseOSError(errno.ENOENT)
        return self._stat(path, entry)

    def readdir(self, path: str, fh: int) -> Any:
        """List a folder, with all that `getattr` would tell."""
        if path == FOLDER:
            yield from ((name, self._stat(path, entry), 0) for name, entry in self.explaining.list().items())
            return
        with answered(self.explaining, path):
            try:
                entries = self.tree.list(self._full(path))
            except UraniborgError as error:
                if path not in self._made or errno_of(error) != errno.ENOENT:
                    raise
                entries = {}
        yield from (".", "..")
        if path == "/":
            yield FOLDER[1:], self._stat(FOLDER, Entry("", True)), 0
        base = path if path != "/" else ""
        folder, file = (self._stat(f"{base}/x", Entry("", kind)) for kind in (True, False))
        for name, entry in entries.items():
            if len(name.encode()) > LONGEST_NAME:
                self.explaining.note(f"{base}/{name}", "Its name is longer than this file system can have.")
                continue
            given = dict(folder if entry.is_folder else file)
            if not entry.is_folder:
                moment = int(entry.changed_at * 1e9)
                given |= {
                    "st_size": entry.size_bytes, "st_blocks": -(-entry.size_bytes // 512),
                    "st_mtime": moment, "st_ctime": moment, "st_atime": moment,
                }  # fmt: skip
            yield name, given, 0
        pending = {
            other.rpartition("/")[2] for other in [*self._made, *self._drafts] if other.rpartition("/")[0] == base
        }
        for name in pending - entries.keys():
            yield name, self.getattr(f"{base}/{name}"), 0

    def open(self, path: str, fi: Any) -> int:
        """Open a file; for writing it becomes a draft, which begins with what is there."""
        if (told := self.explaining.read(path)) is not None:
            fi.direct_io = 1  # it may be longer than a moment ago
            fi.fh = self._keep(told)
        else:
            fi.fh = self._open(path, fi.flags)
        return 0

    def _open(self, path: str, flags: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._need_writable(path)
            return self._draft(path, kept=not flags & os.O_TRUNC)
        if (draft := self._drafts.get(path)) is not None:
            draft.handles += 1
            return self._keep(draft)
        if self.tree.refusal is not None:
            raise mfusepy.FuseOSError(errno.EACCES)
        with answered(self.explaining, path):
            return self._keep(self.tree.open(self._full(path)))

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        """Begin a new file."""
        self._need_writable(path)
        fi.fh = self._draft(path, kept=False)
        return 0

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

    def read(self, path: str, size: int, offset: int, fi: Any) -> bytes:
        """Read bytes."""
        opened = self._readers[fi.fh]
        if isinstance(opened, bytes):
            return opened[offset : offset + size]
        if isinstance(opened, Reader) and self.tree.refusal is not None:
            raise mfusepy.FuseOSError(errno.EACCES)
        with answered(self.explaining, path):
            return opened.read(offset, size)

    def write(self, path: str, data: bytes, offset: int, fi: Any) -> int:
        """Write bytes into a draft."""
        opened = self._readers[fi.fh]
        if not isinstance(opened, Draft):
            raise mfusepy.FuseOSError(errno.EBADF)
        with answered(self.explaining, path):
            return opened.write(data, offset)

    def truncate(self, path: str, length: int, fi: Any = None) -> None:
        """Shorten or lengthen a file; one that nobody has open becomes a new version at once."""
        self._need_writable(path)
        opened = self._readers.get(fi.fh) if fi is not None else self._drafts.get(path)
        with answered(self.explaining, path):
            if isinstance(opened, Draft):
                opened.truncate(length)
                return
            handle = self._draft(path, kept=length > 0)
            draft = self._readers[handle]
            assert isinstance(draft, Draft)
            try:
                draft.truncate(length)
                draft.send()
            finally:
                self._let_go(handle)

    def flush(self, path: str, fi: Any) -> None:
        """Send what was written; who closes the file is told if that fails."""
        opened = self._readers.get(fi.fh)
        if isinstance(opened, Draft):
            with answered(self.explaining, path):
                opened.send()

    def fsync(self, path: str, datasync: int, fi: Any) -> None:
        """Send what was written so far."""
        self.flush(path, fi)

    def release(self, path: str, fi: Any) -> None:
        """Let go of an open file."""
        self._let_go(fi.fh)

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
        self._need_writable(path)
        with answered(self.explaining, path):
            team_paths.trash(self.tree.client, self._full(path))
            self.tree.forget(self._full(path))

    def mkdir(self, path: str, mode: int) -> None:
        """Make a folder, which is there for others once a file is in it."""
        self._need_writable(path)
        self._made.add(path)

    def rmdir(self, path: str) -> None:
        """Remove a folder with nothing in it."""
        self._need_writable(path)
        with answered(self.explaining, path):
            if self.tree.find(self._full(path), fresh=True) is not None:
                raise mfusepy.FuseOSError(errno.ENOTEMPTY)
        self._made.discard(path)

    def rename(self, old: str, new: str) -> None:
        """Give a file or folder another path; of a file that is there, it becomes the next version."""
        self._need_writable(old)
        self._need_writable(new)
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
                raise mfusepy.FuseOSError(errno.ENOENT)
            reader = self.tree.open(source, entry)
            for offset in range(0, entry.size_bytes, 8 * 1024**2):
                draft.write(reader.read(offset, 8 * 1024**2), offset)
            draft.send()
            team_paths.trash(self.tree.client, source)
        finally:
            draft.discard()

    def chmod(self, path: str, mode: int) -> None:
        """Nothing to be kept: who may do what is the team's to say."""
        self._need_writable(path)

    def chown(self, path: str, uid: int, gid: int) -> None:
        """Nothing to be kept."""
        self._need_writable(path)

    def utimens(self, path: str, times: Any = None) -> None:
        """Nothing to be kept: a version is as old as it is."""
        self._need_writable(path)

    def statfs(self, path: str) -> dict[str, int]:
        """Tell that there is room; a plan that is full is told when a file is closed."""
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 2**38, "f_bfree": 2**37, "f_bavail": 2**37,
                "f_files": 2**30, "f_ffree": 2**29, "f_namemax": LONGEST_NAME}  # fmt: skip
