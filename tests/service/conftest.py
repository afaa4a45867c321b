"""One running service for all tests of a worker; each test makes people and organisations of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog

from tests.support.access_matrix import Matrix, matrix_of
from tests.support.package_shelf import FILES, Shelf
from tests.support.paying import Paying, begun, paying_service
from tests.support.service import RunningService, running_service
from tests.support.stripe_server import StripeStandIn

# A crash that a test provokes is told plainly: every variable of every frame, drawn in a box, takes seconds.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningService]:
    async with running_service(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def matrix(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    """An estate with people of each role and things of each state, in a service of its own that only rehearses."""
    async with matrix_of(tmp_path_factory.mktemp("access")) as made:
        yield made


@pytest.fixture
async def shelf(service: RunningService) -> Shelf:
    """An organisation with the open dataset ``nova`` of five files."""
    owner = await service.person()
    shelf = Shelf(service, owner, await service.organisation(owner))
    await shelf.fill("nova", FILES)
    return shelf


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk_service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[RunningService, StripeStandIn]]:
    """A service that takes payments, and whom it takes for Stripe."""
    async with paying_service(tmp_path_factory.mktemp("paying")) as running:
        yield running


@pytest.fixture
async def paying(desk_service: tuple[RunningService, StripeStandIn]) -> Paying:
    return await begun(*desk_service)
