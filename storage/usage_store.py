"""What is stored, measured: byte-microseconds between moments, all together or by whose they are; downloads by day."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.metering import TIERS

__all__ = [
    "BREAKDOWNS",
    "Counted",
    "EgressCount",
    "LedgerRow",
    "add_egress",
    "dataset_bytes",
    "differences",
    "egress_by_day",
    "egress_by_member",
    "lock_ledger",
    "measure",
    "measure_by",
    "page_ledger",
    "stored_bytes",
]


class Counted(msgspec.Struct, frozen=True):
    """What one part of an organisation has: bytes by tier at the end, byte-microseconds by stretch and tier.

    ``key`` is null for what belongs to none; ``name`` is null for what is no more.
    """

    key: UUID | None
    name: str | None
    stored_bytes: dict[str, int]
    byte_us: list[dict[str, int]]


async def lock_ledger(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Wait for whoever is entering something: afterwards, nothing comes any more from before now."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:org, 1))"), {"org": str(organisation_id)}
    )


async def stored_bytes(connection: AsyncConnection, organisation_id: UUID) -> dict[str, int]:
    """Tell how much lies in each tier now, by the ledger."""
    rows = await connection.execute(
        text("""
            SELECT t.tier, l.balance_bytes FROM unnest(cast(:tiers AS text[])) AS t (tier) CROSS JOIN LATERAL (
                SELECT balance_bytes FROM storage_ledger WHERE organisation_id = :org AND storage_ledger.tier = t.tier
                ORDER BY at DESC, sequence DESC LIMIT 1
            ) AS l
        """),
        {"org": organisation_id, "tiers": list(TIERS)},
    )
    return dict.fromkeys(TIERS, 0) | {row.tier: int(row.balance_bytes) for row in rows}


async def measure(
    connection: AsyncConnection, organisation_id: UUID, bounds: Sequence[datetime]
) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Measure what is stored between moments: two looks into an index for each, however long the ledger is.

    Parameters
    ----------
    bounds : sequence of datetime
        Moments that rise.

    Returns
    -------
    list of (dict of int, dict of int)
        For each pair of neighbouring bounds: byte-microseconds by tier, and bytes by tier at the second.
    """
    rows = await connection.execute(
        text("""
            SELECT b.n, t.tier, coalesce(l.balance_bytes, 0) AS balance_bytes,
                coalesce(l.byte_us + l.balance_bytes * microseconds(b.at - l.at), 0) AS byte_us
            FROM unnest(cast(:bounds AS timestamptz[])) WITH ORDINALITY AS b (at, n)
            CROSS JOIN unnest(cast(:tiers AS text[])) AS t (tier)
            LEFT JOIN LATERAL (
                SELECT s.at, s.balance_bytes, s.byte_us FROM storage_ledger s
                WHERE s.organisation_id = :org AND s.tier = t.tier AND s.at <= b.at
                ORDER BY s.at DESC, s.sequence DESC LIMIT 1
            ) AS l ON true
        """),
        {"org": organisation_id, "bounds": list(bounds), "tiers": list(TIERS)},
    )
    marks: list[dict[str, Any]] = [{} for _ in bounds]
    for row in rows:
        marks[row.n - 1][row.tier] = row
    return [
        (
            {tier: int(after[tier].byte_us) - int(before[tier].byte_us) for tier in TIERS},
            {tier: int(after[tier].balance_bytes) for tier in TIERS},
        )
        for before, after in pairwise(marks)
    ]


# Whose contents are: the column that tells, and how its value is called.
BREAKDOWNS = {
    "member": ("account_id", "SELECT email FROM accounts a WHERE a.id = k.key"),
    "dataset": ("dataset_id", "SELECT slug FROM datasets d WHERE d.organisation_id = :org AND d.id = k.key"),
    "telescope": ("telescope_id", "SELECT slug FROM telescopes t WHERE t.organisation_id = :org AND t.id = k.key"),
    "team": (
        "team_id",
        # Own files are called by whose they are, so that who pays for them can ask.
        "SELECT coalesce('~' || a.email, t.slug) FROM teams t LEFT JOIN accounts a ON a.id = t.owner_account_id"
        " WHERE t.id = k.key",
    ),
}


async def measure_by(
    connection: AsyncConnection, organisation_id: UUID, by: str, bounds: Sequence[datetime]
) -> list[Counted]:
    """Measure what each member, dataset, telescope or team has: the sums over all are those of `measure`.

    Parameters
    ----------
    by : str
        One of `BREAKDOWNS`.
    bounds : sequence of datetime
        Moments that rise; few, since the ledger is run through for each stretch between them.
    """
    column, name = BREAKDOWNS[by]
    rows = await connection.execute(
        text(f"""
            SELECT k.*, ({name}) AS name FROM (
                SELECT o.{column} AS key, b.n, l.tier,
                    sum(l.delta_bytes * microseconds(b.until - greatest(l.at, b.since))) AS byte_us,
                    sum(l.delta_bytes) AS stored_bytes
                FROM unnest(cast(:since AS timestamptz[]), cast(:until AS timestamptz[]))
                    WITH ORDINALITY AS b (since, until, n)
                JOIN storage_ledger l ON l.organisation_id = :org AND l.at <= b.until
                LEFT JOIN content_origins o
                    ON o.organisation_id = l.organisation_id AND o.sha256 = l.sha256 AND o.stay = l.stay
                GROUP BY o.{column}, b.n, l.tier
            ) AS k
        """),
        {"org": organisation_id, "since": list(bounds[:-1]), "until": list(bounds[1:])},
    )
    counted: dict[UUID | None, Counted] = {}
    stretches = len(bounds) - 1
    for row in rows:
        found = counted.setdefault(
            row.key,
            Counted(row.key, row.name, dict.fromkeys(TIERS, 0), [dict.fromkeys(TIERS, 0) for _ in range(stretches)]),
        )
        found.byte_us[row.n - 1][row.tier] = int(row.byte_us)
        if row.n == stretches:
            found.stored_bytes[row.tier] = int(row.stored_bytes)
    return list(counted.values())


async def dataset_bytes(connection: AsyncConnection, dataset_id: UUID) -> dict[str, int]:
    """Add up a dataset's contents by tier, each once."""
    rows = await connection.execute(
        text("""
            SELECT c.tier, sum(c.size_bytes) AS size_bytes FROM contents c WHERE EXISTS (
                SELECT FROM dataset_files d JOIN files f ON f.organisation_id = d.organisation_id AND f.id = d.file_id
                WHERE d.dataset_id = :dataset AND d.organisation_id = c.organisation_id AND f.sha256 = c.sha256
                    AND f.deleted_at IS NULL
            ) GROUP BY c.tier
        """),
        {"dataset": dataset_id},
    )
    return {row.tier: int(row.size_bytes) for row in rows}


class EgressCount(msgspec.Struct, frozen=True):
    """Bytes that somebody asked for on a day, UTC; ``account_id`` is all zeros for nobody known."""

    day: date
    account_id: UUID
    size_bytes: int


async def add_egress(connection: AsyncConnection, organisation_id: UUID, counts: list[EgressCount]) -> None:
    """Add what was asked for to its day; each day and account stands once in the list."""
    ordered = sorted(counts, key=lambda count: (count.day, count.account_id))  # so that two writers never deadlock
    await connection.execute(
        text("""
            INSERT INTO egress_days (organisation_id, day, account_id, size_bytes)
            SELECT :org, e.day, e.account_id, e.size_bytes
            FROM unnest(cast(:days AS date[]), cast(:accounts AS uuid[]), cast(:sizes AS bigint[]))
                AS e (day, account_id, size_bytes)
            ON CONFLICT (organisation_id, day, account_id)
            DO UPDATE SET size_bytes = egress_days.size_bytes + excluded.size_bytes
        """),
        {
            "org": organisation_id,
            "days": [count.day for count in ordered],
            "accounts": [count.account_id for count in ordered],
            "sizes": [count.size_bytes for count in ordered],
        },
    )


async def egress_by_day(connection: AsyncConnection, organisation_id: UUID, first: date, last: date) -> dict[date, int]:
    """Add up the bytes asked for by day, both ends included."""
    rows = await connection.execute(
        text(
            "SELECT day, sum(size_bytes) AS size_bytes FROM egress_days"
            " WHERE organisation_id = :org AND day BETWEEN :first AND :last GROUP BY day"
        ),
        {"org": organisation_id, "first": first, "last": last},
    )
    return {row.day: int(row.size_bytes) for row in rows}


async def egress_by_member(
    connection: AsyncConnection, organisation_id: UUID, first: date, last: date
) -> dict[UUID, tuple[str | None, int]]:
    """Add up the bytes asked for by account, with its address; both ends of the days included."""
    rows = await connection.execute(
        text(
            "SELECT e.account_id, a.email, sum(e.size_bytes) AS size_bytes"
            " FROM egress_days e LEFT JOIN accounts a ON a.id = e.account_id"
            " WHERE e.organisation_id = :org AND e.day BETWEEN :first AND :last GROUP BY e.account_id, a.email"
        ),
        {"org": organisation_id, "first": first, "last": last},
    )
    return {row.account_id: (row.email, int(row.size_bytes)) for row in rows}


class LedgerRow(msgspec.Struct, frozen=True):
    """An entry as it stands, with its running figures."""

    sequence: int
    at: datetime
    tier: str
    delta_bytes: int
    balance_bytes: int
    byte_us: int


async def page_ledger(
    connection: AsyncConnection, organisation_id: UUID, *, page: int = 5000
) -> AsyncIterator[list[LedgerRow]]:
    """Give a ledger in its order, a page at a time."""
    after = 0
    while True:
        rows = await connection.execute(
            text(
                "SELECT sequence, at, tier, delta_bytes, balance_bytes, byte_us FROM storage_ledger"
                " WHERE organisation_id = :org AND sequence > :after ORDER BY sequence LIMIT :page"
            ),
            {"org": organisation_id, "after": after, "page": page},
        )
        found = [LedgerRow(r.sequence, r.at, r.tier, r.delta_bytes, r.balance_bytes, int(r.byte_us)) for r in rows]
        if found:
            yield found
            after = found[-1].sequence
        if len(found) < page:
            return


async def differences(connection: AsyncConnection, organisation_id: UUID, *, limit: int) -> list[tuple[str, str, int]]:
    """List where ledger and contents differ: SHA-256, tier, bytes by the ledger less those by the rows."""
    rows = await connection.execute(
        text("""
            SELECT encode(sha256, 'hex') AS sha256, tier, sum(size_bytes) AS difference FROM (
                SELECT sha256, tier, delta_bytes AS size_bytes FROM storage_ledger WHERE organisation_id = :org
                UNION ALL SELECT sha256, tier, -size_bytes FROM contents WHERE organisation_id = :org
            ) AS both_sides
            GROUP BY 1, 2 HAVING sum(size_bytes) <> 0 ORDER BY 1, 2 LIMIT :limit
        """),
        {"org": organisation_id, "limit": limit},
    )
    return [(row.sha256, row.tier, int(row.difference)) for row in rows]
