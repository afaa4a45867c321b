"""Bringing the database to the revision this code expects, and checking that it is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from pgqueuer.queries import Queries
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import SchemaMismatch, StoreUnavailable
from storage.database import Database, plain_url
from storage.row_security import APPEND_ONLY, BY_TRIGGERS, GRANTS, GUEST_ROLE, ROLES, RUNTIME_ROLE
from storage.search_functions import CREATE_SEARCH_FUNCTIONS
from storage.sky_functions import CREATE_SKY_FUNCTIONS

if TYPE_CHECKING:  # loaded where something is to be done: 10 MB of every service, which mostly finds nothing
    from alembic.config import Config

__all__ = ["check_revision", "expected_revision", "make_roles", "migrate"]

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

# Row-level security lets an index serve a condition only if its operator cannot leak rows through errors.
# int4[] && raises none, so marking it is safe, but only a superuser may. Without it, searches by sky or by
# header keyword read every row of the tenant: right, but slow.
# The two of text search see only texts that to_tsvector has taken before, for the index on the same expression.
LEAKPROOF = (
    "pg_catalog.arrayoverlap(anyarray, anyarray)",
    "pg_catalog.to_tsvector(regconfig, text)",
    "pg_catalog.ts_match_vq(tsvector, tsquery)",
)


# The search's functions belong to the code that calls them, so they are renewed here and not in a revision.
FUNCTIONS = re.split(r"\n(?=CREATE OR REPLACE FUNCTION)", CREATE_SKY_FUNCTIONS + CREATE_SEARCH_FUNCTIONS)[1:]


def _alembic(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def expected_revision() -> str:
    """Name the newest revision in the code: they are numbered, in their files' names too."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


async def make_roles(connection: AsyncConnection) -> None:
    """Make the roles that the service works as, where they are missing; a restored database needs them before its rows.

    Parameters
    ----------
    connection : AsyncConnection
        Of somebody who may create roles, if one is missing.
    """
    version = int(await connection.scalar(text("SHOW server_version_num")) or 0)
    # Whoever merely may become a role must not be held by its policies as well.
    apart = " WITH INHERIT FALSE" if version >= 160_000 else ""
    for role in ROLES:
        if not await connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}):
            await connection.execute(text(f"CREATE ROLE {role} NOLOGIN NOINHERIT"))
        await connection.execute(text(f"GRANT {role} TO CURRENT_USER{apart if role != RUNTIME_ROLE else ''}"))
        if role != RUNTIME_ROLE:  # so that whoever may log in to become the runtime role may become these
            await connection.execute(text(f"GRANT {role} TO {RUNTIME_ROLE}{apart}"))


async def migrate(owner: Database) -> list[str]:
    """Bring the database up to date: tables, policies, functions, job queue, grants. Safe to repeat.

    Parameters
    ----------
    owner : Database
        Opened with ``role=None``: needs the right to create tables and, at first, a role.

    Returns
    -------
    list of str
        Notes for the operator; empty when all is as it should be.
    """
    async with owner.engine.connect() as connection:
        await make_roles(connection)
        await connection.execute(text("SET lock_timeout = '10s'"))
        await connection.commit()
        if await _revision(connection) != expected_revision():
            from alembic import command

            await connection.run_sync(lambda sync: command.upgrade(_alembic(sync), "head"))
        await connection.commit()
    await _install_queue(owner.url)
    notes: list[str] = []
    async with owner.engine.begin() as connection:
        for grant in (
            f"GRANT USAGE ON SCHEMA public TO {RUNTIME_ROLE}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {RUNTIME_ROLE}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {RUNTIME_ROLE}",
            f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {RUNTIME_ROLE}",
            f"REVOKE UPDATE, DELETE ON {', '.join(APPEND_ONLY)} FROM {RUNTIME_ROLE}",
            f"REVOKE INSERT ON {', '.join(BY_TRIGGERS)} FROM {RUNTIME_ROLE}",
        ):
            await connection.execute(text(grant))
        for role, tables in GRANTS.items():
            await connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
            await connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
            for table, privileges in tables.items():
                await connection.execute(text(f"GRANT {privileges} ON {table} TO {role}"))
        await connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {GUEST_ROLE}"))
        for function in FUNCTIONS:
            await connection.exec_driver_sql(function)
        superuser = await connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
        for function in LEAKPROOF:
            statement = f"ALTER FUNCTION {function} LEAKPROOF"
            if superuser:
                await connection.execute(text(statement))
            elif not await connection.scalar(
                text("SELECT proleakproof FROM pg_proc WHERE oid = cast(:function AS regprocedure)"),
                {"function": function},
            ):
                notes.append(f"Searches will be slow until a superuser has run once: {statement};")
    return notes


async def _install_queue(url: str) -> None:
    connection = await asyncpg.connect(plain_url(url))
    try:
        queries = Queries.from_asyncpg_connection(connection)
        if await queries.has_table("pgqueuer"):
            await queries.upgrade()
        else:
            await queries.install()
    finally:
        await connection.close()


async def _revision(connection: AsyncConnection) -> str | None:
    if not await connection.scalar(text("SELECT to_regclass('public.alembic_version') IS NOT NULL")):
        return None
    found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


async def check_revision(database: Database) -> None:
    """Refuse a database that is not at the revision this code expects.

    Raises
    ------
    SchemaMismatch
        With both revisions and what to run.
    StoreUnavailable
        Nothing answers at the database's address.
    """
    try:
        async with database.engine.connect() as connection:
            found = await _revision(connection)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        raise StoreUnavailable(
            "The database does not answer: is URANIBORG_DATABASE_URL right, and is the server up?"
        ) from error
    except (DBAPIError, asyncpg.PostgresError):
        found = None  # the runtime role is not there, or may not be used: the database was never migrated
    if found != (expected := expected_revision()):
        raise SchemaMismatch(
            f"The database is at revision {found or 'none'}, this release expects {expected}:"
            " run `uraniborg-server migrate`.",
            found=found,
            expected=expected,
        )
