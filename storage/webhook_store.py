"""Webhooks: their rows, their schedule, their log of deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata
from storage.webhook_tables import webhook_deliveries as deliveries
from storage.webhook_tables import webhook_schedule as schedule
from storage.webhook_tables import webhooks

__all__ = [
    "add_delivery",
    "add_webhook",
    "change_webhook",
    "claim_due",
    "count_by_hand",
    "count_webhooks",
    "find_delivery",
    "find_event",
    "find_webhook",
    "list_deliveries",
    "list_webhooks",
    "lock_schedule",
    "next_event",
    "note_event",
    "owners",
    "remove_webhook",
    "set_due",
    "sweep_deliveries",
]

AnyRow = Row[*tuple[Any, ...]]
events = metadata.tables["events"]
LEASE = timedelta(minutes=2)  # a worker that has a webhook for longer was killed


async def add_webhook(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> UUID:
    """Insert a webhook that begins with the next event."""
    webhook_id: UUID = values.pop("id")
    last = select(func.coalesce(func.max(events.c.id), 0)).scalar_subquery()
    await connection.execute(
        insert(webhooks).values(id=webhook_id, organisation_id=organisation_id, position=last, **values)
    )
    await connection.execute(insert(schedule).values(webhook_id=webhook_id, organisation_id=organisation_id))
    return webhook_id


async def count_webhooks(connection: AsyncConnection, organisation_id: UUID) -> int:
    """Count the tenant's webhooks; who adds one waits for who is adding another."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 3))"), {"org": str(organisation_id)}
    )
    return int(await connection.scalar(select(func.count()).select_from(webhooks)) or 0)


async def find_webhook(connection: AsyncConnection, webhook_id: UUID, *, lock: bool = False) -> AnyRow | None:
    """Find one of the tenant's webhooks."""
    query = select(webhooks).where(webhooks.c.id == webhook_id)
    return (await connection.execute(query.with_for_update() if lock else query)).first()


async def list_webhooks(connection: AsyncConnection, *, after: UUID | None, limit: int) -> list[AnyRow]:
    """List the tenant's webhooks, oldest first."""
    query = select(webhooks).order_by(webhooks.c.id).limit(limit)
    return list(await connection.execute(query if after is None else query.where(webhooks.c.id > after)))


async def change_webhook(connection: AsyncConnection, webhook_id: UUID, **values: Any) -> None:
    """Change a webhook."""
    if values:
        await connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


async def remove_webhook(connection: AsyncConnection, webhook_id: UUID) -> bool:
    """Delete a webhook with its log; False when there is none."""
    return (await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))).rowcount > 0


async def note_event(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Make an organisation's idle webhooks due, in the transaction that records an event.

    Those that are due already are touched as well: their lock makes a worker that just found nothing wait and look
    again, or makes this transaction wait until that worker is done.
    """
    await connection.execute(
        update(schedule)
        .where(schedule.c.organisation_id == organisation_id)
        .values(due_at=func.coalesce(schedule.c.due_at, func.now()))
    )


async def set_due(connection: AsyncConnection, webhook_id: UUID, due_at: datetime | None) -> None:
    """Say when a webhook is due again; None when there is nothing to deliver."""
    await connection.execute(update(schedule).where(schedule.c.webhook_id == webhook_id).values(due_at=due_at))


async def lock_schedule(connection: AsyncConnection, webhook_id: UUID) -> None:
    """Hold a webhook's schedule, so that events recorded meanwhile are seen, or make it due afterwards."""
    await connection.execute(select(schedule.c.webhook_id).where(schedule.c.webhook_id == webhook_id).with_for_update())


async def claim_due(connection: AsyncConnection, now: datetime, *, busy: Sequence[UUID]) -> AnyRow | None:
    """Take the webhook that is due longest, so that for a while no other worker does.

    Parameters
    ----------
    busy
        Organisations that have their share of this worker.
    """
    query = select(schedule.c.webhook_id).where(schedule.c.due_at <= now).order_by(schedule.c.due_at).limit(1)
    if busy:
        query = query.where(schedule.c.organisation_id.not_in(busy))
    due = query.with_for_update(skip_locked=True).scalar_subquery()
    claim = update(schedule).where(schedule.c.webhook_id == due).values(due_at=now + LEASE)
    row: AnyRow | None = (
        await connection.execute(claim.returning(schedule.c.webhook_id, schedule.c.organisation_id))
    ).first()
    return row


async def next_event(connection: AsyncConnection, *, after: int, kinds: Sequence[str]) -> AnyRow | None:
    """Find the tenant's next event of these kinds; of any kind where none is named."""
    query = select(events).where(events.c.id > after).order_by(events.c.id).limit(1)
    if kinds:
        query = query.where(events.c.kind.in_(kinds))
    return (await connection.execute(query)).first()


async def find_event(connection: AsyncConnection, event_id: int) -> AnyRow | None:
    """Find one of the tenant's events."""
    return (await connection.execute(select(events).where(events.c.id == event_id))).first()


async def add_delivery(connection: AsyncConnection, organisation_id: UUID, **values: Any) -> AnyRow:
    """Insert what became of an attempt; returns its row."""
    statement = insert(deliveries).values(id=new_id(), organisation_id=organisation_id, **values)
    row: AnyRow = (await connection.execute(statement.returning(deliveries))).one()
    return row


async def find_delivery(connection: AsyncConnection, webhook_id: UUID, delivery_id: UUID) -> AnyRow | None:
    """Find one attempt of a webhook's."""
    query = select(deliveries).where(deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
    return (await connection.execute(query)).first()


async def count_by_hand(connection: AsyncConnection, webhook_id: UUID, since: datetime) -> int:
    """Count a webhook's attempts by hand since a moment."""
    query = select(func.count()).where(
        deliveries.c.webhook_id == webhook_id, deliveries.c.by_hand, deliveries.c.at >= since
    )
    return int(await connection.scalar(query) or 0)


async def list_deliveries(
    connection: AsyncConnection, webhook_id: UUID, *, delivered: bool | None, before: UUID | None, limit: int
) -> list[AnyRow]:
    """List a webhook's attempts, newest first."""
    query = (
        select(deliveries).where(deliveries.c.webhook_id == webhook_id).order_by(deliveries.c.id.desc()).limit(limit)
    )
    if delivered is not None:
        query = query.where(deliveries.c.delivered == delivered)
    return list(await connection.execute(query if before is None else query.where(deliveries.c.id < before)))


async def sweep_deliveries(connection: AsyncConnection, before: datetime) -> int:
    """Forget the tenant's attempts before a moment; returns how many."""
    return (await connection.execute(delete(deliveries).where(deliveries.c.at < before))).rowcount


async def owners(connection: AsyncConnection, organisation_id: UUID) -> list[str]:
    """Give the e-mail addresses of an organisation's owners."""
    rows = await connection.scalars(
        text(
            "SELECT a.email FROM memberships m JOIN accounts a ON a.id = m.account_id"
            " WHERE m.organisation_id = :organisation AND m.role = 'owner' ORDER BY a.email LIMIT 100"
        ),
        {"organisation": organisation_id},
    )
    return list(rows)
