"""Wiring: the one place where the database and the object store are opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from billing.plans import read_plans
from service.config import Config
from service.house import House
from service.secret_check import check_secret
from storage.database import Database
from storage.embedded_postgres import EmbeddedPostgres
from storage.migrate import check_revision, migrate
from storage.object_factory import open_object_store
from storage.objects import ObjectStore

__all__ = ["database_url", "open_house", "open_objects", "owner_database"]


@asynccontextmanager
async def database_url(config: Config) -> AsyncIterator[str]:
    """Give the database's URL, starting the embedded server where none is configured."""
    if config.database_url:
        yield config.database_url
        return
    with EmbeddedPostgres(config.data_dir.absolute() / "postgres") as server:
        yield server.url


@asynccontextmanager
async def owner_database(config: Config) -> AsyncIterator[Database]:
    """Open the database with its owner's rights: for migrations and the operator's commands."""
    async with database_url(config) as url:
        database = Database(url, role=None, pool_size=2)
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def open_objects(config: Config) -> AsyncIterator[ObjectStore]:
    """Open the object store alone."""
    objects = open_object_store(
        config.effective_objects_url, public_url=config.base_url, secret=config.secret("objects")
    )
    try:
        yield objects
    finally:
        await objects.close()


@asynccontextmanager
async def open_house(config: Config) -> AsyncIterator[House]:
    """Open everything the actions work with; close it in the opposite order.

    The embedded database is migrated here, since nobody else can; a configured one must be at the right revision.

    Raises
    ------
    SchemaMismatch
        The configured database is at another revision.
    SecretMismatch
        The database is sealed with another secret than the one at hand.
    StoreUnavailable
        The database or the object store does not answer.
    """
    plans = read_plans(Path(config.plans_file) if config.plans_file else None)  # says first what is wrong with it
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(config))
        if not config.database_url:
            owner = Database(url, role=None, pool_size=1)
            await migrate(owner)
            await owner.close()
        database = Database(url)
        stack.push_async_callback(database.close)
        await check_revision(database)
        await check_secret(config, database)
        objects = await stack.enter_async_context(open_objects(config))
        payer = None
        if config.stripe_key:
            from billing.stripe_gateway import StripeGateway  # its library takes a second to load

            payer = StripeGateway(config.stripe_key, config.stripe_webhook_secret, config.stripe_url)
            stack.push_async_callback(payer.close)
        house = House(config, database, objects, plans=plans, payer=payer)
        stack.callback(house.satellites.close)
        stack.callback(house.images.close)
        yield house
