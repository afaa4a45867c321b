"""What Stripe says, taken in: looked at as a whole, and written down unless a newer look was.

Events only say whom to look at. What is kept of a customer follows from Stripe's state alone, so that events may come
twice, in any order, or never: the sweep looks too.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.plans import Plan
from billing.stripe_state import ENDED, RUNNING, AtStripe
from domain.errors import BillingUnavailable, Conflict, NotFound
from service.house import House
from service.mail import post_mail
from service.plans import SUBSCRIPTION, give_plan, is_subscribed, plan_of
from service.usage_reports import (
    OPERATION_LIFE,
    is_unreported,
    key_of,
    name_refused,
    send_credits,
    send_usage,
    write_down_usage,
)
from storage import job_store, organisation_store, payment_store, plan_store, webhook_store

if TYPE_CHECKING:
    from billing.stripe_gateway import StripeEvent, StripeGateway

__all__ = ["NOT_KEPT", "look_again", "reconcile", "take_event"]

log = structlog.get_logger("uraniborg.payment")

LOOK_EVERY = timedelta(hours=6)
TRIES = 5
NOT_KEPT = ("invoices", "also_running")


class _Turn:
    """Whose look it is, and the events that wait for the next one."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting: dict[str, StripeEvent] = {}


# Whoever waits holds the organisation's turn, which is forgotten with the last of them.
_turns: WeakValueDictionary[UUID, _Turn] = WeakValueDictionary()


async def take_event(house: House, payer: StripeGateway, event: StripeEvent) -> None:
    """Take an event in: its id and its effect in one transaction. One that was taken in before does nothing.

    Raises
    ------
    BillingUnavailable
        Stripe cannot be asked just now: it sends the event again.
    """
    async with house.database.transaction() as connection:
        if await payment_store.known_events(connection, [event.id]):
            return
        organisation_id = await payment_store.find_organisation(connection, event.customer_id)
    if organisation_id is None:
        log.info("event of a stranger", event_id=event.id, kind=event.kind)
        return
    await look_again(house, payer, organisation_id, event)


async def look_again(
    house: House, payer: StripeGateway, organisation_id: UUID, event: StripeEvent | None = None
) -> AtStripe | None:
    """Look at an organisation's customer, and write down what is there; None where it has none.

    Within a process one look follows another, and takes in all events that came before it began: a storm of them
    costs few looks.
    """
    turn = _turns.setdefault(organisation_id, _Turn())
    if event is not None:
        turn.waiting[event.id] = event
    async with turn.lock:
        if event is not None and event.id not in turn.waiting:
            return None  # taken in by a look that began since
        events, turn.waiting = turn.waiting, {}
        try:
            return await _look(house, payer, organisation_id, events)
        except BaseException:
            # Nobody took them in: whoever waits with one of them looks for themselves.
            turn.waiting = events | turn.waiting
            raise


async def _look(
    house: House, payer: StripeGateway, organisation_id: UUID, events: dict[str, StripeEvent]
) -> AtStripe | None:
    for _ in range(TRIES):
        async with house.database.transaction(organisation=organisation_id) as connection:
            before = await payment_store.find_payer(connection)
            if events and await payment_store.known_events(connection, events) == events.keys():
                return None  # taken in meanwhile
        if before is None:
            return None
        found = await payer.look(before.customer_id)
        try:
            async with house.database.transaction(organisation=organisation_id) as connection:
                kinds = {each.id: each.kind for each in events.values()}
                if events and not await payment_store.take_events(connection, kinds):
                    return found
                await _write_down(house, connection, organisation_id, before, found)
            return found
        except _LookedSince:
            continue
    raise BillingUnavailable("This organisation's payment changes too quickly; try again in a moment.")


class _LookedSince(Exception):
    """Somebody looked since this look began: nothing of the transaction may stay, no event either."""


async def _write_down(
    house: House, connection: AsyncConnection, organisation_id: UUID, before: Any, found: AtStripe
) -> None:
    values = {name: getattr(found, name) for name in AtStripe.__struct_fields__ if name not in NOT_KEPT}
    if not await payment_store.set_payer(connection, before.revision, values):
        raise _LookedSince
    rows = [msgspec.structs.asdict(invoice) for invoice in found.invoices]
    await payment_store.set_invoices(connection, organisation_id, rows)
    await _follow(house, connection, organisation_id, found)
    if found.also_running:
        log.error(
            "a customer has more than one subscription that runs: end the others at Stripe",
            organisation=str(organisation_id),
            counts=found.subscription_id,
            others=found.also_running,
        )
    if found.failing_since is not None and before.failing_since is None:
        await _tell_of_failure(house, connection, organisation_id, found)


async def _follow(house: House, connection: AsyncConnection, organisation_id: UUID, found: AtStripe) -> None:
    """Give the plan that is subscribed to, on the terms of its version; the default one once the subscription is over.

    A plan that the operator gave by hand to whoever never subscribed is left alone; so is that of who closed, which has
    the default one since then.
    """
    if not found.subscription_id or (await organisation_store.get_name(connection, organisation_id)).closed_at:
        return
    present = await plan_of(house, connection, organisation_id)
    given = await plan_store.list_assignments(connection, organisation_id)
    has_subscribed = bool(given) and is_subscribed(given[-1])
    if found.status in RUNNING:
        wanted: Plan | None = None
        try:
            wanted = house.plans.find(found.plan, found.version)
        except NotFound:
            log.error("a subscription names a plan that there is not", plan=found.plan, version=found.version)
        # The same plan given by hand, or by default, is not Stripe's to charge until then.
        same = wanted is not None and (present.name, present.version) == (wanted.name, wanted.version)
        if wanted is not None and not (same and has_subscribed):
            await give_plan(connection, organisation_id, wanted, note=f"{SUBSCRIPTION}{found.subscription_id}")
    elif found.status in ENDED and has_subscribed and (present.name, present.version) == (found.plan, found.version):
        note = f"the subscription {found.subscription_id} is over"
        since = await give_plan(connection, organisation_id, house.plans.find(house.plans.default), note=note)
        await payment_store.set_over(connection, since)


async def _tell_of_failure(house: House, connection: AsyncConnection, organisation_id: UUID, found: AtStripe) -> None:
    assert found.failing_since is not None
    slug = (await organisation_store.get_name(connection, organisation_id)).slug
    plan = await plan_of(house, connection, organisation_id)
    until = found.failing_since + timedelta(days=plan.grace_days)
    for owner in await webhook_store.owners(connection, organisation_id):
        await post_mail(
            connection,
            to=owner,
            subject=f"A payment of {slug} failed",
            text=f"A payment of {slug} failed. Until {until:%Y-%m-%d} everything goes on. Afterwards nothing new is"
            " taken until it is paid; what is stored stays, and can be read, exported and deleted as ever. Nothing is"
            " removed."
            f"\n\nPay, or change how you pay, in the customer portal, which an owner opens:\n\n"
            f"    uraniborg api open_payment_portal -o {slug}\n",
        )
    await job_store.add_event(
        connection,
        organisation_id,
        "payment.failed",
        {"since": found.failing_since.isoformat(), "until": until.isoformat()},
    )


async def reconcile(house: House, organisation_id: UUID, now: datetime, *, forced: bool = False) -> int:
    """Compare with Stripe and repair: what is kept of the customer, credits, what is to be reported; and end what an
    organisation subscribed to that closed.

    Returns
    -------
    int
        1 if Stripe was asked.
    """
    payer: StripeGateway | None = house.payer
    if payer is None:
        return 0
    async with house.database.transaction(organisation=organisation_id) as connection:
        row = await payment_store.find_payer(connection)
        closed_at = (await organisation_store.get_name(connection, organisation_id)).closed_at
    if row is None:
        return 0
    late = row.looked_at is None or now - row.looked_at >= LOOK_EVERY
    if not (forced or late or is_unreported(row) or (closed_at and row.status in RUNNING)):
        return 0
    try:
        found = await look_again(house, payer, organisation_id)
        if found is not None:
            runs = found.status in RUNNING
            if runs:
                await send_credits(house, payer, organisation_id, row.customer_id, now)
            await write_down_usage(house, organisation_id, now, runs=runs and closed_at is None, by_meter=runs)
            await send_usage(house, payer, organisation_id, row.customer_id, now, by_meter=runs)
            if runs and closed_at is not None:
                await _end(house, payer, organisation_id, row.customer_id, found.subscription_id, now)
    except (BillingUnavailable, Conflict) as error:
        log.warning("payment not reconciled", organisation=str(organisation_id), reason=error.detail)
    await name_refused(house, organisation_id)
    return 1


async def _end(
    house: House, payer: StripeGateway, organisation_id: UUID, customer_id: str, subscription_id: str, now: datetime
) -> None:
    """End the subscription of an organisation that closed, as soon as Stripe counted what was reported before."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        waiting = await payment_store.unsent_meterings(connection)
        last = await payment_store.last_metered(connection)
    if any(row.way == "meter" for row in waiting) or (
        last is not None
        and last.refused_at is None
        and (last.at > now or await payer.metered_minor(customer_id=customer_id, at=last.at) < last.amount_minor)
    ):
        return  # the next sweep looks again
    request = {"subscription": subscription_id}
    async with house.database.transaction(organisation=organisation_id) as connection:
        operation_id = await payment_store.open_operation(connection, "end", request, now - OPERATION_LIFE)
        if operation_id is None:
            operation_id = await payment_store.begin_operation(connection, organisation_id, "end", request)
    result = "ended"
    try:
        await payer.end(key_of(operation_id), subscription_id=subscription_id)
    except Conflict as error:
        # It may be over already: the look that follows tells.
        result = f"refused: {error.code}"
    async with house.database.transaction(organisation=organisation_id) as connection:
        await payment_store.end_operation(connection, operation_id, result)
    await look_again(house, payer, organisation_id)
