"""What a file in parts adds up to, made while its later parts are still on their way."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from storage.object_digests import Sums

__all__ = ["PartSums", "marker_of"]

_MOST = 256  # uploads that are followed, those that had a part last
_BLOCK_BYTES = 1024**2


def marker_of(folder: Path, number: int) -> Path:
    """Name the file that says of a part that it is there, and which it is."""
    return folder / f"part-{number:05d}"


def _mark(folder: Path, number: int) -> str | None:
    """Read a part's marker, which no other sending has: who sends it again takes it away before any byte changes."""
    try:
        return marker_of(folder, number).read_text()
    except FileNotFoundError:
        return None


class _Upload:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sums = Sums()
        self.marks: list[str] = []
        "Of the parts that are summed up, from the first on."


class PartSums:
    """Sums of unfinished uploads, in this process: who has none reads the object when it is complete. Blocking."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads: OrderedDict[str, _Upload] = OrderedDict()

    def follow(self, folder: Path, part_size_bytes: int) -> None:
        """Sum up the parts that are there, from the first one on that is not yet summed up.

        Where that is being done already nothing is to be done here. What changes on the way is told by `take`.
        """
        with self._lock:
            upload = self._uploads.setdefault(folder.name, _Upload())
            self._uploads.move_to_end(folder.name)
            while len(self._uploads) > _MOST:
                self._uploads.popitem(last=False)
        if upload.lock.acquire(blocking=False):
            try:
                _advance(upload, folder, part_size_bytes)
            finally:
                upload.lock.release()

    def catch_up(self, folder: Path, part_size_bytes: int) -> None:
        """Sum up what `follow` has left, if it was called for this upload at all."""
        with self._lock:
            upload = self._uploads.get(folder.name)
        if upload is not None:
            with upload.lock:
                _advance(upload, folder, part_size_bytes)

    def take(self, folder: Path, numbers: Sequence[int]) -> Sums | None:
        """Give the sums of all parts, and forget the upload; None where they are not of the parts that are there now.

        For callers who keep everybody from sending parts meanwhile.
        """
        with self._lock:
            upload = self._uploads.pop(folder.name, None)
        if upload is None or list(numbers) != list(range(1, len(upload.marks) + 1)):
            return None
        with upload.lock:
            is_same = all(_mark(folder, n) == mark for n, mark in enumerate(upload.marks, 1))
            return upload.sums if is_same else None

    def forget(self, folder: Path) -> None:
        """Forget an upload that was given up."""
        with self._lock:
            self._uploads.pop(folder.name, None)


def _advance(upload: _Upload, folder: Path, part_size_bytes: int) -> None:
    try:
        descriptor = os.open(folder / "bytes", os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        while (mark := _mark(folder, len(upload.marks) + 1)) is not None:
            offset, left = len(upload.marks) * part_size_bytes, int(mark.split()[0])
            while left and (block := os.pread(descriptor, min(_BLOCK_BYTES, left), offset)):
                upload.sums.add(block)
                offset, left = offset + len(block), left - len(block)
            # If it is sent again just now, that is told in the end: its mark will be another one.
            upload.marks.append(mark)
    finally:
        os.close(descriptor)
