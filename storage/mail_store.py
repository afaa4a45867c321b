"""Mails that wait to be sent: written with what makes them necessary, taken by one sender at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.mail_tables import mail_outbox as outbox

__all__ = ["add_mail", "claim_mail", "finish_mail", "postpone_mail", "sweep_mail"]

LEASE = timedelta(minutes=10)  # a sender that was killed is believed dead after this long


async def add_mail(connection: AsyncConnection, *, recipient: str, subject: str, text: str) -> UUID:
    """Insert a mail that waits to be sent."""
    mail_id = new_id()
    await connection.execute(insert(outbox).values(id=mail_id, recipient=recipient, subject=subject, text=text))
    return mail_id


async def claim_mail(connection: AsyncConnection, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Take the mail that waited longest, so that for a while no other sender does; None when nothing is due."""
    due = (
        select(outbox.c.id)
        .where(outbox.c.state == "waiting", outbox.c.next_try_at <= now)
        .order_by(outbox.c.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = update(outbox).where(outbox.c.id == due).values(attempts=outbox.c.attempts + 1, next_try_at=now + LEASE)
    row: Row[*tuple[Any, ...]] | None = (await connection.execute(claim.returning(outbox))).first()
    return row


async def finish_mail(connection: AsyncConnection, mail_id: UUID, state: str, *, error: str | None) -> None:
    """Note that a mail was delivered or given up, and forget what it said."""
    await connection.execute(
        update(outbox).where(outbox.c.id == mail_id).values(state=state, error=error, text="", finished_at=func.now())
    )


async def postpone_mail(connection: AsyncConnection, mail_id: UUID, next_try_at: datetime, *, error: str) -> None:
    """Note why an attempt failed, and when the next one is due."""
    await connection.execute(update(outbox).where(outbox.c.id == mail_id).values(next_try_at=next_try_at, error=error))


async def sweep_mail(connection: AsyncConnection, before: datetime) -> int:
    """Forget mails delivered or given up before a moment; returns how many."""
    return (
        await connection.execute(delete(outbox).where(outbox.c.state != "waiting", outbox.c.finished_at < before))
    ).rowcount
