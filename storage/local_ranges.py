"""Reading parts of one file of a local store, in this process or in another one that is told where the store is."""

from __future__ import annotations

import errno
import functools
import os
from pathlib import Path

import msgspec

from storage.object_faults import from_os_error
from storage.object_files import ObjectFiles
from storage.object_limits import check_key

__all__ = ["LocalDescription", "LocalRangeSource"]


class LocalDescription(msgspec.Struct, frozen=True):
    """Where a local store is."""

    root: str

    def open_range_source(self, key: str, *, size_bytes: int | None = None) -> LocalRangeSource:
        try:
            files = _files_under(self.root)
        except OSError as error:  # where its folders should be, there is something else, or no room
            raise from_os_error(OSError(errno.ENODEV, "")) from error
        return LocalRangeSource(files, key)


@functools.lru_cache(maxsize=4)
def _files_under(root: str) -> ObjectFiles:
    # Kept, because making one looks at every folder, which would cost more than opening the file does.
    return ObjectFiles(Path(root))


class LocalRangeSource:
    """Random access to one file; it stays readable when the object is deleted or moved meanwhile."""

    def __init__(self, files: ObjectFiles, key: str) -> None:
        try:
            self._descriptor = files.open(check_key(key))
        except OSError as error:
            raise from_os_error(error) from error
        self.status = os.fstat(self._descriptor)
        self.size_bytes = self.status.st_size

    def read(self, offset: int, length: int) -> bytes:
        try:
            return os.pread(self._descriptor, length, offset)
        except OSError as error:
            raise from_os_error(error) from error

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> LocalRangeSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):
            self.close()
