"""One real PostgreSQL for the storage tests of a worker, migrated, as its owner and as the runtime role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from storage.database import Database
from storage.embedded_postgres import EmbeddedPostgres
from storage.migrate import migrate


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server.url


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owner(postgres_url: str) -> AsyncIterator[Database]:
    database = Database(postgres_url, role=None)
    await migrate(database)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(owner: Database) -> AsyncIterator[Database]:
    database = Database(owner.url)
    yield database
    await database.close()
