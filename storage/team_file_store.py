"""Files of a team: their versions, where they go, their trash, and what is left when that is emptied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.file_tree import folded
from storage.ids import new_id
from storage.team_tree import SHOWN, within_folder
from storage.upload_store import NewFile

__all__ = [
    "add_version",
    "begin_housekeeping",
    "empty_trash",
    "find_at_paths",
    "find_content",
    "get_file",
    "has_files",
    "known_contents",
    "list_trash",
    "list_versions",
    "move_files",
    "name_contents",
    "newest_in_trash",
    "purge_trash",
    "restore_file",
    "restore_in_place",
    "sum_storage",
    "trash_below",
    "trash_files",
]

AnyRow = Row[*tuple[Any, ...]]


async def known_contents(connection: AsyncConnection, digests: list[bytes]) -> dict[bytes, int]:
    """Tell which contents the team's own files name, with their sizes in bytes: not which others its host has."""
    rows = await connection.execute(
        text(
            "SELECT sha256, max(size_bytes) AS size_bytes FROM team_file_versions WHERE sha256 = ANY(:digests)"
            " GROUP BY sha256"
        ),
        {"digests": digests},
    )
    return {row.sha256: row.size_bytes for row in rows}


async def get_file(connection: AsyncConnection, file_id: UUID) -> AnyRow | None:
    """Find a file of the team, one in the trash too."""
    return (await connection.execute(text(f"{SHOWN} WHERE f.id = :id"), {"id": file_id})).first()


async def find_at_paths(connection: AsyncConnection, team_id: UUID, paths: Sequence[str]) -> dict[str, AnyRow]:
    """Find the live files at these paths."""
    rows = await connection.execute(
        text(f"{SHOWN} WHERE f.team_id = :team AND f.trashed_at IS NULL AND f.path = ANY(cast(:paths AS text[]))"),
        {"team": team_id, "paths": list(paths)},
    )
    return {row.path: row for row in rows}


async def name_contents(
    connection: AsyncConnection,
    organisation_id: UUID,
    team_id: UUID,
    files: Sequence[NewFile],
    there: Mapping[str, AnyRow],
    *,
    account_id: UUID,
    author: str,
    host: str | None,
) -> dict[int, UUID]:
    """Let contents be the newest versions of files at these paths, each path once; what is so already stays as it is.

    Parameters
    ----------
    there : mapping
        What `find_at_paths` found, under the tree's lock.

    Returns
    -------
    dict
        For each position the file's id.
    """
    ids = {f.position: there[f.path].id if f.path in there else new_id() for f in files}
    versions = [
        {
            "id": ids[f.position],
            "path": f.path,
            "folded": folded(f.path),
            "version": there[f.path].version + 1 if f.path in there else 1,
            "sha256": f.sha256.hex(),
            "size_bytes": f.size_bytes,
        }
        for f in files
        if f.path not in there or there[f.path].sha256 != f.sha256
    ]
    values = {
        "versions": msgspec.json.encode(versions).decode(),
        "org": organisation_id,
        "team": team_id,
        "by": account_id,
        "author": author,
        "host": host,
    }
    given = (
        " jsonb_to_recordset(cast(:versions AS jsonb)) AS w(id uuid, path text, folded text, version int, sha256 text,"
        " size_bytes bigint)"
    )
    for statement in (
        "INSERT INTO team_files (id, organisation_id, team_id, path, folded, version)"
        f" SELECT w.id, :org, :team, w.path, w.folded, 1 FROM {given} WHERE w.version = 1",
        f"UPDATE team_files f SET version = w.version FROM {given} WHERE f.id = w.id AND w.version > 1",
        "INSERT INTO team_file_versions (file_id, version, organisation_id, team_id, sha256, size_bytes, made_by,"
        " author, host) SELECT w.id, w.version, :org, :team, decode(w.sha256, 'hex'), w.size_bytes, :by, :author, :host"
        f" FROM {given}",
    ):
        if versions:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement), used)
    return ids


async def add_version(
    connection: AsyncConnection, file_id: UUID, version: int, *, account_id: UUID, author: str
) -> bool:
    """Let an older version's content be the newest again, as a version of its own; False where there is no such."""
    newest = await connection.scalar(
        text("""
            INSERT INTO team_file_versions (file_id, version, organisation_id, team_id, sha256, size_bytes, made_by,
                author, restored_from)
            SELECT v.file_id, f.version + 1, v.organisation_id, v.team_id, v.sha256, v.size_bytes, :by, :author,
                v.version
            FROM team_file_versions v JOIN team_files f ON f.id = v.file_id
            WHERE v.file_id = :id AND v.version = :version
            RETURNING version
        """),
        {"id": file_id, "version": version, "by": account_id, "author": author},
    )
    if newest is not None:
        await connection.execute(
            text("UPDATE team_files SET version = :version WHERE id = :id"), {"id": file_id, "version": newest}
        )
    return newest is not None


async def list_versions(connection: AsyncConnection, file_id: UUID, *, before: int | None, limit: int) -> list[AnyRow]:
    """List a file's versions, newest first."""
    rows = await connection.execute(
        text(
            "SELECT version, sha256, size_bytes, author, host, restored_from, created_at FROM team_file_versions"
            " WHERE file_id = :id AND (cast(:before AS int) IS NULL OR version < :before)"
            " ORDER BY version DESC LIMIT :limit"
        ),
        {"id": file_id, "before": before, "limit": limit},
    )
    return list(rows)


async def find_content(connection: AsyncConnection, file_id: UUID, version: int | None) -> AnyRow | None:
    """Find where a version's bytes are, the newest's where none is named; and the file's path."""
    return (
        await connection.execute(
            text(
                "SELECT f.path, c.object_key, c.tier, v.sha256, v.size_bytes FROM team_files f"
                " JOIN team_file_versions v ON v.file_id = f.id"
                " AND v.version = coalesce(cast(:version AS int), f.version)"
                " JOIN contents c ON c.organisation_id = v.organisation_id AND c.sha256 = v.sha256 WHERE f.id = :id"
            ),
            {"id": file_id, "version": version},
        )
    ).first()


async def move_files(connection: AsyncConnection, moves: Mapping[UUID, str]) -> None:
    """Give files other paths; whoever asks has looked at the places."""
    moved = [{"id": file_id, "path": path, "folded": folded(path)} for file_id, path in moves.items()]
    await connection.execute(
        text(
            "UPDATE team_files f SET path = m.path, folded = m.folded FROM"
            " jsonb_to_recordset(cast(:moves AS jsonb)) AS m(id uuid, path text, folded text) WHERE f.id = m.id"
        ),
        {"moves": msgspec.json.encode(moved).decode()},
    )


async def trash_files(connection: AsyncConnection, files: Sequence[UUID], by: str) -> None:
    """Put files into the trash, which frees their places."""
    await connection.execute(
        text("UPDATE team_files SET trashed_at = now(), trashed_by = :by WHERE id = ANY(:ids) AND trashed_at IS NULL"),
        {"ids": list(files), "by": by},
    )


async def trash_below(connection: AsyncConnection, team_id: UUID, folder: str, by: str) -> int:
    """Put everything below a folder into the trash, all there is below the root; returns how many files it was."""
    within, values = within_folder(folder)
    done = await connection.execute(
        text(
            "UPDATE team_files f SET trashed_at = now(), trashed_by = :by"
            f" WHERE f.team_id = :team AND f.trashed_at IS NULL AND {within}"
        ),
        {"team": team_id, "by": by, **values},
    )
    return done.rowcount


async def restore_file(connection: AsyncConnection, file_id: UUID, path: str) -> None:
    """Take a file out of the trash to a path; whoever asks has looked at the place."""
    await connection.execute(
        text(
            "UPDATE team_files SET trashed_at = NULL, trashed_by = NULL, path = :path, folded = :folded WHERE id = :id"
        ),
        {"id": file_id, "path": path, "folded": folded(path)},
    )


async def newest_in_trash(connection: AsyncConnection, team_id: UUID, folder: str, *, limit: int) -> list[AnyRow]:
    """Find of each path below a folder, of every path below the root, what went into the trash last."""
    within, values = within_folder(folder)
    rows = await connection.execute(
        text(
            "SELECT DISTINCT ON (f.path) f.path, f.id FROM team_files f"
            f" WHERE f.team_id = :team AND f.trashed_at IS NOT NULL AND {within}"
            " ORDER BY f.path, f.trashed_at DESC, f.id DESC LIMIT :limit"
        ),
        {"team": team_id, "limit": limit, **values},
    )
    return list(rows)


async def restore_in_place(connection: AsyncConnection, files: Sequence[UUID]) -> None:
    """Take files out of the trash to where they lay; whoever asks has looked at the places."""
    await connection.execute(
        text("UPDATE team_files SET trashed_at = NULL, trashed_by = NULL WHERE id = ANY(:ids)"), {"ids": list(files)}
    )


async def list_trash(
    connection: AsyncConnection, team_id: UUID, *, path: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[AnyRow]:
    """List the trash, what went there last first; only what lay at a path, where one is given."""
    conditions, values = ["f.team_id = :team", "f.trashed_at IS NOT NULL"], dict[str, Any](team=team_id, limit=limit)
    if path is not None:
        conditions.append("f.path = :path")
        values["path"] = path
    if before is not None:
        conditions.append("(f.trashed_at, f.id) < (:at, :id)")
        values |= {"at": before[0], "id": before[1]}
    query = f"{SHOWN} WHERE {' AND '.join(conditions)} ORDER BY f.trashed_at DESC, f.id DESC LIMIT :limit"
    return list(await connection.execute(text(query), values))


async def empty_trash(connection: AsyncConnection, team_id: UUID) -> int:
    """Remove what is in the trash for good, with all versions; returns how many files it was.

    Contents that nothing names afterwards go with the next sweep (service/maintenance.py).
    """
    done = await connection.execute(
        text("DELETE FROM team_files WHERE team_id = :team AND trashed_at IS NOT NULL"), {"team": team_id}
    )
    return done.rowcount


async def has_files(connection: AsyncConnection, team_id: UUID) -> bool:
    """Tell whether a team has any file, in the trash too."""
    found = await connection.scalar(
        text("SELECT EXISTS (SELECT FROM team_files WHERE team_id = :team)"), {"team": team_id}
    )
    return bool(found)


async def sum_storage(connection: AsyncConnection, team_id: UUID) -> AnyRow:
    """Count a team's files and sum up what they store: each content once, whatever the host has besides."""
    return (
        await connection.execute(
            text("""
                SELECT
                    (SELECT count(*) FROM team_files WHERE team_id = :team AND trashed_at IS NULL) AS files,
                    (SELECT count(*) FROM team_files WHERE team_id = :team AND trashed_at IS NOT NULL) AS trashed_files,
                    (SELECT count(*) FROM team_file_versions WHERE team_id = :team) AS versions,
                    (SELECT cast(coalesce(sum(v.size_bytes), 0) AS bigint) FROM team_files f
                        JOIN team_file_versions v ON v.file_id = f.id AND v.version = f.version
                        WHERE f.team_id = :team AND f.trashed_at IS NULL) AS current_bytes,
                    (SELECT cast(coalesce(sum(c.size_bytes), 0) AS bigint) FROM (
                        SELECT DISTINCT sha256, size_bytes FROM team_file_versions WHERE team_id = :team
                    ) c) AS size_bytes
            """),
            {"team": team_id},
        )
    ).one()


async def begin_housekeeping(connection: AsyncConnection) -> None:
    """Let the transaction of an organisation see the files of every team that it hosts: for housekeeping alone."""
    await connection.execute(text("SELECT set_config('uraniborg.keeping', 'team files', true)"))


async def purge_trash(connection: AsyncConnection, before: datetime) -> int:
    """Remove what went into the trash of any team before a moment; returns how many files it was."""
    done = await connection.execute(
        text("DELETE FROM team_files WHERE trashed_at IS NOT NULL AND trashed_at < :before"), {"before": before}
    )
    return done.rowcount
