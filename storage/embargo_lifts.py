"""Which embargoes lift within a while, and whether that was told: files are counted together, by embargo and day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.embargo_store import Target
from storage.tables import metadata

__all__ = [
    "Lift",
    "Recipient",
    "begin_look",
    "get_reminder_days",
    "list_lifts",
    "list_recipients",
    "note_reminders",
    "set_reminder_days",
]

settings = metadata.tables["embargo_settings"]
reminders = metadata.tables["embargo_reminders"]


class Lift(msgspec.Struct, frozen=True, kw_only=True):
    """What one embargo holds back until one day (UTC): the first of it until ``first_at``, all until ``last_at``.

    ``uploaded_by``: the accounts whose files they are.
    """

    target: Target
    target_id: UUID
    name: str
    reason: str
    lifts_on: date
    first_at: datetime
    last_at: datetime
    files: int
    size_bytes: int
    uploaded_by: list[UUID]


class Recipient(msgspec.Struct, frozen=True):
    """One of the organisation's people."""

    account_id: UUID
    email: str
    role: str


# The files that may be an embargo's, by what it is set for. Whether it is the one that counts for a file is then asked
# of embargo_end, which alone knows: it is if both end at the same moment.
_SOURCES = {
    "file": "JOIN files f ON f.organisation_id = e.organisation_id AND f.id = e.target_id",
    "dataset": (
        "CROSS JOIN LATERAL (SELECT m.file_id FROM dataset_files m"
        " WHERE m.organisation_id = e.organisation_id AND m.dataset_id = e.target_id"
        " UNION SELECT m.file_id FROM dataset_replaced_files m"
        " WHERE m.organisation_id = e.organisation_id AND m.dataset_id = e.target_id) m"
        " JOIN files f ON f.organisation_id = e.organisation_id AND f.id = m.file_id"
    ),
    "instrument": "JOIN files f ON f.organisation_id = e.organisation_id AND f.instrument_id = e.target_id",
    "organisation": "JOIN files f ON f.organisation_id = e.organisation_id",
}
_FRAMES = "LEFT JOIN frames r ON r.organisation_id = f.organisation_id AND r.sha256 = f.sha256"
_LENGTH = "e.days * interval '1 day'"
_TOLD = """NOT EXISTS (
    SELECT FROM unnest(cast(:reminders AS int[])) d WHERE e.until <= cast(:now AS timestamptz) + d * interval '1 day'
    AND NOT EXISTS (
        SELECT FROM embargo_reminders t WHERE t.organisation_id = e.organisation_id AND t.target = e.target
        AND t.target_id = e.target_id AND t.lifts_on = (e.until AT TIME ZONE 'UTC')::date AND t.days = d
    )
)"""
_FIXED = f"e.until > :now AND e.until <= :end AND (cast(:reminders AS int[]) IS NULL OR NOT {_TOLD})"


def _branch(target: str, frames: str, lifts_at: str, condition: str) -> str:
    return (
        f"SELECT e.organisation_id, e.target, e.target_id, e.reason, {lifts_at} AS lifts_at, f.id, f.size_bytes,"
        f" f.uploaded_by, f.path FROM embargoes e {_SOURCES[target]} {frames}"
        f" WHERE e.target = '{target}' AND f.deleted_at IS NULL AND {condition}"
    )


def _branches() -> list[str]:
    begun = f"coalesce(r.start_at, f.created_at) + {_LENGTH}"
    found = []
    for target in _SOURCES:
        found.append(_branch(target, "", "e.until", _FIXED))
        if target in ("file", "dataset"):
            found.append(_branch(target, _FRAMES, begun, f"e.days IS NOT NULL AND {begun} > :now AND {begun} <= :end"))
            continue
        # For these, times are looked for by index: of exposures, and of what has none.
        exposed = f"r.start_key > :now - {_LENGTH} AND r.start_key <= :end - {_LENGTH}"
        found.append(
            _branch(
                target, _FRAMES.removeprefix("LEFT "), f"r.start_at + {_LENGTH}", f"e.days IS NOT NULL AND {exposed}"
            )
        )
        sent = f"f.created_at > :now - {_LENGTH} AND f.created_at <= :end - {_LENGTH} AND r.start_at IS NULL"
        found.append(_branch(target, _FRAMES, f"f.created_at + {_LENGTH}", f"e.days IS NOT NULL AND {sent}"))
    return found


LIFTS = f"""
    SELECT s.*, coalesce(o.slug, i.slug, d.slug, s.path, '') AS name FROM (
        SELECT due.organisation_id, due.target, due.target_id, due.reason,
            (due.lifts_at AT TIME ZONE 'UTC')::date AS lifts_on, min(due.lifts_at) AS first_at,
            max(due.lifts_at) AS last_at, count(*) AS files, sum(due.size_bytes)::bigint AS size_bytes,
            array_agg(DISTINCT due.uploaded_by) AS uploaded_by,
            CASE due.target WHEN 'file' THEN min(due.path) END AS path
        FROM ({" UNION ALL ".join(_branches())}) due
        WHERE embargo_end(due.id) = due.lifts_at
        GROUP BY 1, 2, 3, 4, 5
    ) s
    LEFT JOIN organisations o ON s.target = 'organisation' AND o.id = s.target_id
    LEFT JOIN instruments i ON s.target = 'instrument' AND i.organisation_id = s.organisation_id AND i.id = s.target_id
    LEFT JOIN datasets d ON s.target = 'dataset' AND d.organisation_id = s.organisation_id AND d.id = s.target_id
    WHERE (s.lifts_on, s.target, s.target_id) > (cast(:on AS date), cast(:target AS text), cast(:id AS uuid))
    ORDER BY s.lifts_on, s.target, s.target_id LIMIT :limit
"""


async def list_lifts(
    connection: AsyncConnection,
    *,
    now: datetime,
    within: timedelta,
    reminders: list[int] | None = None,
    after: tuple[date, str, UUID] | None = None,
    limit: int,
) -> list[Lift]:
    """List what lifts within a while, in order of day.

    Parameters
    ----------
    reminders : list of int, optional
        The days before a lift at which somebody is told: embargoes until a fixed moment of which all was told are left
        out, so that their files need not be counted again and again.
    """
    on, target, identifier = after or (date.min, "", UUID(int=0))
    values = {"now": now, "end": now + within, "reminders": reminders, "on": on, "target": target, "id": identifier}
    rows = await connection.execute(text(LIFTS), values | {"limit": limit})
    return [Lift(**{name: row[name] for name in Lift.__struct_fields__}) for row in rows.mappings()]


async def get_reminder_days(connection: AsyncConnection) -> list[int] | None:
    """Tell at how many days before a lift the organisation wants to be told; None where it never said."""
    days: list[int] | None = await connection.scalar(select(settings.c.reminder_days))
    return days


async def set_reminder_days(connection: AsyncConnection, organisation_id: UUID, days: list[int] | None) -> None:
    """Set at how many days before a lift the organisation is told; None for the usual ones."""
    statement = upsert(settings).values(organisation_id=organisation_id, reminder_days=days)
    changed = {"reminder_days": days, "looked_at": None}
    await connection.execute(statement.on_conflict_do_update(index_elements=["organisation_id"], set_=changed))


async def begin_look(connection: AsyncConnection, organisation_id: UUID, *, now: datetime, every: timedelta) -> bool:
    """Note that one looks which embargoes lift; False where somebody did a while ago, or nothing is under embargo.

    Others wait until the transaction ends, so that nobody is told twice.
    """
    if not await connection.scalar(text("SELECT EXISTS (SELECT FROM embargoes)")):
        return False
    statement = upsert(settings).values(organisation_id=organisation_id, looked_at=now)
    done = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id"],
            set_={"looked_at": now},
            where=func.coalesce(settings.c.looked_at, text("'-infinity'::timestamptz")) <= now - every,
        )
    )
    return done.rowcount > 0


async def note_reminders(connection: AsyncConnection, organisation_id: UUID, lift: Lift, days: list[int]) -> bool:
    """Note that a lift is told now; False where each of these reminders was sent before."""
    rows = [
        {
            "organisation_id": organisation_id,
            "target": lift.target,
            "target_id": lift.target_id,
            "lifts_on": lift.lifts_on,
            "days": each,
        }
        for each in days
    ]
    done = await connection.execute(upsert(reminders).values(rows).on_conflict_do_nothing())
    return done.rowcount > 0


async def list_recipients(connection: AsyncConnection, accounts: list[UUID]) -> list[Recipient]:
    """List owners, admins, and those of some accounts who still are among the organisation's people."""
    rows = await connection.execute(
        text(
            "SELECT a.id, a.email, m.role FROM memberships m JOIN accounts a ON a.id = m.account_id"
            " WHERE m.role IN ('owner', 'admin') OR a.id = ANY(:accounts) ORDER BY a.email LIMIT 1000"
        ),
        {"accounts": accounts},
    )
    return [Recipient(row.id, row.email, row.role) for row in rows]
