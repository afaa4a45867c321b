"""A published version of a data package as an archive: its entries are read from the database page by page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.engine import RowMapping

from domain.data_package import FrozenFile
from domain.zip_layout import Mark, ZipEntry, ZipLayout
from service.actions.bagging import archive_path, stored_path
from service.house import House
from storage import package_store

__all__ = ["VersionArchive", "open_version_archive"]

ROWS_PER_PAGE = 1000
LAYOUTS_KEPT = 64


class VersionArchive(msgspec.Struct, frozen=True, kw_only=True):
    """What a version's archive is made of.

    It never changes, so that any range of it is the same each time; but for CRCs that an audit finds wrong: with the
    right ones it has the same length and another ``etag``.
    """

    house: House
    organisation_id: UUID
    version_id: UUID
    folder: str
    bag_layout: int
    moment: datetime
    changed_at: datetime
    etag: str
    layout: ZipLayout

    def name(self, path: str) -> bytes:
        """Tell the name of a frozen file in the archive."""
        return f"{self.folder}/{archive_path(self.bag_layout, path)}".encode()

    def path(self, name: bytes) -> str:
        """Tell which frozen file has a name in the archive; the empty one stands before all."""
        return stored_path(self.bag_layout, name[len(self.folder) + 1 :].decode())

    async def pages(self, mark: Mark) -> AsyncIterator[list[ZipEntry]]:
        """Read the entries behind a mark, each page in a transaction of its own: a download may take hours."""
        after = self.path(mark.name)
        while True:
            async with self.house.database.transaction(organisation=self.organisation_id) as connection:
                files = await package_store.page_frozen_files(
                    connection, self.version_id, after=after, limit=ROWS_PER_PAGE
                )
            if files:
                yield [self._entry(file) for file in files]
            if len(files) < ROWS_PER_PAGE:
                return
            after = files[-1].path

    def _entry(self, file: FrozenFile) -> ZipEntry:
        return ZipEntry(self.name(file.path), file.size_bytes, file.crc32, file.object_key)

    async def read(self, source: str, offset: int, length: int) -> bytes:
        """Read a stretch of a stored object."""
        return await self.house.objects.read(source, offset, length)


# Layouts of versions asked for lately: names and sizes, which never change of what is published.
_layouts: OrderedDict[tuple[UUID, str], ZipLayout] = OrderedDict()


async def open_version_archive(house: House, version: RowMapping, *, folder: str) -> VersionArchive:
    """Lay out the archive of a published version: its length, and where to begin in it.

    Parameters
    ----------
    folder : str
        Of the archive, in which everything lies.
    """
    organisation_id, version_id, mended_at = version["organisation_id"], version["id"], version["mended_at"]
    mended = f"-{mended_at.timestamp():.6f}" if mended_at else ""
    key = (version_id, folder)
    layout = _layouts.get(key) or ZipLayout()
    archive = VersionArchive(
        house=house,
        organisation_id=organisation_id,
        version_id=version_id,
        folder=folder,
        bag_layout=version["layout"],
        moment=version["published_at"],
        changed_at=mended_at or version["published_at"],
        etag=f'"{version["manifest_sha256"].hex()}{mended}"',
        layout=layout,
    )
    if key not in _layouts:
        async with house.database.transaction(organisation=organisation_id) as connection:
            async for batch in package_store.stream_sizes(connection, version_id):
                for path, size_bytes in batch:
                    layout.add(archive.name(path), size_bytes)
        _layouts[key] = layout
        while len(_layouts) > LAYOUTS_KEPT:
            _layouts.popitem(last=False)
    else:
        _layouts.move_to_end(key)
    return archive
