"""Organisations that close: from when, what follows when, and what goes into the trash in the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import share_store, team_file_store
from storage.tables import metadata

__all__ = ["close", "count_tombstones", "hosted_managers", "is_empty", "list_closed", "lock", "note", "put_tombstones",
           "reopen"]  # fmt: skip

AnyRow = Row[*tuple[Any, ...]]
organisations = metadata.tables["organisations"]


async def lock(connection: AsyncConnection, organisation_id: UUID) -> AnyRow:
    """Read an organisation's row, and keep others from closing or reopening it meanwhile."""
    query = select(organisations).where(organisations.c.id == organisation_id)
    return (await connection.execute(query.with_for_update(key_share=True))).one()


async def close(
    connection: AsyncConnection, organisation_id: UUID, *, closed_at: datetime, removal_at: datetime
) -> None:
    """Close an organisation."""
    values = {"closed_at": closed_at, "removal_at": removal_at, "reminded_at": None}
    await connection.execute(update(organisations).where(organisations.c.id == organisation_id).values(**values))


async def reopen(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Open an organisation again."""
    values = {"closed_at": None, "removal_at": None, "reminded_at": None}
    await connection.execute(update(organisations).where(organisations.c.id == organisation_id).values(**values))


async def note(connection: AsyncConnection, organisation_id: UUID, **moments: datetime) -> None:
    """Note when people were reminded (``reminded_at``), or the data removed (``removed_at``)."""
    await connection.execute(update(organisations).where(organisations.c.id == organisation_id).values(**moments))


async def list_closed(connection: AsyncConnection) -> list[UUID]:
    """List organisations that closed and have their data still."""
    return list(
        await connection.scalars(
            select(organisations.c.id).where(
                organisations.c.closed_at.is_not(None), organisations.c.removed_at.is_(None)
            )
        )
    )


async def hosted_managers(connection: AsyncConnection, organisation_id: UUID) -> list[str]:
    """Give the e-mail addresses of those whose files this organisation keeps: of teams their managers."""
    await team_file_store.begin_housekeeping(connection)
    hosted = await connection.scalars(
        text(
            "SELECT id FROM teams t WHERE t.organisation_id = :org"
            " AND EXISTS (SELECT FROM team_files f WHERE f.team_id = t.id) ORDER BY id LIMIT 1000"
        ),
        {"org": organisation_id},
    )
    emails: set[str] = set()
    for team_id in list(hosted):  # a team's people are seen within it alone
        await share_store.enter_team(connection, team_id)
        emails |= set(
            await connection.scalars(
                text(
                    "SELECT a.email FROM team_members m JOIN accounts a ON a.id = m.account_id"
                    " WHERE m.team_id = :team AND m.role = 'manager'"
                ),
                {"team": team_id},
            )
        )
    await connection.execute(text("SELECT set_config('uraniborg.team', '', true)"))
    return sorted(emails)


async def is_empty(connection: AsyncConnection) -> bool:
    """Tell whether no file is left, held by somebody just now or not."""
    return not await connection.scalar(text("SELECT EXISTS (SELECT FROM files WHERE deleted_at IS NULL)"))


async def count_tombstones(connection: AsyncConnection, since: datetime) -> int:
    """Count the files that were deleted since a moment, those of hosted teams too."""
    await connection.execute(text("SELECT set_config('uraniborg.keeping', 'closing', true)"))
    return int(
        await connection.scalar(
            text(
                "SELECT (SELECT count(*) FROM files WHERE deleted_at >= :since)"
                " + (SELECT count(*) FROM team_files WHERE trashed_at >= :since AND trashed_by = 'the closing')"
            ),
            {"since": since},
        )
    )


async def put_tombstones(connection: AsyncConnection, at: datetime, *, most: int) -> int:
    """Delete so many files, those of hosted teams too, as their people would; answers how many it were."""
    await connection.execute(text("SELECT set_config('uraniborg.keeping', 'closing', true)"))
    done = await connection.execute(
        text("""
            WITH gone AS (
                UPDATE files SET deleted_at = :at WHERE id IN (
                    SELECT id FROM files WHERE deleted_at IS NULL LIMIT :most FOR UPDATE SKIP LOCKED
                ) RETURNING sha256
            ), hidden AS (
                UPDATE frames r SET hidden = true WHERE r.sha256 IN (SELECT sha256 FROM gone)
            )
            SELECT 1 FROM gone
        """),
        {"at": at, "most": most},
    )
    files = len(list(done))
    trashed = await connection.execute(
        text("UPDATE team_files SET trashed_at = :at, trashed_by = 'the closing' WHERE trashed_at IS NULL"), {"at": at}
    )
    return files + trashed.rowcount
