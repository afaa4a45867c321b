"""The application: every handler, middleware and hook, put together from a configuration."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar, asgi
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.types import Receive, Scope, Send

from service.authentication import authenticate, provide_actor, provide_house
from service.config import Config
from service.errors import EXCEPTION_HANDLERS
from service.handlers import (
    citations,
    datasets,
    docs,
    dois,
    equipment,
    files,
    frames,
    health,
    jobs,
    nights,
    oai,
    organisations,
    packages,
    people,
    uploads,
)
from service.handlers.object_urls import ObjectUrls
from service.house import House
from service.idempotency import Idempotency
from service.maintenance import keep_house
from service.observation import Observation
from service.openapi import openapi_config
from service.routing import Operations
from service.wiring import open_house
from service.worker import run_worker
from storage.local_objects import LocalObjects

__all__ = ["create_app"]

API_BODY_BYTES = 10_000_000  # bytes; files never pass here, so that a batch of 1,000 names is the largest body

API = [
    *people.HANDLERS,
    *organisations.HANDLERS,
    *equipment.HANDLERS,
    *uploads.HANDLERS,
    *files.HANDLERS,
    *frames.HANDLERS,
    *datasets.HANDLERS,
    *packages.HANDLERS,
    *citations.HANDLERS,
    *dois.HANDLERS,
    *oai.HANDLERS,
    *jobs.HANDLERS,
    *nights.HANDLERS,
]


@asgi("/objects", is_mount=True, copy_scope=False)
async def local_objects(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the local object store's signed addresses; where objects are on S3 there are none."""
    answer = scope["litestar_app"].state.object_urls
    if answer is None:
        raise NotFoundException
    await answer(scope, receive, send)


def create_app(
    config: Config, *, opener: Callable[[Config], AbstractAsyncContextManager[House]] = open_house
) -> Litestar:
    """Build the ASGI application. Nothing is opened before it starts up.

    Parameters
    ----------
    config : Config
        The whole configuration.
    opener : callable
        Opens what the actions work with, and closes it at the end.
    """

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with opener(config) as house:
            app.state.house = house
            app.state.object_urls = ObjectUrls(house.objects) if isinstance(house.objects, LocalObjects) else None
            stop = asyncio.Event()
            beside = [run_worker(house, stop), keep_house(house, stop)] if config.worker else []
            tasks = [asyncio.create_task(work) for work in beside]
            yield
            stop.set()
            await asyncio.gather(*tasks)

    return Litestar(
        route_handlers=[
            Operations("/api/v1", route_handlers=API, guards=[authenticate]),
            *health.HANDLERS,
            *docs.HANDLERS,
            local_objects,
        ],
        dependencies={
            "actor": Provide(provide_actor, sync_to_thread=False),
            "house": Provide(provide_house, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[lifespan],
        middleware=[Observation, Idempotency],
        openapi_config=openapi_config(),
        request_max_body_size=API_BODY_BYTES,
        state=State(),
        debug=False,
        logging_config=None,
    )
