"""Files piece by piece over kept connections: at a third of what streams cost, as long as all goes well."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from uraniborg.errors import ServiceUnavailable, TransferFailed
from uraniborg.tree.ranges import RangeLines

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import Source

__all__ = ["Pieces", "bring"]

LEAST_BYTES, FIRST_BYTES, MOST_BYTES = 256 * 1024, 1024**2, 4 * 1024**2
WHOLE_BYTES = 2 * 1024**2  # come at once
QUICK_S = 0.1  # a piece in the middle of which a line breaks comes once more


class Pieces:
    """Fetches pieces: larger ones as long as they come quickly. Used by several threads.

    What goes wrong is raised at once, as `RangeLines.fetch` does: there is another way, which is patient.
    """

    def __init__(self) -> None:
        self._lines = RangeLines(patience_s=0)
        self._size_bytes = FIRST_BYTES

    def fetch(self, url: str, start: int, end: int) -> bytes | bytearray:
        """Fetch what comes next of a stretch."""
        size_bytes = end - start
        if size_bytes > WHOLE_BYTES:
            size_bytes = min(size_bytes, self._size_bytes)
        asked_at = time.monotonic()
        piece = self._lines.fetch(url, start, start + size_bytes)
        if size_bytes == self._size_bytes:
            is_quick = time.monotonic() - asked_at < QUICK_S
            self._size_bytes = min(size_bytes * 2, MOST_BYTES) if is_quick else max(size_bytes // 2, LEAST_BYTES)
        return piece

    def close(self) -> None:
        """Close the connections."""
        self._lines.close()


def bring(client: Client, source: Source, part: Path, pieces: Pieces, progress: Callable[[int], None] | None) -> int:
    """Write a file that is not large; returns how many bytes of it were told of.

    That is all of them if it is what was stored; else the usual way goes on with what arrived, and tells what is wrong.
    """
    if not source.size_bytes or not source.signed or source.headers or part.exists():
        return 0
    sha256, at = hashlib.sha256(), 0
    try:
        url = source.address(client)
        with part.open("xb") as file:
            while at < source.size_bytes:
                piece = pieces.fetch(url, at, source.size_bytes)
                sha256.update(piece)
                file.write(piece)
                at += len(piece)
                if progress and at < source.size_bytes:
                    progress(len(piece))
    except (ServiceUnavailable, TransferFailed):
        return at
    if sha256.hexdigest() != source.sha256:
        part.unlink()
        return at - len(piece)
    if progress:
        progress(len(piece))
    return at
