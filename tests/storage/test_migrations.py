"""The migrations, the tables in code and row-level security agree."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from domain.errors import SchemaMismatch
from storage.database import Database
from storage.ids import new_id
from storage.migrate import MIGRATIONS, check_revision, expected_revision, migrate
from storage.row_security import NOT_TENANT, RUNTIME_ROLE
from storage.tables import metadata

OTHERS = {"alembic_version"}


async def test_upgrading_from_empty_gives_the_tables_of_the_code(owner: Database) -> None:
    def ours(thing: object, name: str, kind: str, reflected: bool, other: object) -> bool:
        return not (kind == "table" and (name in OTHERS or name.startswith("pgqueuer")))

    async with owner.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"include_object": ours, "compare_type": True}), metadata
            )
        )
    assert differences == []


async def test_every_table_is_held_by_its_policy_or_named_as_exempt(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        tables = {
            row.relname: (row.relrowsecurity, row.relforcerowsecurity, row.policies)
            for row in await connection.execute(
                text(
                    "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
                    " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies"
                    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')"
                )
            )
        }
    ours = {name for name in tables if name not in OTHERS and not name.startswith("pgqueuer")}
    assert ours == set(metadata.tables)
    for name in ours - NOT_TENANT.keys():
        assert tables[name][0], f"{name} has no row-level security"
        assert tables[name][1], f"{name} does not force it on its owner"
        assert tables[name][2] >= 1, f"{name} has no policy"
        assert "organisation_id" in metadata.tables[name].c, f"{name} belongs to no organisation"


async def test_the_runtime_role_sees_its_tenant_only_and_may_write_for_no_other(
    owner: Database, database: Database
) -> None:
    one, two = new_id(), new_id()
    async with owner.engine.begin() as connection:
        for organisation in (one, two):
            await connection.execute(
                text("INSERT INTO organisations (id, slug, name) VALUES (:id, :slug, 'x')"),
                {"id": organisation, "slug": organisation.hex},
            )
            await connection.execute(
                text("INSERT INTO events (organisation_id, kind, payload) VALUES (:id, 'k', '{}')"),
                {"id": organisation},
            )
    async with database.transaction(organisation=one) as connection:
        assert await connection.scalar(text("SELECT current_user")) == RUNTIME_ROLE
        seen = set(await connection.scalars(text("SELECT organisation_id FROM events")))
        assert seen == {one}
        assert (
            await connection.execute(text("DELETE FROM events WHERE organisation_id = :t"), {"t": two})
        ).rowcount == 0
    async with database.transaction() as connection:
        assert list(await connection.scalars(text("SELECT organisation_id FROM events"))) == []
    with pytest.raises(Exception, match="row-level security"):
        async with database.transaction(organisation=one) as connection:
            await connection.execute(
                text("INSERT INTO events (organisation_id, kind, payload) VALUES (:t, 'k', '{}')"), {"t": two}
            )


async def test_the_runtime_role_is_neither_owner_nor_superuser_nor_exempt(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        role = (
            await connection.execute(
                text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = :r"),
                {"r": RUNTIME_ROLE},
            )
        ).one()
        owned = await connection.scalar(
            text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = :r"), {"r": RUNTIME_ROLE}
        )
    assert tuple(role) == (False, False, False)
    assert owned == 0


def test_the_newest_revision_is_the_head_of_all() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == expected_revision()


async def test_migrating_again_changes_nothing_and_another_revision_is_refused(owner: Database) -> None:
    assert await migrate(owner) == []
    await check_revision(owner)
    async with owner.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    try:
        with pytest.raises(SchemaMismatch, match="migrate"):
            await check_revision(owner)
    finally:
        async with owner.engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": expected_revision()})
