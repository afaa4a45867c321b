"""Public portals: their settings, and what of an organisation may be shown to everybody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.portal_tables import portals

__all__ = ["find", "find_preview", "list_previews", "list_shown", "put"]

# A frame whose picture may be shown: its content is in a version that is published now, no live file that holds it is
# under embargo, and it is of the sky.
_SHOWABLE = """
    r.preview = 'ready' AND NOT r.hidden AND coalesce(r.frame_type, '') NOT IN ('bias', 'dark', 'flat', 'arc')
    AND NOT EXISTS (
        SELECT FROM files f WHERE f.sha256 = r.sha256 AND f.deleted_at IS NULL AND embargo_end(f.id) > now()
    )
"""
VERSIONS_SHOWN, FRAMES_OF_EACH = 12, 3


async def find(connection: AsyncConnection) -> RowMapping | None:
    """Find the tenant's portal; None where nobody ever set it."""
    row: RowMapping | None = (await connection.execute(select(portals))).mappings().first()
    return row


async def put(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> RowMapping:
    """Set the tenant's portal."""
    values |= {"changed_at": func.now()}
    statement = insert(portals).values(organisation_id=organisation_id, **values)
    statement = statement.on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    row: RowMapping = (await connection.execute(statement.returning(portals))).mappings().one()
    return row


async def list_shown(connection: AsyncConnection, *, limit: int) -> list[RowMapping]:
    """List the portals that show themselves, of all organisations, by slug; the transaction asks for nothing else."""
    await connection.execute(text("SELECT set_config('uraniborg.public', 'portals', true)"))
    rows = await connection.execute(
        text(
            "SELECT o.slug, p.changed_at FROM portals p JOIN organisations o ON o.id = p.organisation_id"
            " WHERE p.is_public ORDER BY o.slug LIMIT :limit"
        ),
        {"limit": limit},
    )
    return list(rows.mappings())


async def list_previews(connection: AsyncConnection) -> list[RowMapping]:
    """List frames of the newest published versions whose pictures may be shown, some of each version."""
    rows = await connection.execute(
        text(f"""
            SELECT r.*, v.title, v.licence, v.version, v.package,
                v.publisher
            FROM (
                SELECT v.id, v.title, v.licence, v.version, v.published_at, v.publisher, k.slug AS package
                FROM package_versions v JOIN packages k ON k.id = v.package_id
                WHERE v.state = 'published' ORDER BY v.published_at DESC, v.id DESC LIMIT {VERSIONS_SHOWN}
            ) v CROSS JOIN LATERAL (
                SELECT r.id, p.path, r.object, r.filter, r.exposure_s, r.start_at, t.name AS telescope
                FROM package_files p JOIN frames r ON r.sha256 = p.sha256
                LEFT JOIN telescopes t ON t.id = r.telescope_id
                WHERE p.version_id = v.id AND {_SHOWABLE} ORDER BY p.path LIMIT {FRAMES_OF_EACH}
            ) r
            ORDER BY v.published_at DESC, v.id DESC, r.path, r.id
        """)
    )
    seen: dict[UUID, RowMapping] = {}
    for row in rows.mappings():
        seen.setdefault(row["id"], row)
    return list(seen.values())


async def find_preview(connection: AsyncConnection, frame_id: UUID) -> bool:
    """Tell whether a frame's picture may be shown."""
    found = await connection.scalar(
        text(f"""
            SELECT EXISTS (
                SELECT FROM frames r WHERE r.id = :id AND {_SHOWABLE} AND EXISTS (
                    SELECT FROM package_files p JOIN package_versions v ON v.id = p.version_id
                    WHERE p.sha256 = r.sha256 AND v.state = 'published'
                )
            )
        """),
        {"id": frame_id},
    )
    return bool(found)
