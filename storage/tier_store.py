"""In which tier contents shall lie, which are on their way, and which were recalled from the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.header import Problem
from domain.tiers import TierPolicy
from storage import team_file_store, upload_store

__all__ = [
    "add_recalls",
    "archived",
    "asleep_files",
    "dataset_archived",
    "dataset_moves",
    "find_move",
    "find_policy",
    "forget_move",
    "forget_recalls",
    "member_of",
    "note_asleep",
    "note_problem",
    "remove_policy",
    "set_policy",
    "switch",
    "version_archived",
    "waiting_moves",
    "who_waits",
    "wish_moves",
]

AnyRow = Row[*tuple[Any, ...]]


async def find_policy(connection: AsyncConnection, dataset_id: UUID) -> TierPolicy | None:
    """Find a dataset's policy."""
    row = (
        await connection.execute(
            text("SELECT cool_after_days, archive_after_days FROM tier_policies WHERE dataset_id = :id"),
            {"id": dataset_id},
        )
    ).first()
    return (
        None
        if row is None
        else TierPolicy(cool_after_days=row.cool_after_days, archive_after_days=row.archive_after_days)
    )


async def set_policy(
    connection: AsyncConnection, organisation_id: UUID, dataset_id: UUID, policy: TierPolicy, *, changed_by: UUID
) -> None:
    """Give a dataset a policy, in place of the one it has."""
    await connection.execute(
        text("""
            INSERT INTO tier_policies (organisation_id, dataset_id, cool_after_days, archive_after_days, changed_by)
            VALUES (:org, :dataset, :cool, :archive, :account)
            ON CONFLICT (organisation_id, dataset_id) DO UPDATE SET cool_after_days = excluded.cool_after_days,
                archive_after_days = excluded.archive_after_days, changed_by = excluded.changed_by, changed_at = now()
        """),
        {
            "org": organisation_id,
            "dataset": dataset_id,
            "cool": policy.cool_after_days,
            "archive": policy.archive_after_days,
            "account": changed_by,
        },
    )


async def remove_policy(connection: AsyncConnection, dataset_id: UUID) -> bool:
    """Take a dataset's policy away; answer whether there was one."""
    done = await connection.execute(text("DELETE FROM tier_policies WHERE dataset_id = :id"), {"id": dataset_id})
    return bool(done.rowcount)


# Each living file asks for the hottest tier that its datasets' policies say, one without any for hot; a team's file
# asks for hot, and a package that it can be read at once. Nothing colder than any of them is wished. What is in the
# trash alone asks for nothing, and stays where it is. Nothing is cooled on the day it came, or before it was looked at.
WISHES = text("""
    WITH tiers (tier, rank) AS (VALUES ('hot', 0), ('cool', 1), ('archive', 2)),
    asked AS (
        SELECT c.sha256, now_in.rank AS is_in, m.tier AS under_way, c.verified_at, coalesce((
            SELECT min(rank) FROM (
                SELECT coalesce(min(CASE
                    WHEN p.dataset_id IS NULL THEN NULL
                    WHEN s.since <= cast(:now AS timestamptz) - make_interval(days => p.archive_after_days) THEN 2
                    WHEN s.since <= cast(:now AS timestamptz) - make_interval(days => p.cool_after_days) THEN 1
                    ELSE 0 END), 0) AS rank
                FROM files f
                CROSS JOIN LATERAL (SELECT coalesce((
                    SELECT max(r.start_at) FROM frames r
                    WHERE r.organisation_id = f.organisation_id AND r.sha256 = f.sha256), f.created_at) AS since) AS s
                LEFT JOIN (
                    dataset_files d JOIN tier_policies p
                        ON p.organisation_id = d.organisation_id AND p.dataset_id = d.dataset_id
                ) ON d.organisation_id = f.organisation_id AND d.file_id = f.id
                WHERE f.organisation_id = c.organisation_id AND f.sha256 = c.sha256 AND f.deleted_at IS NULL
                GROUP BY f.id
                UNION ALL SELECT 0 FROM team_file_versions v
                    WHERE v.organisation_id = c.organisation_id AND v.sha256 = c.sha256
                UNION ALL SELECT 1 FROM package_files k
                    WHERE k.organisation_id = c.organisation_id AND k.sha256 = c.sha256
                UNION ALL SELECT 0 FROM recalls q
                    WHERE q.organisation_id = c.organisation_id AND q.sha256 = c.sha256 AND q.until > :now
            ) AS each), now_in.rank) AS rank
        FROM contents c JOIN tiers now_in ON now_in.tier = c.tier
        LEFT JOIN tier_moves m ON m.organisation_id = c.organisation_id AND m.sha256 = c.sha256
        WHERE c.organisation_id = :org AND (
            c.tier <> 'hot' OR m.sha256 IS NOT NULL OR EXISTS (
                SELECT FROM files f
                JOIN dataset_files d ON d.organisation_id = f.organisation_id AND d.file_id = f.id
                JOIN tier_policies p ON p.organisation_id = d.organisation_id AND p.dataset_id = d.dataset_id
                WHERE f.organisation_id = c.organisation_id AND f.sha256 = c.sha256))
    )
    INSERT INTO tier_moves (organisation_id, sha256, tier)
    SELECT :org, a.sha256, t.tier FROM asked a JOIN tiers t ON t.rank = a.rank
    WHERE CASE WHEN a.under_way IS NOT NULL THEN t.tier <> a.under_way
        WHEN a.rank <= a.is_in THEN a.rank < a.is_in
        ELSE a.verified_at <= cast(:now AS timestamptz) - interval '1 day' AND NOT EXISTS (
            SELECT FROM files f WHERE f.organisation_id = :org AND f.sha256 = a.sha256 AND f.state = 'stored') END
    ORDER BY a.sha256 LIMIT :most
    ON CONFLICT (organisation_id, sha256) DO UPDATE SET tier = excluded.tier, problem = NULL
""")


async def wish_moves(connection: AsyncConnection, organisation_id: UUID, now: datetime, *, most: int) -> int:
    """Write down which contents shall lie elsewhere, as of a moment; answer of how many the wish is new."""
    # Under the lock under which files name contents: nobody comes to ask for another tier meanwhile.
    await upload_store.lock_contents(connection, organisation_id)
    await team_file_store.begin_housekeeping(connection)
    done = await connection.execute(WISHES, {"org": organisation_id, "now": now, "most": most})
    return int(done.rowcount)


async def waiting_moves(connection: AsyncConnection, *, most: int) -> list[bytes]:
    """List what is to be moved and no job is about, unless there was a problem."""
    rows = await connection.scalars(
        text("""
            SELECT sha256 FROM tier_moves WHERE problem IS NULL
                AND NOT EXISTS (SELECT FROM jobs WHERE kind = 'move' AND state IN ('queued', 'running'))
            ORDER BY sha256 LIMIT :most
        """),
        {"most": most},
    )
    return list(rows)


async def find_move(connection: AsyncConnection, sha256: bytes) -> AnyRow | None:
    """Find a wished move, with what is to be moved; ``object_key`` is null where that is no more."""
    return (
        await connection.execute(
            text("""
                SELECT m.tier AS wanted, c.tier, c.object_key, c.size_bytes FROM tier_moves m
                LEFT JOIN contents c ON c.organisation_id = m.organisation_id AND c.sha256 = m.sha256
                WHERE m.sha256 = :sha256
            """),
            {"sha256": sha256},
        )
    ).first()


async def switch(connection: AsyncConnection, organisation_id: UUID, sha256: bytes, key: str, tier: str) -> str:
    """Say that a content lies in a tier from now on, which the ledger follows.

    Returns
    -------
    str
        ``switched``; ``elsewhere`` if another tier is wished by now; ``gone`` if the content was purged.
    """
    await upload_store.lock_contents(connection, organisation_id)
    values = {"sha256": sha256, "key": key, "tier": tier}
    there = await connection.scalar(
        text("SELECT 1 FROM contents WHERE sha256 = :sha256 AND object_key = :key"), {"sha256": sha256, "key": key}
    )
    if there is None:
        return "gone"
    wanted = await connection.scalar(
        text("SELECT tier FROM tier_moves WHERE sha256 = :sha256 FOR UPDATE"), {"sha256": sha256}
    )
    if wanted != tier:
        return "elsewhere"
    await connection.execute(
        text("UPDATE contents SET tier = :tier WHERE sha256 = :sha256 AND object_key = :key AND tier <> :tier"), values
    )
    return "switched"


async def forget_move(connection: AsyncConnection, sha256: bytes, tier: str | None) -> None:
    """Forget the wish: it came true, or what was to be moved is no more (then no tier is named)."""
    await connection.execute(
        text("DELETE FROM tier_moves WHERE sha256 = :sha256 AND (cast(:tier AS text) IS NULL OR tier = :tier)"),
        {"sha256": sha256, "tier": tier},
    )


async def asleep_files(connection: AsyncConnection, sha256: bytes, code: str) -> list[UUID]:
    """List files of a content whose derivation waits until it can be read."""
    query = text(
        "SELECT id FROM files WHERE sha256 = :sha256 AND deleted_at IS NULL AND problems @> cast(:waits AS jsonb)"
    )
    waits = msgspec.json.encode([{"code": code}]).decode()
    return list(await connection.scalars(query, {"sha256": sha256, "waits": waits}))


async def note_asleep(connection: AsyncConnection, files: Sequence[UUID], problem: Problem) -> None:
    """Note of files that they wait until they can be read, where it is not noted yet."""
    await connection.execute(
        text(
            "UPDATE files SET problems = problems || cast(:problem AS jsonb)"
            " WHERE id = ANY(:files) AND NOT problems @> cast(:waits AS jsonb)"
        ),
        {
            "files": list(files),
            "problem": msgspec.json.encode([problem]).decode(),
            "waits": msgspec.json.encode([{"code": problem.code}]).decode(),
        },
    )


async def note_problem(connection: AsyncConnection, sha256: bytes, problem: str) -> None:
    """Note why a content cannot be moved; it is left alone until another tier is wished."""
    await connection.execute(
        text("UPDATE tier_moves SET problem = :problem WHERE sha256 = :sha256"), {"sha256": sha256, "problem": problem}
    )


async def archived(connection: AsyncConnection, digests: list[bytes]) -> dict[bytes, int]:
    """Tell which of these contents lie in the archive, and their bytes."""
    rows = await connection.execute(
        text("SELECT sha256, size_bytes FROM contents WHERE sha256 = ANY(:digests) AND tier = 'archive'"),
        {"digests": digests},
    )
    return {row.sha256: row.size_bytes for row in rows}


async def version_archived(connection: AsyncConnection, version_id: UUID) -> bool:
    """Tell whether a package's version names something that lies in the archive."""
    query = """
        SELECT EXISTS (
            SELECT FROM package_files p JOIN contents c ON c.organisation_id = p.organisation_id AND c.sha256 = p.sha256
            WHERE p.version_id = :version AND c.tier = 'archive')
    """
    return bool(await connection.scalar(text(query), {"version": version_id}))


IN_DATASET = """
    EXISTS (SELECT FROM dataset_files d JOIN files f ON f.organisation_id = d.organisation_id AND f.id = d.file_id
        WHERE d.dataset_id = :dataset AND d.organisation_id = c.organisation_id AND f.sha256 = c.sha256
            AND f.deleted_at IS NULL)
"""


async def dataset_archived(connection: AsyncConnection, dataset_id: UUID) -> dict[bytes, int]:
    """Tell which contents of a dataset lie in the archive, and their bytes."""
    rows = await connection.execute(
        text(f"SELECT c.sha256, c.size_bytes FROM contents c WHERE c.tier = 'archive' AND {IN_DATASET}"),
        {"dataset": dataset_id},
    )
    return {row.sha256: row.size_bytes for row in rows}


async def dataset_moves(connection: AsyncConnection, dataset_id: UUID) -> list[AnyRow]:
    """Count a dataset's contents on their way: from, to, contents, size_bytes, problems."""
    rows = await connection.execute(
        text(f"""
            SELECT c.tier AS origin, m.tier, count(*) AS contents, sum(c.size_bytes) AS size_bytes,
                count(m.problem) AS problems
            FROM tier_moves m JOIN contents c ON c.organisation_id = m.organisation_id AND c.sha256 = m.sha256
            WHERE {IN_DATASET} GROUP BY c.tier, m.tier ORDER BY c.tier, m.tier
        """),
        {"dataset": dataset_id},
    )
    return list(rows)


async def member_of(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> bool:
    """Tell whether somebody is a member, whatever their role."""
    return (
        await connection.scalar(
            text("SELECT 1 FROM memberships WHERE organisation_id = :org AND account_id = :account"),
            {"org": organisation_id, "account": account_id},
        )
        is not None
    )


async def add_recalls(
    connection: AsyncConnection, organisation_id: UUID, account_id: UUID, digests: list[bytes], until: datetime
) -> None:
    """Note that somebody wants contents of the archive until a moment, and to be told when they are there."""
    await connection.execute(
        text("""
            INSERT INTO recalls (organisation_id, sha256, account_id, until)
            SELECT :org, d, :account, :until FROM unnest(cast(:digests AS bytea[])) AS d ORDER BY d
            ON CONFLICT (organisation_id, sha256, account_id) DO UPDATE
            SET until = greatest(recalls.until, excluded.until),
                asked_at = CASE WHEN recalls.told_at IS NULL THEN recalls.asked_at ELSE now() END, told_at = NULL
        """),
        {"org": organisation_id, "account": account_id, "digests": digests, "until": until},
    )


async def who_waits(connection: AsyncConnection) -> list[AnyRow]:
    """Take whoever waits for contents that are all readable by now: account_id, email, contents, size_bytes, until.

    They are taken as told: whoever commits this tells them.
    """
    rows = await connection.execute(
        text("""
            WITH ready AS (
                SELECT r.account_id FROM recalls r
                LEFT JOIN contents c ON c.organisation_id = r.organisation_id AND c.sha256 = r.sha256
                WHERE r.told_at IS NULL GROUP BY r.account_id HAVING bool_and(coalesce(c.tier, '') <> 'archive')
            ), told AS (
                UPDATE recalls r SET told_at = now() FROM ready
                WHERE r.account_id = ready.account_id AND r.told_at IS NULL
                RETURNING r.account_id, r.organisation_id, r.sha256, r.until
            )
            SELECT t.account_id, a.email, count(*) AS contents, sum(c.size_bytes) AS size_bytes, min(t.until) AS until
            FROM told t JOIN accounts a ON a.id = t.account_id
            JOIN contents c ON c.organisation_id = t.organisation_id AND c.sha256 = t.sha256
            GROUP BY t.account_id, a.email ORDER BY a.email
        """)
    )
    return list(rows)


async def forget_recalls(connection: AsyncConnection, now: datetime) -> None:
    """Forget recalls that are over, and of which people were told."""
    await connection.execute(text("DELETE FROM recalls WHERE until <= :now AND told_at IS NOT NULL"), {"now": now})
