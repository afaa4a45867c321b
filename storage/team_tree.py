"""The tree of a team's files: what lies at a path, what in a folder, what in the way. Folders are what paths make them.

Everything here is about one team's live files; whoever changes the tree holds its lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.file_tree import Places, above, folded

__all__ = [
    "SHOWN",
    "find_at",
    "list_folder",
    "list_tree",
    "lock_tree",
    "look_at_places",
    "place_after",
    "within_folder",
]

AnyRow = Row[*tuple[Any, ...]]

# One look into the index for each file, however the planner guesses: all versions of a team are never read.
NEWEST = """(
    SELECT v.sha256, v.size_bytes, v.author, v.created_at FROM team_file_versions v
    WHERE v.file_id = f.id AND v.version = f.version LIMIT 1
)"""
# A file as it is shown: where it lies, and its newest version.
SHOWN = f"""
    SELECT f.id, f.path, f.version, f.created_at, f.trashed_at, f.trashed_by,
        v.sha256, v.size_bytes, v.author, v.created_at AS changed_at
    FROM team_files f CROSS JOIN LATERAL {NEWEST} v
"""
LIVE = "f.team_id = :team AND f.trashed_at IS NULL"


async def lock_tree(connection: AsyncConnection, team_id: UUID) -> None:
    """Let nobody else change the team's tree until the transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:team, 4))"), {"team": str(team_id)})


def within_folder(folder: str) -> tuple[str, dict[str, str]]:
    """Say which paths lie in a folder: those between its slash and the character behind a slash."""
    if not folder:
        return "true", {}
    return "f.path >= :below AND f.path < :behind", {"below": f"{folder}/", "behind": f"{folder}0"}


def place_after(path: str, *, is_folder: bool) -> str:
    """Give the least path that can follow an entry of a folder; no path has control characters."""
    return f"{path}0" if is_folder else f"{path}\x01"


async def find_at(connection: AsyncConnection, team_id: UUID, path: str) -> AnyRow | None:
    """Find the live file at a path."""
    query = text(f"{SHOWN} WHERE {LIVE} AND f.path = :path")
    return (await connection.execute(query, {"team": team_id, "path": path})).first()


async def list_tree(
    connection: AsyncConnection, team_id: UUID, folder: str, *, after: str | None, limit: int
) -> list[AnyRow]:
    """List every live file below a folder, in order of path."""
    within, values = within_folder(folder)
    query = f"{SHOWN} WHERE {LIVE} AND {within} AND f.path >= :start ORDER BY f.path LIMIT :limit"
    return list(
        await connection.execute(text(query), {"team": team_id, "start": after or "", "limit": limit, **values})
    )


async def list_folder(
    connection: AsyncConnection, team_id: UUID, folder: str, *, after: str | None, limit: int
) -> list[AnyRow]:
    """List what lies directly in a folder, in order of path: files, and folders with what they hold in all.

    Each entry is found by one look into the index, whatever lies between; a folder's sum reads its files.

    Parameters
    ----------
    after : str or None
        Where to begin: `place_after` the last entry of the page before.
    """
    within, values = within_folder(folder)
    # What is compared with a file's path is a plain column each time: row-level security lets an index serve nothing
    # that is computed on the way.
    entry = """
        SELECT p.path, p.is_folder, p.place, p.place || '/' AS below,
            p.place || CASE WHEN p.is_folder THEN '0' ELSE chr(1) END AS following, {position} AS position
        FROM (
            SELECT n.path, s.slash > 0 AS is_folder,
                CASE WHEN s.slash > 0 THEN left(n.path, :skip + s.slash - 2) ELSE n.path END AS place
            FROM n CROSS JOIN LATERAL (SELECT strpos(substr(n.path, :skip), '/') AS slash) s
        ) p
    """
    first = f"SELECT f.path FROM team_files f WHERE {LIVE} AND {within} AND f.path >= {{start}} ORDER BY f.path LIMIT 1"
    query = f"""
        WITH RECURSIVE entry AS (
            (WITH n AS ({first.format(start=":start")}) {entry.format(position=1)})
            UNION ALL
            SELECT x.* FROM entry e CROSS JOIN LATERAL (
                WITH n AS ({first.format(start="e.following")}) {entry.format(position="e.position + 1")}
            ) x WHERE e.position < :limit
        )
        SELECT e.is_folder, e.place AS path, coalesce(a.files, 1) AS files,
            coalesce(a.size_bytes, v.size_bytes) AS size_bytes, coalesce(a.changed_at, v.created_at) AS changed_at,
            f.id, f.version, v.sha256, v.author
        FROM entry e
        LEFT JOIN LATERAL (
            SELECT f.id, f.version FROM team_files f WHERE NOT e.is_folder AND {LIVE} AND f.path = e.path LIMIT 1
        ) f ON true
        LEFT JOIN LATERAL {NEWEST} v ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS files, cast(sum(v.size_bytes) AS bigint) AS size_bytes, max(v.created_at) AS changed_at
            FROM team_files f CROSS JOIN LATERAL {NEWEST} v
            WHERE {LIVE} AND f.path >= e.below AND f.path < e.following
        ) a ON e.is_folder
        ORDER BY e.position
    """
    given = {"team": team_id, "start": after or "", "limit": limit, "skip": len(folder) + 2 if folder else 1}
    return list(await connection.execute(text(query), given | values))


async def look_at_places(
    connection: AsyncConnection, team_id: UUID, paths: Iterable[str], *, moving: Sequence[UUID] = ()
) -> Places:
    """Look at that part of the tree that files at these paths would touch.

    Parameters
    ----------
    moving : sequence of UUID
        Files that will not be where they are.
    """
    touched = {folded(place) for path in paths for place in (path, *above(path))}
    values: dict[str, Any] = {"team": team_id, "places": sorted(touched), "moving": list(moving)}
    bounds = {name: [f"{place}{end}" for place in values["places"]] for name, end in (("below", "/"), ("behind", "0"))}
    files = await connection.scalars(
        text(
            f"SELECT f.path FROM team_files f WHERE {LIVE} AND f.folded = ANY(cast(:places AS text[]))"
            " AND f.id <> ALL(cast(:moving AS uuid[]))"
        ),
        values,
    )
    # One file below each tells how the folder's name is written: all that lie there write it alike.
    below = await connection.execute(
        text(f"""
            SELECT p.place, b.path FROM unnest(
                cast(:places AS text[]), cast(:below AS text[]), cast(:behind AS text[])
            ) AS p(place, below, behind)
            CROSS JOIN LATERAL (
                SELECT f.path FROM team_files f
                WHERE {LIVE} AND f.folded >= p.below AND f.folded < p.behind
                    AND f.id <> ALL(cast(:moving AS uuid[]))
                ORDER BY f.folded LIMIT 1
            ) b
        """),
        values | bounds,
    )
    folders = ["/".join(row.path.split("/")[: row.place.count("/") + 1]) for row in below]
    return Places(files, folders)
