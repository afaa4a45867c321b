"""The folders of the tree above its files: organisations, nights, telescopes, datasets, packages, by their names."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = [
    "find_package_version",
    "find_telescope",
    "list_datasets",
    "list_nights",
    "list_organisations",
    "list_package_versions",
    "list_packages",
    "list_shared",
    "list_telescopes",
]

AnyRow = Row[*tuple[Any, ...]]

LIVE = (
    "f.organisation_id = nullif(current_setting('uraniborg.organisation', true), '')::uuid"
    " AND f.night IS NOT NULL AND f.deleted_at IS NULL"
)
# One look into the index for each night, however many frames it has.
NIGHTS = text(f"""
    WITH RECURSIVE entry(night, position) AS (
        SELECT (SELECT f.night FROM files f WHERE {LIVE} AND f.night > :after ORDER BY f.night LIMIT 1), 1
        UNION ALL
        SELECT (SELECT f.night FROM files f WHERE {LIVE} AND f.night > e.night ORDER BY f.night LIMIT 1), e.position + 1
        FROM entry e WHERE e.night IS NOT NULL AND e.position < :limit
    )
    SELECT night FROM entry WHERE night IS NOT NULL ORDER BY position
""")
TELESCOPES = text(f"""
    SELECT t.slug FROM telescopes t
    WHERE EXISTS (SELECT FROM files f WHERE {LIVE} AND f.night = :night AND f.telescope_id = t.id)
    UNION ALL
    SELECT NULL WHERE EXISTS (SELECT FROM files f WHERE {LIVE} AND f.night = :night AND f.telescope_id IS NULL)
""")


async def list_organisations(
    connection: AsyncConnection, account_id: UUID, *, after: str, limit: int
) -> list[tuple[UUID, str]]:
    """List the organisations that somebody may go into, in order of slug: theirs, and those that share with them."""
    rows = await connection.execute(
        text("""
            SELECT o.id, o.slug FROM organisations o WHERE o.slug > :after AND (
                EXISTS (SELECT FROM memberships m WHERE m.organisation_id = o.id AND m.account_id = :account)
                OR EXISTS (SELECT FROM dataset_shares s JOIN team_members m ON m.team_id = s.team_id
                    WHERE s.organisation_id = o.id AND m.account_id = :account)
            ) ORDER BY o.slug LIMIT :limit
        """),
        {"account": account_id, "after": after, "limit": limit},
    )
    return [(row.id, row.slug) for row in rows]


async def list_nights(connection: AsyncConnection, *, after: date, limit: int) -> list[date]:
    """List the nights of which there are frames, in order."""
    return list(await connection.scalars(NIGHTS, {"after": after, "limit": limit}))


async def list_telescopes(connection: AsyncConnection, night: date) -> list[str | None]:
    """List the telescopes that have frames of a night; None among them for frames of no known telescope."""
    return list(await connection.scalars(TELESCOPES, {"night": night}))


async def find_telescope(connection: AsyncConnection, slug: str) -> UUID | None:
    """Find a telescope by its slug."""
    found: UUID | None = await connection.scalar(text("SELECT id FROM telescopes WHERE slug = :slug"), {"slug": slug})
    return found


async def list_datasets(connection: AsyncConnection, *, after: str, limit: int) -> list[str]:
    """List the datasets of an organisation in order of slug."""
    return list(
        await connection.scalars(
            text("SELECT slug FROM datasets WHERE slug > :after ORDER BY slug LIMIT :limit"),
            {"after": after, "limit": limit},
        )
    )


async def list_shared(connection: AsyncConnection, team_id: UUID) -> list[AnyRow]:
    """List what is shared with a team in the order in which it was: organisation and dataset by slug, and its id."""
    rows = await connection.execute(
        text("""
            SELECT o.slug AS organisation, d.slug AS dataset, d.id FROM dataset_shares s
            JOIN organisations o ON o.id = s.organisation_id
            JOIN datasets d ON d.organisation_id = s.organisation_id AND d.id = s.dataset_id
            WHERE s.team_id = :team ORDER BY s.created_at, o.slug, d.slug
        """),
        {"team": team_id},
    )
    return list(rows)


async def list_packages(connection: AsyncConnection, *, after: str, limit: int) -> list[str]:
    """List the packages of which a version can be had, in order of slug."""
    return list(
        await connection.scalars(
            text("""
                SELECT k.slug FROM packages k WHERE k.slug > :after AND EXISTS (
                    SELECT FROM package_versions v WHERE v.organisation_id = k.organisation_id
                    AND v.package_id = k.id AND v.state IN ('published', 'superseded')
                ) ORDER BY k.slug LIMIT :limit
            """),
            {"after": after, "limit": limit},
        )
    )


async def list_package_versions(connection: AsyncConnection, package: str) -> list[int]:
    """List the versions of a package that can be had, in order."""
    return list(
        await connection.scalars(
            text("""
                SELECT v.version FROM package_versions v
                JOIN packages k ON k.organisation_id = v.organisation_id AND k.id = v.package_id
                WHERE k.slug = :package AND v.state IN ('published', 'superseded') ORDER BY v.version
            """),
            {"package": package},
        )
    )


async def find_package_version(connection: AsyncConnection, package: str, version: int) -> UUID | None:
    """Find a version of a package that can be had."""
    found: UUID | None = await connection.scalar(
        text("""
            SELECT v.id FROM package_versions v
            JOIN packages k ON k.organisation_id = v.organisation_id AND k.id = v.package_id
            WHERE k.slug = :package AND v.version = :version AND v.state IN ('published', 'superseded')
        """),
        {"package": package, "version": version},
    )
    return found
