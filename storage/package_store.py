"""Data packages, their versions, and the files that publishing freezes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, text, update
from sqlalchemy.engine import Row, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.data_package import FrozenFile
from domain.errors import NotFound
from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "IS_DATA",
    "add_frozen_files",
    "add_package",
    "add_version",
    "change_version",
    "collected_between",
    "count_download",
    "find_datasets",
    "find_frozen_file",
    "freeze_files",
    "get_slug",
    "get_version",
    "list_current",
    "list_packages",
    "list_versions",
    "lock_datasets",
    "lock_package",
    "page_frozen_files",
    "published_values",
    "stream_sizes",
    "supersede_published",
]

packages = metadata.tables["packages"]
versions = metadata.tables["package_versions"]
package_files = metadata.tables["package_files"]
dois = metadata.tables["dois"]

# Beside the data, a version keeps files that describe it (the manifest, the citation). Data always lie in the folder of
# their dataset, these in none.
IS_DATA = "strpos(p.path, '/') > 0"


async def add_package(connection: AsyncConnection, organisation_id: UUID, slug: str) -> UUID:
    """Insert a package; a slug that is taken is a conflict."""
    package_id = new_id()
    await connection.execute(insert(packages).values(id=package_id, organisation_id=organisation_id, slug=slug))
    return package_id


async def add_version(connection: AsyncConnection, organisation_id: UUID, package_id: UUID, **values: Any) -> UUID:
    """Insert a version of a package."""
    version_id = new_id()
    await connection.execute(
        insert(versions).values(id=version_id, organisation_id=organisation_id, package_id=package_id, **values)
    )
    return version_id


async def lock_package(connection: AsyncConnection, slug: str) -> UUID:
    """Get a package and hold it until the transaction ends: who changes its versions waits for each other.

    Raises
    ------
    NotFound
        The organisation has none of this name.
    """
    package_id: UUID | None = await connection.scalar(
        select(packages.c.id).where(packages.c.slug == slug).with_for_update()
    )
    if package_id is None:
        raise NotFound(f"There is no data package {slug[:64]!r} in this organisation.", kind="package", slug=slug[:64])
    return package_id


async def get_slug(connection: AsyncConnection, package_id: UUID) -> str:
    """Read a package's name in addresses."""
    slug: str = (await connection.execute(select(packages.c.slug).where(packages.c.id == package_id))).scalar_one()
    return slug


async def list_packages(connection: AsyncConnection, *, after: str | None, limit: int) -> list[RowMapping]:
    """List packages in order of slug, each with its newest version and the number of the published one."""
    rows = await connection.execute(
        text("""
            SELECT p.slug, v.*, d.doi, d.state AS doi_state, d.wanted AS doi_wanted, d.error AS doi_error, (
                SELECT max(w.version) FROM package_versions w WHERE w.organisation_id = p.organisation_id
                    AND w.package_id = p.id AND w.state = 'published'
            ) AS published_version
            FROM packages p JOIN LATERAL (
                SELECT * FROM package_versions v
                WHERE v.organisation_id = p.organisation_id AND v.package_id = p.id ORDER BY v.version DESC LIMIT 1
            ) v ON true
            LEFT JOIN dois d ON d.organisation_id = v.organisation_id AND d.version_id = v.id
            WHERE cast(:after AS text) IS NULL OR p.slug > :after
            ORDER BY p.slug LIMIT :limit
        """),
        {"after": after, "limit": limit},
    )
    return list(rows.mappings())


async def list_versions(connection: AsyncConnection, slug: str) -> list[RowMapping]:
    """List the versions of a package, newest first, each with its DOI; none when there is no such package."""
    query = _versions().where(packages.c.slug == slug).order_by(versions.c.version.desc())
    return list((await connection.execute(query)).mappings())


def _versions() -> Select[Any]:
    return (
        select(
            versions,
            packages.c.slug.label("package"),
            dois.c.doi,
            dois.c.state.label("doi_state"),
            dois.c.wanted.label("doi_wanted"),
            dois.c.error.label("doi_error"),
        )
        .join(packages, packages.c.id == versions.c.package_id)
        .outerjoin(dois, dois.c.version_id == versions.c.id)
    )


async def list_current(connection: AsyncConnection, *, skip: int, limit: int) -> list[RowMapping]:
    """List the published version of each package that has one, newest first, as `list_versions` gives them."""
    query = _versions().where(versions.c.state == "published")
    query = query.order_by(versions.c.published_at.desc(), versions.c.id.desc()).offset(skip).limit(limit)
    return list((await connection.execute(query)).mappings())


async def get_version(connection: AsyncConnection, version_id: UUID) -> RowMapping:
    """Read a version that is known to be there, as `list_versions` gives it, with the slug of its package."""
    row: RowMapping = (await connection.execute(_versions().where(versions.c.id == version_id))).mappings().one()
    return row


async def change_version(connection: AsyncConnection, version_id: UUID, values: dict[str, Any]) -> None:
    """Change columns of a version."""
    if values:
        await connection.execute(update(versions).where(versions.c.id == version_id).values(**values))


async def supersede_published(connection: AsyncConnection, package_id: UUID) -> None:
    """Mark the published version of a package as superseded, if it has one."""
    await connection.execute(
        update(versions)
        .where(versions.c.package_id == package_id, versions.c.state == "published")
        .values(state="superseded")
    )


async def count_download(connection: AsyncConnection, version_id: UUID) -> None:
    """Count one download of a version."""
    await connection.execute(
        update(versions).where(versions.c.id == version_id).values(downloads=versions.c.downloads + 1)
    )


async def lock_datasets(connection: AsyncConnection, slugs: list[str]) -> list[UUID]:
    """Get datasets and keep them from being deleted until the transaction ends.

    Raises
    ------
    NotFound
        The organisation lacks one of them.
    """
    rows = await connection.execute(
        text("SELECT slug, id FROM datasets WHERE slug = ANY(:slugs) ORDER BY id FOR SHARE"), {"slugs": slugs}
    )
    found = {row.slug: row.id for row in rows}
    if missing := [slug for slug in slugs if slug not in found]:
        raise NotFound(
            f"There is no dataset {', '.join(missing)[:200]!r} in this organisation.", kind="dataset", slug=missing[0]
        )
    return list(found.values())


async def find_datasets(connection: AsyncConnection, slugs: list[str]) -> dict[str, UUID]:
    """Look datasets up; those that are gone are left out."""
    rows = await connection.execute(text("SELECT slug, id FROM datasets WHERE slug = ANY(:slugs)"), {"slugs": slugs})
    return {row.slug: row.id for row in rows}


async def freeze_files(
    connection: AsyncConnection, organisation_id: UUID, version_id: UUID, dataset_ids: list[UUID]
) -> tuple[int, int]:
    """Copy the datasets' files into a version, each under the folder of its dataset.

    Returns
    -------
    tuple of (int, int)
        How many, and how many bytes they hold.
    """
    row = (
        await connection.execute(
            text("""
                WITH frozen AS (
                    INSERT INTO package_files
                        (organisation_id, version_id, path, sha256, size_bytes, crc32, object_key)
                    SELECT m.organisation_id, :version, d.slug || '/' || m.path, c.sha256, c.size_bytes, c.crc32,
                        c.object_key
                    FROM datasets d
                    JOIN dataset_files m ON m.organisation_id = d.organisation_id AND m.dataset_id = d.id
                    JOIN files f ON f.organisation_id = m.organisation_id AND f.id = m.file_id AND f.deleted_at IS NULL
                    JOIN contents c ON c.organisation_id = f.organisation_id AND c.sha256 = f.sha256
                    WHERE d.organisation_id = :org AND d.id = ANY(:datasets)
                    RETURNING size_bytes
                )
                SELECT count(*) AS file_count, coalesce(sum(size_bytes), 0)::bigint AS size_bytes FROM frozen
            """),
            {"org": organisation_id, "version": version_id, "datasets": dataset_ids},
        )
    ).one()
    return row.file_count, row.size_bytes


async def collected_between(connection: AsyncConnection, version_id: UUID) -> tuple[datetime, datetime] | None:
    """Tell when the first and the last exposure among a version's files began; None where no frame says so."""
    row = (
        await connection.execute(
            text("""
                SELECT min(f.start_at) AS first, max(f.start_at) AS last FROM package_files p
                JOIN frames f ON f.organisation_id = p.organisation_id AND f.sha256 = p.sha256
                WHERE p.version_id = :version
            """),
            {"version": version_id},
        )
    ).one()
    return (row.first, row.last) if row.first else None


async def add_frozen_files(
    connection: AsyncConnection, organisation_id: UUID, version_id: UUID, files: list[FrozenFile]
) -> None:
    """Add the files that describe a version to it."""
    rows = [
        {
            "organisation_id": organisation_id,
            "version_id": version_id,
            "path": file.path,
            "sha256": file.sha256,
            "size_bytes": file.size_bytes,
            "crc32": file.crc32,
            "object_key": file.object_key,
        }
        for file in files
    ]
    await connection.execute(insert(package_files), rows)


async def page_frozen_files(
    connection: AsyncConnection,
    version_id: UUID,
    *,
    after: str,
    limit: int,
    prefix: str = "",
    only_data: bool = False,
) -> list[FrozenFile]:
    """Read the next files of a version, in the order of their paths' bytes, whatever the database's own order is."""
    rows = await connection.execute(
        text(f"""
            SELECT p.path, p.size_bytes, p.sha256, p.crc32, p.object_key FROM package_files p
            WHERE p.version_id = :version AND p.path COLLATE "C" > :after
                {"AND " + IS_DATA if only_data else ""}
                {'AND p.path COLLATE "C" >= :prefix AND starts_with(p.path, :prefix)' if prefix else ""}
            ORDER BY p.path COLLATE "C" LIMIT :limit
        """),
        {"version": version_id, "after": after, "limit": limit} | ({"prefix": prefix} if prefix else {}),
    )
    return [_frozen(row) for row in rows]


async def stream_sizes(
    connection: AsyncConnection, version_id: UUID, *, batch: int = 5000
) -> AsyncIterator[list[tuple[str, int]]]:
    """Read path and size of every file of a version, in the same order, some at a time."""
    rows = await connection.stream(
        text(
            'SELECT p.path, p.size_bytes FROM package_files p WHERE p.version_id = :version ORDER BY p.path COLLATE "C"'
        ),
        {"version": version_id},
    )
    async for part in rows.partitions(batch):
        yield [(row.path, row.size_bytes) for row in part]


async def find_frozen_file(connection: AsyncConnection, version_id: UUID, path: str) -> FrozenFile | None:
    """Find a file of a version by its path."""
    query = select(package_files).where(package_files.c.version_id == version_id, package_files.c.path == path)
    row = (await connection.execute(query)).first()
    return _frozen(row) if row else None


def _frozen(row: Row[*tuple[Any, ...]]) -> FrozenFile:
    return FrozenFile(row.path, row.size_bytes, row.sha256, row.crc32, row.object_key)


def published_values(manifest: FrozenFile, file_count: int, size_bytes: int, at: datetime) -> dict[str, Any]:
    """Name the columns that publishing fills."""
    return {
        "state": "published",
        "manifest_key": manifest.object_key,
        "manifest_sha256": manifest.sha256,
        "file_count": file_count,
        "size_bytes": size_bytes,
        "published_at": at,
    }
