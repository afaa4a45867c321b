"""The tree as a file system for Python: ``uraniborg://team/<team>/files/...`` wherever fsspec is understood."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

try:
    from fsspec.asyn import AsyncFileSystem
    from fsspec.spec import AbstractBufferedFile
except ModuleNotFoundError as error:  # pragma: no cover (an installation without the extra)
    raise ModuleNotFoundError("This needs fsspec: pip install 'uraniborg[fsspec]'", name=error.name) from error

from uraniborg import team_paths
from uraniborg.client import Client, connect
from uraniborg.told import told_as_os_error
from uraniborg.tree import Contents, Entry, Tree
from uraniborg.tree.contents import DEFAULT_LIMIT_BYTES

__all__ = ["UraniborgFile", "UraniborgFileSystem"]

FETCH_BYTES = 8 * 1024**2


class UraniborgFileSystem(AsyncFileSystem):  # type: ignore[misc]
    """Everything one may read at a service, in one tree; one's own files and those of teams can be written.

    Parameters
    ----------
    url, token : str, optional
        As `uraniborg.connect`.
    cache_bytes : int
        What blocks may take on disk; 0 keeps none. All programs of a user share them.
    cache_folder : path, optional
        Where those are, if not in the user's cache.
    """

    protocol = "uraniborg"
    root_marker = ""
    cachable = True

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        cache_bytes: int = DEFAULT_LIMIT_BYTES,
        cache_folder: str | Path | None = None,
        asynchronous: bool = False,
        loop: Any = None,
        batch_size: int | None = None,
        **more: Any,
    ) -> None:
        super().__init__(asynchronous=asynchronous, loop=loop, batch_size=batch_size, **more)
        with told_as_os_error(""):
            self.client: Client = connect(url, token)
        contents = Contents(Path(cache_folder) if cache_folder else None, limit_bytes=cache_bytes)
        self.tree = Tree(self.client, contents)

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(one) for one in path]
        path = str(path).removeprefix("uraniborg://")
        return path.strip("/") or cls.root_marker

    def _entry(self, path: str, *, fresh: bool = False) -> Entry:
        with told_as_os_error(path):
            entry = self.tree.find(path, fresh=fresh)
        if entry is None:
            raise FileNotFoundError(2, "There is nothing, or it is not yours to see", path)
        return entry

    def _info_now(self, path: str, *, fresh: bool = False) -> dict[str, Any]:
        path = self._strip_protocol(path)
        return _details(path, self._entry(path, fresh=fresh))

    def _ls_now(self, path: str, *, fresh: bool) -> list[dict[str, Any]]:
        path = self._strip_protocol(path)
        entry = self._entry(path, fresh=fresh) if path else Entry("", True)
        if not entry.is_folder:
            return [_details(path, entry)]
        with told_as_os_error(path):
            entries = self.tree.list(path, fresh=fresh)
        return [_details(f"{path}/{name}" if path else name, one) for name, one in entries.items()]

    async def _info(self, path: str, **more: Any) -> Any:
        return await _aside(lambda: self._info_now(path, fresh=bool(more.get("refresh"))))

    async def _ls(self, path: str, detail: bool = True, **more: Any) -> list[Any]:
        found = await _aside(lambda: self._ls_now(path, fresh=bool(more.get("refresh"))))
        return found if detail else [one["name"] for one in found]

    async def _cat_file(self, path: str, start: int | None = None, end: int | None = None, **more: Any) -> Any:
        return await _aside(lambda: self._read(path, start, end))

    def _read(self, path: str, start: int | None, end: int | None) -> bytes:
        path = self._strip_protocol(path)
        entry = self._entry(path)
        if entry.is_folder:
            raise IsADirectoryError(21, "Is a directory", path)
        first, stop, _ = slice(start, end).indices(entry.size_bytes)
        with told_as_os_error(path):
            return self.tree.open(path, entry).read(first, stop - first)

    async def _get_file(self, rpath: str, lpath: Any, callback: Any = None, **more: Any) -> None:
        await _aside(lambda: self._fetch(rpath, lpath, callback))

    def _fetch(self, rpath: str, lpath: Any, callback: Any = None) -> None:
        path = self._strip_protocol(rpath)
        entry = self._entry(path)
        if entry.is_folder:
            Path(lpath).mkdir(parents=True, exist_ok=True)
            return
        if callback is not None:
            callback.set_size(entry.size_bytes)
        target: Any = lpath
        if not hasattr(lpath, "write"):
            Path(lpath).parent.mkdir(parents=True, exist_ok=True)
            target = Path(lpath).open("wb")  # noqa: SIM115 (closed below, if it is ours)
        try:
            reader = self.tree.open(path, entry)
            for offset in range(0, entry.size_bytes, FETCH_BYTES):
                with told_as_os_error(path):
                    data = reader.read(offset, FETCH_BYTES)
                target.write(data)
                if callback is not None:
                    callback.relative_update(len(data))
        finally:
            if target is not lpath:
                target.close()

    async def _pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **more: Any) -> None:
        await _aside(lambda: self._put(path, lambda target: target.write_bytes(value), is_new=mode == "create"))

    async def _put_file(
        self, lpath: Any, rpath: str, callback: Any = None, mode: str = "overwrite", **more: Any
    ) -> None:
        if Path(lpath).is_dir():  # noqa: ASYNC240 (a moment)
            return  # folders are where files are

        def copy(target: Path) -> None:
            target.symlink_to(Path(lpath).resolve())

        await _aside(lambda: self._put(rpath, copy, is_new=mode == "create"))

    async def _cp_file(self, path1: str, path2: str, **more: Any) -> None:
        if (await self._info(path1))["type"] == "file":
            await _aside(lambda: self._put(path2, lambda target: self._fetch(path1, target)))

    def _put(self, path: str, write: Callable[[Path], Any], *, is_new: bool = False) -> None:
        """Send what a function writes as the new version of a file."""
        path = self._strip_protocol(path)
        team_paths.split(path)
        if is_new and self.tree.find(path, fresh=True) is not None:
            raise FileExistsError(17, "There is a file already", path)
        with tempfile.TemporaryDirectory(prefix="uraniborg-") as folder, told_as_os_error(path):
            source = Path(folder) / path.rpartition("/")[2]
            write(source)
            team_paths.put(self.client, source, path)
        self.tree.forget(path)

    async def _rm_file(self, path: str, **more: Any) -> None:
        await _aside(lambda: self._trash(path, recursive=False))

    async def _rm(self, path: Any, recursive: bool = False, batch_size: int | None = None, **more: Any) -> None:
        for one in await self._expand_path(path, recursive=False):
            await _aside(partial(self._trash, one, recursive=recursive))

    def _trash(self, path: str, *, recursive: bool) -> None:
        path = self._strip_protocol(path)
        team_paths.split(path)
        entry = self._entry(path, fresh=True)
        if entry.is_folder and not recursive:
            raise IsADirectoryError(21, "Is a directory: remove it recursively", path)
        with told_as_os_error(path):
            team_paths.trash(self.client, path, is_folder=entry.is_folder)
        self.tree.forget(path)

    def mv(self, path1: Any, path2: Any, recursive: bool = False, maxdepth: int | None = None, **more: Any) -> None:
        """Move a file or folder; within a team's files nothing is copied, and nothing is overwritten."""
        if isinstance(path1, str) and isinstance(path2, str) and not any(sign in path1 for sign in "*?["):
            source, target = self._strip_protocol(path1), self._strip_protocol(path2)
            with told_as_os_error(source):
                team_paths.move(self.client, source, target)
            self.tree.forget(source)
            self.tree.forget(target)
            return
        super().mv(path1, path2, recursive=recursive, maxdepth=maxdepth, **more)

    async def _mkdir(self, path: str, create_parents: bool = True, **more: Any) -> None:
        """Folders are where files are: there is nothing to be made, where there can be any."""
        team_paths.split(self._strip_protocol(path))

    async def _makedirs(self, path: str, exist_ok: bool = False) -> None:
        await self._mkdir(path)

    async def _rmdir(self, path: str) -> None:
        if await _aside(lambda: self._ls_now(path, fresh=True)):
            raise OSError(39, "Directory not empty", path)

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget what is known of a folder, or of all."""
        self.tree.forget(self._strip_protocol(path or ""))

    def modified(self, path: str) -> datetime:
        """Tell when a file was changed: UTC."""
        return datetime.fromtimestamp(self.info(path)["mtime"], UTC)

    created = modified

    def ukey(self, path: str) -> str:
        """Give the SHA-256 of a file's content."""
        return str(self.info(path)["sha256"])

    checksum = ukey

    def _open(self, path: str, mode: str = "rb", block_size: int | None = None, **more: Any) -> Any:
        if mode not in ("rb", "wb", "xb"):
            raise NotImplementedError(f"A file of the tree is read, or written whole: not opened with mode {mode!r}.")
        return UraniborgFile(self, self._strip_protocol(path), mode, block_size or "default", **more)


class UraniborgFile(AbstractBufferedFile):  # type: ignore[misc]
    """A file of the tree, read by ranges, or written whole when it is closed."""

    def __init__(
        self, fs: UraniborgFileSystem, path: str, mode: str = "rb", block_size: Any = "default", **more: Any
    ) -> None:
        self._written: Any = None
        if mode == "rb":
            entry = fs._entry(path)
            if entry.is_folder:
                raise IsADirectoryError(21, "Is a directory", path)
            self._reader = fs.tree.open(path, entry)
            more |= {"size": entry.size_bytes, "cache_type": "none"}
        else:
            team_paths.split(path)
            self._is_new = mode == "xb"
            if self._is_new and fs.exists(path):
                raise FileExistsError(17, "There is a file already", path)
            mode = "wb"  # whatever else fsspec calls it, it is written alike
        super().__init__(fs, path, mode, block_size, **more)

    def read(self, length: int = -1) -> bytes:
        """Read on."""
        if self.mode != "rb":
            raise ValueError("File not in read mode")
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        wanted = self.size - self.loc if length is None or length < 0 else length
        data = self._fetch_range(self.loc, self.loc + wanted)
        self.loc += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        """Read on into a buffer."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def _fetch_range(self, start: int, end: int) -> bytes:
        with told_as_os_error(self.path):
            return self._reader.read(start, end - start)

    def _initiate_upload(self) -> None:
        self._written = tempfile.TemporaryFile(prefix="uraniborg-")  # noqa: SIM115 (closed by commit or discard)

    def _upload_chunk(self, final: bool = False) -> bool:
        self._written.write(self.buffer.getvalue())
        if final and self.autocommit:
            self.commit()
        return True

    def commit(self) -> None:
        """Send what was written as the file's new version."""
        self._written.seek(0)

        def write(target: Path) -> None:
            with target.open("wb") as file:
                while data := self._written.read(io.DEFAULT_BUFFER_SIZE * 128):
                    file.write(data)

        try:
            self.fs._put(self.path, write, is_new=self._is_new)
        finally:
            self.discard()

    def discard(self) -> None:
        """Drop what was written."""
        if self._written is not None:
            self._written.close()
            self._written = None


def _details(path: str, entry: Entry) -> dict[str, Any]:
    """Say what fsspec wants to know of an entry."""
    if entry.is_folder:
        return {"name": path, "size": 0, "type": "directory"}
    return {
        "name": path,
        "size": entry.size_bytes,
        "type": "file",
        "mtime": entry.changed_at,
        "sha256": entry.sha256,
        "id": entry.id or None,
    }


async def _aside(work: Callable[[], Any]) -> Any:
    """Let work that waits be done by a thread."""
    return await asyncio.to_thread(work)
