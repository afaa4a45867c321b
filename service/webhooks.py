"""Webhooks delivered: events in their order, at least once each, by whichever worker gets to them first."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput
from domain.webhook import GIVE_UP_AFTER, read_target, retry_delay
from service.audit_log import record
from service.config import Config
from service.house import NOBODY, House, Tenant
from service.mail import post_mail
from service.sealing import SealBroken, unseal
from service.webhook_sender import Attempt, Message, WebhookSender
from storage import job_store, organisation_store, webhook_store

__all__ = ["attempt_values", "deliver_webhooks", "event_message", "sealing_purpose", "send_due", "send_message"]

log = structlog.get_logger("uraniborg.webhooks")

POLL_S = 1.0
AT_ONCE = 20
AT_ONCE_EACH = 4  # of one organisation, so that one with slow receivers holds up no other
TURN = timedelta(seconds=60)  # of one webhook, well within its lease


def sealing_purpose(webhook_id: UUID) -> str:
    """Say what a webhook's secret is sealed for."""
    return f"webhook {webhook_id.hex}"


def valid_secrets(config: Config, webhook: Any, now: datetime) -> list[bytes]:
    """Give the secrets with which a webhook's messages are signed now: the present one, and one that fades out."""
    purpose = sealing_purpose(webhook.id)
    secrets = [unseal(config, webhook.secret, purpose=purpose)]
    if webhook.old_secret is not None and webhook.old_secret_until > now:
        secrets.append(unseal(config, webhook.old_secret, purpose=purpose))
    return secrets


def event_message(event: Any, organisation: str) -> Message:
    """Write an event as its receivers get it.

    Source
    ------
    Standard Webhooks specification, "Payload structure": ``type``, ``timestamp``, ``data``.
    """
    body = {
        "type": event.kind,
        "timestamp": event.created_at.astimezone(UTC),
        "data": {"organisation": organisation, "event": event.id, **event.payload},
    }
    return Message(id=f"evt_{event.id}", body=msgspec.json.encode(body))


def attempt_values(attempt: Attempt) -> dict[str, Any]:
    """Give the columns of an attempt."""
    return {name: getattr(attempt, name) for name in ("delivered", "status", "error", "reply", "duration_ms")}


async def send_message(house: House, sender: WebhookSender, webhook: Any, message: Message, now: datetime) -> Attempt:
    """Send a message to a webhook, outside of any transaction."""
    try:
        target = read_target(webhook.url, private=house.config.webhook_private_addresses)
        secrets = valid_secrets(house.config, webhook, now)
    except InvalidInput as error:  # what was registered while the operator allowed more
        return Attempt(delivered=False, status=None, error=error.detail, reply="", duration_ms=0)
    except SealBroken:
        log.error("the secret of a webhook cannot be unsealed", webhook=str(webhook.id))
        return Attempt(delivered=False, status=None, error="Its secret is lost: rotate it.", reply="", duration_ms=0)
    return await sender.send(target, message, secrets)


async def deliver_webhooks(house: House, stop: asyncio.Event, *, sender: WebhookSender | None = None) -> None:
    """Deliver what is due until told to stop, several at once; safe in several processes."""
    sender = sender or WebhookSender(private=house.config.webhook_private_addresses)
    running: dict[asyncio.Task[None], UUID] = {}
    stopped = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            while len(running) < AT_ONCE and (claimed := await _claim(house, list(running.values()))) is not None:
                work = _turn(house, sender, claimed.organisation_id, claimed.webhook_id, None)
                running[asyncio.create_task(work)] = claimed.organisation_id
        except Exception as error:  # the database went away: wait and come back
            log.warning("webhooks interrupted", reason=type(error).__name__, exc_info=error)
        await asyncio.wait([stopped, *running], timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in running if task.done()]:
            del running[task]
            if (problem := task.exception()) is not None:
                log.warning("webhook interrupted", reason=type(problem).__name__, exc_info=problem)
    await asyncio.gather(*running, return_exceptions=True)  # each ends within its timeout
    stopped.cancel()


async def _claim(house: House, running: list[UUID], now: datetime | None = None) -> Any:
    busy = [organisation for organisation, count in Counter(running).items() if count >= AT_ONCE_EACH]
    async with house.database.transaction() as connection:
        return await webhook_store.claim_due(connection, now or datetime.now(UTC), busy=busy)


async def send_due(house: House, *, sender: WebhookSender, now: datetime) -> int:
    """Deliver everything that is due at a moment, one after the other; returns how many webhooks had their turn."""
    turns = 0
    while (claimed := await _claim(house, [], now)) is not None:
        await _turn(house, sender, claimed.organisation_id, claimed.webhook_id, now)
        turns += 1
    return turns


async def _turn(
    house: House, sender: WebhookSender, organisation_id: UUID, webhook_id: UUID, fixed: datetime | None
) -> None:
    """Deliver a webhook's events in order, until there is none, one fails, or its turn is over.

    A message is sent, and then noted: who is killed in between leaves it to be sent again under the same id.
    """
    end = datetime.now(UTC) + TURN
    while True:
        now = fixed or datetime.now(UTC)
        async with house.database.transaction(organisation=organisation_id) as connection:
            webhook = await webhook_store.find_webhook(connection, webhook_id, lock=True)
            if webhook is None:
                return
            # Events are recorded under this lock, too: one that comes now is seen, or makes the webhook due again.
            # It is always taken after the webhook's own.
            await webhook_store.lock_schedule(connection, webhook_id)
            event = None
            if webhook.state == "active":
                event = await webhook_store.next_event(connection, after=webhook.position, kinds=webhook.kinds)
            if event is None:
                if webhook.state == "active" and webhook.kinds:  # what is not for it is not looked through again
                    last = await job_store.last_event(connection)
                    await webhook_store.change_webhook(connection, webhook_id, position=last)
                await webhook_store.set_due(connection, webhook_id, None)
                return
            if datetime.now(UTC) > end:
                await webhook_store.set_due(connection, webhook_id, now)
                return
            slug = (await organisation_store.get_name(connection, organisation_id)).slug
        attempt = await send_message(house, sender, webhook, event_message(event, slug), now)
        async with house.database.transaction(organisation=organisation_id) as connection:
            if not await _note(connection, organisation_id, slug, webhook, event, attempt, now):
                return


async def _note(
    connection: AsyncConnection,
    organisation_id: UUID,
    slug: str,
    sent: Any,
    event: Any,
    attempt: Attempt,
    now: datetime,
) -> bool:
    """Note what became of an attempt; returns whether the next event may follow."""
    webhook = await webhook_store.find_webhook(connection, sent.id, lock=True)
    if webhook is None:
        return False
    log.info("webhook", webhook=str(webhook.id), event_id=event.id, delivered=attempt.delivered, status=attempt.status)
    attempts = webhook.attempts + 1
    since = webhook.failing_since or now
    over = attempt.status == 410 or now - since >= GIVE_UP_AFTER
    again = None if attempt.delivered or over else now + retry_delay(attempts)
    await webhook_store.add_delivery(
        connection,
        organisation_id,
        webhook_id=webhook.id,
        event_id=event.id,
        kind=event.kind,
        attempt=attempts,
        next_try_at=again,
        at=now,
        **attempt_values(attempt),
    )
    if attempt.delivered:
        position = max(event.id, webhook.position)
        await webhook_store.change_webhook(connection, webhook.id, position=position, attempts=0, failing_since=None)
        return True
    await webhook_store.change_webhook(connection, webhook.id, attempts=attempts, failing_since=since)
    await webhook_store.set_due(connection, webhook.id, again)
    if over and webhook.state == "active":
        await _disable(connection, organisation_id, slug, webhook, attempt)
    return False


async def _disable(
    connection: AsyncConnection, organisation_id: UUID, slug: str, webhook: Any, attempt: Attempt
) -> None:
    """Disable a webhook that does not take its messages, and tell the owners."""
    said = attempt.error or f"it answered {attempt.status}"
    reason = "It answered 410: gone." if attempt.status == 410 else f"Deliveries failed for three days; last: {said}"
    await webhook_store.change_webhook(connection, webhook.id, state="disabled", disabled_reason=reason[:500])
    for owner in await webhook_store.owners(connection, organisation_id):
        await post_mail(
            connection,
            to=owner,
            subject=f"A webhook of {slug} was disabled",
            text=(
                f"The webhook {webhook.id} of {slug} gets no more messages.\n\n"
                f"Address: {webhook.url}\nReason:  {reason}\n\n"
                "Nothing is lost: once it is enabled again, it goes on with the event at which it stopped:\n\n"
                f"    uraniborg org webhook enable {webhook.id} -o {slug}\n"
            ),
        )
    tenant = Tenant(connection, organisation_id, slug, "worker", NOBODY)
    await record(tenant, "webhook.disabled", f"webhooks/{webhook.id}", reason=reason)
