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

# A file as it is shown: where it lies, and its newest version.
SHOWN = """
    SELECT f.id, f.path, f.version, f.created_at, f.trashed_at, f.trashed_by,
        v.sha256, v.size_bytes, v.author, v.created_at AS changed_at
    FROM team_files f JOIN team_file_versions v ON v.file_id = f.id AND v.version = f.version
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

    One look into the index for each entry, however much the folders hold.

    Parameters
    ----------
    after : str or None
        Where to begin: `place_after` the last entry of the page before.
    """
    within, values = within_folder(folder)
    step = f"""(
        SELECT f.path FROM team_files f WHERE {LIVE} AND {within} AND f.path >= {{start}} ORDER BY f.path LIMIT 1
    )"""
    slash = "strpos(substr({0}.path, :skip), '/')"
    name = f"left({{0}}.path, :skip + {slash} - 2)"
    following = f"CASE WHEN {slash.format('e')} > 0 THEN {name.format('e')} || '0' ELSE e.path || chr(1) END"
    query = f"""
        WITH RECURSIVE entry(path, position) AS (
            SELECT {step.format(start=":start")}, 1
            UNION ALL
            SELECT {step.format(start=following)}, e.position + 1
            FROM entry e WHERE e.path IS NOT NULL AND e.position < :limit
        )
        SELECT p.is_folder, p.place AS path, coalesce(a.files, 1) AS files,
            coalesce(a.size_bytes, v.size_bytes) AS size_bytes, coalesce(a.changed_at, v.created_at) AS changed_at,
            f.id, f.version, v.sha256, v.author
        FROM entry e
        CROSS JOIN LATERAL (
            SELECT {slash.format("e")} > 0 AS is_folder,
                CASE WHEN {slash.format("e")} > 0 THEN {name.format("e")} ELSE e.path END AS place
        ) p
        LEFT JOIN team_files f ON NOT p.is_folder AND {LIVE} AND f.path = e.path
        LEFT JOIN team_file_versions v ON v.file_id = f.id AND v.version = f.version
        LEFT JOIN LATERAL (
            SELECT count(*) AS files, cast(sum(w.size_bytes) AS bigint) AS size_bytes, max(w.created_at) AS changed_at
            FROM team_files g JOIN team_file_versions w ON w.file_id = g.id AND w.version = g.version
            WHERE g.team_id = :team AND g.trashed_at IS NULL
                AND g.path >= p.place || '/' AND g.path < p.place || '0'
        ) a ON p.is_folder
        WHERE e.path IS NOT NULL ORDER BY e.position
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
    values = {"team": team_id, "places": sorted(touched), "moving": list(moving)}
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
            SELECT p.place, b.path FROM unnest(cast(:places AS text[])) AS p(place)
            CROSS JOIN LATERAL (
                SELECT f.path FROM team_files f
                WHERE {LIVE} AND f.folded >= p.place || '/' AND f.folded < p.place || '0'
                    AND f.id <> ALL(cast(:moving AS uuid[]))
                ORDER BY f.folded LIMIT 1
            ) b
        """),
        values,
    )
    folders = ["/".join(row.path.split("/")[: row.place.count("/") + 1]) for row in below]
    return Places(files, folders)
