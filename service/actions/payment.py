"""Paying: subscriptions at Stripe, begun, changed and ended by an owner; what is due; invoices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from billing.plans import Plan
from billing.stripe_state import ENDED
from domain.closing import refuse_closed
from domain.errors import Conflict, NotFound
from domain.money import Money
from service.actions.bills import Price, price_of
from service.audit_log import record
from service.house import Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.payment_state import look_again
from service.plans import plan_of
from service.usage_reports import OPERATION_LIFE, key_of
from storage import organisation_store, payment_store

if TYPE_CHECKING:
    from billing.stripe_gateway import StripeGateway

__all__ = [
    "Invoice",
    "NoPayer",
    "PageAddress",
    "Payment",
    "PlanChoice",
    "cancel",
    "change_plan",
    "get_payment",
    "list_invoices",
    "open_portal",
    "subscribe",
]


class NoPayer(Conflict):
    code = "no-payer"
    title = "This service takes no payments"


class PlanChoice(msgspec.Struct, kw_only=True):
    """The plan to subscribe to; its newest version holds from then on."""

    plan: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", examples=["observatory"])]


class PageAddress(msgspec.Struct):
    """Where a browser goes on, for a while."""

    url: str


class Payment(msgspec.Struct, kw_only=True):
    """How an organisation pays. ``status`` is Stripe's: none, trialing, active, past_due, canceled and so on.

    ``available``: whether this service takes payments at all. ``offers``: plans one may subscribe to.
    ``read_only_from``: when nothing new is taken any more, unless what is due since ``due_since`` is paid before;
    nothing is ever removed.
    """

    available: bool
    offers: list[str]
    plan: str
    version: int
    status: str
    trial_end: datetime | None
    period_end: datetime | None
    ends_with_period: bool
    due_since: datetime | None
    read_only_from: datetime | None


class Invoice(msgspec.Struct, kw_only=True):
    """An invoice; the total with its taxes. ``url``: where it can be read and paid; empty for drafts."""

    id: str
    number: str
    status: str
    total: Price
    tax: Price
    url: str
    created_at: datetime


async def _payment(house: House, tenant: Tenant) -> Payment:
    row = await payment_store.find_payer(tenant.connection)
    plan = await plan_of(house, tenant.connection, tenant.organisation_id)
    due = row.failing_since if row else None
    running = row if row and row.status not in ENDED else None  # what is over keeps its last dates
    offers = sorted({each.name for each in house.plans.plans if each.offered}) if house.payer else []
    return Payment(
        available=house.payer is not None,
        offers=offers,
        plan=plan.name,
        version=plan.version,
        status=row.status if row else "none",
        trial_end=running.trial_end if running else None,
        period_end=running.period_end if running else None,
        ends_with_period=bool(running and running.cancels),
        due_since=due,
        read_only_from=due and due + timedelta(days=plan.grace_days),
    )


async def get_payment(house: House, actor: Actor, organisation: str) -> Payment:
    """Tell how an organisation pays, as far as was heard."""
    async with house.tenant(actor, organisation) as tenant:
        return await _payment(house, tenant)


async def _payer(house: House, actor: Actor, organisation: str, *, subscribes: bool = False) -> StripeGateway:
    """Give whoever takes payments; to owners alone, others hear nothing. Who closed subscribes to nothing."""
    async with house.tenant(actor, organisation) as tenant:
        if subscribes:
            row = await organisation_store.get_name(tenant.connection, tenant.organisation_id)
            refuse_closed(row.closed_at, row.removal_at)
    if house.payer is None:
        raise NoPayer("This service takes no payments: ask its operator for another plan.")
    payer: StripeGateway = house.payer
    return payer


def _offered(house: House, name: str) -> Plan:
    plan = house.plans.find(name)
    if not plan.offered:
        raise NotFound(f"The plan {name} is not offered: ask the operator of this service.")
    return plan


async def _operate(
    house: House,
    actor: Actor,
    organisation: str,
    kind: str,
    request: dict[str, Any],
    ask: Callable[[str], Awaitable[str]],
    *,
    noted: bool = False,
) -> tuple[UUID, str]:
    """Write an operation down, ask for it, and note what became of it.

    One of which nobody knows what became is asked for again under its own key: Stripe then answers as it did.
    """
    async with house.tenant(actor, organisation) as tenant:
        since = datetime.now(UTC) - OPERATION_LIFE
        operation_id = await payment_store.open_operation(tenant.connection, kind, request, since)
        if operation_id is None:
            operation_id = await payment_store.begin_operation(tenant.connection, tenant.organisation_id, kind, request)
    try:
        result = await ask(key_of(operation_id))
    except Conflict as error:
        # Refused for good: under this key it would be refused again.
        async with house.tenant(actor, organisation) as tenant:
            await payment_store.end_operation(tenant.connection, operation_id, f"refused: {error.code}")
        raise
    async with house.tenant(actor, organisation) as tenant:
        await payment_store.end_operation(tenant.connection, operation_id, result)
        if kind == "customer":
            await payment_store.add_payer(tenant.connection, tenant.organisation_id, result)
        if noted:
            await record(tenant, f"payment.{kind}", "payment", **request)
    return tenant.organisation_id, result


async def _customer(house: House, actor: Actor, organisation: str) -> str:
    """Find the organisation's customer, or make it; one of which no answer ever came is found at Stripe."""
    async with house.tenant(actor, organisation) as tenant:
        row = await payment_store.find_payer(tenant.connection)
        organisation_id = tenant.organisation_id
    if row is None:
        payer = await _payer(house, actor, organisation)

        async def ask(key: str) -> str:
            there = await payer.find_customer(organisation_id=str(organisation_id))
            return there or await payer.create_customer(
                key, organisation_id=str(organisation_id), name=organisation, email=actor.email
            )

        await _operate(house, actor, organisation, "customer", {"organisation": organisation_id.hex}, ask)
        async with house.tenant(actor, organisation) as tenant:
            row = await payment_store.find_payer(tenant.connection)
    assert row is not None
    return str(row.customer_id)


async def _running(house: House, actor: Actor, organisation: str) -> Any:
    """Look at the subscription, which must run."""
    async with house.tenant(actor, organisation) as tenant:
        organisation_id = tenant.organisation_id
    await look_again(house, await _payer(house, actor, organisation), organisation_id)
    async with house.tenant(actor, organisation) as tenant:
        row = await payment_store.find_payer(tenant.connection)
    if row is None or not row.subscription_id or row.status in ENDED:
        raise Conflict("There is no subscription that runs: begin one first.")
    return row


def _back(house: House, organisation: str) -> str:
    return f"{house.config.base_url}/app/{organisation}/storage"


async def subscribe(house: House, actor: Actor, organisation: str, choice: PlanChoice) -> PageAddress:
    """Open a page of Stripe's on which an owner subscribes to a plan; it holds once Stripe says so.

    Raises
    ------
    NoPayer
        This service takes no payments.
    NotFound
        No such plan is offered.
    Conflict
        There is a subscription already: that is changed.
    """
    payer = await _payer(house, actor, organisation, subscribes=True)
    plan = _offered(house, choice.plan)
    customer_id = await _customer(house, actor, organisation)
    async with house.tenant(actor, organisation) as tenant:
        organisation_id = tenant.organisation_id
    found = await look_again(house, payer, organisation_id)
    if found is not None and found.subscription_id and found.status not in ENDED:
        raise Conflict("There is a subscription already: change its plan, or cancel it.", payment=found.status)
    # A trial is had once.
    trial_days = plan.trial_days if found is None or not found.subscription_id else 0
    request = {"plan": plan.name, "version": plan.version, "trial_days": trial_days}
    _, url = await _operate(
        house,
        actor,
        organisation,
        "checkout",
        request,
        lambda key: payer.checkout(
            key,
            customer_id=customer_id,
            currency=plan.currency,
            plan=plan.name,
            version=plan.version,
            trial_days=trial_days,
            back=_back(house, organisation),
            taxed=house.config.stripe_tax,
        ),
    )
    return PageAddress(url)


async def open_portal(house: House, actor: Actor, organisation: str) -> PageAddress:
    """Open Stripe's customer portal: ways to pay, addresses, tax numbers, invoices."""
    payer = await _payer(house, actor, organisation)
    customer_id = await _customer(house, actor, organisation)
    back = _back(house, organisation)
    _, url = await _operate(
        house, actor, organisation, "portal", {}, lambda key: payer.portal(key, customer_id=customer_id, back=back)
    )
    return PageAddress(url)


async def change_plan(house: House, actor: Actor, organisation: str, choice: PlanChoice) -> Payment:
    """Give a running subscription another plan from now on; one that was to end goes on.

    Raises
    ------
    Conflict
        No subscription runs, or the plan is in another currency.
    """
    payer = await _payer(house, actor, organisation, subscribes=True)
    plan = _offered(house, choice.plan)
    row = await _running(house, actor, organisation)
    if house.plans.find(row.plan).currency != plan.currency:
        raise Conflict("That plan is in another currency: cancel the subscription, and begin another when it is over.")

    async def ask(key: str) -> str:
        await payer.change_plan(key, subscription_id=row.subscription_id, plan=plan.name, version=plan.version)
        return "changed"

    request = {"subscription": row.subscription_id, "plan": plan.name, "version": plan.version}
    organisation_id, _ = await _operate(house, actor, organisation, "plan", request, ask, noted=True)
    await look_again(house, payer, organisation_id)
    return await get_payment(house, actor, organisation)


async def cancel(house: House, actor: Actor, organisation: str) -> Payment:
    """End the subscription with the period that is under way; what is stored stays."""
    payer = await _payer(house, actor, organisation)
    row = await _running(house, actor, organisation)

    async def ask(key: str) -> str:
        await payer.cancel(key, subscription_id=row.subscription_id)
        return "canceled"

    request = {"subscription": row.subscription_id}
    organisation_id, _ = await _operate(house, actor, organisation, "cancel", request, ask, noted=True)
    await look_again(house, payer, organisation_id)
    return await get_payment(house, actor, organisation)


async def list_invoices(
    house: House, actor: Actor, organisation: str, *, cursor: str | None, limit: int
) -> Page[Invoice]:
    """List invoices, newest first."""
    position = decode_cursor(cursor, datetime, str)
    async with house.tenant(actor, organisation) as tenant:
        rows = await payment_store.list_invoices(tenant.connection, before=position, limit=limit + 1)
    shown = [
        Invoice(
            id=row.id,
            number=row.number,
            status=row.status,
            total=price_of(Money(row.total_minor, row.currency)),
            tax=price_of(Money(row.tax_minor, row.currency)),
            url=row.url,
            created_at=row.created_at,
        )
        for row in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(shown, None if last is None else encode_cursor(last.created_at, last.id))
