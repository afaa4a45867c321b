"""Row-level security alone, without any action that asks: no tenant reads, changes or makes another's rows."""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import publication_store
from storage.database import Database
from storage.ids import new_id
from storage.row_security import APPEND_ONLY, BY_TRIGGERS, NOT_TENANT, tenant_tables
from storage.tables import metadata

TABLES = tenant_tables(metadata)
ONE_FOR_ALL = {"sealed_word"}
"Tables that have a single row."
NUMBERS = itertools.count(1)
Rows = dict[str, dict[str, Any]]


def value_for(column: Column[Any], rows: Rows) -> Any:
    """Make up a value that a column takes; what refers to another table gets the row made there."""
    table = column.table
    assert isinstance(table, Table)
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint) and column.name in constraint.column_keys:
            target = constraint.elements[constraint.column_keys.index(column.name)].column
            if target.table is not table:
                return rows[target.table.name][target.name]
        if isinstance(constraint, CheckConstraint) and (
            allowed := re.fullmatch(rf"{column.name} IN \('(\w+)'.*\)", str(constraint.sqltext))
        ):
            return allowed[1]
    if column.name == "organisation_id":  # of what comes with rows that refer to it
        return rows["organisations"]["id"]
    kind = column.type.python_type
    made: dict[type, Any] = {
        UUID: new_id(),
        str: f"{column.name} {new_id()}",
        bytes: new_id().bytes,
        bool: False,
        int: next(NUMBERS),
        float: 1.0,
        Decimal: Decimal(1),
        object: {},  # JSON
        list: [],
        datetime.date: datetime.date(2026, 11, 20),
        datetime.datetime: datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC),
    }
    return made[kind]


def row_of(table: Table, rows: Rows) -> dict[str, Any]:
    """Make up a row of a table: every column that must be given."""
    return {
        column.name: value_for(column, rows)
        for column in table.columns
        if not column.nullable and column.server_default is None and column.identity is None
    }


async def fill(connection: AsyncConnection) -> Rows:
    """Put one row into every table, all of one organisation; return them as they are stored."""
    rows: Rows = {}
    # Triggers would add rows of their own.
    await connection.execute(text("SET LOCAL session_replication_role = replica"))
    # Each behind what it refers to, and last what only comes with others.
    for table in sorted(metadata.sorted_tables, key=lambda each: each.name in TABLES and not each.foreign_keys):
        if table.name in ONE_FOR_ALL:
            continue
        stored = await connection.execute(insert(table).values(row_of(table, rows)).returning(table))
        rows[table.name] = dict(stored.mappings().one())
    return rows


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tenants(owner: Database) -> AsyncIterator[tuple[Rows, Rows]]:
    """Two organisations with a row in every table."""
    async with owner.engine.begin() as connection:
        yield_rows = await fill(connection), await fill(connection)
    yield yield_rows
    async with owner.engine.connect() as connection:
        for name in TABLES:  # whatever was tried, everything is as it was
            table = metadata.tables[name]
            for rows in yield_rows:
                organisation = rows["organisations"]["id"]
                kept = await connection.execute(select(table).where(table.c.organisation_id == organisation))
                assert [dict(row) for row in kept.mappings()] == [rows[name]], name


def ids(tenants: tuple[Rows, Rows]) -> tuple[UUID, UUID]:
    victim, other = (rows["organisations"]["id"] for rows in tenants)
    return victim, other


def assignable(table: Table) -> Column[Any]:
    """Choose a column that can be set to itself."""
    return next(
        (c for c in table.columns if not c.primary_key and c.name != "organisation_id"), table.c.organisation_id
    )


async def test_there_is_a_row_to_try_in_every_table(tenants: tuple[Rows, Rows]) -> None:
    for rows in tenants:
        assert set(rows) == set(metadata.tables) - ONE_FOR_ALL
        assert {rows[name]["organisation_id"] for name in TABLES} == {rows["organisations"]["id"]}


@pytest.mark.parametrize("name", TABLES)
async def test_another_tenant_reads_changes_and_deletes_none_of_its_rows(
    database: Database, tenants: tuple[Rows, Rows], name: str
) -> None:
    victim, other = ids(tenants)
    table = metadata.tables[name]
    its = table.c.organisation_id == victim
    async with database.transaction(organisation=victim) as connection:
        assert await connection.scalar(select(func.count()).select_from(table).where(its)) == 1
    async with database.transaction(organisation=other) as connection:
        seen = set(await connection.scalars(select(table.c.organisation_id)))
        assert seen == {other}, "without a condition, its own rows only"
        assert await connection.scalar(select(func.count()).select_from(table).where(its)) == 0
        if name in APPEND_ONLY:
            return  # changes of any row are refused: below
        same = assignable(table)
        assert (await connection.execute(update(table).where(its).values({same.name: same}))).rowcount == 0
        assert (await connection.execute(update(table).where(its).values(organisation_id=other))).rowcount == 0
        assert (await connection.execute(delete(table).where(its))).rowcount == 0
        locked = await connection.execute(select(table.c.organisation_id).where(its).with_for_update())
        assert locked.all() == []


@pytest.mark.parametrize("name", TABLES)
async def test_without_a_tenant_there_are_no_rows(database: Database, tenants: tuple[Rows, Rows], name: str) -> None:
    table = metadata.tables[name]
    async with database.transaction() as connection:
        assert await connection.scalar(select(func.count()).select_from(table)) == 0
        if name in APPEND_ONLY:
            return
        assert (await connection.execute(delete(table))).rowcount == 0


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("as_tenant", ["another tenant", "no tenant"])
async def test_nobody_else_makes_rows_for_a_tenant(
    database: Database, tenants: tuple[Rows, Rows], name: str, as_tenant: str
) -> None:
    victim, other = ids(tenants)
    table = metadata.tables[name]
    # The row is one that the tenant itself could make, were it not there already.
    row = row_of(table, tenants[0])
    assert row["organisation_id"] == victim
    refusal = "permission denied" if name in BY_TRIGGERS else "row-level security"
    with pytest.raises(DBAPIError, match=refusal):
        async with database.transaction(organisation=other if as_tenant == "another tenant" else None) as connection:
            await connection.execute(insert(table).values(row))


@pytest.mark.parametrize("name", TABLES)
async def test_a_row_is_not_handed_over_to_another_tenant(
    database: Database, tenants: tuple[Rows, Rows], name: str
) -> None:
    victim, other = ids(tenants)
    table = metadata.tables[name]
    refusal = "permission denied" if name in APPEND_ONLY else "row-level security"
    with pytest.raises(DBAPIError, match=refusal):
        async with database.transaction(organisation=other) as connection:
            await connection.execute(
                update(table).where(table.c.organisation_id == other).values(organisation_id=victim)
            )


@pytest.mark.parametrize("name", APPEND_ONLY)
async def test_not_even_ones_own_rows_are_changed_where_they_are_only_appended(
    database: Database, tenants: tuple[Rows, Rows], name: str
) -> None:
    victim, _ = ids(tenants)
    table = metadata.tables[name]
    same = next(c for c in table.columns if not c.primary_key)
    for statement in (update(table).values({same.name: same}), delete(table), select(table).with_for_update()):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.transaction(organisation=victim) as connection:
                await connection.execute(statement)


@pytest.mark.parametrize("name", TABLES)
async def test_a_table_is_not_emptied_past_its_policy(database: Database, name: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.transaction() as connection:
            await connection.execute(text(f"TRUNCATE {name} CASCADE"))


@pytest.mark.parametrize("name", TABLES)
async def test_references_between_tenant_tables_stay_within_the_tenant(name: str) -> None:
    """PostgreSQL checks foreign keys past row-level security, so that each has to carry the organisation itself."""
    for constraint in metadata.tables[name].constraints:
        if not isinstance(constraint, ForeignKeyConstraint) or constraint.referred_table.name in NOT_TENANT:
            continue
        pairs = dict(zip(constraint.column_keys, (e.column.name for e in constraint.elements), strict=True))
        assert pairs.get("organisation_id") == "organisation_id", constraint.name


async def test_publications_are_seen_by_who_asks_for_them_and_written_by_their_tenant_alone(
    database: Database, tenants: tuple[Rows, Rows]
) -> None:
    victim, other = ids(tenants)
    table = metadata.tables["publications"]
    async with database.transaction(organisation=other) as connection:
        await publication_store.see_all(connection)
        assert set(await connection.scalars(select(table.c.organisation_id))) == {victim, other}
        its = table.c.organisation_id == victim
        assert (await connection.execute(update(table).where(its).values(withdrawn=True))).rowcount == 0
        assert (await connection.execute(delete(table).where(its))).rowcount == 0
        versions = metadata.tables["package_versions"]
        assert set(await connection.scalars(select(versions.c.organisation_id))) == {other}, "and nothing besides"
    async with database.transaction() as connection:
        assert await connection.scalar(select(func.count()).select_from(table)) == 0, (
            "the wish ends with its transaction"
        )


@pytest.mark.parametrize("name", ["organisations", "applications"])
async def test_what_is_read_before_the_tenant_is_known_is_changed_by_its_own_alone(
    database: Database, tenants: tuple[Rows, Rows], name: str
) -> None:
    _, other = ids(tenants)
    table = metadata.tables[name]
    its = table.c.id == tenants[0][name]["id"]
    async with database.transaction(organisation=other) as connection:
        assert await connection.scalar(select(func.count()).select_from(table).where(its)) == 1
        assert (await connection.execute(update(table).where(its).values(name="Mine"))).rowcount == 0
        assert (await connection.execute(delete(table).where(its))).rowcount == 0


async def test_an_application_is_made_for_ones_own_organisation_alone(
    database: Database, tenants: tuple[Rows, Rows]
) -> None:
    victim, other = ids(tenants)
    table = metadata.tables["applications"]
    row = row_of(table, tenants[0]) | {"id": "theirs", "only_organisation_id": victim}
    for tenant in (other, None):
        with pytest.raises(DBAPIError, match="row-level security"):
            async with database.transaction(organisation=tenant) as connection:
                await connection.execute(insert(table).values(row))
    async with database.transaction(organisation=victim) as connection:
        await connection.execute(insert(table).values(row))
        assert (await connection.execute(delete(table).where(table.c.id == "theirs"))).rowcount == 1
