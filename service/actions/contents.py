"""Contents that are safe here, as somebody asks before they delete them elsewhere."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta

from service.house import Actor, House
from storage import upload_store

__all__ = ["ContentCheck", "ContentToCheck", "HeldContents", "check_contents"]

STATS_AT_ONCE = 16

# The length beside the pattern: $ also matches before a last line feed.
Sha256 = Annotated[
    str, Meta(pattern="^[0-9a-f]{64}$", max_length=64, description="SHA-256 of the content, hexadecimal.")
]


class ContentToCheck(msgspec.Struct, kw_only=True):
    """A content by what it adds up to."""

    sha256: Sha256
    size_bytes: Annotated[int, Meta(ge=0)]


class ContentCheck(msgspec.Struct, kw_only=True):
    contents: Annotated[list[ContentToCheck], Meta(min_length=1, max_length=1000)]


class HeldContents(msgspec.Struct):
    """``held``: SHA-256 of those contents that are safe here."""

    held: list[str]


async def check_contents(house: House, actor: Actor, organisation: str, check: ContentCheck) -> HeldContents:
    """Tell which contents are safe: named by a file that is not deleted, their bytes in the store in full."""
    sizes = {bytes.fromhex(content.sha256): content.size_bytes for content in check.contents}
    async with house.tenant(actor, organisation) as tenant:
        rows = await upload_store.held_contents(tenant.connection, list(sizes))
    rows = [row for row in rows if row.size_bytes == sizes[row.sha256]]
    gate = asyncio.Semaphore(STATS_AT_ONCE)

    async def is_there(key: str, size_bytes: int) -> bool:
        async with gate:
            stat = await house.objects.stat(key)
        return stat is not None and stat.size_bytes == size_bytes

    there = await asyncio.gather(*(is_there(row.object_key, row.size_bytes) for row in rows))
    return HeldContents([row.sha256.hex() for row, is_safe in zip(rows, there, strict=True) if is_safe])
