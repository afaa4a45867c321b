"""The database: pooled connections as the runtime role, and transactions that belong to one tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import bindparam, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import Conflict, InvalidInput, ObservatoryError, StoreUnavailable
from storage.row_security import RUNTIME_ROLE

__all__ = ["Database", "as_service", "async_url", "expect_many_rows", "plain_url"]

SET_TENANT = text(
    "SELECT set_config('uraniborg.organisation', :organisation, true), set_config('uraniborg.account', :account, true)"
).bindparams(bindparam("organisation"), bindparam("account"))

EXPECT_MANY_ROWS = text("SELECT set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'off', true)")


def async_url(url: str) -> str:
    """Give a postgresql:// URL in the form SQLAlchemy's asyncpg dialect takes."""
    scheme, _, rest = url.partition("://")
    if scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise InvalidInput("The database URL must start with postgresql://.", value=scheme)
    return f"postgresql+asyncpg://{rest}"


def plain_url(url: str) -> str:
    """Give a postgresql:// URL without a driver's name, as asyncpg itself takes it."""
    return "postgresql://" + async_url(url).partition("://")[2]


def translate(error: DBAPIError) -> ObservatoryError | None:
    """Say in our words what the database refused; None for a defect of ours.

    Driver text never leaves this function.
    """
    state = getattr(error.orig, "sqlstate", None) or ""
    if (
        isinstance(error, OperationalError | InterfaceError)
        or state[:2] in ("08", "53", "57")
        or error.connection_invalidated
    ):
        return StoreUnavailable("The database does not answer; try again in a moment.")
    if state == "23505":
        return Conflict("Something with this name is there already; choose another name.")
    if state == "23503":
        return Conflict("Something else still refers to this, or what it refers to is gone.")
    if state in ("40001", "40P01", "55P03"):
        return StoreUnavailable("Two requests met at the same rows; try again.")
    if state[:2] == "22":
        return InvalidInput("A value is outside what can be stored (a null character, or a number out of range).")
    return None


class Database:
    """PostgreSQL as the runtime role: neither owner nor superuser, so that row-level security holds it.

    Parameters
    ----------
    url : str
        ``postgresql://...``; the role it logs in with must be a member of the runtime role.
    pool_size : int
        Connections kept.
    role : str or None
        None for the owner's own rights (migrations, backup).
    """

    def __init__(self, url: str, *, pool_size: int = 10, role: str | None = RUNTIME_ROLE) -> None:
        self.url = url
        # A role given at connection start is also what RESET ROLE returns to.
        settings = {
            "application_name": "uraniborg",
            # Plans are made for the values at hand: one plan for any cone or keyword would fit none of them.
            "plan_cache_mode": "force_custom_plan",
            "timezone": "UTC",
            "jit": "off",  # compiling costs more than any of our queries
            **({"role": role} if role else {}),
        }
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=20,
            json_deserializer=msgspec.json.decode,
            connect_args={"server_settings": settings, "timeout": 10, "command_timeout": 120},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)

    @asynccontextmanager
    async def transaction(
        self, *, organisation: UUID | None = None, account: UUID | None = None, snapshot: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that sees one tenant's rows; without one it sees none.

        With ``snapshot``, all its statements see the rows of one moment.

        Raises
        ------
        StoreUnavailable
            The database cannot be reached.
        Conflict
            A name was taken, or a reference is missing.
        """
        try:
            engine = self.engine.execution_options(isolation_level="REPEATABLE READ") if snapshot else self.engine
            async with engine.begin() as connection:
                await connection.execute(
                    SET_TENANT,
                    {
                        "organisation": str(organisation) if organisation else "",
                        "account": str(account) if account else "",
                    },
                )
                yield connection
        except DBAPIError as error:
            if translated := translate(error):
                raise translated from error
            raise
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError) as error:
            raise StoreUnavailable("The database does not answer; try again in a moment.") from error

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def expect_many_rows(connection: AsyncConnection) -> None:
    """Have what new rows refer to looked up by plans that are kept, and by indexes, until the transaction ends.

    Otherwise PostgreSQL plans each look anew, as it does our searches, which takes longer than the look; and plans made
    for a young table and kept would read all of it for each row.
    """
    await connection.execute(EXPECT_MANY_ROWS)


@asynccontextmanager
async def as_service(connection: AsyncConnection) -> AsyncIterator[None]:
    """Look, for as long as the block lasts, at all that the organisation has, whoever the transaction is for."""
    role = await connection.scalar(text("SELECT cast(current_user AS text)"))
    await connection.execute(text("RESET ROLE"))
    yield
    await connection.execute(text("SELECT set_config('role', :role, true)"), {"role": role})


def _refuse_closed(connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool begin anew where the server has hung up, which the driver knows; to ask would cost two journeys."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError("The database server ended this connection.")
