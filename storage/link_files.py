"""What a link shows: its files in order of path, and those that an embargo holds back from it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = [
    "HeldBack",
    "Part",
    "ShownFile",
    "dataset_part",
    "find_file",
    "folder_part",
    "frozen_part",
    "list_files",
    "stream_files",
    "stream_held_back",
    "sum_files",
    "sum_held_back",
]

BATCH = 5000


class ShownFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file under the path by which a link shows it."""

    path: str
    id: UUID
    sha256: bytes
    size_bytes: int
    media_type: str
    crc32: int
    object_key: str


class HeldBack(msgspec.Struct, frozen=True):
    """A file that is not shown before its embargo lifts."""

    path: str
    until: datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what a link shows: files of one source, below a prefix.

    ``can_be_held`` tells whether embargoes count: they do not for what is published, nor for what an admin shows
    all the same.
    """

    prefix: str
    source: str
    path: str
    file: str
    condition: str
    values: dict[str, Any]
    columns: str
    can_be_held: bool

    @property
    def key(self) -> str:
        """What its files are ordered by; two of one path in a folder stand one after the other."""
        return f'({self.path} COLLATE "C", {self.file})'


_COLUMNS = "f.sha256, f.size_bytes, f.media_type"
_DATASET = "dataset_files m JOIN files f ON f.organisation_id = m.organisation_id AND f.id = m.file_id"


def dataset_part(dataset_id: UUID, *, prefix: str = "", embargoed: bool) -> Part:
    """Show the files of a dataset."""
    return Part(
        prefix=prefix,
        source=_DATASET,
        path="m.path",
        file="f.id",
        condition="f.deleted_at IS NULL AND m.dataset_id = :dataset",
        values={"dataset": dataset_id},
        columns=_COLUMNS,
        can_be_held=not embargoed,
    )


def folder_part(folder: str, *, embargoed: bool) -> Part:
    """Show all files below a folder of the organisation."""
    return Part(
        prefix="",
        source="files f",
        path="f.path",
        file="f.id",
        condition="f.deleted_at IS NULL AND starts_with(f.path, :folder)",
        values={"folder": folder},
        columns=_COLUMNS,
        can_be_held=not embargoed,
    )


def frozen_part(version_id: UUID) -> Part:
    """Show the data files of a published version; each is called by the first half of its SHA-256."""
    return Part(
        prefix="",
        source="package_files f",
        path="f.path",
        file="encode(substring(f.sha256 FROM 1 FOR 16), 'hex')::uuid",
        condition="f.version_id = :version AND strpos(f.path, '/') > 0",
        values={"version": version_id},
        columns="f.sha256, f.size_bytes, 'application/octet-stream' AS media_type",
        can_be_held=False,
    )


def _select(part: Part) -> str:
    if part.source.startswith("package_files"):
        contents, found = "", "f.crc32, f.object_key"
    else:
        contents = " JOIN contents c ON c.organisation_id = f.organisation_id AND c.sha256 = f.sha256"
        found = "c.crc32, c.object_key"
    return (
        f"SELECT {part.path} AS path, {part.file} AS id, {part.columns}, {found}"
        f" FROM {part.source}{contents} WHERE {part.condition}"
    )


def _shown(part: Part, row: Any) -> ShownFile:
    return ShownFile(
        path=part.prefix + row.path,
        **{name: getattr(row, name) for name in ShownFile.__struct_fields__ if name != "path"},
    )


async def list_files(
    connection: AsyncConnection, parts: list[Part], *, after: tuple[str, UUID] | None, limit: int
) -> list[ShownFile]:
    """List the next files in order of path; ``parts`` are in the order of their prefixes."""
    found: list[ShownFile] = []
    for part in parts:
        query, values = _select(part), dict(part.values)
        if after is not None and after[0].startswith(part.prefix):
            query += f" AND {part.key} > (:path, cast(:id AS uuid))"
            values |= {"path": after[0][len(part.prefix) :], "id": after[1]}
        elif after is not None and after[0] > part.prefix:
            continue
        query += f" ORDER BY {part.key} LIMIT :limit"
        rows = await connection.execute(text(query), values | {"limit": limit - len(found)})
        found += [_shown(part, row) for row in rows]
        if len(found) == limit:
            break
    return found


async def stream_files(connection: AsyncConnection, parts: list[Part]) -> AsyncIterator[list[ShownFile]]:
    """Read every file in order of path, some at a time."""
    for part in parts:
        rows = await connection.stream(text(f"{_select(part)} ORDER BY {part.key}"), part.values)
        async for batch in rows.partitions(BATCH):
            yield [_shown(part, row) for row in batch]


async def find_file(connection: AsyncConnection, parts: list[Part], file_id: UUID) -> ShownFile | None:
    """Find a file among those that a link shows."""
    for part in parts:
        query = text(f"{_select(part)} AND {part.file} = :id ORDER BY {part.key} LIMIT 1")
        row = (await connection.execute(query, part.values | {"id": file_id})).first()
        if row is not None:
            return _shown(part, row)
    return None


async def sum_files(connection: AsyncConnection, parts: list[Part]) -> tuple[int, int]:
    """Count the files that a link shows, and their bytes."""
    count = size_bytes = 0
    for part in parts:
        total = text(
            "SELECT count(*) AS files, coalesce(sum(f.size_bytes), 0)::bigint AS bytes"
            f" FROM {part.source} WHERE {part.condition}"
        )
        row = (await connection.execute(total, part.values)).one()
        count, size_bytes = count + row.files, size_bytes + row.bytes
    return count, size_bytes


def _held(part: Part) -> str:
    return (
        f"FROM {part.source} CROSS JOIN LATERAL (SELECT embargo_end(f.id) AS until) e"
        f" WHERE {part.condition} AND e.until > now()"
    )


async def stream_held_back(connection: AsyncConnection, parts: list[Part]) -> AsyncIterator[list[HeldBack]]:
    """Read every file that a link would show but for an embargo, in order of path.

    The transaction must be the organisation's own: whoever holds the link does not see these rows.
    """
    for part in parts:
        if part.can_be_held:
            query = text(f"SELECT {part.path} AS path, e.until {_held(part)} ORDER BY {part.key}")
            rows = await connection.stream(query, part.values)
            async for batch in rows.partitions(BATCH):
                yield [HeldBack(part.prefix + row.path, row.until) for row in batch]


async def sum_held_back(connection: AsyncConnection, parts: list[Part]) -> tuple[int, datetime | None]:
    """Count the files that an embargo holds back, and tell when the last of them is shown."""
    count, last = 0, None
    for part in parts:
        if part.can_be_held:
            query = text(f"SELECT count(*) AS files, max(e.until) AS until {_held(part)}")
            row = (await connection.execute(query, part.values)).one()
            count += row.files
            last = max(filter(None, (last, row.until)), default=None)
    return count, last
