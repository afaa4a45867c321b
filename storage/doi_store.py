"""DOIs of data packages as DataCite has them and as they are wanted, and the accounts they are made with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_doi",
    "find_account",
    "list_dois",
    "list_forgotten",
    "note_failure",
    "note_success",
    "remove_account",
    "set_account",
    "want_as_versions_are",
]

accounts = metadata.tables["datacite_accounts"]
dois = metadata.tables["dois"]


async def find_account(connection: AsyncConnection) -> RowMapping | None:
    """Read the organisation's DataCite account, its password sealed."""
    return (await connection.execute(select(accounts))).mappings().first()


async def set_account(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> None:
    """Insert the organisation's DataCite account or change it."""
    values |= {"changed_at": func.now()}
    await connection.execute(
        upsert(accounts)
        .values(organisation_id=organisation_id, **values)
        .on_conflict_do_update(index_elements=["organisation_id"], set_=values)
    )


async def remove_account(connection: AsyncConnection) -> bool:
    """Delete the organisation's DataCite account; tell whether there was one."""
    return (await connection.execute(delete(accounts))).rowcount > 0


async def add_doi(
    connection: AsyncConnection,
    organisation_id: UUID,
    package_id: UUID,
    version_id: UUID | None,
    *,
    doi: str,
    service: str,
) -> bool:
    """Insert the DOI of a version, or of all of a package; one that is there stays. Tells whether it is new."""
    exists = select(dois.c.id).where(
        dois.c.package_id == package_id, dois.c.version_id.is_not_distinct_from(version_id)
    )
    if (await connection.execute(exists)).first() is not None:
        return False
    await connection.execute(
        insert(dois).values(
            id=new_id(),
            organisation_id=organisation_id,
            package_id=package_id,
            version_id=version_id,
            doi=doi,
            service=service,
            wanted="draft",
        )
    )
    return True


async def list_dois(connection: AsyncConnection, package_id: UUID) -> list[RowMapping]:
    """List a package's DOIs, that of all versions first, then by DOI."""
    query = select(dois).where(dois.c.package_id == package_id).order_by(dois.c.version_id.is_not(None), dois.c.doi)
    return list((await connection.execute(query)).mappings())


async def want_as_versions_are(connection: AsyncConnection, package_id: UUID) -> int:
    """Want each DOI of a package as its version is now, or all versions together are; count them."""
    done = await connection.execute(
        text("""
            UPDATE dois d SET revision = d.revision + 1, wanted = (
                SELECT CASE
                    WHEN bool_or(v.state IN ('published', 'superseded')) THEN 'findable'
                    WHEN bool_or(v.state = 'withdrawn') THEN 'registered'
                    ELSE 'draft' END
                FROM package_versions v
                WHERE v.organisation_id = d.organisation_id AND v.package_id = d.package_id
                    AND (d.version_id IS NULL OR v.id = d.version_id)
            ) WHERE d.package_id = :package
        """),
        {"package": package_id},
    )
    return done.rowcount


async def note_success(
    connection: AsyncConnection, doi_id: UUID, *, revision: int, state: Literal["draft", "registered", "findable"]
) -> bool:
    """Note what DataCite has now; tell whether that is still what is wanted."""
    row = (
        await connection.execute(
            update(dois)
            .where(dois.c.id == doi_id)
            .values(state=state, synced_revision=revision, error=None, tried_at=func.now())
            .returning(dois.c.revision)
        )
    ).first()
    return row is None or row.revision == revision


async def note_failure(connection: AsyncConnection, doi_id: UUID, error: str) -> None:
    """Note why DataCite has not got what is wanted."""
    await connection.execute(update(dois).where(dois.c.id == doi_id).values(error=error, tried_at=func.now()))


async def list_forgotten(connection: AsyncConnection, *, kind: str, patience: timedelta) -> list[UUID]:
    """List packages whose DOIs are not as wanted, were not tried for a while, and have no job under way."""
    rows = await connection.scalars(
        text("""
            SELECT DISTINCT d.package_id FROM dois d
            WHERE d.synced_revision < d.revision
            AND coalesce(d.tried_at, d.created_at) < now() - cast(:patience AS interval)
            AND NOT EXISTS (
                SELECT FROM jobs j WHERE j.kind = :kind AND j.state IN ('queued', 'running')
                    AND j.payload ->> 'package' = d.package_id::text
            ) LIMIT 100
        """),
        {"kind": kind, "patience": patience},
    )
    return list(rows)
