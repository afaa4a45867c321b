"""All that a link shows as one archive: a BagIt bag, which tells what an embargo holds back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import msgspec

from domain.bag import LEFT_OUT_NAME, left_out_head, left_out_line
from domain.data_package import FrozenFile, ManifestHead, licence_text
from domain.package_record import PackageRecord
from domain.review import citation_of_shown, without_names
from domain.ro_crate import CRATE_NAME
from domain.tiers import Archived
from service.actions.bag_texts import crate_text, manifest_text
from service.actions.bagging import MANIFEST_NAME
from service.actions.link_downloads import count_link_download, refuse_used_up, while_it_works
from service.actions.link_holders import LinkHolder, archive_folder, opened
from service.actions.package_records import record_of
from service.house import House, Linked
from service.listed_archive import ListedArchive
from service.version_archive import VersionArchive, open_version_archive
from service.zip_stream import stream_archive
from storage import dataset_store, link_files, organisation_store, tier_store
from storage.link_files import ShownFile

__all__ = ["LinkArchive", "open_link_archive", "read_link_archive"]


class LinkArchive(msgspec.Struct, kw_only=True):
    """An archive to be sent to a link's holder; whoever opens one closes it."""

    link: Any
    archive: ListedArchive | VersionArchive
    filename: str
    etag: str
    size_bytes: int
    left_out: int

    def close(self) -> None:
        """Let go of what it kept."""
        if isinstance(self.archive, ListedArchive):
            self.archive.close()


async def open_link_archive(house: House, holder: LinkHolder) -> LinkArchive:
    """List what a link shows at this moment, and lay it out as an archive.

    It is the same bytes as long as nothing of it changes. What is published and shown with its names is the very
    archive that anybody may download.

    Raises
    ------
    NotSignedIn, NotFound, TooManyAttempts
        As `opened` does; or the downloads of the link are used up.
    """
    async with opened(house, holder, snapshot=True) as linked:
        await refuse_used_up(linked, "zip")
        link, version = linked.link, linked.version
        if version is None or version["state"] == "draft" or link.anonymous:
            return await _listed(house, linked)
        folder = archive_folder(linked, None)
    archive = await open_version_archive(house, version, folder=folder)
    return LinkArchive(
        link=link,
        archive=archive,
        filename=f"{folder}.zip",
        etag=archive.etag,
        size_bytes=archive.layout.total_bytes,
        left_out=0,
    )


async def read_link_archive(house: House, archive: LinkArchive, wanted: range) -> AsyncIterator[bytes]:
    """Count the download, and read a range of the archive; it is closed at the end.

    Raises
    ------
    NotSignedIn
        The downloads of the link are used up.
    """
    try:
        await count_link_download(house, archive.link, "zip", goes_on=wanted.start > 0)
    except BaseException:
        archive.close()
        raise
    return _closing(house, archive, wanted)


async def _closing(house: House, archive: LinkArchive, wanted: range) -> AsyncIterator[bytes]:
    chunks = stream_archive(archive.archive, wanted.start, wanted.stop)
    try:
        async for chunk in while_it_works(house, archive.link, chunks):
            yield chunk
    finally:
        archive.close()


async def _listed(house: House, linked: Linked) -> LinkArchive:
    link = linked.link
    dataset = None
    if link.dataset_id is not None:
        dataset = await dataset_store.get_dataset_slug(linked.connection, link.dataset_id)
    folder = archive_folder(linked, dataset)
    archive = ListedArchive(house.objects, folder=folder, moment=link.created_at)
    try:
        await _list_files(linked, archive)
        left_out = await _tell_left_out(linked, archive)
        title, identifier = link.name, None
        if linked.version is not None:
            title, identifier = await _describe(house, linked, archive)
        source = None if link.anonymous else link.organisation
        await archive.seal(title=title, source=source, identifier=identifier, left_out=left_out)
    except BaseException:
        archive.close()
        raise
    return LinkArchive(
        link=link,
        archive=archive,
        filename=f"{folder}.zip",
        etag=archive.etag,
        size_bytes=archive.layout.total_bytes,
        left_out=left_out,
    )


async def _list_files(linked: Linked, archive: ListedArchive) -> None:
    before = ""
    async for batch in link_files.stream_files(linked.connection, linked.parts):
        if await tier_store.archived(linked.connection, [file.sha256 for file in batch]):
            raise Archived("Some of these files lie in the archive: ask who gave you the link to recall them.")
        for file in batch:
            path = _marked(file) if file.path == before else file.path
            before = file.path
            archive.add(FrozenFile(path, file.size_bytes, file.sha256, file.crc32, file.object_key))


def _marked(file: ShownFile) -> str:
    """Give a second file of the same path a name of its own."""
    path = PurePosixPath(file.path)
    return path.with_name(f"{path.stem}-{file.id.hex[-8:]}{path.suffix}").as_posix()


async def _tell_left_out(linked: Linked, archive: ListedArchive) -> int:
    count, lines = 0, bytearray()
    async with linked.beyond() as connection:
        async for batch in link_files.stream_held_back(connection, linked.parts):
            count += len(batch)
            for held in batch:
                lines += left_out_line(held.path, held.until)
    if count:
        await archive.keep(LEFT_OUT_NAME, left_out_head(count) + bytes(lines))
    return count


async def _describe(house: House, linked: Linked, archive: ListedArchive) -> tuple[str, str | None]:
    """Write what describes a data package into its archive, as publishing does; returns its title and identifier."""
    link, row = linked.link, linked.version
    is_draft = row["state"] == "draft"
    named = await organisation_store.get_name(linked.connection, link.organisation_id)
    moment: datetime = row["created_at"] if is_draft else row["published_at"]
    shown = {"published_at": moment, "file_count": archive.files.file_count, "size_bytes": archive.files.size_bytes}
    record: PackageRecord = record_of(house, dict(row) | shown, named.slug, named.name, row["package"])
    if link.anonymous:
        record = without_names(record)
    head = ManifestHead(
        organisation=record.organisation or None,
        publisher=None if link.anonymous else record.publisher,
        package=record.package or None,
        version=record.version,
        title=record.title,
        description=record.description,
        licence=record.licence.id,
        contributors=record.contributors,
        keywords=record.keywords,
        datasets=row["datasets"],
        url=None if is_draft else record.url or None,
        published_at=None if is_draft else moment,
        file_count=record.file_count,
        size_bytes=record.size_bytes,
    )
    pages = archive.files.pages
    await archive.keep(MANIFEST_NAME, await manifest_text(pages, head, checked=False))
    await archive.keep(CRATE_NAME, await crate_text(pages, record))
    licence = f"{record.licence.name} ({record.licence.id})"
    await archive.keep("CITATION.txt", citation_of_shown(record, is_draft=is_draft).encode())
    await archive.keep("LICENCE.txt", licence_text(licence, record.licence.url).encode())
    return record.title, None if is_draft or link.anonymous else record.identifier
