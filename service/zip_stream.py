"""A ZIP archive, any range of it, made while it is sent."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

import structlog

from domain.data_package import PackageDamaged
from domain.errors import NotFound
from domain.zip_layout import Content, Mark, ZipEntry, ZipLayout, ZipRange

__all__ = ["Archive", "stream_archive"]

# How far is read ahead, for each who downloads: each megabyte is one more of the service's memory. On a distant store
# four pieces or 64 small files are under way at once.
PIECE_BYTES = 512 * 1024
WINDOW_BYTES = 2 * 1024**2
WINDOW_PIECES = 64
SEND_BYTES = 256 * 1024

log = structlog.get_logger("uraniborg.zip")


class Archive(Protocol):
    """What an archive is made of: where every byte lies, its entries, and their bytes."""

    @property
    def layout(self) -> ZipLayout: ...

    @property
    def moment(self) -> datetime:
        """The time stamp of every file."""
        ...

    def pages(self, mark: Mark) -> AsyncIterator[list[ZipEntry]]:
        """Give the entries behind a mark, some at a time."""
        ...

    async def read(self, source: str, offset: int, length: int) -> bytes:
        """Read a stretch of an entry; less of it, or `NotFound`, where its bytes are gone."""
        ...


async def stream_archive(archive: Archive, start: int, stop: int) -> AsyncIterator[bytes]:
    """Give the bytes ``[start, stop)`` of an archive, reading ahead of who takes them.

    Raises
    ------
    PackageDamaged
        A stored object is missing or short: the archive breaks off there, nothing is made up.
    StoreUnavailable
    """
    async for chunk in _read_ahead(archive, _segments(archive, start, stop)):
        yield chunk


async def _segments(archive: Archive, start: int, stop: int) -> AsyncIterator[bytes | Content]:
    part = ZipRange(archive.layout, archive.moment, start, stop)
    if part.wants_body:
        async for page in archive.pages(part.body_mark):
            for segment in part.body(page):
                yield segment
            if not part.wants_body:
                break
    if part.wants_directory:
        async for page in archive.pages(part.directory_mark):
            yield b"".join(part.directory(page))
            if not part.wants_directory:
                break
    yield part.ending()


async def _read_ahead(archive: Archive, segments: AsyncIterator[bytes | Content]) -> AsyncIterator[bytes]:
    """Turn segments into bytes, in order, with the next pieces of content being read meanwhile."""
    waiting: deque[bytes | asyncio.Task[bytes]] = deque()
    sizes: deque[int] = deque()
    held_bytes = 0
    ready: list[bytes] = []
    ready_bytes = 0
    try:
        ended = False
        pieces = _pieces(segments)
        while not ended or waiting:
            while not ended and held_bytes < WINDOW_BYTES and len(waiting) < WINDOW_PIECES:
                piece = await anext(pieces, None)
                if piece is None:
                    ended = True
                    break
                size = len(piece) if isinstance(piece, bytes) else piece.length
                waiting.append(piece if isinstance(piece, bytes) else _begin(archive, piece))
                sizes.append(size)
                held_bytes += size
            if not waiting:
                break
            first = waiting.popleft()
            data = first if isinstance(first, bytes) else await first
            held_bytes -= sizes.popleft()
            ready.append(data)
            ready_bytes += len(data)
            if ready_bytes >= SEND_BYTES:
                yield ready[0] if len(ready) == 1 else b"".join(ready)
                ready, ready_bytes = [], 0
        if ready_bytes:
            yield b"".join(ready)
    finally:
        for each in waiting:
            if not isinstance(each, bytes):
                each.cancel()


async def _pieces(segments: AsyncIterator[bytes | Content]) -> AsyncIterator[bytes | Content]:
    """Cut long contents up, and leave out what is empty."""
    async for segment in segments:
        if isinstance(segment, bytes):
            if segment:
                yield segment
            continue
        end = segment.offset + segment.length
        for offset in range(segment.offset, end, PIECE_BYTES):
            yield Content(segment.entry, offset, min(PIECE_BYTES, end - offset))


def _begin(archive: Archive, piece: Content) -> asyncio.Task[bytes]:
    task = asyncio.create_task(_read(archive, piece))
    task.add_done_callback(_seen)
    return task


async def _read(archive: Archive, piece: Content) -> bytes:
    """Read a piece, all of it or nothing."""
    try:
        data = await archive.read(piece.entry.source, piece.offset, piece.length)
    except NotFound:
        data = b""
    if len(data) != piece.length:
        log.error(
            "object missing or short", key=piece.entry.source, offset=piece.offset, wanted=piece.length, got=len(data)
        )
        raise PackageDamaged(
            f"The stored file {piece.entry.name.decode()!r} is damaged; tell the organisation that published it."
        )
    return data


def _seen(task: asyncio.Task[bytes]) -> None:
    """Take note of a failure, also where an earlier one ended the archive."""
    if not task.cancelled():
        task.exception()
