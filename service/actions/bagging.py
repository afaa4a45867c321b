"""Writing what describes a version of a data package, when its files have just been frozen: it is sent as a BagIt bag.

Each text is written once, stored, and let go before the next: a version may have a hundred thousand files.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator
from uuid import UUID

from domain.bag import PAYLOAD, BagInfo
from domain.citation import citation_text
from domain.data_package import FrozenFile, ManifestHead, licence_text
from domain.package_record import PackageRecord
from domain.ro_crate import CRATE_NAME
from service.actions.bag_texts import crate_text, manifest_text, write_bag
from service.house import House, Tenant
from storage import package_store

__all__ = ["BAG", "MANIFEST_NAME", "PLAIN", "archive_path", "freeze_texts", "stored_path"]

MANIFEST_NAME = "manifest.json"
ROWS_PER_PAGE = 5000
PLAIN, BAG = 1, 2
"How a version's archive is laid out: the tree itself, as versions published before bags were; or a BagIt bag."


def archive_path(layout: int, path: str) -> str:
    """Tell where in the archive a frozen file lies. Data are in a dataset's folder, what describes them in none."""
    return f"{PAYLOAD}{path}" if layout == BAG and ("/" in path or path == CRATE_NAME) else path


def stored_path(layout: int, path: str) -> str:
    """Tell which frozen file lies at a path of the archive."""
    return path.removeprefix(PAYLOAD) if layout == BAG else path


async def freeze_texts(
    house: House, tenant: Tenant, version_id: UUID, head: ManifestHead, record: PackageRecord
) -> FrozenFile:
    """Write, store and freeze every file that describes a version; check each path once more.

    Bytes first, row second. The store is written to inside the transaction, against the rule elsewhere: what is written
    is that of the rows frozen here, and the package's lock is what makes a second publisher wait and be refused.

    Returns
    -------
    FrozenFile
        The manifest.

    Raises
    ------
    PathClash
        A file has the name of a folder.
    InvalidInput
        A path that cannot be unpacked everywhere.
    """
    texts: list[FrozenFile] = []

    async def keep(name: str, data: bytes) -> FrozenFile:
        file = await asyncio.to_thread(_frozen, tenant.organisation_id, name, data)
        await house.objects.put(file.object_key, data, durable=False)
        texts.append(file)
        return file

    def pages() -> AsyncIterator[list[FrozenFile]]:
        return _pages(tenant, version_id)

    manifest = await keep(MANIFEST_NAME, await manifest_text(pages, head, checked=True))
    crate = await keep(CRATE_NAME, await crate_text(pages, record))
    licence = f"{record.licence.name} ({record.licence.id})"
    cited = await keep("CITATION.txt", f"{citation_text(record)}\n".encode())
    licensed = await keep("LICENCE.txt", licence_text(licence, record.licence.url).encode())
    info = BagInfo(
        source=record.publisher,
        title=record.title,
        identifier=record.identifier,
        bagged_at=record.published_at,
        payload_bytes=record.size_bytes + crate.size_bytes,
        payload_files=record.file_count + 1,
    )
    await write_bag(pages, keep, info, payload=[crate], tags=[manifest, cited, licensed])
    await house.objects.ensure_durable([file.object_key for file in texts])
    await package_store.add_frozen_files(tenant.connection, tenant.organisation_id, version_id, texts)
    return manifest


async def _pages(tenant: Tenant, version_id: UUID) -> AsyncIterator[list[FrozenFile]]:
    after = ""
    while True:
        page = await package_store.page_frozen_files(
            tenant.connection, version_id, after=after, limit=ROWS_PER_PAGE, only_data=True
        )
        yield page
        if len(page) < ROWS_PER_PAGE:
            return
        after = page[-1].path


def _frozen(organisation_id: UUID, name: str, data: bytes) -> FrozenFile:
    sha256 = hashlib.sha256(data)
    key = f"{organisation_id.hex}/packages/{sha256.hexdigest()}"
    return FrozenFile(name, len(data), sha256.digest(), zlib.crc32(data), key)
