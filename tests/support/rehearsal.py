"""Transactions that are undone: what a request would do is seen, and then it was never done.

While somebody rehearses, every transaction of the service becomes a savepoint in one transaction that is rolled back at
the end. So a thousand requests that change things meet the same things, and even the schema can be changed for one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from service.config import Config
from service.download_tally import DownloadTally
from service.house import House
from service.wiring import open_house
from storage.database import Database
from storage.row_security import RUNTIME_ROLE

__all__ = ["SETTINGS", "Rehearsed", "opener", "rehearsal", "superuser"]

SETTINGS = (
    "organisation", "account", "datasets", "lifted_datasets", "team", "link", "folder", "embargoed", "anonymous",
    "public",
)  # fmt: skip
"Every setting of a transaction that a policy asks for."

_stage: ContextVar[AsyncConnection | None] = ContextVar("stage", default=None)
_BEGIN = text(
    "SELECT set_config('role', :role, true), "
    + ", ".join(f"set_config('uraniborg.{name}', '', true)" for name in SETTINGS)
)
_IS_OPEN = "rehearsed transaction"


class _Engine:
    """An engine whose transactions are savepoints while somebody rehearses."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def begin(self) -> Any:
        return self._engine.begin() if _stage.get() is None else self._nested()

    @asynccontextmanager
    async def _nested(self) -> AsyncIterator[AsyncConnection]:
        connection = _stage.get()
        assert connection is not None
        # A transaction within another would leave its tenant to it: what the service never does is not rehearsed.
        assert not connection.info.get(_IS_OPEN), "a transaction was opened within another one"
        connection.info[_IS_OPEN] = True
        try:
            async with connection.begin_nested():
                await connection.execute(_BEGIN, {"role": RUNTIME_ROLE})
                yield connection
        finally:
            connection.info[_IS_OPEN] = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


class Rehearsed(Database):
    """The database; within `rehearsal`, nothing that happens to it stays."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.engine = _Engine(self.engine)  # type: ignore[assignment]


class _Tally(DownloadTally):
    """Counts downloads, but none that is only rehearsed: what is counted is written later."""

    def note(self, organisation_id: UUID, file_id: UUID, account_id: UUID) -> None:
        if _stage.get() is None:
            super().note(organisation_id, file_id, account_id)


@asynccontextmanager
async def opener(config: Config) -> AsyncIterator[House]:
    """Open a house whose requests can be rehearsed."""
    async with open_house(config) as house:
        database = Rehearsed(house.database.url)
        try:
            yield msgspec.structs.replace(house, database=database, downloads=_Tally())
        finally:
            await database.close()


@asynccontextmanager
async def rehearsal(house: House, *changes: str) -> AsyncIterator[AsyncConnection]:
    """Open a stage: what the house does in this task meanwhile is undone at its end.

    Parameters
    ----------
    *changes : str
        Statements to begin with, with the rights of the database's owner, such as one that drops a policy.
    """
    engine = house.database.engine
    async with engine.connect() as connection:
        transaction = await connection.begin()
        token = _stage.set(connection)
        try:
            if changes:
                async with superuser(connection):
                    for change in changes:
                        await connection.execute(text(change.replace(":", "\\:")))
            yield connection
        finally:
            _stage.reset(token)
            await transaction.rollback()


@asynccontextmanager
async def superuser(connection: AsyncConnection) -> AsyncIterator[None]:
    """Work past row-level security for a while, between two of the service's transactions."""
    await connection.execute(text("SELECT set_config('role', session_user::text, true)"))
    try:
        yield
    finally:
        await connection.execute(text("SELECT set_config('role', :role, true)"), {"role": RUNTIME_ROLE})
