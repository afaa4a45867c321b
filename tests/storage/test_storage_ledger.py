"""The ledger of stored bytes: written by the database itself, exact, without gaps, and never running back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.metering import TIERS
from storage import usage_store
from storage.database import Database
from storage.ids import new_id
from storage.migrate import migrate
from tests.support.ledger_rows import add_contents, add_tenant, digest, move_contents, rebuilt, remove_contents
from tests.support.older_database import database_at


@pytest.fixture
async def tenant(owner: Database) -> UUID:
    async with owner.engine.begin() as connection:
        return await add_tenant(connection)


async def rows_of(database: Database, tenant: UUID) -> list[tuple[int, str, str, int, int]]:
    async with database.transaction(organisation=tenant) as connection:
        found = await connection.execute(
            text("SELECT sequence, kind, tier, delta_bytes, balance_bytes FROM storage_ledger ORDER BY sequence")
        )
        return [tuple(row) for row in found]


async def test_contents_that_come_move_and_go_are_entered_where_they_change(database: Database, tenant: UUID) -> None:
    async with database.transaction(organisation=tenant) as connection:
        await add_contents(connection, tenant, {"a": 100})
    async with database.transaction(organisation=tenant) as connection:
        await add_contents(connection, tenant, {"a": 100})  # known already: nothing is stored twice
    async with database.transaction(organisation=tenant) as connection:
        await move_contents(connection, tenant, ["a"], "cool")
        await move_contents(connection, tenant, ["a"], "cool")
    async with database.transaction(organisation=tenant) as connection:
        await remove_contents(connection, tenant, ["a"])
    assert await rows_of(database, tenant) == [
        (1, "stored", "hot", 100, 100),
        (2, "moved", "hot", -100, 0),
        (3, "moved", "cool", 100, 100),
        (4, "removed", "cool", -100, 0),
    ]
    async with database.transaction(organisation=tenant) as connection:
        assert list(await connection.scalars(text("SELECT DISTINCT stay FROM storage_ledger"))) == [1]


async def test_what_is_rolled_back_was_never_there(database: Database, tenant: UUID) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(organisation=tenant) as connection:
            await add_contents(connection, tenant, {"a": 100})
            raise ZeroDivisionError
    assert await rows_of(database, tenant) == []


async def test_running_figures_are_those_of_rebuilding_to_the_byte(database: Database, tenant: UUID) -> None:
    random, there, number = Random(1577), set[str](), 0
    begin = datetime.now(UTC) - timedelta(seconds=1)
    middle: datetime | None = None
    for step in range(60):
        async with database.transaction(organisation=tenant) as connection:
            chosen = random.sample(sorted(there), min(len(there), random.randrange(6)))
            match random.randrange(4):
                case 0 if chosen:
                    await remove_contents(connection, tenant, chosen)
                    there -= set(chosen)
                case 1 if chosen:
                    await move_contents(connection, tenant, chosen, random.choice(TIERS))
                case _:
                    new = {f"c{number + n}": random.randrange(2**40) for n in range(random.randrange(1, 9))}
                    again = dict.fromkeys(random.sample(sorted(there), min(len(there), 2)), 1)
                    await add_contents(connection, tenant, again | new)
                    number += len(new)
                    there |= set(new)
        if step == 30:
            middle = datetime.now(UTC)
    assert middle is not None
    # Also between two entries, and long after the last.
    bounds = [begin, middle, middle + timedelta(microseconds=1), datetime.now(UTC) + timedelta(days=400)]
    async with database.transaction(organisation=tenant) as connection:
        measured = await usage_store.measure(connection, tenant, bounds)
        assert measured == await rebuilt(connection, tenant, bounds)
        assert await usage_store.stored_bytes(connection, tenant) == measured[-1][1]
        assert await usage_store.differences(connection, tenant, limit=10) == []
        kept = await connection.scalar(text("SELECT sum(size_bytes) FROM contents"))
    assert sum(measured[-1][1].values()) == kept
    assert all(used[tier] > 0 for used, _ in measured[2:] for tier in TIERS)
    sequences = [row[0] for row in await rows_of(database, tenant)]
    assert sequences == list(range(1, len(sequences) + 1))


async def test_two_who_store_at_once_are_both_counted_once(database: Database, tenant: UUID) -> None:
    async def store(worker: int) -> None:
        for turn in range(12):
            async with database.transaction(organisation=tenant) as connection:
                # The same contents from both, and one of its own.
                await add_contents(connection, tenant, {f"both{turn}": 10, f"{worker} {turn}": 1})

    await asyncio.gather(store(1), store(2))
    rows = await rows_of(database, tenant)
    assert [row[0] for row in rows] == list(range(1, 37))
    assert rows[-1][4] == 12 * 10 + 24 == sum(row[3] for row in rows)
    async with database.transaction(organisation=tenant) as connection:
        moments = list(await connection.scalars(text("SELECT at FROM storage_ledger ORDER BY sequence")))
    assert moments == sorted(moments)


async def test_after_a_clock_that_jumped_ahead_nothing_runs_back(
    owner: Database, database: Database, tenant: UUID
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=3)
    async with database.transaction(organisation=tenant) as connection:
        await add_contents(connection, tenant, {"a": 1000})
    async with owner.engine.begin() as connection:
        # What a clock three days ahead would have entered.
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(
            text("UPDATE storage_ledger SET at = :ahead WHERE organisation_id = :org"), {"ahead": ahead, "org": tenant}
        )
    async with database.transaction(organisation=tenant) as connection:
        await remove_contents(connection, tenant, ["a"])
        await add_contents(connection, tenant, {"b": 500})
    bounds = [ahead - timedelta(days=4), ahead, ahead + timedelta(seconds=1)]
    async with database.transaction(organisation=tenant) as connection:
        measured = await usage_store.measure(connection, tenant, bounds)
        assert measured == await rebuilt(connection, tenant, bounds)
        assert [used["hot"] for used, _ in measured] == [0, 500 * 1_000_000]
        figures = list(await connection.scalars(text("SELECT byte_us FROM storage_ledger ORDER BY sequence")))
    assert figures == sorted(figures)


async def test_entries_are_neither_changed_nor_deleted_not_even_by_the_owner(owner: Database, tenant: UUID) -> None:
    for statement in ("UPDATE storage_ledger SET delta_bytes = 0", "DELETE FROM storage_ledger"):
        with pytest.raises(DBAPIError, match="only appended to"):
            async with owner.engine.begin() as connection:
                await connection.execute(text(statement))


@pytest.fixture
async def older(owner: Database) -> AsyncIterator[Database]:
    """A database as the revision before the ledger left it."""
    async with database_at(owner, "0011") as database:
        yield database


async def test_what_was_there_before_the_ledger_is_entered_when_it_was_verified(older: Database) -> None:
    verified = [datetime(2026, 10, day, 12, tzinfo=UTC) for day in (1, 2, 2, 20)]
    async with older.engine.begin() as connection:
        tenants = [await add_tenant(connection) for _ in range(2)]
        account = new_id()
        await connection.execute(
            text("INSERT INTO accounts (id, email, name) VALUES (:id, 'tycho@hven.example', 'Tycho')"), {"id": account}
        )
        for tenant in tenants:
            await add_contents(connection, tenant, {str(number): 2**number for number in range(40, 44)})
            for number, at in enumerate(verified, 40):
                where = {"at": at, "org": tenant, "sha256": digest(str(number))}
                await connection.execute(
                    text("UPDATE contents SET verified_at = :at WHERE organisation_id = :org AND sha256 = :sha256"),
                    where,
                )
                await connection.execute(
                    text(
                        "INSERT INTO files (id, organisation_id, path, sha256, size_bytes, state, uploaded_by)"
                        " VALUES (:id, :org, 'x', :sha256, 1, 'kept', :account)"
                    ),
                    where | {"id": new_id(), "account": account},
                )
    await migrate(older)
    bounds = [datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 15, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]
    for tenant in tenants:
        async with older.transaction(organisation=tenant) as connection:
            measured = await usage_store.measure(connection, tenant, bounds)
            assert measured == await rebuilt(connection, tenant, bounds)
            assert await usage_store.differences(connection, tenant, limit=10) == []
            (counted,) = await usage_store.measure_by(connection, tenant, "member", bounds)
            await add_contents(connection, tenant, {"new": 5})  # the triggers go on from there
            assert (await usage_store.stored_bytes(connection, tenant))["hot"] == 2**44 - 2**40 + 5
        hour_us = 3_600_000_000
        # By hand: noon of the 1st and 2nd to midnight of the 15th are 13.5 and 12.5 days.
        assert measured[0][0]["hot"] == 2**40 * 324 * hour_us + (2**41 + 2**42) * 300 * hour_us
        assert counted.name == "tycho@hven.example"
        assert counted.byte_us == [used for used, _ in measured]
