"""Webhooks as an organisation's admins register, try and follow them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from domain.errors import Conflict, NotFound, TooManyAttempts
from domain.webhook import read_target, secret_text
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.sealing import seal
from service.webhook_sender import Message, WebhookSender
from service.webhooks import attempt_values, event_message, sealing_purpose, send_message
from storage import webhook_store
from storage.ids import new_id

__all__ = [
    "NewWebhook",
    "Rotation",
    "TooManyWebhooks",
    "Webhook",
    "WebhookChange",
    "WebhookDelivery",
    "WebhookWithSecret",
    "add_webhook",
    "change_webhook",
    "get_webhook",
    "list_deliveries",
    "list_webhooks",
    "ping",
    "redeliver",
    "remove_webhook",
    "rotate_secret",
]

MOST = 20  # webhooks of one organisation
BY_HAND_A_MINUTE = 10
PING = "ping"

Url = Annotated[str, Meta(max_length=2000, description="https, on the public internet.")]
Kind = Annotated[str, Meta(pattern=r"^[a-z0-9_.-]{1,64}$", examples=["package.published"])]
Kinds = Annotated[list[Kind], Meta(max_length=50, description="Kinds of events; all where none is named.")]
Description = Annotated[str, Meta(max_length=500)]


class TooManyWebhooks(Conflict):
    code = "too-many-webhooks"
    title = "There are too many webhooks"


class NewWebhook(msgspec.Struct, kw_only=True):
    url: Url
    kinds: Kinds = []
    description: Description = ""


class WebhookChange(msgspec.Struct, kw_only=True):
    """Members left out stay as they are. ``enabled`` true goes on with the event at which it stopped."""

    url: Url | UnsetType = UNSET
    kinds: Kinds | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Rotation(msgspec.Struct, kw_only=True):
    """For how long messages are signed with the old secret as well, so that receivers can change theirs."""

    overlap_hours: Annotated[float, Meta(ge=0, le=24 * 30)] = 24


class Webhook(msgspec.Struct, kw_only=True):
    """A webhook. ``disabled`` ones get nothing until they are enabled; ``attempts`` of the next event failed."""

    id: UUID
    url: str
    kinds: list[str]
    description: str
    state: Literal["active", "disabled"]
    disabled_reason: str | None
    attempts: int
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime


class WebhookWithSecret(Webhook, kw_only=True):
    """``secret`` is shown this once; messages are signed with it as Standard Webhooks has it."""

    secret: str


class WebhookDelivery(msgspec.Struct, kw_only=True):
    """One attempt. ``status`` and ``reply``, its first characters, are the receiver's; ``error`` says what failed."""

    id: UUID
    at: datetime
    event_id: int | None
    kind: str
    attempt: int
    by_hand: bool
    delivered: bool
    status: int | None
    error: str | None
    reply: str
    duration_ms: int
    next_try_at: datetime | None


def _webhook(row: Any) -> Webhook:
    return Webhook(**{name: getattr(row, name) for name in Webhook.__struct_fields__})


def _with_secret(row: Any, secret: bytes) -> WebhookWithSecret:
    return WebhookWithSecret(**msgspec.structs.asdict(_webhook(row)), secret=secret_text(secret))


def _delivery(row: Any) -> WebhookDelivery:
    return WebhookDelivery(**{name: getattr(row, name) for name in WebhookDelivery.__struct_fields__})


async def _find(tenant: Tenant, webhook_id: UUID, *, lock: bool = False) -> Any:
    row = await webhook_store.find_webhook(tenant.connection, webhook_id, lock=lock)
    if row is None:
        raise NotFound("There is no such webhook in this organisation.")
    return row


async def add_webhook(house: House, actor: Actor, organisation: str, new: NewWebhook) -> WebhookWithSecret:
    """Register an address; what happens from now on is sent there.

    Raises
    ------
    InvalidInput
        The address is not https on the public internet.
    TooManyWebhooks
        The organisation has 20.
    """
    read_target(new.url, private=house.config.webhook_private_addresses)
    webhook_id, secret = new_id(), os.urandom(32)
    sealed = seal(house.config, secret, purpose=sealing_purpose(webhook_id))
    async with house.tenant(actor, organisation) as tenant:
        if await webhook_store.count_webhooks(tenant.connection, tenant.organisation_id) >= MOST:
            raise TooManyWebhooks(f"An organisation has at most {MOST} webhooks: remove one first.")
        await webhook_store.add_webhook(
            tenant.connection,
            tenant.organisation_id,
            id=webhook_id,
            url=new.url,
            kinds=sorted(set(new.kinds)),
            description=new.description,
            secret=sealed,
            created_by=actor.account_id,
        )
        row = await _find(tenant, webhook_id)
        await record(tenant, "webhook.added", f"webhooks/{webhook_id}", url=new.url, kinds=row.kinds)
    return _with_secret(row, secret)


async def get_webhook(house: House, actor: Actor, organisation: str, webhook_id: UUID) -> Webhook:
    """Read a webhook; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        return _webhook(await _find(tenant, webhook_id))


async def list_webhooks(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[Webhook]:
    """List webhooks, oldest first."""
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        rows = await webhook_store.list_webhooks(
            tenant.connection, after=position[0] if position else None, limit=limit + 1
        )
    return Page([_webhook(r) for r in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def change_webhook(
    house: House, actor: Actor, organisation: str, webhook_id: UUID, change: WebhookChange
) -> Webhook:
    """Change a webhook, disable or enable it.

    Raises
    ------
    InvalidInput
        The address is not https on the public internet.
    NotFound
    """
    values = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    enabled = values.pop("enabled", None)
    if "url" in values:
        read_target(values["url"], private=house.config.webhook_private_addresses)
    if "kinds" in values:
        values["kinds"] = sorted(set(values["kinds"]))
    said = dict(values) | ({} if enabled is None else {"enabled": enabled})
    if enabled is not None:
        values |= {"state": "active", "disabled_reason": None, "attempts": 0, "failing_since": None}
        if not enabled:
            values |= {"state": "disabled", "disabled_reason": f"Disabled by {actor.name}."}
    async with house.tenant(actor, organisation) as tenant:
        await _find(tenant, webhook_id, lock=True)
        await webhook_store.change_webhook(tenant.connection, webhook_id, **values)
        if enabled or "url" in values:  # it need not wait for the next try at an address that is given up
            await webhook_store.set_due(tenant.connection, webhook_id, datetime.now(UTC))
        row = await _find(tenant, webhook_id)
        await record(tenant, "webhook.changed", f"webhooks/{webhook_id}", **said)
    return _webhook(row)


async def remove_webhook(house: House, actor: Actor, organisation: str, webhook_id: UUID) -> None:
    """Remove a webhook with the log of its deliveries; raises NotFound when there is none."""
    async with house.tenant(actor, organisation) as tenant:
        if not await webhook_store.remove_webhook(tenant.connection, webhook_id):
            raise NotFound("There is no such webhook in this organisation.")
        await record(tenant, "webhook.removed", f"webhooks/{webhook_id}")


async def rotate_secret(
    house: House, actor: Actor, organisation: str, webhook_id: UUID, rotation: Rotation
) -> WebhookWithSecret:
    """Give a webhook another secret; for a while messages are signed with both. Raises NotFound when there is none."""
    secret = os.urandom(32)
    sealed = seal(house.config, secret, purpose=sealing_purpose(webhook_id))
    until = datetime.now(UTC) + timedelta(hours=rotation.overlap_hours)
    async with house.tenant(actor, organisation) as tenant:
        before = await _find(tenant, webhook_id, lock=True)
        await webhook_store.change_webhook(
            tenant.connection, webhook_id, secret=sealed, old_secret=before.secret, old_secret_until=until
        )
        row = await _find(tenant, webhook_id)
        await record(tenant, "webhook.rotated", f"webhooks/{webhook_id}", old_secret_until=until)
    return _with_secret(row, secret)


async def list_deliveries(
    house: House,
    actor: Actor,
    organisation: str,
    webhook_id: UUID,
    *,
    delivered: bool | None,
    cursor: str | None,
    limit: int,
) -> Page[WebhookDelivery]:
    """List attempts of the last 30 days, newest first; raises NotFound when there is no such webhook."""
    position = decode_cursor(cursor, UUID)
    async with house.tenant(actor, organisation) as tenant:
        await _find(tenant, webhook_id)
        rows = await webhook_store.list_deliveries(
            tenant.connection,
            webhook_id,
            delivered=delivered,
            before=position[0] if position else None,
            limit=limit + 1,
        )
    return Page([_delivery(r) for r in rows[:limit]], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def ping(house: House, actor: Actor, organisation: str, webhook_id: UUID) -> WebhookDelivery:
    """Send a message of the kind ``ping`` now.

    Raises
    ------
    NotFound
        There is no such webhook.
    TooManyAttempts
        It was tried by hand ten times within a minute.
    """
    async with house.tenant(actor, organisation) as tenant:
        webhook = await _find(tenant, webhook_id)
    now = datetime.now(UTC)
    body = {"type": PING, "timestamp": now, "data": {"organisation": organisation}}
    message = Message(id=f"ping_{new_id().hex}", body=msgspec.json.encode(body))
    return await _send_by_hand(house, actor, organisation, webhook, message, event_id=None, kind=PING)


async def redeliver(
    house: House, actor: Actor, organisation: str, webhook_id: UUID, delivery_id: UUID
) -> WebhookDelivery:
    """Send the event of an attempt once more, now and under its id, whatever is waiting.

    Raises
    ------
    NotFound
        No such webhook or attempt, or it was a ping.
    TooManyAttempts
        It was tried by hand ten times within a minute.
    """
    async with house.tenant(actor, organisation) as tenant:
        webhook = await _find(tenant, webhook_id)
        delivery = await webhook_store.find_delivery(tenant.connection, webhook_id, delivery_id)
        event = None
        if delivery is not None and delivery.event_id is not None:
            event = await webhook_store.find_event(tenant.connection, delivery.event_id)
        if event is None:
            raise NotFound("There is no such delivery of an event.")
    message = event_message(event, organisation)
    return await _send_by_hand(house, actor, organisation, webhook, message, event_id=event.id, kind=event.kind)


async def _send_by_hand(
    house: House, actor: Actor, organisation: str, webhook: Any, message: Message, *, event_id: int | None, kind: str
) -> WebhookDelivery:
    now = datetime.now(UTC)
    async with house.tenant(actor, organisation) as tenant:
        since = now - timedelta(minutes=1)
        if await webhook_store.count_by_hand(tenant.connection, webhook.id, since) >= BY_HAND_A_MINUTE:
            raise TooManyAttempts(
                f"A webhook is tried by hand at most {BY_HAND_A_MINUTE} times a minute: wait.", retry_after_s=60
            )
    sender = WebhookSender(private=house.config.webhook_private_addresses)
    attempt = await send_message(house, sender, webhook, message, now)
    async with house.tenant(actor, organisation) as tenant:
        await _find(tenant, webhook.id, lock=True)
        row = await webhook_store.add_delivery(
            tenant.connection,
            tenant.organisation_id,
            webhook_id=webhook.id,
            event_id=event_id,
            kind=kind,
            attempt=1,
            by_hand=True,
            **attempt_values(attempt),
        )
    return _delivery(row)
