"""Branches of files in the tree: what lies in a folder, and at many paths; one way of asking for all of them.

A branch says which rows are its files. Whoever asks has opened the transaction in which they can be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = [
    "Also",
    "Branch",
    "dataset_branch",
    "find_all",
    "find_marked",
    "folders_among",
    "list_at",
    "list_files",
    "list_steps",
    "night_branch",
    "package_branch",
    "place_after",
    "place_behind",
    "team_branch",
]

AnyRow = Row[*tuple[Any, ...]]
Also = Literal["nothing", "place", "beginning"]
"""What is told of a file besides its entry: where its bytes are, or how they begin, as far as its headers go."""


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """The files of one branch, as a piece of SQL: rows of a table ``f`` and whatever it joins.

    ``is_loose``: nothing keeps two of its files from having one path, or a file from being where a folder is.
    """

    source: str
    where: str
    path: str
    id: str = "f.id"
    sha256: str = "f.sha256"
    size_bytes: str = "f.size_bytes"
    changed_at: str
    object_key: str = "c.object_key"
    media_type: str = "f.media_type"
    values: dict[str, Any]
    is_loose: bool = False

    @property
    def columns(self) -> str:
        """What is told of a file."""
        return (
            f"{self.path} AS path, {self.id} AS id, {self.sha256} AS sha256, {self.size_bytes} AS size_bytes,"
            f" {self.changed_at} AS changed_at"
        )

    @property
    def order(self) -> str:
        return f"{self.path}, {self.id}" if self.is_loose else self.path


def team_branch(team_id: UUID) -> Branch:
    """A team's own files at their newest versions."""
    return Branch(
        source="team_files f JOIN team_file_versions v ON v.file_id = f.id AND v.version = f.version",
        where="f.team_id = :team AND f.trashed_at IS NULL",
        path="f.path",
        sha256="v.sha256",
        size_bytes="v.size_bytes",
        changed_at="v.created_at",
        media_type="'application/octet-stream'",  # nobody looked at what it is
        values={"team": team_id},
    )


def night_branch(night: date, telescope_id: UUID | None) -> Branch:
    """The frames that a telescope took in a night; of files that were sent again under their path, the newest."""
    return Branch(
        source="files f",
        where=f"f.night = :night AND f.telescope_id {'= :telescope' if telescope_id else 'IS NULL'}"
        " AND f.deleted_at IS NULL AND NOT EXISTS (SELECT FROM files g WHERE g.organisation_id = f.organisation_id"
        " AND g.supersedes = f.id AND g.deleted_at IS NULL)",
        path='f.path COLLATE "C"',
        changed_at="f.created_at",
        values={"night": night} | ({"telescope": telescope_id} if telescope_id else {}),
        is_loose=True,
    )


def dataset_branch(dataset_id: UUID) -> Branch:
    """The files of a dataset under their paths there."""
    return Branch(
        source="dataset_files m JOIN files f ON f.organisation_id = m.organisation_id AND f.id = m.file_id"
        " AND f.deleted_at IS NULL",
        where="m.dataset_id = :dataset",
        path='m.path COLLATE "C"',
        changed_at="f.created_at",
        values={"dataset": dataset_id},
    )


def package_branch(version_id: UUID) -> Branch:
    """The frozen files of a package's version."""
    return Branch(
        source="package_files f JOIN package_versions p ON p.organisation_id = f.organisation_id"
        " AND p.id = f.version_id",
        where="f.version_id = :version",
        path='f.path COLLATE "C"',
        id="NULL::uuid",
        changed_at="p.published_at",
        object_key="f.object_key",
        media_type="'application/octet-stream'",
        values={"version": version_id},
    )


def _within(branch: Branch, folder: str) -> tuple[str, dict[str, str]]:
    """Say which paths lie in a folder: those between its slash and the character behind a slash."""
    if not folder:
        return "true", {}
    return f"{branch.path} >= :below AND {branch.path} < :behind", {"below": f"{folder}/", "behind": f"{folder}0"}


def place_after(path: str) -> str:
    """Give the least path that can follow a file's; no path has control characters."""
    return f"{path}\x01"


def place_behind(folder: str) -> str:
    """Give the least path that can follow all below a folder."""
    return f"{folder}0"


async def list_files(
    connection: AsyncConnection, branch: Branch, folder: str, *, start: str, limit: int
) -> list[AnyRow]:
    """List all files below a folder, in order of path, beginning at a path."""
    within, values = _within(branch, folder)
    query = (
        f"SELECT {branch.columns} FROM {branch.source} WHERE {branch.where} AND {within}"
        f" AND {branch.path} >= :start ORDER BY {branch.order} LIMIT :limit"
    )
    return list(await connection.execute(text(query), {"start": start, "limit": limit, **values, **branch.values}))


async def list_steps(connection: AsyncConnection, branch: Branch, folder: str, *, start: str, limit: int) -> list[str]:
    """Find one path below each entry of a folder, in order: one look into the index each, however much they hold."""
    within, values = _within(branch, folder)
    skip = len(folder) + 2 if folder else 1
    step = (
        f"(SELECT {branch.path} FROM {branch.source} WHERE {branch.where} AND {within}"
        f" AND {branch.path} >= {{start}} ORDER BY {branch.path} LIMIT 1)"
    )
    slash = "strpos(substr(e.path, :skip), '/')"
    following = f"CASE WHEN {slash} > 0 THEN left(e.path, :skip + {slash} - 2) || '0' ELSE e.path || chr(1) END"
    query = f"""
        WITH RECURSIVE entry(path, position) AS (
            SELECT {step.format(start=":start")}, 1
            UNION ALL
            SELECT {step.format(start=following)}, e.position + 1
            FROM entry e WHERE e.path IS NOT NULL AND e.position < :limit
        )
        SELECT path FROM entry WHERE path IS NOT NULL ORDER BY position
    """
    rows = await connection.scalars(
        text(query), {"start": start, "limit": limit, "skip": skip, **values, **branch.values}
    )
    return list(rows)


async def list_at(connection: AsyncConnection, branch: Branch, paths: Sequence[str]) -> list[AnyRow]:
    """List all files at paths, those of one path in the order in which they came."""
    query = (
        f"SELECT {branch.columns} FROM {branch.source} WHERE {branch.where}"
        f" AND {branch.path} = ANY(cast(:paths AS text[])) ORDER BY {branch.order}"
    )
    return list(await connection.execute(text(query), {"paths": list(paths), **branch.values}))


async def folders_among(connection: AsyncConnection, branch: Branch, paths: Sequence[str]) -> set[str]:
    """Tell which of these paths are folders."""
    query = (
        "SELECT w.path FROM unnest(cast(:paths AS text[])) AS w(path) WHERE EXISTS ("
        f"SELECT FROM {branch.source} WHERE {branch.where}"
        f" AND {branch.path} >= w.path || '/' AND {branch.path} < w.path || '0')"
    )
    return set(await connection.scalars(text(query), {"paths": list(paths), **branch.values}))


def _further(branch: Branch, also: Also) -> tuple[str, str]:
    """Say what else is told of a file: columns, and the join that brings them."""
    if also == "nothing":
        return "", ""
    if also == "beginning":
        return (
            ", b.beginning",
            f" LEFT JOIN content_beginnings b ON b.organisation_id = f.organisation_id AND b.sha256 = {branch.sha256}",
        )
    return (
        f", {branch.object_key} AS object_key, c.crc32c, c.tier, f.organisation_id, {branch.media_type} AS media_type",
        f" LEFT JOIN contents c ON c.organisation_id = f.organisation_id AND c.sha256 = {branch.sha256}",
    )


async def find_all(
    connection: AsyncConnection, branch: Branch, paths: Sequence[str], *, also: Also
) -> dict[str, AnyRow]:
    """Find the files at paths, of several at one path the first; those where there is none are left out.

    Parameters
    ----------
    also : {"nothing", "place", "beginning"}
        Also tell where their bytes are, or how these begin.
    """
    columns, join = _further(branch, also)
    # Each path is looked up by itself: see ADD_FILES in storage/dataset_store.py.
    query = (
        "SELECT w.path AS asked, s.* FROM unnest(cast(:paths AS text[])) AS w(path) CROSS JOIN LATERAL ("
        f"SELECT {branch.columns}{columns} FROM {branch.source}{join} WHERE {branch.where}"
        f" AND {branch.path} = w.path ORDER BY {branch.id} LIMIT 1) s"
    )
    rows = await connection.execute(text(query), {"paths": list(paths), **branch.values})
    return {row.asked: row for row in rows}


async def find_marked(
    connection: AsyncConnection, branch: Branch, path: str, mark: str, *, also: Also
) -> AnyRow | None:
    """Find the first file at a path whose SHA-256 begins with a mark."""
    columns, join = _further(branch, also)
    query = (
        f"SELECT {branch.columns}{columns} FROM {branch.source}{join} WHERE {branch.where} AND {branch.path} = :path"
        f" AND encode({branch.sha256}, 'hex') LIKE :mark ORDER BY {branch.id} LIMIT 1"
    )
    return (await connection.execute(text(query), {"path": path, "mark": f"{mark}%", **branch.values})).first()
