"""Uploads, the contents they bring, and the files that name them; every statement takes a whole batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Integer, LargeBinary, any_, bindparam, exists, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from domain.slugs import slug_of
from storage.database import expect_many_rows
from storage.ids import new_id
from storage.objects import Digest
from storage.tables import metadata

__all__ = [
    "NewFile",
    "add_contents",
    "add_files",
    "add_items",
    "add_upload",
    "close_uploads",
    "find_leftovers",
    "find_upload",
    "get_items",
    "held_contents",
    "known_contents",
    "lock_contents",
    "mark_swept",
    "mend_sums",
    "open_among",
    "open_dataset",
    "recorded_contents",
    "resumable",
    "resumable_likenesses",
    "retell_type",
    "spare_keys",
    "update_items",
]

AnyRow = Row[*tuple[Any, ...]]
contents = metadata.tables["contents"]
files = metadata.tables["files"]
uploads = metadata.tables["uploads"]
items = metadata.tables["upload_items"]


class NewFile(msgspec.Struct):
    """A file to be named: its path and the content that lies in the store already."""

    position: int
    path: str
    sha256: bytes
    size_bytes: int
    expected_version: int | None = None
    "The version that a team's file is at, 0 where there is none; None where it does not matter."


def _one_of(digests: list[bytes]) -> Any:
    # One value, however many there are: the statement's text stays the same, and is made and parsed once.
    return any_(bindparam("digests", digests, type_=ARRAY(LargeBinary)))


async def open_dataset(connection: AsyncConnection, organisation_id: UUID, name: str, account_id: UUID) -> UUID:
    """Find a dataset by its name, or make it; it must be open.

    Raises
    ------
    Conflict
        It is closed.
    """
    slug = slug_of(name)
    # Not by looking first: who only sees it, as it is shared with their team, must not add to it, as this tells.
    row = (
        await connection.execute(
            text(
                "INSERT INTO datasets (id, organisation_id, slug, name, created_by)"
                " VALUES (:id, :org, :slug, :name, :by)"
                " ON CONFLICT (organisation_id, slug) DO UPDATE SET slug = excluded.slug RETURNING id, state"
            ),
            {"id": new_id(), "org": organisation_id, "slug": slug, "name": name, "by": account_id},
        )
    ).one()
    if row.state != "open":
        raise Conflict(f"The dataset {slug!r} is closed: upload into another, or open it again.", dataset=slug)
    dataset_id: UUID = row.id
    return dataset_id


async def add_upload(connection: AsyncConnection, **values: Any) -> None:
    """Insert an upload."""
    await connection.execute(insert(uploads).values(**values))


async def find_upload(connection: AsyncConnection, upload_id: UUID) -> AnyRow | None:
    """Find an upload of this tenant."""
    return (await connection.execute(select(uploads).where(uploads.c.id == upload_id))).first()


async def known_contents(connection: AsyncConnection, digests: list[bytes]) -> dict[bytes, int]:
    """Tell which contents this tenant has, with their sizes in bytes; a guest only hears of those they may see."""
    if not digests:
        return {}
    named = exists().where(files.c.organisation_id == contents.c.organisation_id, files.c.sha256 == contents.c.sha256)
    rows = await connection.execute(
        select(contents.c.sha256, contents.c.size_bytes).where(contents.c.sha256 == _one_of(digests), named)
    )
    return {row.sha256: row.size_bytes for row in rows}


async def recorded_contents(connection: AsyncConnection, digests: list[bytes]) -> set[bytes]:
    """Tell which contents lie in the store, whether files name them still or not."""
    return set(await connection.scalars(select(contents.c.sha256).where(contents.c.sha256 == _one_of(digests))))


async def held_contents(connection: AsyncConnection, digests: list[bytes]) -> list[AnyRow]:
    """Find contents that a file of this tenant names which is not deleted: sha256, size_bytes, object_key."""
    if not digests:
        return []
    named = exists().where(
        files.c.organisation_id == contents.c.organisation_id,
        files.c.sha256 == contents.c.sha256,
        files.c.deleted_at.is_(None),
    )
    columns = (contents.c.sha256, contents.c.size_bytes, contents.c.object_key)
    return list(await connection.execute(select(*columns).where(contents.c.sha256 == _one_of(digests), named)))


async def resumable(connection: AsyncConnection, digests: list[bytes]) -> dict[bytes, AnyRow]:
    """Find multipart transfers of the same contents that were begun and not finished, from any process."""
    if not digests:
        return {}
    rows = await connection.execute(
        select(items)
        .where(items.c.sha256 == _one_of(digests), items.c.state == "wanted", items.c.multipart_id.is_not(None))
        .order_by(items.c.upload_id)
    )
    return {row.sha256: row for row in rows}


async def resumable_likenesses(connection: AsyncConnection, likenesses: list[bytes]) -> dict[bytes, AnyRow]:
    """Find multipart transfers that were begun and not finished, of what looks the same and told no SHA-256."""
    if not likenesses:
        return {}
    rows = await connection.execute(
        select(items)
        .where(
            items.c.likeness == any_(bindparam("likenesses", likenesses, type_=ARRAY(LargeBinary))),
            text("state = 'wanted'"),  # in so many words, for the index that has these alone
            items.c.sha256.is_(None),
            items.c.multipart_id.is_not(None),
        )
        .order_by(items.c.upload_id)
    )
    return {row.likeness: row for row in rows}


ADD_ITEMS = text("""
    INSERT INTO upload_items (organisation_id, upload_id, position, path, size_bytes, sha256, crc32c, crc32, likeness,
                              state, staging_key, multipart_id, part_size_bytes, file_id, problem, team_id,
                              expected_version)
    SELECT :org, :upload, position, path, size_bytes, decode(sha256, 'hex'), crc32c, crc32, decode(likeness, 'hex'),
           state, staging_key, multipart_id, part_size_bytes, file_id, problem, team_id, expected_version
    FROM jsonb_to_recordset(cast(:items AS jsonb))
        AS i(position int, path text, size_bytes bigint, sha256 text, crc32c text, crc32 text, state text,
             likeness text, staging_key text, multipart_id text, part_size_bytes bigint, file_id uuid, problem jsonb,
             team_id uuid, expected_version int)
""")


async def add_items(
    connection: AsyncConnection, organisation_id: UUID, upload_id: UUID, rows: list[dict[str, Any]]
) -> None:
    """Insert the files of an upload: each row has the table's columns but for the first two, those absent are null."""
    if rows:
        written = msgspec.json.encode([row | {"sha256": row["sha256"] and row["sha256"].hex()} for row in rows])
        await expect_many_rows(connection)
        await connection.execute(ADD_ITEMS, {"org": organisation_id, "upload": upload_id, "items": written.decode()})


async def get_items(connection: AsyncConnection, upload_id: UUID, positions: list[int] | None = None) -> list[AnyRow]:
    """Read the files of an upload, all or some, in order of position."""
    query = select(items).where(items.c.upload_id == upload_id).order_by(items.c.position)
    if positions is not None:
        query = query.where(items.c.position == any_(bindparam("positions", positions, type_=ARRAY(Integer))))
    return list(await connection.execute(query))


async def update_items(connection: AsyncConnection, upload_id: UUID, changes: list[dict[str, Any]]) -> int:
    """Change files of an upload that are wanted, and answer how many were.

    Each change has position, state, file_id, sha256 (hex or None) and problem.
    """
    if not changes:
        return 0
    done = await connection.execute(
        text(
            "UPDATE upload_items i SET state = c.state,"
            " file_id = coalesce(c.file_id, i.file_id), problem = c.problem,"
            " sha256 = coalesce(decode(c.sha256, 'hex'), i.sha256)"
            " FROM jsonb_to_recordset(cast(:changes AS jsonb))"
            " AS c(position int, state text, file_id uuid, sha256 text, problem jsonb)"
            " WHERE i.upload_id = :upload AND i.position = c.position AND i.state = 'wanted'"
        ),
        {"changes": msgspec.json.encode(changes).decode(), "upload": upload_id},
    )
    return done.rowcount


ADD_CONTENTS = text("""
    INSERT INTO contents (organisation_id, sha256, size_bytes, crc32, crc32c, object_key)
    SELECT :org, decode(sha256, 'hex'), size_bytes, crc32, crc32c, object_key
    FROM jsonb_to_recordset(cast(:contents AS jsonb))
        AS c(sha256 text, size_bytes bigint, crc32 bigint, crc32c text, object_key text)
    ON CONFLICT DO NOTHING
""")


async def add_contents(connection: AsyncConnection, organisation_id: UUID, arrived: dict[str, Digest]) -> None:
    """Record contents that lie verified in the store, by object key; ones already recorded stay as they are."""
    if not arrived:
        return
    written = [
        {
            "sha256": digest.sha256,
            "size_bytes": digest.size_bytes,
            "crc32": digest.crc32,
            "crc32c": digest.crc32c,
            "object_key": key,
        }
        for key, digest in arrived.items()
    ]
    await connection.execute(ADD_CONTENTS, {"org": organisation_id, "contents": msgspec.json.encode(written).decode()})


async def mend_sums(connection: AsyncConnection, digest: Digest) -> None:
    """Give a content, also in data packages, the CRCs that its bytes have; SHA-256 tells which it is.

    Archives of packages are others by that, which their versions note.
    """
    values = {"sha256": bytes.fromhex(digest.sha256), "crc32": digest.crc32, "crc32c": digest.crc32c}
    await connection.execute(
        text("UPDATE contents SET crc32 = :crc32, crc32c = :crc32c WHERE sha256 = :sha256"), values
    )
    del values["crc32c"]
    await connection.execute(
        text(
            "UPDATE package_versions SET mended_at = clock_timestamp() WHERE id IN"
            " (SELECT version_id FROM package_files WHERE sha256 = :sha256 AND crc32 <> :crc32)"
        ),
        values,
    )
    await connection.execute(text("UPDATE package_files SET crc32 = :crc32 WHERE sha256 = :sha256"), values)


async def spare_keys(connection: AsyncConnection, arrived: dict[str, Digest]) -> list[str]:
    """Tell which keys are not needed, since another transfer brought the same content first.

    Asked once files name the contents: before that, not everybody sees them.
    """
    if not arrived:
        return []
    digests = [bytes.fromhex(digest.sha256) for digest in arrived.values()]
    recorded = await connection.scalars(select(contents.c.object_key).where(contents.c.sha256 == _one_of(digests)))
    return sorted(arrived.keys() - set(recorded))


async def unrecorded_keys(connection: AsyncConnection, keys: list[str]) -> list[str]:
    """Tell which keys no content of this tenant has."""
    if not keys:
        return []
    recorded = await connection.scalars(
        text("SELECT object_key FROM contents WHERE object_key = ANY(:keys)"), {"keys": keys}
    )
    return sorted(set(keys) - set(recorded))


async def lock_contents(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let nobody else name or purge the organisation's contents until the transaction ends."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 1))"), {"org": str(organisation_id)}
    )


async def open_among(connection: AsyncConnection, upload_ids: Collection[UUID]) -> set[UUID]:
    """Tell which uploads are not closed; under `lock_contents` none of them is before the transaction ends."""
    if not upload_ids:
        return set()
    found = select(uploads.c.id).where(uploads.c.id.in_(upload_ids), uploads.c.state == "open")
    return set(await connection.scalars(found))


async def close_uploads(connection: AsyncConnection, organisation_id: UUID, before: datetime) -> None:
    """Close uploads that began before a moment: from the commit on, nothing more is acknowledged of what they left."""
    await lock_contents(connection, organisation_id)
    await connection.execute(
        text("UPDATE uploads SET state = 'over' WHERE state = 'open' AND created_at < :before"), {"before": before}
    )


async def end_uploads(connection: AsyncConnection, upload_ids: Collection[UUID]) -> None:
    """Close uploads, under `lock_contents`: what they brought is about to be removed, and nobody may name it again."""
    if upload_ids:
        await connection.execute(
            text("UPDATE uploads SET state = 'over' WHERE state = 'open' AND id = ANY(:ids)"), {"ids": list(upload_ids)}
        )


async def find_leftovers(
    connection: AsyncConnection, *, before: datetime, limit: int
) -> dict[UUID, tuple[list[str], list[str]]]:
    """Find what closed uploads that began before a moment left under lasting keys.

    Returns
    -------
    dict
        Of some uploads: keys that no content has, and keys that contents have.
    """
    rows = await connection.execute(
        text("""
            SELECT u.id, array_agg(i.staging_key) FILTER (WHERE NOT i.is_kept) AS left_over,
                array_agg(i.staging_key) FILTER (WHERE i.is_kept) AS kept
            FROM (
                SELECT id, organisation_id FROM uploads WHERE state = 'over' AND created_at < :before
                ORDER BY id LIMIT :limit
            ) u
            LEFT JOIN LATERAL (
                SELECT i.staging_key, EXISTS (
                    SELECT FROM contents c WHERE c.organisation_id = i.organisation_id AND c.sha256 = i.sha256
                    AND c.object_key = i.staging_key
                ) OR (i.sha256 IS NULL AND EXISTS (
                    SELECT FROM contents c WHERE c.organisation_id = i.organisation_id
                    AND c.object_key = i.staging_key
                )) AS is_kept
                FROM upload_items i WHERE i.organisation_id = u.organisation_id AND i.upload_id = u.id
                AND split_part(i.staging_key, '/', 2) <> 'staging'
                AND strpos(i.staging_key, replace(u.id::text, '-', '')) > 0 -- not what another one began
            ) i ON true
            GROUP BY u.id
        """),
        {"before": before, "limit": limit},
    )
    return {row.id: (row.left_over or [], row.kept or []) for row in rows}


async def mark_swept(connection: AsyncConnection, upload_ids: Collection[UUID]) -> None:
    """Note that nothing is left of uploads but what was acknowledged."""
    await connection.execute(text("UPDATE uploads SET state = 'swept' WHERE id = ANY(:ids)"), {"ids": list(upload_ids)})


ADD_FILES = text("""
    WITH wanted AS (
        SELECT position, path, decode(sha256, 'hex') AS sha256, size_bytes, id
        FROM jsonb_to_recordset(cast(:files AS jsonb))
            AS w(position int, path text, sha256 text, size_bytes bigint, id uuid)
    ), there AS (
        -- One look into an index for each, however the planner guesses: all files of a tenant are never read.
        SELECT w.position, f.id FROM wanted w CROSS JOIN LATERAL (
            SELECT f.id FROM files f
            WHERE f.organisation_id = :org AND f.sha256 = w.sha256 AND f.path = w.path AND f.deleted_at IS NULL
                AND f.dataset_id IS NOT DISTINCT FROM cast(:dataset AS uuid)
            ORDER BY f.id LIMIT 1
        ) f
    ), made AS (
        INSERT INTO files (id, organisation_id, path, sha256, size_bytes, state, dataset_id, telescope_id,
                           instrument_id, told_type, uploaded_by, host, supersedes)
        SELECT w.id, :org, w.path, w.sha256, w.size_bytes, 'stored', :dataset, :telescope, :instrument,
            -- Of one content there is one frame: all of its files say the same of it.
            coalesce(cast(:told_type AS text), (SELECT o.told_type FROM files o
                WHERE o.organisation_id = :org AND o.sha256 = w.sha256 AND o.deleted_at IS NULL
                    AND o.told_type IS NOT NULL LIMIT 1)),
            :by, :host, d.file_id
        FROM wanted w LEFT JOIN dataset_files d
            ON d.organisation_id = :org AND d.dataset_id = cast(:dataset AS uuid) AND d.path = w.path
        WHERE w.position NOT IN (SELECT position FROM there)
        RETURNING id, path
    ), kept AS (
        SELECT w.position, w.path, coalesce(t.id, w.id) AS id, t.id IS NULL AS is_new
        FROM wanted w LEFT JOIN there t USING (position)
    ), linked AS (
        INSERT INTO dataset_files (organisation_id, dataset_id, path, file_id)
        SELECT :org, cast(:dataset AS uuid), k.path, k.id FROM kept k WHERE cast(:dataset AS uuid) IS NOT NULL
        ON CONFLICT (organisation_id, dataset_id, path)
        DO UPDATE SET file_id = excluded.file_id, added_at = now()
        WHERE dataset_files.file_id <> excluded.file_id
    )
    SELECT position, id, is_new FROM kept
""")


async def add_files(
    connection: AsyncConnection,
    organisation_id: UUID,
    files: list[NewFile],
    *,
    dataset_id: UUID | None,
    telescope_id: UUID | None,
    instrument_id: UUID | None,
    account_id: UUID,
    host: str | None,
    told_type: str | None = None,
) -> dict[int, tuple[UUID, bool]]:
    """Name contents by paths: the same path with the same content is the same file, so that repeats change nothing.

    In a dataset, another content under a path becomes a new version, which says what it supersedes.

    Returns
    -------
    dict
        For each position the file's id, and whether it is new.
    """
    if not files:
        return {}
    # Two uploads of the same names wait for each other here, so that neither makes a file twice.
    await lock_contents(connection, organisation_id)
    made: dict[int, tuple[UUID, bool]] = {}
    for wanted in _each_path_once(files):
        rows = await connection.execute(
            ADD_FILES,
            {
                "files": msgspec.json.encode(wanted).decode(),
                "org": organisation_id,
                "dataset": dataset_id,
                "telescope": telescope_id,
                "instrument": instrument_id,
                "told_type": told_type,
                "by": account_id,
                "host": host,
            },
        )
        made |= {row.position: (row.id, row.is_new) for row in rows}
    return made


async def retell_type(connection: AsyncConnection, file_ids: list[UUID], told_type: str) -> list[UUID]:
    """Have contents be what they are said to be now, in all of their files.

    Returns
    -------
    list of UUID
        For each content of which something else, or nothing, was said before: the file from which its frame comes, or
        another where that is deleted.
    """
    rows = await connection.scalars(
        text("""
            WITH said AS (SELECT DISTINCT sha256 FROM files WHERE id = ANY(:ids)), changed AS (
                UPDATE files SET told_type = :told
                WHERE sha256 IN (SELECT sha256 FROM said) AND deleted_at IS NULL AND told_type IS DISTINCT FROM :told
                RETURNING id, sha256
            )
            SELECT DISTINCT ON (c.sha256) c.id FROM changed c JOIN frames r ON r.sha256 = c.sha256
            ORDER BY c.sha256, c.id = r.file_id DESC, c.id
        """),
        {"told": told_type, "ids": file_ids},
    )
    return list(rows)


def _each_path_once(files: list[NewFile]) -> list[list[dict[str, Any]]]:
    """Part files so that those of one path come one after the other, as if they had been sent so.

    A folder may well hold names that differ in their Unicode form alone, and are one path here.
    """
    parts: list[list[dict[str, Any]]] = []
    seen: Counter[str] = Counter()
    for f in files:
        if seen[f.path] == len(parts):
            parts.append([])
        parts[seen[f.path]].append(
            {
                "position": f.position,
                "path": f.path,
                "sha256": f.sha256.hex(),
                "size_bytes": f.size_bytes,
                "id": new_id(),
            }
        )
        seen[f.path] += 1
    return parts
