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

from service.authentication import (
    authenticate,
    provide_actor,
    provide_holder,
    provide_house,
    provide_providers,
    provide_visitor,
)
from service.config import Config
from service.download_tally import keep_tally
from service.element_fetch import keep_catalogue
from service.errors import EXCEPTION_HANDLERS
from service.handlers import (
    agents,
    applications,
    assignments,
    audit,
    citations,
    coming,
    contents,
    datasets,
    docs,
    dois,
    embargoes,
    equipment,
    files,
    frame_table,
    frame_view,
    frames,
    health,
    identities,
    jobs,
    links,
    nights,
    oai,
    oauth,
    oauth_pages,
    operators,
    organisations,
    outside_pages,
    own_files,
    packages,
    password_pages,
    passwords,
    payment,
    people,
    portal,
    public_pages,
    receipts,
    satellite_sky,
    satellites,
    sharing_pages,
    sign_in,
    sign_in_pages,
    sign_up_pages,
    team_files,
    teams,
    tiers,
    tree,
    uploads,
    usage,
    web_app,
    webdav,
    webhooks,
)
from service.handlers.object_urls import ObjectUrls
from service.house import House
from service.idempotency import Idempotency
from service.identity_provider import Providers
from service.mail import deliver_mail
from service.maintenance import keep_house
from service.observation import Observation
from service.openapi import openapi_config
from service.own_hosts import OwnHosts
from service.routing import Operations
from service.webhooks import deliver_webhooks
from service.wiring import open_house
from service.worker import run_worker
from storage.local_objects import LocalObjects

__all__ = ["create_app"]

API_BODY_BYTES = 10_000_000  # bytes; files never pass here, so that a batch of 1,000 names is the largest body

API = [
    *people.HANDLERS,
    *sign_in.HANDLERS,
    *applications.HANDLERS,
    *identities.HANDLERS,
    *passwords.HANDLERS,
    *organisations.HANDLERS,
    *portal.HANDLERS,
    *equipment.HANDLERS,
    *assignments.HANDLERS,
    *embargoes.HANDLERS,
    *uploads.HANDLERS,
    *files.HANDLERS,
    *frames.HANDLERS,
    *frame_view.HANDLERS,
    *frame_table.HANDLERS,
    *datasets.HANDLERS,
    *packages.HANDLERS,
    *teams.HANDLERS,
    *team_files.HANDLERS,
    *own_files.HANDLERS,
    *tree.HANDLERS,
    *links.HANDLERS,
    *citations.HANDLERS,
    *dois.HANDLERS,
    *oai.HANDLERS,
    *jobs.HANDLERS,
    *nights.HANDLERS,
    *satellites.HANDLERS,
    *satellite_sky.HANDLERS,
    *audit.HANDLERS,
    *receipts.HANDLERS,
    *webhooks.HANDLERS,
    *tiers.HANDLERS,
    *payment.HANDLERS,
    *usage.HANDLERS,
    *agents.HANDLERS,
    *coming.HANDLERS,
    *contents.HANDLERS,
    *operators.HANDLERS,
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
            app.state.providers = Providers(config)
            app.state.object_urls = ObjectUrls(house.objects) if isinstance(house.objects, LocalObjects) else None
            stop = asyncio.Event()
            beside = (
                [
                    run_worker(house, stop),
                    keep_house(house, stop),
                    deliver_mail(house, stop),
                    deliver_webhooks(house, stop),
                    keep_catalogue(house, stop),
                ]
                if config.worker
                else []
            )
            beside.append(house.satellites.warm_up(house.database))
            beside.append(house.images.warm_up(stop))
            beside.append(keep_tally(house.downloads, house.database, stop))
            tasks = [asyncio.create_task(work) for work in beside]
            yield
            stop.set()
            await asyncio.gather(*tasks)
            await app.state.providers.close()

    app = Litestar(
        route_handlers=[
            Operations("/api/v1", route_handlers=API, guards=[authenticate]),
            *health.HANDLERS,
            *docs.HANDLERS,
            *web_app.HANDLERS,
            *oauth.HANDLERS,
            *oauth_pages.HANDLERS,
            *sign_in_pages.HANDLERS,
            *outside_pages.HANDLERS,
            *password_pages.HANDLERS,
            *sign_up_pages.HANDLERS,
            *sharing_pages.HANDLERS,
            *public_pages.HANDLERS,
            *payment.PAGES,
            local_objects,
            *webdav.HANDLERS,
        ],
        dependencies={
            "actor": Provide(provide_actor, sync_to_thread=False),
            "holder": Provide(provide_holder, sync_to_thread=False),
            "house": Provide(provide_house, sync_to_thread=False),
            "visitor": Provide(provide_visitor),
            "providers": Provide(provide_providers, sync_to_thread=False),
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
    # Before routing, which knows paths and no hosts.
    app.asgi_handler = OwnHosts(app.asgi_handler)
    return app
