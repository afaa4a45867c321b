"""A file that is not large by one request over a kept connection: summed up and written as it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from uraniborg.errors import ServiceUnavailable, TransferFailed
from uraniborg.tree.ranges import RangeLines

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import Source

__all__ = ["PIECE_BYTES", "bring", "is_plain"]

PIECE_BYTES = 256 * 1024  # a processor still has it at hand when it has been received, summed up and written


def is_plain(source: Source) -> bool:
    """Tell whether a file's address says all there is to say to the store."""
    return source.signed and not source.headers


def bring(client: Client, source: Source, part: Path, lines: RangeLines, progress: Callable[[int], None] | None) -> int:
    """Write a file; returns how many bytes of it were told of.

    That is all of them if it is what was stored; else the usual way goes on with what arrived, and tells what is wrong.
    """
    if not source.size_bytes or not is_plain(source) or part.exists():
        return 0
    sha256, at = hashlib.sha256(), 0
    buffer = memoryview(bytearray(min(PIECE_BYTES, source.size_bytes)))
    try:
        url = source.address(client)
        with part.open("xb") as file:
            for piece in lines.stream(url, 0, source.size_bytes, buffer):
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
