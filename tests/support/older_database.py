"""Databases as an older release left them, to be migrated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic import command
from sqlalchemy import text

from storage.database import Database
from storage.ids import new_id
from storage.migrate import _alembic

__all__ = ["database_at"]


@asynccontextmanager
async def database_at(owner: Database, revision: str) -> AsyncIterator[Database]:
    """Make an empty database at a revision, beside another one."""
    name = f"older_{new_id().hex}"
    async with owner.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(
            text(f"CREATE DATABASE {name}")
        )
    database = Database(owner.engine.url.set(database=name).render_as_string(hide_password=False), role=None)
    async with database.engine.connect() as connection:
        await connection.run_sync(lambda sync: command.upgrade(_alembic(sync), revision))
        await connection.commit()
    try:
        yield database
    finally:
        await database.close()
