"""Public portals: their settings, and what of an organisation may be shown to everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.portal_tables import portal_logos, portals

__all__ = [
    "find",
    "find_logo",
    "find_preview",
    "list_previews",
    "list_shown",
    "put",
    "put_logo",
    "read_logo",
    "remove_logo",
]

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


async def find_logo(connection: AsyncConnection) -> RowMapping | None:
    """Tell how large the tenant's logo is, and since when it is that one; None where there is none."""
    told = select(portal_logos.c.width_px, portal_logos.c.height_px, portal_logos.c.changed_at)
    row: RowMapping | None = (await connection.execute(told)).mappings().first()
    return row


async def read_logo(connection: AsyncConnection) -> bytes | None:
    """Read the tenant's logo, PNG; None where there is none."""
    image: bytes | None = await connection.scalar(select(portal_logos.c.image))
    return image


async def put_logo(
    connection: AsyncConnection, organisation_id: UUID, image: bytes, *, width_px: int, height_px: int
) -> datetime:
    """Set the tenant's logo; tells since when it is that one."""
    values = {"image": image, "width_px": width_px, "height_px": height_px, "changed_at": func.now()}
    statement = insert(portal_logos).values(organisation_id=organisation_id, **values)
    statement = statement.on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    changed_at: datetime = (await connection.execute(statement.returning(portal_logos.c.changed_at))).scalar_one()
    return changed_at


async def remove_logo(connection: AsyncConnection) -> bool:
    """Remove the tenant's logo; tells whether there was one."""
    return (await connection.execute(delete(portal_logos))).rowcount > 0


async def list_shown(connection: AsyncConnection, *, limit: int) -> list[RowMapping]:
    """List the portals shown below the service's address, of all organisations, by slug; those on a host of their own
    are not among them. The transaction asks for nothing else."""
    await connection.execute(text("SELECT set_config('uraniborg.public', 'portals', true)"))
    rows = await connection.execute(
        text(
            "SELECT o.slug, p.changed_at FROM portals p JOIN organisations o ON o.id = p.organisation_id"
            " WHERE p.is_public AND NOT EXISTS ("
            "SELECT FROM portal_hosts h WHERE h.organisation_id = p.organisation_id AND h.proven_at IS NOT NULL)"
            " ORDER BY o.slug LIMIT :limit"
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
