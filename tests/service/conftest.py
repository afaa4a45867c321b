"""One running service for all tests of a worker; each test makes people and organisations of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.package_shelf import FILES, Shelf
from tests.support.service import RunningService, running_service


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.fixture
async def shelf(service: RunningService) -> Shelf:
    """An organisation with the open dataset ``nova`` of five files."""
    owner = await service.person()
    shelf = Shelf(service, owner, await service.organisation(owner))
    await shelf.fill("nova", FILES)
    return shelf
