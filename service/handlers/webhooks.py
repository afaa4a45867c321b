"""Webhooks over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from litestar.params import Parameter

from service.actions import webhooks
from service.actions.webhooks import (
    NewWebhook,
    Rotation,
    Webhook,
    WebhookChange,
    WebhookDelivery,
    WebhookWithSecret,
)
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

BASE = "/organisations/{organisation:str}/webhooks"
ONE = f"{BASE}/{{webhook_id:uuid}}"


@operation("POST", BASE, scope="webhooks:write", tags=["webhooks"])
async def add_webhook(organisation: str, data: NewWebhook, actor: Actor, house: House) -> WebhookWithSecret:
    """Register an address to which events are sent, from now on and in their order.

    Messages are signed as the Standard Webhooks specification has it, with a secret that is shown this once. What is
    not answered with 2xx within ten seconds is tried again for three days; then the webhook is disabled.
    """
    return await webhooks.add_webhook(house, actor, organisation, data)


@operation("GET", BASE, scope="webhooks:write", tags=["webhooks"])
async def list_webhooks(
    organisation: str, actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100
) -> Page[Webhook]:
    """List webhooks, oldest first."""
    return await webhooks.list_webhooks(house, actor, organisation, cursor=cursor, limit=limit)


@operation("GET", ONE, scope="webhooks:write", tags=["webhooks"])
async def get_webhook(organisation: str, webhook_id: UUID, actor: Actor, house: House) -> Webhook:
    """Read a webhook and how it fares."""
    return await webhooks.get_webhook(house, actor, organisation, webhook_id)


@operation("PATCH", ONE, scope="webhooks:write", tags=["webhooks"])
async def change_webhook(
    organisation: str, webhook_id: UUID, data: WebhookChange, actor: Actor, house: House
) -> Webhook:
    """Change a webhook, disable it, or enable it again."""
    return await webhooks.change_webhook(house, actor, organisation, webhook_id, data)


@operation("DELETE", ONE, scope="webhooks:write", tags=["webhooks"])
async def remove_webhook(organisation: str, webhook_id: UUID, actor: Actor, house: House) -> None:
    """Remove a webhook with the log of its deliveries."""
    await webhooks.remove_webhook(house, actor, organisation, webhook_id)


@operation("POST", f"{ONE}/rotate", scope="webhooks:write", status=200, tags=["webhooks"])
async def rotate_webhook_secret(
    organisation: str, webhook_id: UUID, data: Rotation, actor: Actor, house: House
) -> WebhookWithSecret:
    """Give a webhook another secret; for a while messages are signed with both."""
    return await webhooks.rotate_secret(house, actor, organisation, webhook_id, data)


@operation("POST", f"{ONE}/ping", scope="webhooks:write", status=200, problems=(429,), tags=["webhooks"])
async def ping_webhook(organisation: str, webhook_id: UUID, actor: Actor, house: House) -> WebhookDelivery:
    """Send a message of the kind `ping` now, and tell what the receiver answered."""
    return await webhooks.ping(house, actor, organisation, webhook_id)


@operation("GET", f"{ONE}/deliveries", scope="webhooks:write", tags=["webhooks"])
async def list_webhook_deliveries(
    organisation: str,
    webhook_id: UUID,
    actor: Actor,
    house: House,
    delivered: Annotated[bool | None, Parameter(description="Only those that were, or were not.")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[WebhookDelivery]:
    """List what became of deliveries, newest first; it is kept for 30 days."""
    return await webhooks.list_deliveries(
        house, actor, organisation, webhook_id, delivered=delivered, cursor=cursor, limit=limit
    )


@operation(
    "POST",
    f"{ONE}/deliveries/{{delivery_id:uuid}}/redeliver",
    scope="webhooks:write",
    status=200,
    problems=(429,),
    tags=["webhooks"],
)
async def redeliver_webhook(
    organisation: str, webhook_id: UUID, delivery_id: UUID, actor: Actor, house: House
) -> WebhookDelivery:
    """Send an event once more, now and under the id it had, and tell what the receiver answered."""
    return await webhooks.redeliver(house, actor, organisation, webhook_id, delivery_id)


HANDLERS = [
    add_webhook,
    list_webhooks,
    get_webhook,
    change_webhook,
    remove_webhook,
    rotate_webhook_secret,
    ping_webhook,
    list_webhook_deliveries,
    redeliver_webhook,
]
