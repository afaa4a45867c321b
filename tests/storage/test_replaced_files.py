"""Old versions that an older release put out of their datasets: back under the embargo, and never freed by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.ids import new_id
from storage.migrate import migrate
from tests.support.ledger_rows import add_contents, add_tenant, digest
from tests.support.older_database import database_at


async def insert(connection: AsyncConnection, table: str, **values: Any) -> UUID:
    values.setdefault("id", new_id())
    if table in ("dataset_files", "embargoes"):
        del values["id"]
    names = ", ".join(values)
    await connection.execute(
        text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
    )
    return values.get("id", UUID(int=0))


async def test_old_versions_come_back_under_embargo_when_the_database_is_migrated(owner: Database) -> None:
    long_ago, soon, later, latest = (datetime(year, 1, 1, tzinfo=UTC) for year in (2020, 2050, 2100, 2200))
    async with database_at(owner, "0034") as older:
        async with older.engine.begin() as connection:
            tenant = await add_tenant(connection)
            account = await insert(connection, "accounts", email="tycho@hven.example", name="Tycho")
            await add_contents(connection, tenant, {"x": 1})
            mine = {"organisation_id": tenant}

            async def hold(target: str, target_id: UUID, until: datetime) -> None:
                values = {"target": target, "target_id": target_id, "until": until, "set_by": account}
                await insert(connection, "embargoes", **mine, **values)

            async def versions(slug: str, until: datetime | None) -> list[UUID]:
                """Fill a dataset by three uploads of one path, as the older release did: the last one is in it."""
                dataset = await insert(connection, "datasets", **mine, slug=slug, name=slug, created_by=account)
                made: list[UUID] = []
                for _ in range(3):
                    file = {"path": "note.txt", "sha256": digest("x"), "size_bytes": 1, "state": "kept"}
                    whose = {"uploaded_by": account, "dataset_id": dataset, "supersedes": made[-1] if made else None}
                    made.append(await insert(connection, "files", **mine, **file, **whose))
                await insert(connection, "dataset_files", **mine, dataset_id=dataset, path="note.txt", file_id=made[-1])
                if until:
                    await hold("dataset", dataset, until)
                return made

            held = await versions("held", later)
            over = await versions("over", long_ago)
            plain = await versions("plain", None)
            await hold("file", held[1], latest)
            await hold("file", over[0], later)
            await hold("dataset", new_id(), later)  # of a dataset that was deleted
            await hold("organisation", tenant, soon)
        await migrate(older)
        async with older.transaction(organisation=tenant) as connection:

            async def ends(files: list[UUID]) -> list[datetime | None]:
                query = text("SELECT nullif(embargo_end(:id), '-infinity')")
                return [await connection.scalar(query, {"id": file}) for file in files]

            assert await ends(held) == [later, latest, later]
            assert await ends(over) == [later, soon, long_ago], "nothing is held back for less long than before"
            assert await ends(plain) == [soon, soon, soon]
            set_for = await connection.scalars(text("SELECT target FROM embargoes ORDER BY target"))
            assert list(set_for) == ["dataset", "dataset", "file", "file", "organisation"]
            # What the dataset is held back for from now on holds for all of them.
            await connection.execute(
                text(
                    "INSERT INTO embargoes (organisation_id, target, target_id, until, set_by)"
                    " SELECT organisation_id, 'dataset', id, :until, created_by FROM datasets WHERE slug = 'plain'"
                ),
                {"until": latest},
            )
            assert await ends(plain) == [latest, latest, latest]
