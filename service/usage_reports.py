"""What an organisation used and is to pay for: written down first, then reported to Stripe, each amount once.

An amount that Stripe refuses for good is set aside, where the operator sees it, and those after it go on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.bill import Bill
from billing.ledger_bills import plan_at
from domain.calendar_month import Month, microseconds, months_between
from domain.errors import Conflict
from domain.money import Money
from service.actions.bills import bill_of, first_day
from service.house import House
from service.plans import is_subscribed, plans_of
from storage import payment_store, plan_store

if TYPE_CHECKING:
    from billing.stripe_gateway import StripeGateway

__all__ = [
    "OPERATION_LIFE",
    "charged_minor",
    "is_unreported",
    "key_of",
    "name_refused",
    "send_credits",
    "send_usage",
    "write_down_usage",
]

log = structlog.get_logger("uraniborg.payment")

OPERATION_LIFE = timedelta(hours=20)  # Stripe remembers idempotency keys and identifiers for a day
AHEAD = timedelta(minutes=4)  # Stripe takes what is of five minutes from now
COUNTING = timedelta(minutes=15)  # within which Stripe counts what was reported


def key_of(operation_id: UUID) -> str:
    """Derive the idempotency key of an operation."""
    return f"uraniborg-{operation_id}"


def is_unreported(payer: Any) -> bool:
    """Tell whether what was used until a subscription was over is not written down yet."""
    return payer.over_at is not None and (payer.metered_to is None or payer.metered_to < payer.over_at)


async def write_down_usage(house: House, organisation_id: UUID, now: datetime, *, runs: bool, by_meter: bool) -> None:
    """Write down by how much bills grew since the last time: what is reported adds up to what they charge for the time
    in which something was subscribed to.

    Parameters
    ----------
    runs : bool
        Whether something is subscribed to, so that what is used until now counts; else only what was used until the
        last subscription was over.
    by_meter : bool
        Whether the meter still reaches an invoice; else what is left comes on one of its own.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        await payment_store.lock_meterings(connection, organisation_id)
        payer = await payment_store.find_payer(connection)
        if payer is None:
            return
        plans = await plans_of(house, connection, organisation_id)
        assignments = await plan_store.list_assignments(connection, organisation_id)
        since = payer.metered_to
        for until in [*([payer.over_at] if is_unreported(payer) else []), *([now] if runs else [])]:
            plan = plan_at(plans, microseconds(until) - 1)
            if plan is None:
                continue
            began = _began(assignments, until)
            since = min(until, began if since is None else max(since, began))
            months = months_between(since, until) or [Month.of(until)]
            # Of the month before the first of them, downloads may have been counted late.
            for month in [*([months[0].previous] if months[0].begin > began else []), *months]:
                amount_minor = await _subscribed_minor(
                    house, connection, organisation_id, month, plan.currency, assignments, until
                )
                grown = amount_minor - await payment_store.metered_minor(connection, first_day(month), plan.currency)
                if grown > 0:
                    await payment_store.add_metering(
                        connection,
                        organisation_id,
                        month=first_day(month),
                        amount_minor=grown,
                        currency=plan.currency,
                        at=await payment_store.free_minute(connection, now),
                        way="meter" if by_meter else "invoice",
                    )
            await payment_store.set_metered_to(connection, until)
            since = until


def _began(assignments: list[Any], until: datetime) -> datetime:
    """Tell since when a plan was subscribed to without a break, up to a moment: what was before is not Stripe's."""
    began = until
    for row in reversed([row for row in assignments if row.since < until]):
        if not is_subscribed(row):
            break
        began = row.since
    return began


async def _subscribed_minor(
    house: House,
    connection: AsyncConnection,
    organisation_id: UUID,
    month: Month,
    currency: str,
    assignments: list[Any],
    until: datetime,
) -> int:
    """Add up what a month's bill charges until a moment, less what came up while nothing was subscribed to.

    Each stretch of a plan is charged by itself, so that what came up in one is the difference of two bills.
    """

    async def charged(now: datetime) -> int:
        return charged_minor(await bill_of(house, connection, organisation_id, month, now=now), currency)

    amount_minor = await charged(until)
    ends = [*(row.since for row in assignments[1:]), until]
    for row, following in zip(assignments, ends, strict=True):
        begin, end = max(row.since, month.begin), min(following, until, month.end)
        if begin < end and not is_subscribed(row):
            amount_minor -= await charged(end) - await charged(begin)
    return amount_minor


def charged_minor(bill: Bill, currency: str) -> int:
    """Add up what a bill charges; credit notes go into the balance at Stripe, by themselves."""
    return sum(
        line.money.amount_minor for line in bill.lines if line.kind != "credit" and line.money.currency == currency
    )


async def send_usage(
    house: House, payer: StripeGateway, organisation_id: UUID, customer_id: str, now: datetime, *, by_meter: bool
) -> None:
    """Report what was written down. Stripe takes each once, as long as it remembers its name; of what is older, the
    sum of its minute, which is its own, tells whether it arrived.
    """
    async with house.database.transaction(organisation=organisation_id) as connection:
        waiting = await payment_store.unsent_meterings(connection)
    for row in waiting:
        try:
            is_sent = await _send(house, payer, organisation_id, customer_id, now, row, by_meter=by_meter)
        except Conflict as error:
            from billing.stripe_gateway import reason_of  # takes a second to load, and is there by now

            async with house.database.transaction(organisation=organisation_id) as connection:
                await payment_store.set_aside(connection, row.id, reason_of(error))
            continue
        if is_sent:
            async with house.database.transaction(organisation=organisation_id) as connection:
                await payment_store.note_metered(connection, row.id)


async def _send(
    house: House,
    payer: StripeGateway,
    organisation_id: UUID,
    customer_id: str,
    now: datetime,
    row: Any,
    *,
    by_meter: bool,
) -> bool:
    """Report one amount; answers False where it is to be looked at again, since nothing takes it up just now."""
    age = now - row.at
    if row.way == "meter":
        if -age > AHEAD:
            return False
        if not by_meter or age > OPERATION_LIFE:
            if await payer.metered_minor(customer_id=customer_id, at=row.at) >= row.amount_minor:
                return True
            if not by_meter and age < COUNTING:
                return False
        if by_meter:
            return await _meter(payer, customer_id, row)
        async with house.database.transaction(organisation=organisation_id) as connection:
            await payment_store.send_as_invoice(connection, row.id)
    await payer.invoice(
        key_of(row.id),
        customer_id=customer_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        text=f"Storage and downloads, {row.month:%Y-%m}",
        taxed=house.config.stripe_tax,
        sought=age > OPERATION_LIFE,
    )
    return True


async def _meter(payer: StripeGateway, customer_id: str, row: Any) -> bool:
    try:
        await payer.meter(key_of(row.id), customer_id=customer_id, amount_minor=row.amount_minor, at=row.at)
    except Conflict:
        # Refused perhaps because its name is known: then it is counted.
        if await payer.metered_minor(customer_id=customer_id, at=row.at) < row.amount_minor:
            raise
    return True


async def send_credits(
    house: House, payer: StripeGateway, organisation_id: UUID, customer_id: str, now: datetime
) -> None:
    """Bring credit notes into the balance at Stripe; the note's own id is that of the operation."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        notes = await payment_store.uncredited(connection)
    for note in notes:
        async with house.database.transaction(organisation=organisation_id) as connection:
            request = {"amount_minor": note.amount_minor, "currency": note.currency}
            await payment_store.begin_operation(connection, organisation_id, "credit", request, id=note.id)
        # Once Stripe has forgotten the key, it would give it again: then its balance tells.
        forgotten = note.begun_at is not None and now - note.begun_at > OPERATION_LIFE
        result = "credited"
        try:
            if not (forgotten and await payer.has_credit(key_of(note.id), customer_id=customer_id)):
                await payer.credit(
                    key_of(note.id),
                    customer_id=customer_id,
                    amount_minor=note.amount_minor,
                    currency=note.currency,
                    reason=note.reason,
                )
        except Conflict as error:
            from billing.stripe_gateway import reason_of

            result = f"refused: {reason_of(error)}"
        async with house.database.transaction(organisation=organisation_id) as connection:
            await payment_store.end_operation(connection, note.id, result)


async def name_refused(house: House, organisation_id: UUID) -> None:
    """Name in the log what was refused for good and waits for the operator."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        refused = await payment_store.list_refused(connection)
    for row in refused:
        log.error(
            "a report was refused for good: see `uraniborg-server usage refused`",
            organisation=str(organisation_id),
            kind=row.kind,
            id=str(row.id),
            amount=str(Money(row.amount_minor, row.currency)),
            since=row.refused_at.astimezone(UTC).isoformat(),
            reason=row.refusal,
        )
