"""Files: listed, read, deleted with a grace period, and restored."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import NotFound
from domain.header import Problem
from service.audit_log import record
from service.house import Actor, House
from service.paging import Page, decode_cursor, encode_cursor
from service.recalls import check_readable
from storage import file_store, upload_store

__all__ = ["File", "content_address", "delete_file", "get_file", "list_files", "restore_file"]


class File(msgspec.Struct, kw_only=True):
    """Stored bytes under a path.

    ``state``: ``stored`` (its header is not read yet), ``indexed`` (it is a frame), ``kept`` (another kind of file),
    ``failed`` (see ``problems``; the bytes are safe all the same). ``embargo_until``: until then nobody outside the
    organisation sees it, unless it is shared with its embargo; null where none was ever set.
    """

    id: UUID
    path: str
    sha256: str
    size_bytes: int
    media_type: str
    state: str
    problems: list[Problem]
    frame: UUID | None
    telescope: str | None
    instrument: str | None
    uploaded_by: str | None
    host: str | None
    supersedes: UUID | None
    deleted_at: datetime | None
    created_at: datetime
    embargo_until: datetime | None = None


def _file(row: Any, role: str) -> File:
    """Show a file; who is none of the organisation's people does not learn who sent it, and from where."""
    file = msgspec.convert(dict(row) | {"sha256": row["sha256"].hex()}, File)
    if role == "reader":
        file.uploaded_by = file.host = None
    return file


async def list_files(
    house: House,
    actor: Actor,
    organisation: str,
    *,
    state: str | None,
    prefix: str | None,
    deleted: bool,
    flagged: bool,
    cursor: str | None,
    limit: int,
) -> Page[File]:
    """List files, newest first."""
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await file_store.list_files(
            tenant.connection,
            state=state,
            prefix=prefix,
            deleted=deleted,
            flagged=flagged,
            before=position[0] if position else None,
            limit=limit + 1,
        )
    return Page(
        [_file(row, tenant.role) for row in rows[:limit]],
        encode_cursor(rows[limit - 1]["id"]) if len(rows) > limit else None,
    )


async def get_file(house: House, actor: Actor, organisation: str, file_id: UUID) -> File:
    """Read one file's row, a deleted one's too; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        row = await file_store.find(tenant.connection, file_id)
    if row is None:
        raise NotFound("There is no such file in this organisation.")
    return _file(row, tenant.role)


async def content_address(house: House, actor: Actor, organisation: str, file_id: UUID) -> str:
    """Sign an address of a file's bytes, straight at the object store.

    Raises
    ------
    NotFound
        There is no such file, or it was deleted.
    Archived
        It lies in the archive; a member has begun its recall by asking.
    """
    async with house.tenant(actor, organisation) as tenant:
        row = (await file_store.find_readable(tenant.connection, [file_id])).get(file_id)
    if row is None:
        raise NotFound("There is no such file in this organisation, or it was deleted.")
    if row.tier == "archive":
        await check_readable(house, tenant.organisation_id, [row.sha256], actor)
    house.downloads.note(tenant.organisation_id, file_id, actor.account_id)
    house.downloads.note_bytes(tenant.organisation_id, actor.account_id, row.size_bytes)
    return house.objects.sign_get(
        row.object_key,
        expires_s=house.config.signed_url_seconds,
        filename=PurePosixPath(row.path).name,
        media_type=row.media_type,
    )


async def delete_file(house: House, actor: Actor, organisation: str, file_id: UUID) -> None:
    """Delete a file: a tombstone, restorable within the grace period.

    Raises
    ------
    NotFound
        There is no such file, or it was deleted before.
    """
    async with house.tenant(actor, organisation) as tenant:
        if not await file_store.delete(tenant.connection, file_id):
            raise NotFound("There is no such file in this organisation, or it was deleted.")
        await record(tenant, "file.deleted", f"files/{file_id}")


async def restore_file(house: House, actor: Actor, organisation: str, file_id: UUID) -> File:
    """Bring a deleted file back; raises NotFound when its grace period is over."""
    async with house.tenant(actor, organisation) as tenant:
        # The purge chooses what goes under the same lock: either it finds this file restored, or this finds it gone.
        await upload_store.lock_contents(tenant.connection, tenant.organisation_id)
        if not await file_store.restore(tenant.connection, file_id):
            raise NotFound("There is no such deleted file; after the grace period none can be restored.")
        row = await file_store.find(tenant.connection, file_id)
        await record(tenant, "file.restored", f"files/{file_id}")
    return _file(row, tenant.role)
