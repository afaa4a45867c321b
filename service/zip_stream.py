"""A published version as one ZIP archive, any range of it, made while it is sent."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from domain.data_package import FrozenFile, PackageDamaged
from domain.errors import NotFound
from domain.zip_layout import Content, ZipEntry, ZipLayout, ZipRange
from service.actions.bagging import archive_path, stored_path
from service.house import House
from storage import package_store
from storage.objects import ObjectStore

__all__ = ["Archive", "open_archive", "stream_archive"]

ROWS_PER_PAGE = 1000
LAYOUTS_KEPT = 64
# How far is read ahead. On the local store twice as much gains 5 % and costs 10 MB; on a distant one, four pieces or 64
# small files are under way at once.
PIECE_BYTES = 1024**2
WINDOW_BYTES = 4 * 1024**2
WINDOW_PIECES = 64
SEND_BYTES = 256 * 1024

log = structlog.get_logger("uraniborg.zip")


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """What a version's archive is made of."""

    organisation_id: UUID
    version_id: UUID
    folder: str
    bag_layout: int
    moment: datetime
    layout: ZipLayout

    def name(self, path: str) -> bytes:
        """Tell the name of a frozen file in the archive."""
        return f"{self.folder}/{archive_path(self.bag_layout, path)}".encode()

    def path(self, name: bytes) -> str:
        """Tell which frozen file has a name in the archive; the empty one stands before all."""
        return stored_path(self.bag_layout, name[len(self.folder) + 1 :].decode())


# Layouts of versions asked for lately. What is published never changes, so that they never go stale.
_layouts: OrderedDict[UUID, ZipLayout] = OrderedDict()


async def open_archive(
    house: House, organisation_id: UUID, version_id: UUID, *, folder: str, bag_layout: int, moment: datetime
) -> Archive:
    """Lay out the archive of a version: its length, and where to begin in it.

    Parameters
    ----------
    folder : str
        Of the archive, in which everything lies.
    bag_layout : int
        Where in it data lie: `service.actions.bagging.archive_path`.
    moment : datetime
        The time stamp of every file.
    """
    layout = _layouts.get(version_id) or ZipLayout()
    archive = Archive(
        organisation_id=organisation_id,
        version_id=version_id,
        folder=folder,
        bag_layout=bag_layout,
        moment=moment,
        layout=layout,
    )
    if version_id not in _layouts:
        async with house.database.transaction(organisation=organisation_id) as connection:
            async for batch in package_store.stream_sizes(connection, version_id):
                for path, size_bytes in batch:
                    layout.add(archive.name(path), size_bytes)
        _layouts[version_id] = layout
        while len(_layouts) > LAYOUTS_KEPT:
            _layouts.popitem(last=False)
    else:
        _layouts.move_to_end(version_id)
    return archive


async def stream_archive(house: House, archive: Archive, start: int, stop: int) -> AsyncIterator[bytes]:
    """Give the bytes ``[start, stop)`` of an archive, reading ahead of who takes them.

    Raises
    ------
    PackageDamaged
        A stored object is missing or short: the archive breaks off there, nothing is made up.
    StoreUnavailable
    """
    async for chunk in _read_ahead(house.objects, _segments(house, archive, start, stop)):
        yield chunk


async def _pages(house: House, archive: Archive, after: str) -> AsyncIterator[list[ZipEntry]]:
    """Read the entries behind a path, a page at a time, each in a transaction of its own: a download may take hours."""
    while True:
        async with house.database.transaction(organisation=archive.organisation_id) as connection:
            files = await package_store.page_frozen_files(
                connection, archive.version_id, after=after, limit=ROWS_PER_PAGE
            )
        if files:
            yield [_entry(archive, file) for file in files]
        if len(files) < ROWS_PER_PAGE:
            return
        after = files[-1].path


def _entry(archive: Archive, file: FrozenFile) -> ZipEntry:
    return ZipEntry(archive.name(file.path), file.size_bytes, file.crc32, file.object_key)


async def _segments(house: House, archive: Archive, start: int, stop: int) -> AsyncIterator[bytes | Content]:
    part = ZipRange(archive.layout, archive.moment, start, stop)
    if part.wants_body:
        async for page in _pages(house, archive, archive.path(part.body_mark.name)):
            for segment in part.body(page):
                yield segment
            if not part.wants_body:
                break
    if part.wants_directory:
        async for page in _pages(house, archive, archive.path(part.directory_mark.name)):
            yield b"".join(part.directory(page))
            if not part.wants_directory:
                break
    yield part.ending()


async def _read_ahead(objects: ObjectStore, segments: AsyncIterator[bytes | Content]) -> AsyncIterator[bytes]:
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
                waiting.append(piece if isinstance(piece, bytes) else _begin(objects, piece))
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


def _begin(objects: ObjectStore, piece: Content) -> asyncio.Task[bytes]:
    task = asyncio.create_task(_read(objects, piece))
    task.add_done_callback(_seen)
    return task


async def _read(objects: ObjectStore, piece: Content) -> bytes:
    """Read a piece, all of it or nothing."""
    try:
        data = await objects.read(piece.entry.source, piece.offset, piece.length)
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
