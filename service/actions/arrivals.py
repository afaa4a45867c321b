"""What arrived, and what it adds up to: as the store made sure when it took it, else by reading it again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from service.actions.upload_keys import content_of
from service.house import House
from storage.object_digests import crc32c_base64, crc_of_base64
from storage.objects import Digest

__all__ = ["sum_up"]


async def sum_up(house: House, rows: Sequence[Any]) -> dict[str, Digest | None]:
    """Sum up what lies under the staging keys of an upload's files; None for what is not there.

    A store that takes nothing but the content whose SHA-256 an address names has recomputed that of every byte before
    it kept any, and under the key that the address was for nothing else can lie. Where the CRCs were told too, it is
    only asked whether the object is there, and how large. By a CRC nothing is acknowledged, nor found again: whoever
    tells a wrong one spoils zip archives of their own files, until an audit that reads contents tells and mends it.
    """
    told = _told(rows) if await house.objects.enforces_sha256() else {}
    others = {row.staging_key: None for row in rows if row.staging_key not in told}

    async def look_up(key: str) -> tuple[str, Digest | None]:
        stat = await house.objects.stat(key)
        if stat is None:
            return key, None
        sha256, crc32c, crc32 = told[key]
        return key, Digest(stat.size_bytes, sha256, crc32c_base64(crc32c), crc32, stat.version)

    read, looked_up = await asyncio.gather(
        house.objects.digest_many(others), asyncio.gather(*(look_up(key) for key in told))
    )
    return read | dict(looked_up)


def _told(rows: Sequence[Any]) -> dict[str, tuple[str, int, int]]:
    """Give SHA-256, CRC32C and CRC-32 by key, of those files whose content the store alone could have refused."""
    told: dict[str, tuple[str, int, int]] = {}
    contradicted: set[str] = set()
    for row in rows:
        key = row.staging_key
        if row.sha256 is None or content_of(key) != row.sha256.hex() or row.crc32 is None or row.crc32c is None:
            contradicted.add(key)
            continue
        sums = row.sha256.hex(), crc_of_base64(row.crc32c), crc_of_base64(row.crc32)
        if told.setdefault(key, sums) != sums:  # files of one content; at least one of them has it wrong
            contradicted.add(key)
    return {key: sums for key, sums in told.items() if key not in contradicted}
