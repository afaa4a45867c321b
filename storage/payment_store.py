"""Who pays at Stripe: what is known of it, operations begun, what was metered, invoices, events taken in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ids import new_id
from storage.tables import metadata

__all__ = [
    "add_metering",
    "add_payer",
    "begin_operation",
    "end_operation",
    "find_organisation",
    "find_payer",
    "free_minute",
    "known_events",
    "last_metered",
    "list_invoices",
    "list_refused",
    "lock_meterings",
    "metered_minor",
    "note_metered",
    "open_operation",
    "report_again",
    "send_as_invoice",
    "set_aside",
    "set_invoices",
    "set_metered_to",
    "set_over",
    "set_payer",
    "take_events",
    "uncredited",
    "unsent_meterings",
]

AnyRow = Row[*tuple[Any, ...]]
payers, operations, meterings, invoices, customers, events = (
    metadata.tables[name]
    for name in (
        "payers",
        "payment_operations",
        "payment_meterings",
        "payment_invoices",
        "stripe_customers",
        "stripe_events",
    )
)


async def find_payer(connection: AsyncConnection) -> AnyRow | None:
    """Find who pays for this tenant."""
    return (await connection.execute(select(payers))).first()


async def add_payer(connection: AsyncConnection, organisation_id: UUID, customer_id: str) -> None:
    """Note which customer at Stripe this tenant is; the first one counts."""
    values = {"organisation_id": organisation_id, "customer_id": customer_id}
    done = await connection.execute(upsert(payers).values(**values).on_conflict_do_nothing())
    if done.rowcount:
        await connection.execute(upsert(customers).values(**values).on_conflict_do_nothing())


async def set_payer(connection: AsyncConnection, revision: int, values: dict[str, Any]) -> bool:
    """Write down a look at Stripe; answer False, and change nothing, where another came since this one began."""
    done = await connection.execute(
        update(payers)
        .where(payers.c.revision == revision)
        .values(**values, revision=payers.c.revision + 1, looked_at=func.now())
    )
    return bool(done.rowcount)


async def find_organisation(connection: AsyncConnection, customer_id: str) -> UUID | None:
    """Tell whose customer somebody at Stripe is; None for a stranger."""
    query = select(customers.c.organisation_id).where(customers.c.customer_id == customer_id)
    found: UUID | None = await connection.scalar(query)
    return found


async def known_events(connection: AsyncConnection, event_ids: Iterable[str]) -> set[str]:
    """Tell which events were taken in."""
    return set(await connection.scalars(select(events.c.id).where(events.c.id.in_(list(event_ids)))))


async def take_events(connection: AsyncConnection, kinds: Mapping[str, str]) -> int:
    """Take events in, given by their kinds; answer how many were not taken in before.

    In the order of their ids: two that take the same ones in wait for each other, instead of for ever.
    """
    rows = [{"id": event_id, "kind": kind} for event_id, kind in sorted(kinds.items())]
    return (await connection.execute(upsert(events).values(rows).on_conflict_do_nothing())).rowcount


async def open_operation(
    connection: AsyncConnection, kind: str, request: dict[str, Any], since: datetime
) -> UUID | None:
    """Find an operation that was begun since a moment and of which nobody knows what became."""
    query = select(operations.c.id).where(
        operations.c.kind == kind,
        operations.c.request == request,
        operations.c.result.is_(None),
        operations.c.created_at >= since,
    )
    found: UUID | None = await connection.scalar(query.order_by(operations.c.id.desc()).limit(1))
    return found


async def begin_operation(
    connection: AsyncConnection, organisation_id: UUID, kind: str, request: dict[str, Any], *, id: UUID | None = None
) -> UUID:
    """Write an operation down before it is asked for; under an id that stands already, it is the same one."""
    operation_id = id or new_id()
    values = {"organisation_id": organisation_id, "id": operation_id, "kind": kind, "request": request}
    await connection.execute(upsert(operations).values(**values).on_conflict_do_nothing())
    return operation_id


async def end_operation(connection: AsyncConnection, operation_id: UUID, result: str) -> None:
    """Note what became of an operation."""
    await connection.execute(update(operations).where(operations.c.id == operation_id).values(result=result))


async def uncredited(connection: AsyncConnection) -> list[AnyRow]:
    """List credit notes given since one pays at Stripe that are not in the balance there.

    ``begun_at`` tells when that was first tried, of which nobody knows what became; null where it was not.
    """
    rows = await connection.execute(
        text("""
            SELECT c.id, c.amount_minor, c.currency, c.reason, o.created_at AS begun_at FROM credit_notes c
            LEFT JOIN payment_operations o ON o.organisation_id = c.organisation_id AND o.id = c.id
            WHERE o.result IS NULL
                AND c.created_at >= (SELECT min(k.created_at) FROM payment_operations k WHERE k.kind = 'checkout')
            ORDER BY c.created_at, c.id
        """)
    )
    return list(rows)


async def set_metered_to(connection: AsyncConnection, until: datetime) -> None:
    """Note until when what was used is written down to be reported; never that it is less than it was."""
    await connection.execute(update(payers).values(metered_to=func.greatest(payers.c.metered_to, until)))


async def set_over(connection: AsyncConnection, at: datetime) -> None:
    """Note when what was subscribed to was over."""
    await connection.execute(update(payers).values(over_at=at))


async def lock_meterings(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let nobody else write down what is to be reported until the transaction ends: two would report it twice."""
    await connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:org, 8))"), {"org": str(organisation_id)}
    )


async def metered_minor(connection: AsyncConnection, month: date, currency: str) -> int:
    """Add up what of a month's bill was written down to be reported."""
    query = select(func.coalesce(func.sum(meterings.c.amount_minor), 0)).where(
        meterings.c.month == month, meterings.c.currency == currency
    )
    return int(await connection.scalar(query) or 0)


async def add_metering(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    month: date,
    amount_minor: int,
    currency: str,
    at: datetime,
    way: str,
) -> None:
    """Write an amount down that is to be reported: to the meter, or by an invoice of its own."""
    await connection.execute(
        insert(meterings).values(
            organisation_id=organisation_id,
            id=new_id(),
            month=month,
            amount_minor=amount_minor,
            currency=currency,
            at=at,
            way=way,
        )
    )


async def free_minute(connection: AsyncConnection, now: datetime) -> datetime:
    """Find the first moment from now on in whose minute nothing is metered: sums at Stripe, which are of minutes, then
    tell of each amount whether it arrived.
    """
    minute = now.replace(second=0, microsecond=0)
    found = await connection.scalars(select(func.date_trunc("minute", meterings.c.at)).where(meterings.c.at >= minute))
    taken = set(found)
    while minute in taken:
        minute += timedelta(minutes=1)
    return max(now, minute)


async def unsent_meterings(connection: AsyncConnection) -> list[AnyRow]:
    """List what is to be reported, oldest first; without what was set aside."""
    waiting = select(meterings).where(meterings.c.sent_at.is_(None), meterings.c.refused_at.is_(None))
    return list(await connection.execute(waiting.order_by(meterings.c.id)))


async def last_metered(connection: AsyncConnection) -> AnyRow | None:
    """Find what was last written down for the meter."""
    query = select(meterings).where(meterings.c.way == "meter").order_by(meterings.c.at.desc()).limit(1)
    return (await connection.execute(query)).first()


async def send_as_invoice(connection: AsyncConnection, metering_id: UUID) -> None:
    """Let an amount go by an invoice of its own: it never came to the meter, and no subscription takes it up now."""
    await connection.execute(update(meterings).where(meterings.c.id == metering_id).values(way="invoice"))


async def set_aside(connection: AsyncConnection, metering_id: UUID, reason: str) -> None:
    """Note that an amount was refused for good: it is not reported by itself any more, and stops no other."""
    await connection.execute(
        update(meterings).where(meterings.c.id == metering_id).values(refused_at=func.now(), refusal=reason)
    )


async def list_refused(connection: AsyncConnection) -> list[AnyRow]:
    """List what was refused for good, amounts used and credits (``kind``), oldest first."""
    rows = await connection.execute(
        text("""
            SELECT 'usage' AS kind, id, month, amount_minor, currency, refused_at, refusal FROM payment_meterings
            WHERE refused_at IS NOT NULL AND sent_at IS NULL
            UNION ALL
            SELECT 'credit', c.id, c.month, c.amount_minor, c.currency, o.created_at, substr(o.result, 10)
            FROM payment_operations o
            JOIN credit_notes c ON c.organisation_id = o.organisation_id AND c.id = o.id
            WHERE o.kind = 'credit' AND starts_with(o.result, 'refused: ')
            ORDER BY refused_at, id
        """)
    )
    return list(rows)


async def report_again(connection: AsyncConnection, refused_id: UUID, at: datetime) -> bool:
    """Let what was refused be reported once more; answer False where nothing of this id was.

    An amount gets another name, since Stripe remembers its answer to the one it has, and another moment, since it takes
    none of long ago.
    """
    again = update(meterings).where(
        meterings.c.id == refused_id, meterings.c.refused_at.is_not(None), meterings.c.sent_at.is_(None)
    )
    if (await connection.execute(again.values(id=new_id(), at=at, refused_at=None, refusal=""))).rowcount:
        return True
    credit = update(operations).where(
        operations.c.id == refused_id, operations.c.kind == "credit", operations.c.result.startswith("refused: ")
    )
    return bool((await connection.execute(credit.values(result=None))).rowcount)


async def note_metered(connection: AsyncConnection, metering_id: UUID) -> None:
    """Note that an amount was reported."""
    await connection.execute(update(meterings).where(meterings.c.id == metering_id).values(sent_at=func.now()))


async def set_invoices(connection: AsyncConnection, organisation_id: UUID, found: list[dict[str, Any]]) -> None:
    """Write down invoices as Stripe has them; those that it no longer lists (deleted drafts) are forgotten.

    Only drafts can be deleted there: what was once final stays here, however many follow it.
    """
    await connection.execute(
        delete(invoices).where(invoices.c.status == "draft", invoices.c.id.not_in([each["id"] for each in found]))
    )
    if not found:
        return
    statement = upsert(invoices).values([{"organisation_id": organisation_id, **each} for each in found])
    changed = {name: statement.excluded[name] for name in found[0] if name != "id"}
    await connection.execute(statement.on_conflict_do_update(index_elements=["organisation_id", "id"], set_=changed))


async def list_invoices(
    connection: AsyncConnection, *, before: tuple[datetime, str] | None, limit: int
) -> list[AnyRow]:
    """List invoices, newest first."""
    query = select(invoices).order_by(invoices.c.created_at.desc(), invoices.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(text("(created_at, id) < (:at, :id)").bindparams(at=before[0], id=before[1]))
    return list(await connection.execute(query))
