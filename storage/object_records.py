"""What the object store has to hold, in order of key: contents, and the texts that describe published packages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.package_store import IS_DATA

__all__ = ["RecordedObject", "is_recorded", "page_recorded"]

PAGE = 5000


class RecordedObject(msgspec.Struct, frozen=True, kw_only=True):
    """One object as the rows have it."""

    key: str
    size_bytes: int
    sha256: bytes
    crc32: int
    crc32c: str | None
    "None where nobody keeps it: of a text."
    tier: str
    is_content: bool


async def page_recorded(database: Database, organisation_id: UUID) -> AsyncIterator[list[RecordedObject]]:
    """Read what an organisation's rows say is stored, some at a time, in the order of the keys' bytes.

    Pages are read in transactions of their own, so that none is open for hours.
    """
    async with database.transaction(organisation=organisation_id) as connection:
        texts = await _read(
            connection,
            f"""
            SELECT DISTINCT ON (p.object_key COLLATE "C") p.object_key AS key, p.size_bytes, p.sha256, p.crc32,
                cast(NULL AS text) AS crc32c, 'hot' AS tier, false AS is_content
            FROM package_files p WHERE NOT {IS_DATA} ORDER BY p.object_key COLLATE "C"
            """,
        )
    texts.reverse()  # the next one is the last: a few of each version, so that all of them have room
    after = ""
    while True:
        async with database.transaction(organisation=organisation_id) as connection:
            page = await _read(
                connection,
                """
                SELECT object_key AS key, size_bytes, sha256, crc32, crc32c, tier, true AS is_content FROM contents
                WHERE object_key COLLATE "C" > :after ORDER BY object_key COLLATE "C" LIMIT :limit
                """,
                after=after,
                limit=PAGE,
            )
        is_last = len(page) < PAGE
        if page:
            after = page[-1].key
        while texts and (is_last or texts[-1].key < after):
            page.append(texts.pop())
        yield sorted(page, key=lambda recorded: recorded.key.encode())
        if is_last:
            return


async def is_recorded(connection: AsyncConnection, recorded: RecordedObject) -> bool:
    """Tell whether the rows still say that an object is stored."""
    query = text(
        "SELECT EXISTS (SELECT FROM contents WHERE sha256 = :sha256 AND object_key = :key)"
        " OR EXISTS (SELECT FROM package_files WHERE sha256 = :sha256 AND object_key = :key)"
    )
    return bool(await connection.scalar(query, {"sha256": recorded.sha256, "key": recorded.key}))


async def _read(connection: AsyncConnection, query: str, **values: Any) -> list[RecordedObject]:
    return [RecordedObject(**row) for row in (await connection.execute(text(query), values)).mappings()]
