"""Datasets and the files in them."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, null, select, text, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dataset_rule import DatasetClosed
from domain.errors import Conflict, NotFound
from domain.header import Problem
from storage.dataset_rules import apply_rules, hold_frames, hold_rules
from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_dataset",
    "add_files",
    "apply_rules",
    "change_dataset",
    "get_dataset",
    "get_dataset_id",
    "get_dataset_name",
    "get_dataset_slug",
    "hold_frames",
    "hold_open",
    "hold_rules",
    "list_dataset_files",
    "list_datasets",
    "lock_dataset",
    "paths_of",
    "remove_dataset",
    "remove_files",
]

datasets = metadata.tables["datasets"]

# Deleted files keep their place until the grace period is over, so that a restored one is back where it was; until then
# they are neither listed nor counted.
COUNTED = """
    WITH page AS MATERIALIZED (SELECT * FROM datasets WHERE {conditions} ORDER BY slug LIMIT :limit),
    counts AS (
        SELECT m.dataset_id, count(*) AS file_count, sum(f.size_bytes)::bigint AS size_bytes
        FROM dataset_files m
        JOIN files f ON f.organisation_id = m.organisation_id AND f.id = m.file_id AND f.deleted_at IS NULL
        WHERE m.dataset_id IN (SELECT id FROM page)
        GROUP BY m.dataset_id
    )
    SELECT d.id, d.slug, d.name, d.description, d.state, d.rule, d.created_at,
        coalesce(n.file_count, 0) AS file_count, coalesce(n.size_bytes, 0) AS size_bytes
    FROM page d LEFT JOIN counts n ON n.dataset_id = d.id ORDER BY d.slug
"""


async def add_dataset(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> UUID:
    """Insert a dataset; a slug that is taken is a conflict."""
    dataset_id = new_id()
    await connection.execute(
        insert(datasets).values(id=dataset_id, organisation_id=organisation_id, **_without_json_null(values))
    )
    return dataset_id


async def get_dataset(connection: AsyncConnection, slug: str) -> RowMapping:
    """Get a dataset with the number and size of its files.

    Raises
    ------
    NotFound
        The organisation has none of this name.
    """
    row: RowMapping | None = (
        (await connection.execute(text(COUNTED.format(conditions="slug = :slug")), {"slug": slug, "limit": 1}))
        .mappings()
        .first()
    )
    if row is None:
        raise _missing(slug)
    return row


async def get_dataset_id(connection: AsyncConnection, slug: str) -> UUID:
    """Get a dataset's id; raises NotFound when there is none of this name."""
    dataset_id: UUID | None = await connection.scalar(select(datasets.c.id).where(datasets.c.slug == slug))
    if dataset_id is None:
        raise _missing(slug)
    return dataset_id


async def get_dataset_name(connection: AsyncConnection, dataset_id: UUID) -> str | None:
    """Get the display name of a dataset, where it can be seen."""
    name: str | None = await connection.scalar(select(datasets.c.name).where(datasets.c.id == dataset_id))
    return name


async def get_dataset_slug(connection: AsyncConnection, dataset_id: UUID) -> str | None:
    """Get the name in addresses of a dataset, where it can be seen."""
    slug: str | None = await connection.scalar(select(datasets.c.slug).where(datasets.c.id == dataset_id))
    return slug


async def list_datasets(
    connection: AsyncConnection, *, state: str | None, after: str | None, limit: int
) -> list[RowMapping]:
    """List datasets in order of slug, each with the number and size of its files."""
    conditions = "(cast(:state AS text) IS NULL OR state = :state) AND (cast(:after AS text) IS NULL OR slug > :after)"
    rows = await connection.execute(
        text(COUNTED.format(conditions=conditions)), {"state": state, "after": after, "limit": limit}
    )
    return list(rows.mappings())


async def lock_dataset(connection: AsyncConnection, slug: str, *, exclusively: bool) -> RowMapping:
    """Get a dataset and hold its state until the transaction ends.

    Parameters
    ----------
    exclusively : bool
        To change the dataset itself; otherwise others may add files at the same time, but not close it.
    """
    query = select(datasets).where(datasets.c.slug == slug).with_for_update(read=not exclusively)
    row: RowMapping | None = (await connection.execute(query)).mappings().first()
    if row is None:
        raise _missing(slug)
    return row


async def hold_open(connection: AsyncConnection, dataset_id: UUID) -> Problem | None:
    """Keep an upload's dataset from being closed until the transaction ends; tell why where it cannot be filled."""
    query = select(datasets.c.slug, datasets.c.state).where(datasets.c.id == dataset_id).with_for_update(read=True)
    row = (await connection.execute(query)).first()
    if row is None:
        return Problem(NotFound.code, "Its dataset was deleted since: send it into another one.")
    if row.state != "open":
        return Problem(
            DatasetClosed.code,
            f"The dataset {row.slug!r} was closed since: open it again, then send it once more; what arrived of it is"
            " kept for some days.",
        )
    return None


async def change_dataset(connection: AsyncConnection, dataset_id: UUID, values: dict[str, Any]) -> None:
    """Change columns of a dataset."""
    if values:
        await connection.execute(
            update(datasets).where(datasets.c.id == dataset_id).values(**_without_json_null(values))
        )


async def remove_dataset(connection: AsyncConnection, dataset: RowMapping) -> None:
    """Delete a locked dataset; its files stay what they are.

    Raises
    ------
    Conflict
        It holds files that a data package was published from.
    """
    used = await connection.scalar(
        text(
            "SELECT EXISTS (SELECT FROM dataset_files WHERE dataset_id = :id) AND EXISTS ("
            "SELECT FROM package_versions WHERE state <> 'draft'"
            " AND datasets @> jsonb_build_array(cast(:slug AS text)))"
        ),
        {"id": dataset["id"], "slug": dataset["slug"]},
    )
    if used:
        raise Conflict("A data package was published from this dataset: it stays; close it instead.")
    await connection.execute(delete(datasets).where(datasets.c.id == dataset["id"]))


async def list_dataset_files(
    connection: AsyncConnection, dataset_id: UUID, *, prefix: str, after: str, limit: int
) -> list[RowMapping]:
    """List the files of a dataset in the order of their paths' bytes."""
    rows = await connection.execute(
        text("""
            SELECT m.path, f.id AS file, encode(f.sha256, 'hex') AS sha256, f.size_bytes, f.media_type, f.state,
                m.added_at
            FROM dataset_files m
            JOIN files f ON f.organisation_id = m.organisation_id AND f.id = m.file_id AND f.deleted_at IS NULL
            WHERE m.dataset_id = :dataset AND m.path COLLATE "C" > :after AND m.path COLLATE "C" >= :prefix
                AND starts_with(m.path, :prefix)
            ORDER BY m.path COLLATE "C" LIMIT :limit
        """),
        {"dataset": dataset_id, "prefix": prefix, "after": after, "limit": limit},
    )
    return list(rows.mappings())


# Each file and path is looked up by itself in the index (LIMIT and OFFSET keep that so), and once (MATERIALIZED): of a
# young dataset the planner knows no statistics, and would compare every path with every file.
ADD_FILES = text("""
    WITH found AS MATERIALIZED (
        SELECT w.position, w.path, w.folders, f.id
        FROM jsonb_to_recordset(cast(:items AS jsonb)) AS w(position int, path text, file uuid, folders text[])
        CROSS JOIN LATERAL (
            SELECT f.id FROM files f WHERE f.organisation_id = :org AND f.id = w.file AND f.deleted_at IS NULL OFFSET 0
        ) f
    ), wanted AS (
        SELECT DISTINCT ON (w.path) w.path, w.id
        FROM found w
        -- What is a folder of this path, or has this path as a folder, cannot be unpacked beside it.
        WHERE (
            SELECT 1 FROM dataset_files m
            WHERE m.organisation_id = :org AND m.dataset_id = :dataset AND m.path = ANY(w.folders) LIMIT 1
        ) IS NULL AND (
            -- '0' is what follows '/': the bounds let the index find them, the function decides.
            SELECT 1 FROM dataset_files m
            WHERE m.organisation_id = :org AND m.dataset_id = :dataset
                AND m.path > w.path || '/' AND m.path < w.path || '0' AND starts_with(m.path, w.path || '/') LIMIT 1
        ) IS NULL
        ORDER BY w.path, w.position
    )
    INSERT INTO dataset_files (organisation_id, dataset_id, path, file_id)
    SELECT :org, :dataset, path, id FROM wanted
    ON CONFLICT (organisation_id, dataset_id, path) DO UPDATE SET file_id = excluded.file_id, added_at = now()
    WHERE (SELECT f.deleted_at FROM files f WHERE f.id = dataset_files.file_id) IS NOT NULL
    RETURNING path, file_id
""")

FATES = text("""
    SELECT w.position, f.id IS NOT NULL AS exists, m.file_id, m.sha256 = f.sha256 AS same
    FROM jsonb_to_recordset(cast(:items AS jsonb)) AS w(position int, path text, file uuid)
    LEFT JOIN files f ON f.organisation_id = :org AND f.id = w.file AND f.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT m.file_id, (SELECT g.sha256 FROM files g WHERE g.id = m.file_id) AS sha256 FROM dataset_files m
        WHERE m.organisation_id = :org AND m.dataset_id = :dataset AND m.path = w.path OFFSET 0
    ) m ON true
""")


async def add_files(
    connection: AsyncConnection, organisation_id: UUID, dataset_id: UUID, items: list[tuple[int, str, UUID]]
) -> tuple[set[tuple[str, UUID]], dict[int, RowMapping]]:
    """Put files under paths of a dataset; nothing that is there is replaced.

    Parameters
    ----------
    items : list of (int, str, UUID)
        Position in the batch, path, file.

    Returns
    -------
    set of (str, UUID)
        Path and file of what was added.
    dict
        For each position what is there now: ``exists`` (the file), ``file_id`` (under this path), ``same`` (content).
    """
    batch = [
        {
            "position": position,
            "path": path,
            "file": file,
            "folders": [str(f) for f in PurePosixPath(path).parents][:-1],
        }
        for position, path, file in items
    ]
    values = {"items": msgspec.json.encode(batch).decode(), "org": organisation_id, "dataset": dataset_id}
    added = {(row.path, row.file_id) for row in await connection.execute(ADD_FILES, values)}
    fates = {row["position"]: row for row in (await connection.execute(FATES, values)).mappings()}
    return added, fates


async def paths_of(connection: AsyncConnection, file_ids: list[UUID]) -> dict[UUID, str]:
    """Tell under which paths files were uploaded; deleted ones are left out."""
    rows = await connection.execute(
        text("SELECT id, path FROM files WHERE id = ANY(:ids) AND deleted_at IS NULL"), {"ids": file_ids}
    )
    return {row.id: row.path for row in rows}


async def remove_files(connection: AsyncConnection, dataset_id: UUID, paths: list[str]) -> set[str]:
    """Take files out of a dataset, with what they took the place of; return the paths that were there."""
    rows = await connection.execute(
        text("""
            WITH now_there AS (
                DELETE FROM dataset_files WHERE dataset_id = :dataset AND path = ANY(:paths) RETURNING path
            ), before AS (
                DELETE FROM dataset_replaced_files WHERE dataset_id = :dataset AND path = ANY(:paths) RETURNING path
            )
            SELECT path FROM now_there UNION SELECT path FROM before
        """),
        {"dataset": dataset_id, "paths": paths},
    )
    return set(rows.scalars())


def _missing(slug: str) -> NotFound:
    return NotFound(f"There is no dataset {slug[:64]!r} in this organisation.", kind="dataset", slug=slug[:64])


def _without_json_null(values: dict[str, Any]) -> dict[str, Any]:
    """Write no rule as SQL's NULL; SQLAlchemy would make it JSON's, which is a rule."""
    return values | {"rule": null()} if "rule" in values and values["rule"] is None else values
