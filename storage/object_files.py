"""Objects as files under one root: written aside and renamed into place, so that a name always means whole bytes."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import heapq
import itertools
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from domain.errors import Conflict
from storage.object_durability import sync_batch, sync_file, sync_folders
from storage.objects import ObjectEntry, ObjectStat

__all__ = ["NO_HARD_LINKS", "ObjectFiles", "version_of", "write_all"]

NO_HARD_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_MOST_BUFFERS = 1024  # IOV_MAX of Linux

Result = TypeVar("Result")


def version_of(status: os.stat_result) -> str:
    """Name the bytes a file holds: files are never changed in place, so another inode, time or size is another one."""
    return f"{status.st_ino:x}-{status.st_mtime_ns:x}-{status.st_size:x}"


def modified_at(status: os.stat_result) -> datetime:
    """Say when a file was last written, UTC."""
    return datetime.fromtimestamp(status.st_mtime, UTC)


def write_all(descriptor: int, chunks: Sequence[bytes | memoryview], offset: int) -> int:
    """Write chunks one behind the other from an offset; answer the offset behind them.

    Raises
    ------
    OSError
        The disk is full, for one.
    """
    for first in range(0, len(chunks), _MOST_BUFFERS):
        batch = list(chunks[first : first + _MOST_BUFFERS])
        while batch:
            written = os.pwritev(descriptor, batch, offset)
            offset += written
            while batch and written >= len(batch[0]):
                written -= len(batch.pop(0))
            if written:
                batch[0] = memoryview(batch[0])[written:]
    return offset


class ObjectFiles:
    """The folders of a local store; blocking, safe from several processes.

    ``objects`` is the hot tier, ``cool`` and ``archive`` are the others: a key is the same in each, and an object that
    is being moved is in two of them. Uploads are written to ``temp`` and ``multiparts``.

    Parameters
    ----------
    root : Path
        Made if absent, readable by its owner only. All of it must be one file system.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.objects, self.multiparts, self.temp = (self.root / name for name in ("objects", "multiparts", "temp"))
        self.homes = {"hot": self.objects, "cool": self.root / "cool", "archive": self.root / "archive"}
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (*self.homes.values(), self.multiparts, self.temp):
            folder.mkdir(exist_ok=True, mode=0o700)
        # Chance makes the names of this process its own, once: for each it would be a call to the system.
        self._objects, self._temp = f"{self.objects}{os.sep}", f"{self.temp}{os.sep}{secrets.token_hex(8)}-"
        # In which order an object is looked for; twice, since it may move from a later one to an earlier meanwhile.
        self._looks = [f"{home}{os.sep}" for home in self.homes.values()] * 2
        self._others = [look for look in self._looks[: len(self.homes)] if look != self._objects]
        self._numbers = itertools.count()
        self._links: bool | None = None
        self._lock_name = f"{self.root}{os.sep}tiers.lock"

    def path(self, key: str) -> Path:
        """Find the file of an object (the key is checked already)."""
        return self.objects / key

    def name(self, key: str) -> str:
        """Say the path of an object; a small one is read or moved in the time that its `Path` would take."""
        return self._objects + key

    def new_temp(self) -> Path:
        """Name a file nobody has, to write to."""
        return Path(self.new_temp_name())

    def new_temp_name(self) -> str:
        """Name a file nobody has, as `name` does."""
        return f"{self._temp}{next(self._numbers):x}"

    def put(self, key: str, data: bytes, *, durable: bool) -> None:
        """Store an object whole."""
        draft = self.new_temp()
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                write_all(descriptor, [data], 0)
                if durable:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
            self.publish(draft, key)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        if durable:
            sync_folders([self.path(key).parent], self.objects)

    def publish(self, draft: Path | str, key: str) -> None:
        """Give a written file its place, in one step that happens or does not."""
        target = self.name(key)
        self.with_folder(key, lambda: os.replace(draft, target))  # noqa: PTH105

    def publish_once(self, draft: str, key: str) -> bool:
        """Give a written file its place for good; answer whether it was free. If not, the draft stays.

        Free is one that no tier has: in the hot one it would hide the object that was moved from there.
        """
        target = self.name(key)
        with self.removing(fcntl.LOCK_SH):  # nobody takes it out of the hot tier between the two looks
            if self._is_in_another_tier(key):
                return False
            try:
                self.with_folder(key, lambda: os.link(draft, target))
            except FileExistsError:
                return False
        os.unlink(draft)  # noqa: PTH108
        return True

    @contextlib.contextmanager
    def removing(self, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        """Be the only one who removes what another tier has, too; or, shared, see to it that nobody does."""
        descriptor = os.open(self._lock_name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _is_in_another_tier(self, key: str) -> bool:
        return any(os.access(home + key, os.F_OK) for home in self._others)

    @property
    def has_links(self) -> bool:
        """Whether a file can have two names here; some file systems cannot give one that is not taken otherwise."""
        if self._links is None:
            self._links = self._can_link()
        return bool(self._links)

    def _can_link(self) -> bool | None:
        """Try it; None where that cannot be told now, as the disk is full, for one."""
        one, other = self.new_temp(), self.new_temp()
        try:
            one.touch(exist_ok=False)
            other.hardlink_to(one)
        except OSError as error:
            return False if error.errno in NO_HARD_LINKS else None
        finally:
            for name in (one, other):
                with contextlib.suppress(OSError):
                    name.unlink()
        return True

    def stat(self, key: str) -> ObjectStat | None:
        """Look an object up."""
        for look in self._looks:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                status = os.stat(look + key)  # noqa: PTH116
                break
        else:
            self.require()
            return None
        if not stat.S_ISREG(status.st_mode):
            return None
        return ObjectStat(status.st_size, modified_at(status), version_of(status))

    def open(self, key: str) -> int:
        """Open an object for reading; the caller closes the descriptor."""
        for look in self._looks:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                descriptor = os.open(look + key, os.O_RDONLY)
                break
        else:
            self.require()
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
        return descriptor

    def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, and the folders that this leaves empty."""
        for home in self.homes.values():
            for key in keys:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    (home / key).unlink()
            self.prune({(home / key).parent for key in keys})

    def make_durable(self, keys: Sequence[str]) -> None:
        """Return when the objects are on the disk. Those of other tiers were, before they had their names there.

        Raises
        ------
        FileNotFoundError
            No tier has it.
        """
        synced = sync_batch(len(keys), self.objects)
        hot = [key for key in keys if os.access(self.name(key), os.F_OK)]
        for key in set(keys).difference(hot):
            os.close(self.open(key))
        if not synced:
            for key in hot:
                sync_file(self.path(key))
            sync_folders({self.path(key).parent for key in hot}, self.objects)

    def list(self, prefix: str, after: str) -> Iterator[ObjectEntry]:
        """Walk the objects by key, one folder in memory at a time."""
        self.require()
        folder = prefix.rpartition("/")[0]
        base = f"{folder}/" if folder else ""
        walks = (self._walk(home, base, prefix, after) for home in self.homes.values())
        last = None
        for entry in heapq.merge(*walks, key=lambda entry: entry.key):
            if entry.key != last:  # one that is being moved is in two tiers
                yield entry
            last = entry.key

    def _walk(self, home: Path, base: str, prefix: str, after: str) -> Iterator[ObjectEntry]:
        try:
            with os.scandir(home / base) as entries:
                # A folder sorts as its keys do, with the slash: "a-b" < "a/b" < "a0".
                found = sorted((e.name + "/" if e.is_dir(follow_symlinks=False) else e.name, e) for e in entries)
        except (FileNotFoundError, NotADirectoryError):
            return
        for name, entry in found:
            key = base + name
            if name.endswith("/"):
                if (key.startswith(prefix) or prefix.startswith(key)) and (key > after or after.startswith(key)):
                    yield from self._walk(home, key, prefix, after)
            elif key.startswith(prefix) and key > after:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield ObjectEntry(key, status.st_size, modified_at(status))

    def sweep(self, older_than: datetime) -> int:
        """Remove drafts that nobody has written to since a moment."""
        swept = 0
        for draft in self.temp.iterdir():
            try:
                # Not when it was written: a file of last year may be moving just now, under a second name in here.
                if datetime.fromtimestamp(draft.lstat().st_ctime, UTC) >= older_than:
                    continue
                if draft.is_dir():
                    shutil.rmtree(draft)
                else:
                    draft.unlink()
            except FileNotFoundError:
                continue  # its writer has just finished with it, or another sweeper was here
            swept += 1
        return swept

    def check(self) -> None:
        """Write and remove an empty file, as any upload would begin."""
        probe = self.new_temp()
        probe.touch(exist_ok=False)
        probe.unlink()
        self.require()

    def with_folder(self, key: str, do: Callable[[], Result], *, tier: str = "hot") -> Result:
        """Do something that needs an object's folder, which may be absent, or pruned at any moment by another."""
        try:
            for _ in range(16):
                try:
                    return do()
                except FileNotFoundError:
                    self._make_folder((self.homes[tier] / key).parent)
            return do()
        except (NotADirectoryError, IsADirectoryError) as error:
            raise Conflict("The key of an object cannot be the folder of others.") from error

    def _make_folder(self, folder: Path) -> None:
        # Never the top one: where that is gone a disk is not mounted, and writing elsewhere would hide it.
        if folder in self.homes.values():
            self.require()
            return
        with contextlib.suppress(FileExistsError, FileNotFoundError):
            try:
                folder.mkdir(mode=0o700)
            except FileNotFoundError:
                self._make_folder(folder.parent)
                folder.mkdir(mode=0o700)

    def prune(self, folders: set[Path]) -> None:
        """Remove folders that are empty, and those above that this makes empty."""
        for folder in folders:
            with contextlib.suppress(OSError):  # it is not empty, most often
                while folder not in self.homes.values():
                    folder.rmdir()
                    folder = folder.parent

    def require(self) -> None:
        """Tell an absent object from an absent store.

        Raises
        ------
        OSError
            ENODEV: the root is gone.
        """
        if not self.objects.is_dir():
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(self.objects))
