"""What was ever published, across organisations: the one table that tells everybody the same, for harvesters."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["earliest", "follow_package", "list_publications", "list_publishers", "read_versions", "see_all"]


async def see_all(connection: AsyncConnection) -> None:
    """Let the transaction read every organisation's publications: which versions there are, and no more."""
    await connection.execute(text("SELECT set_config('uraniborg.public', 'publications', true)"))


async def follow_package(connection: AsyncConnection, package_id: UUID) -> None:
    """Note that a package's published versions are other than before: harvesters fetch them again."""
    await connection.execute(
        text("""
            INSERT INTO publications (organisation_id, version_id, changed_at, withdrawn)
            SELECT v.organisation_id, v.id, date_trunc('second', clock_timestamp()), v.state = 'withdrawn'
            FROM package_versions v WHERE v.package_id = :package AND v.state <> 'draft'
            ON CONFLICT (organisation_id, version_id)
            DO UPDATE SET changed_at = excluded.changed_at, withdrawn = excluded.withdrawn
        """),
        {"package": package_id},
    )


async def earliest(connection: AsyncConnection) -> datetime | None:
    """Tell when the publication changed longest ago was changed; None while nothing is published."""
    moment: datetime | None = await connection.scalar(text("SELECT min(changed_at) FROM publications"))
    return moment


async def list_publications(
    connection: AsyncConnection,
    *,
    organisation: str | None,
    first: datetime | None,
    last: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RowMapping]:
    """List publications that may be seen, of all organisations or one by its slug, in the order of their last change.

    Parameters
    ----------
    first, last : datetime or None
        Changed between these, inclusive.
    after : tuple or None
        Change and version of the one before.
    """
    conditions, values = [], dict[str, object]()
    if organisation is not None:
        conditions.append("o.slug = :slug")
        values["slug"] = organisation
    if first is not None:
        conditions.append("p.changed_at >= :first")
        values["first"] = first
    if last is not None:
        conditions.append("p.changed_at <= :last")
        values["last"] = last
    if after is not None:
        conditions.append("(p.changed_at, p.version_id) > (:after, :version)")
        values |= {"after": after[0], "version": after[1]}
    rows = await connection.execute(
        text(f"""
            SELECT p.organisation_id, p.version_id, p.changed_at, p.withdrawn, o.slug, o.name
            FROM publications p JOIN organisations o ON o.id = p.organisation_id
            {"WHERE " + " AND ".join(conditions) if conditions else ""}
            ORDER BY p.changed_at, p.version_id LIMIT :limit
        """),
        values | {"limit": limit},
    )
    return list(rows.mappings())


async def list_publishers(connection: AsyncConnection, *, after: str, limit: int) -> list[RowMapping]:
    """List organisations that have published, in order of slug."""
    rows = await connection.execute(
        text("""
            SELECT o.slug, o.name FROM organisations o
            WHERE o.slug > :after AND EXISTS (SELECT FROM publications p WHERE p.organisation_id = o.id)
            ORDER BY o.slug LIMIT :limit
        """),
        {"after": after, "limit": limit},
    )
    return list(rows.mappings())


async def read_versions(connection: AsyncConnection, version_ids: list[UUID]) -> dict[UUID, RowMapping]:
    """Read published versions of the tenant by their ids, each with its package, its DOIs and its last change."""
    rows = await connection.execute(
        text("""
            SELECT v.*, k.slug AS package, d.doi, d.state AS doi_state, p.changed_at, p.withdrawn,
                c.doi AS concept_doi, c.state AS concept_state
            FROM package_versions v
            JOIN publications p ON p.organisation_id = v.organisation_id AND p.version_id = v.id
            JOIN packages k ON k.organisation_id = v.organisation_id AND k.id = v.package_id
            LEFT JOIN dois d ON d.organisation_id = v.organisation_id AND d.version_id = v.id
            LEFT JOIN dois c ON c.organisation_id = v.organisation_id AND c.package_id = v.package_id
                AND c.version_id IS NULL
            WHERE v.id = ANY(:ids) AND v.state <> 'draft'
        """),
        {"ids": version_ids},
    )
    return {row["id"]: row for row in rows.mappings()}
