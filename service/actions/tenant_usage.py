"""The operator's view of all organisations: what each uses and comes to; plans and credit notes given by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import text

from domain.calendar_month import Month
from domain.errors import InvalidInput, NotFound
from domain.metering import decimal_text, gib_months
from domain.money import Money, read_money
from service.actions.bills import Price, bill_of, first_day, price_of
from service.actions.estimates import room_left
from service.audit_log import record
from service.house import NOBODY, Actor, House, Tenant
from service.paging import Page, decode_cursor, encode_cursor
from service.plans import give_plan, plan_of
from storage import operator_store, payment_store, plan_store, usage_store

__all__ = [
    "OrganisationUsage",
    "Refused",
    "Revenue",
    "assign_plan",
    "give_credit",
    "list_refused",
    "list_tenants",
    "page_tenants",
    "report_again",
    "revenue",
    "sum_up",
]

LONGEST_TEXT = 500  # characters of a note or a reason


class OrganisationUsage(msgspec.Struct, kw_only=True):
    """What an organisation used in a month, or in what has passed of it, and what that comes to by its plan.

    ``refused``: how many of its amounts Stripe refused for good, whatever the month; see `list_refused`.
    """

    organisation: str
    name: str
    plan: str
    version: int
    month: str
    closed: bool
    stored_bytes: int
    left_bytes: int | None
    gib_months: str
    egress_bytes: int
    amounts: list[Price]
    refused: int


class Refused(msgspec.Struct, kw_only=True):
    """An amount that Stripe refused for good: used (``usage``) or given back (``credit``), of a month's bill."""

    organisation: str
    kind: str
    id: UUID
    month: date
    price: Price
    since: datetime
    reason: str


class Revenue(msgspec.Struct, kw_only=True):
    """What all organisations used in a month, or in what has passed of it, and what their plans make of it."""

    month: str
    closed: bool
    organisations: int
    stored_bytes: int
    egress_bytes: int
    amounts: list[Price]


async def list_tenants(
    house: House, month: str | None = None, *, now: datetime | None = None
) -> list[OrganisationUsage]:
    """Measure every organisation for a month, the present one where none is named; changes nothing."""
    now = now or datetime.now(UTC)
    wanted = _month(month, now)
    async with house.database.transaction() as connection:
        organisations = list(await connection.execute(text("SELECT id, slug, name FROM organisations ORDER BY slug")))
    return [await _tenant(house, row.id, row.slug, row.name, wanted, now) for row in organisations]


async def page_tenants(
    house: House, actor: Actor, *, month: str | None, cursor: str | None, limit: int
) -> Page[OrganisationUsage]:
    """List what organisations use in a month, by their slugs, for an operator.

    Raises
    ------
    NotAllowed
        Somebody else asks.
    InvalidInput
        That is no month, or one that has not begun.
    """
    now = datetime.now(UTC)
    wanted = _month(month, now)
    position = decode_cursor(cursor, str)
    async with house.operator(actor) as connection:
        after = position[0] if position else None
        rows = await operator_store.list_organisations(connection, after=after, limit=limit + 1)
    items = [await _tenant(house, row["id"], row["slug"], row["name"], wanted, now) for row in rows[:limit]]
    return Page(items, encode_cursor(items[-1].organisation) if len(rows) > limit else None)


async def sum_up(house: House, actor: Actor, *, month: str | None) -> Revenue:
    """Add up what all organisations use in a month, and what it comes to; for an operator.

    Raises
    ------
    NotAllowed, InvalidInput
        As `page_tenants`.
    """
    now = datetime.now(UTC)
    wanted = _month(month, now)
    async with house.operator(actor):
        tenants = await list_tenants(house, str(wanted), now=now)
    return Revenue(
        month=str(wanted),
        closed=wanted.end <= now,
        organisations=len(tenants),
        stored_bytes=sum(tenant.stored_bytes for tenant in tenants),
        egress_bytes=sum(tenant.egress_bytes for tenant in tenants),
        amounts=revenue(tenants),
    )


def _month(given: str | None, now: datetime) -> Month:
    wanted = Month.read(given) if given else Month.of(now)
    if wanted > Month.of(now):
        raise InvalidInput("That month has not begun.")
    return wanted


async def _tenant(
    house: House, organisation_id: UUID, slug: str, name: str, month: Month, now: datetime
) -> OrganisationUsage:
    end = min(month.end, now)
    async with house.database.transaction(organisation=organisation_id) as connection:
        plan = await plan_of(house, connection, organisation_id)
        bill = await bill_of(house, connection, organisation_id, month, now=now)
        ((used, stored),) = await usage_store.measure(connection, organisation_id, [month.begin, end])
        egress = await usage_store.egress_by_day(connection, organisation_id, month.begin.date(), end.date())
        present = await usage_store.stored_bytes(connection, organisation_id)
        refused = await payment_store.list_refused(connection)
    return OrganisationUsage(
        organisation=slug,
        name=name,
        plan=plan.name,
        version=plan.version,
        month=str(month),
        closed=month.end <= now,
        stored_bytes=sum(stored.values()),
        left_bytes=room_left(plan, present),
        gib_months=decimal_text(gib_months(sum(used.values()), month)),
        egress_bytes=sum(size for day, size in egress.items() if Month(day.year, day.month) == month),
        amounts=[price_of(total) for total in bill.totals],
        refused=len(refused),
    )


def revenue(tenants: list[OrganisationUsage]) -> list[Price]:
    """Add up what all organisations come to, by currency."""
    amounts: dict[str, int] = {}
    for amount in (amount for tenant in tenants for amount in tenant.amounts):
        amounts[amount.currency] = amounts.get(amount.currency, 0) + amount.amount_minor
    return [price_of(Money(minor, currency)) for currency, minor in sorted(amounts.items())]


async def list_refused(house: House) -> list[Refused]:
    """List what Stripe refused for good and nobody reported once more since."""
    async with house.database.transaction() as connection:
        organisations = list(await connection.execute(text("SELECT id, slug FROM organisations ORDER BY slug")))
    found = []
    for organisation in organisations:
        async with house.database.transaction(organisation=organisation.id) as connection:
            rows = await payment_store.list_refused(connection)
        found += [
            Refused(
                organisation=organisation.slug,
                kind=row.kind,
                id=row.id,
                month=row.month,
                price=price_of(Money(row.amount_minor, row.currency)),
                since=row.refused_at,
                reason=row.refusal,
            )
            for row in rows
        ]
    return found


async def report_again(house: House, organisation: str, id: str, *, now: datetime | None = None) -> str:
    """Let an amount that Stripe refused be reported with the next look, once its cause is mended; says so.

    Raises
    ------
    NotFound
        No such organisation, or nothing of this id was refused.
    """
    organisation_id = await _find(house, organisation)
    try:
        refused_id = UUID(id)
    except ValueError:
        raise NotFound("Nothing of this id was refused: `uraniborg-server usage refused` lists what was.") from None
    async with house.database.transaction(organisation=organisation_id) as connection:
        await payment_store.lock_meterings(connection, organisation_id)
        at = await payment_store.free_minute(connection, now or datetime.now(UTC))
        if not await payment_store.report_again(connection, refused_id, at):
            raise NotFound("Nothing of this id was refused: `uraniborg-server usage refused` lists what was.")
        tenant = Tenant(connection, organisation_id, organisation, "operator", NOBODY)
        await record(tenant, "usage.reported-again", "payment", id=id)
    return f"{organisation}: it is reported with the next look at Stripe, within six hours."


async def assign_plan(house: House, organisation: str, plan: str, note: str = "") -> str:
    """Give an organisation a plan from now on, the newest version or ``name@version``; says what it has.

    Raises
    ------
    NotFound
        No such organisation or plan.
    InvalidInput
        The version is no number.
    """
    name, _, version = plan.partition("@")
    if version and not (version.isascii() and version.isdigit() and len(version) < 10):
        raise InvalidInput("A plan looks like observatory, or observatory@2 for one of its versions.")
    chosen = house.plans.find(name, int(version) if version else None)
    organisation_id = await _find(house, organisation)
    async with house.database.transaction(organisation=organisation_id) as connection:
        await give_plan(connection, organisation_id, chosen, note=note[:LONGEST_TEXT])
        tenant = Tenant(connection, organisation_id, organisation, "operator", NOBODY)
        await record(tenant, "plan.assigned", "plan", plan=chosen.name, version=chosen.version, note=note)
    return f"{organisation} has the plan {chosen.name}, version {chosen.version}, from now on."


async def give_credit(
    house: House,
    organisation: str,
    amount: str,
    currency: str,
    *,
    month: str | None,
    reason: str,
    id: str | None = None,
) -> str:
    """Write a credit note onto the bill of a month, the present one where none is named; says so. Safe to repeat.

    Parameters
    ----------
    id : str or None
        Its name; under one name it is given once. Left out: whatever else is said of it, so that a second one alike
        needs a name.

    Raises
    ------
    NotFound
        No such organisation.
    InvalidInput
        The amount is none of that currency, or not positive; or there is no reason.
    Conflict
        Another one has this name.
    """
    money = read_money(amount, currency)
    if money.amount_minor <= 0 or not reason.strip():
        raise InvalidInput("A credit note has a positive amount and a reason.")
    of = Month.read(month) if month else Month.of(datetime.now(UTC))
    organisation_id = await _find(house, organisation)
    said = [str(of), str(money.amount_minor), money.currency, reason.strip()] if id is None else [id]
    credit_id = uuid5(organisation_id, "\n".join(["credit", *said]))
    async with house.database.transaction(organisation=organisation_id) as connection:
        is_new = await plan_store.add_credit(
            connection,
            organisation_id,
            credit_id,
            month=first_day(of),
            amount_minor=money.amount_minor,
            currency=money.currency,
            reason=reason.strip()[:LONGEST_TEXT],
        )
        if not is_new:
            return f"{money} stood on the bill of {organisation} for {of} already; give --id for a second one."
        tenant = Tenant(connection, organisation_id, organisation, "operator", NOBODY)
        await record(tenant, "credit.given", f"bills/{of}", credit=str(credit_id), amount=str(money), reason=reason)
    return f"{money} stand on the bill of {organisation} for {of} as given back."


async def _find(house: House, slug: str) -> UUID:
    async with house.database.transaction() as connection:
        found = await connection.scalar(text("SELECT id FROM organisations WHERE slug = :slug"), {"slug": slug})
    if not isinstance(found, UUID):
        raise NotFound(f"There is no organisation {slug[:64]}.")
    return found
