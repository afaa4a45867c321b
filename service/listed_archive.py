"""An archive of what is there just now, as a BagIt bag: listed once, at the moment when it is asked for.

It is laid out the same way each time, so that a download goes on as long as nothing has changed, which its entity tag
tells.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator
from datetime import datetime

from domain.bag import PAYLOAD, BagInfo
from domain.data_package import FrozenFile
from domain.ro_crate import CRATE_NAME
from domain.zip_layout import Mark, ZipEntry, ZipLayout
from service.actions.bag_texts import write_bag
from service.file_spool import FileSpool
from storage.objects import ObjectStore

__all__ = ["ListedArchive"]

FORM = b"uraniborg-listed-archive-1"
TEXT = "text:"


class ListedArchive:
    """An archive that is being made: add the files, keep the texts, seal it; then any range of it can be sent.

    Parameters
    ----------
    folder : str
        In which everything lies.
    moment : datetime
        The time stamp of every file.
    """

    def __init__(self, objects: ObjectStore, *, folder: str, moment: datetime) -> None:
        self.folder = folder
        self.moment = moment
        self.layout = ZipLayout()
        self.files = FileSpool()
        self.etag = ""
        self._objects = objects
        self._texts: list[ZipEntry] = []
        self._kept: list[FrozenFile] = []
        self._sums = hashlib.sha256()  # CRCs stand in an archive, too, and may be found wrong and mended

    def close(self) -> None:
        """Let go of what it kept."""
        self.files.close()

    def add(self, file: FrozenFile) -> None:
        """Add a data file, in order of path."""
        self.files.add(file)
        self._sums.update(file.crc32.to_bytes(4))

    async def keep(self, name: str, data: bytes) -> FrozenFile:
        """Add a text that describes the files."""
        sha256, crc32 = await asyncio.to_thread(lambda: (hashlib.sha256(data).digest(), zlib.crc32(data)))
        kept = FrozenFile(name, len(data), sha256, crc32, f"{TEXT}{self.files.keep(data)}")
        self._texts.append(self._entry(kept, is_data=name == CRATE_NAME))
        self._kept.append(kept)
        return kept

    async def seal(self, *, title: str, source: str | None, identifier: str | None, left_out: int) -> None:
        """Make a bag of it, and lay it out."""
        payload = [file for file in self._kept if file.path == CRATE_NAME]
        info = BagInfo(
            source=source,
            title=title,
            identifier=identifier,
            bagged_at=self.moment,
            payload_bytes=self.files.size_bytes + sum(file.size_bytes for file in payload),
            payload_files=self.files.file_count + len(payload),
            left_out=left_out,
        )
        tags = [file for file in self._kept if file not in payload]
        whole = await write_bag(self.files.pages, self.keep, info, payload=payload, tags=tags)
        for entry in self._texts:
            self.layout.add(entry.name, entry.size_bytes)
        async for page in self.files.pages():
            for file in page:
                self.layout.add(self._name(f"{PAYLOAD}{file.path}"), file.size_bytes)
        said = b"\0".join(
            [FORM, self.folder.encode(), self.moment.isoformat().encode(), whole.sha256, self._sums.digest()]
        )
        self.etag = f'"{hashlib.sha256(said).hexdigest()}"'

    def _name(self, path: str) -> bytes:
        return f"{self.folder}/{path}".encode()

    def _entry(self, file: FrozenFile, *, is_data: bool) -> ZipEntry:
        name = self._name(f"{PAYLOAD}{file.path}" if is_data else file.path)
        return ZipEntry(name, file.size_bytes, file.crc32, file.object_key)

    async def pages(self, mark: Mark) -> AsyncIterator[list[ZipEntry]]:
        """Give the entries behind a mark: the texts, and then the data."""
        if texts := self._texts[mark.entries :]:
            yield texts
        async for page in self.files.pages(max(0, mark.entries - len(self._texts))):
            yield [self._entry(file, is_data=True) for file in page]

    async def read(self, source: str, offset: int, length: int) -> bytes:
        """Read a stretch of a text or of a stored object."""
        if source.startswith(TEXT):
            return self.files.read(int(source.removeprefix(TEXT)) + offset, length)
        return await self._objects.read(source, offset, length)
