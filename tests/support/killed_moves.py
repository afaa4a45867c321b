"""Moves between tiers that are killed at every step: each in a process that kills itself, and then one that goes on.

A step is whatever changes something: a file that is opened for writing, named, renamed or removed, and a statement or
commit of the database. ``python -m tests.support.killed_moves DATABASE_URL DATA_DIR ORGANISATION SHA256`` moves a
content to the cool tier, the archive and back, each time killed at the first step, then at the second, until a
move gets through without having come to its step; after each kill it looks at what is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, text

from domain.metering import TIERS
from service.config import load_config
from service.house import NOBODY, House, Tenant
from service.tier_moves import move_content
from service.wiring import open_house
from storage import usage_store

CHANGES = {"os.rename", "os.link", "os.remove", "os.rmdir", "os.mkdir"}


class Fuse:
    """Counts steps, and kills this process at one of them."""

    def __init__(self, at: int) -> None:
        self.left, self.root = at, ""

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hear(self, name: str, arguments: tuple[object, ...]) -> None:
        writes = name == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if self.root and (name in CHANGES or writes) and str(arguments[0]).startswith(self.root):
            self.burn()

    def watch(self, house: House, root: Path) -> None:
        self.root = str(root)
        engine = house.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", lambda *_: self.burn())
        event.listen(engine, "commit", lambda _: self.burn())


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[House]:
    async with open_house(load_config({}, database_url=url, data_dir=folder, satellites_url="")) as house:
        yield house


async def run(url: str, folder: Path, organisation: UUID, digest: bytes, fuse: Fuse | None) -> None:
    async with opened(url, folder) as house:

        @asynccontextmanager
        async def tenant_of() -> AsyncIterator[Tenant]:
            async with house.database.transaction(organisation=organisation) as connection:
                yield Tenant(connection, organisation, "", "worker", NOBODY)

        if fuse is not None:
            fuse.watch(house, folder / "store")
        await move_content(house, tenant_of, digest)


async def wish(url: str, folder: Path, organisation: UUID, digest: bytes, tier: str) -> None:
    statement = text(
        "INSERT INTO tier_moves (organisation_id, sha256, tier) VALUES (:org, :sha256, :tier)"
        " ON CONFLICT (organisation_id, sha256) DO UPDATE SET tier = excluded.tier"
    )
    async with (
        opened(url, folder) as house,
        house.database.transaction(organisation=organisation) as connection,
    ):
        await connection.execute(statement, {"org": organisation, "sha256": digest, "tier": tier})


async def look(url: str, folder: Path, organisation: UUID, digest: bytes, tier: str | None) -> None:
    """See that the bytes are there, and that ledger and row say the same; in a tier alone, if it is named."""
    async with opened(url, folder) as house:
        async with house.database.transaction(organisation=organisation) as connection:
            row = (await connection.execute(text("SELECT * FROM contents WHERE sha256 = :s"), {"s": digest})).one()
            assert await usage_store.differences(connection, organisation, limit=1) == []
            left = await connection.scalar(text("SELECT count(*) FROM tier_moves"))
        data = await house.objects.read(row.object_key, 0, row.size_bytes + 1)
        assert hashlib.sha256(data).digest() == digest, "the bytes are not there, or not whole"
        homes = {each: folder / "store" / {"hot": "objects"}.get(each, each) / row.object_key for each in TIERS}
        there = [each for each, path in homes.items() if path.exists()]
        assert row.tier in there, f"the row says {row.tier}, the bytes are in {there}"
        if tier is not None:
            assert (row.tier, there, left) == (tier, [tier], 0)


def in_child(url: str, folder: Path, organisation: UUID, digest: bytes, at: int) -> bool:
    """Move in a process that is killed at a step; answer whether it came to that."""
    child = os.fork()
    if child == 0:
        fuse = Fuse(at)
        sys.addaudithook(fuse.hear)
        asyncio.run(run(url, folder, organisation, digest, fuse))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def main(url: str, data_dir: str, organisation_hex: str, sha256: str) -> None:
    folder, organisation, digest = Path(data_dir), UUID(organisation_hex), bytes.fromhex(sha256)
    kills = 0
    here = "hot"
    for there in ("cool", "archive", "hot"):
        step = 1
        while True:
            asyncio.run(wish(url, folder, organisation, digest, there))
            killed = in_child(url, folder, organisation, digest, step)
            asyncio.run(look(url, folder, organisation, digest, None))
            asyncio.run(run(url, folder, organisation, digest, None))
            asyncio.run(look(url, folder, organisation, digest, there))
            if not killed:
                break
            kills, step = kills + 1, step + 1
            # Back again, unharmed, for the next.
            asyncio.run(wish(url, folder, organisation, digest, here))
            asyncio.run(run(url, folder, organisation, digest, None))
        here = there
    print(f"{kills} kills")


if __name__ == "__main__":
    main(*sys.argv[1:])
