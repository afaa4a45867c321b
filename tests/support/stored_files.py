"""Files as an upload would have left them: bytes in the object store, rows that name them."""

from __future__ import annotations

import base64
import hashlib
import zlib
from datetime import datetime
from typing import Any
from uuid import UUID

from crc32c import crc32c as crc32c_of
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from service.house import House
from service.maintenance import sweep_organisation
from storage.ids import new_id
from storage.tables import metadata

__all__ = ["organisation_id_of", "set_file", "store_file", "store_frame", "sweep_for"]

organisations, memberships = metadata.tables["organisations"], metadata.tables["memberships"]
contents, files, frames = (metadata.tables[name] for name in ("contents", "files", "frames"))


async def organisation_id_of(house: House, slug: str) -> UUID:
    """Look up an organisation's id."""
    async with house.database.transaction() as connection:
        found = await connection.scalar(select(organisations.c.id).where(organisations.c.slug == slug))
    assert isinstance(found, UUID)
    return found


async def sweep_for(house: House, organisation: str, *, now: datetime | None = None) -> None:
    """Do one organisation's part of a round of housekeeping: a house of tests has hundreds of them."""
    await sweep_organisation(house, await organisation_id_of(house, organisation), now=now)


async def store_file(
    house: House, organisation: str, path: str, data: bytes, *, object_bytes: bytes | None = None, **values: Any
) -> UUID:
    """Store bytes under a path; return the file's id.

    Parameters
    ----------
    object_bytes : bytes, optional
        What the object store really holds, where that is not what was promised.
    **values
        Columns of the file's row besides.
    """
    organisation_id = await organisation_id_of(house, organisation)
    sha256 = hashlib.sha256(data)
    key = f"{organisation_id.hex}/{sha256.hexdigest()[:2]}/{sha256.hexdigest()}"
    await house.objects.put(key, data if object_bytes is None else object_bytes, durable=False)
    file_id = new_id()
    async with house.database.transaction(organisation=organisation_id) as connection:
        owner = await connection.scalar(
            select(memberships.c.account_id).where(memberships.c.organisation_id == organisation_id)
        )
        await connection.execute(
            upsert(contents)
            .values(
                organisation_id=organisation_id,
                sha256=sha256.digest(),
                size_bytes=len(data),
                crc32=zlib.crc32(data),
                crc32c=base64.b64encode(crc32c_of(data).to_bytes(4, "big")).decode(),
                object_key=key,
            )
            .on_conflict_do_nothing()
        )
        await connection.execute(
            insert(files).values(
                {
                    "id": file_id,
                    "organisation_id": organisation_id,
                    "path": path,
                    "sha256": sha256.digest(),
                    "size_bytes": len(data),
                    "state": "kept",
                    "uploaded_by": owner,
                }
                | values
            )
        )
    return file_id


async def set_file(house: House, organisation: str, file_id: UUID, **values: Any) -> None:
    """Change columns of a file's row."""
    organisation_id = await organisation_id_of(house, organisation)
    async with house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(update(files).where(files.c.id == file_id).values(**values))


async def store_frame(house: House, organisation: str, path: str, data: bytes, **facts: Any) -> tuple[UUID, UUID]:
    """Store bytes with the row of the frame they hold; return the ids of file and frame.

    Parameters
    ----------
    **facts
        Columns of the frame's row; ``supersedes`` and ``dataset_id`` are the file's.
    """
    of_file = {name: facts.pop(name) for name in ("supersedes", "dataset_id") if name in facts}
    file_id = await store_file(house, organisation, path, data, state="indexed", **of_file)
    organisation_id = await organisation_id_of(house, organisation)
    frame_id = new_id()
    async with house.database.transaction(organisation=organisation_id) as connection:
        await connection.execute(
            insert(frames).values(
                id=frame_id,
                organisation_id=organisation_id,
                sha256=hashlib.sha256(data).digest(),
                file_id=file_id,
                format="fits",
                hdu_count=1,
                header={},
                terms=[],
                **facts,
            )
        )
    return file_id, frame_id
