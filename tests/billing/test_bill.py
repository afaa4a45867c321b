"""Bills: allowances deducted, lines rounded once, totals the sum of their lines; a whole year by brute force."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.bill import Bill, Credit, Stretch, bill_month
from billing.ledger_bills import bill_ledger
from billing.plans import Plan, plan_from_terms, terms_of
from domain.calendar_month import EPOCH, Month, microseconds
from domain.metering import GIB, TIERS
from domain.money import MINOR_DIGITS, Money
from tests.support.simulated_year import MONTHS, PLANS, SimulatedTenant, simulated_year

NOVEMBER = Month(2026, 11)


def plan(**terms: Any) -> Plan:
    prices = {"hot": "0.020", "cool": "0.010", "archive": "0.004"}
    about = {"name": "observatory", "version": 1, "title": "Observatory", "currency": "EUR", "storage_prices": prices}
    return plan_from_terms(about | terms)


def whole_month(terms: Plan, **gib: int) -> Stretch:
    used = {tier: amount * GIB * NOVEMBER.length_us for tier, amount in gib.items()}
    return Stretch(plan=terms, begin=NOVEMBER.begin, end=NOVEMBER.end, byte_us=used)


def amounts(bill: Bill) -> dict[str, str]:
    return {line.tier or line.kind: str(line.money) for line in bill.lines}


def test_a_month_costs_what_the_price_says() -> None:
    bill = bill_month(NOVEMBER, [whole_month(plan(), hot=1000, cool=100)])
    assert amounts(bill) == {"hot": "20.00 EUR", "cool": "1.00 EUR", "egress": "0.00 EUR"}
    assert [str(total) for total in bill.totals] == ["21.00 EUR"]


def test_the_allowance_is_deducted_of_the_dearest_tier_first_and_is_no_cliff() -> None:
    allowing = plan(free_gib=100)
    assert amounts(bill_month(NOVEMBER, [whole_month(allowing, hot=100, cool=50)]))["hot"] == "0.00 EUR"
    bill = bill_month(NOVEMBER, [whole_month(allowing, hot=101, cool=50)])
    assert amounts(bill) == {"hot": "0.02 EUR", "cool": "0.50 EUR", "egress": "0.00 EUR"}
    assert (bill.lines[0].used, bill.lines[0].free) == ("101", "100")
    both = bill_month(NOVEMBER, [whole_month(allowing, hot=60, cool=50)])
    assert amounts(both) == {"hot": "0.00 EUR", "cool": "0.10 EUR", "egress": "0.00 EUR"}


def test_egress_costs_beyond_what_is_included() -> None:
    terms = plan(egress_price="0.01", included_egress_gib=500)
    for gib, amount in ((499, "0.00 EUR"), (500, "0.00 EUR"), (600, "1.00 EUR")):
        month = msgspec.structs.replace(whole_month(terms), egress_bytes=gib * GIB)
        assert amounts(bill_month(NOVEMBER, [month]))["egress"] == amount


@pytest.mark.parametrize(
    ("included", "downloaded", "lines"),
    [
        ((500, 0), (600, 10), ["1.00 EUR", "0.10 EUR"]),  # what was charged stays charged
        ((500, 0), (400, 200), ["0.00 EUR", "1.00 EUR"]),  # what was left is left
        ((500, 500), (500, 500), ["0.00 EUR", "5.00 EUR"]),  # another plan is no second allowance
        ((100, 500), (200, 500), ["1.00 EUR", "1.00 EUR"]),  # a larger one is, for what follows
    ],
)
def test_downloads_are_charged_by_the_plan_they_were_made_under(
    included: tuple[int, int], downloaded: tuple[int, int], lines: list[str]
) -> None:
    middle = NOVEMBER.begin + timedelta(days=10)
    stretches = [
        Stretch(
            plan=plan(version=n + 1, egress_price="0.01", included_egress_gib=included[n]),
            begin=(NOVEMBER.begin, middle)[n],
            end=(middle, NOVEMBER.end)[n],
            byte_us={},
            egress_bytes=downloaded[n] * GIB,
        )
        for n in (0, 1)
    ]
    assert [str(line.money) for line in bill_month(NOVEMBER, stretches).lines] == lines
    assert str(bill_month(NOVEMBER, stretches[:1]).totals[0]) == lines[0], "as long as nothing followed"


def test_half_a_month_has_half_an_allowance() -> None:
    middle = NOVEMBER.begin + timedelta(days=15)
    used = {"hot": 200 * GIB * NOVEMBER.length_us // 2}
    half = Stretch(plan=plan(free_gib=100), begin=NOVEMBER.begin, end=middle, byte_us=used)
    line = bill_month(NOVEMBER, [half]).lines[0]
    assert (line.used, line.free, str(line.money)) == ("100", "50", "1.00 EUR")


def test_two_versions_in_a_month_are_charged_each_by_its_own_terms() -> None:
    middle = NOVEMBER.begin + timedelta(days=15)
    used = {"hot": 1000 * GIB * NOVEMBER.length_us // 2}
    dearer = plan(version=2, storage_prices={"hot": "0.030", "cool": "0.01", "archive": "0.01"})
    bill = bill_month(
        NOVEMBER,
        [
            Stretch(plan=plan(), begin=NOVEMBER.begin, end=middle, byte_us=used),
            Stretch(plan=dearer, begin=middle, end=NOVEMBER.end, byte_us=used),
        ],
    )
    storage = [(line.version, str(line.money)) for line in bill.lines if line.kind == "storage"]
    assert storage == [(1, "10.00 EUR"), (2, "15.00 EUR")]


def test_credits_are_deducted_and_currencies_are_never_added_up() -> None:
    credits = [Credit(Money(500, "EUR"), "an outage"), Credit(Money(7, "JPY"), "a mistake")]
    bill = bill_month(NOVEMBER, [whole_month(plan(), hot=1000)], credits=credits)
    assert [str(total) for total in bill.totals] == ["15.00 EUR", "-7 JPY"]


def test_terms_written_down_come_back_digit_by_digit() -> None:
    for each in PLANS:
        assert plan_from_terms(msgspec.json.decode(msgspec.json.encode(terms_of(each)))) == each


@given(
    st.sampled_from(PLANS),
    st.dictionaries(st.sampled_from(TIERS), st.integers(min_value=0, max_value=2**90)),
    st.integers(min_value=0, max_value=2**60),
)
def test_totals_are_the_sum_of_lines_whatever_the_currency(terms: Plan, used: dict[str, int], egress: int) -> None:
    stretch = Stretch(plan=terms, begin=NOVEMBER.begin, end=NOVEMBER.end, byte_us=used, egress_bytes=egress)
    bill = bill_month(NOVEMBER, [stretch])
    assert [sum(line.money.amount_minor for line in bill.lines)] == [total.amount_minor for total in bill.totals]
    assert {line.money.currency for line in bill.lines} == {terms.currency}
    assert all(line.money.amount_minor >= 0 for line in bill.lines)


def brute_force(tenant: SimulatedTenant) -> list[dict[str, int]]:
    """Bill a year without balances, fractions or our rounding: each entry counts on its own, in decimal numbers."""
    totals: list[dict[str, int]] = []
    for month in MONTHS:
        total: dict[str, int] = defaultdict(int)
        month_begin, month_end = microseconds(month.begin), microseconds(month.end)
        changes = [since for since, _ in tenant.plans if month_begin < since < month_end]
        bounds = [month_begin, *changes, month_end]
        included, gone = 0, 0
        for begin, end in pairwise(bounds):
            terms = next(each for since, each in reversed(tenant.plans) if since <= begin)
            used = dict.fromkeys(TIERS, 0)
            for entry in tenant.entries:
                if entry.at_us < end:
                    used[entry.tier] += entry.delta_bytes * (end - max(entry.at_us, begin))  # type: ignore[index]
            free = terms.free_gib * 2**30 * (end - begin)
            for tier in ("hot", "cool", "archive"):  # as their prices fall
                charged = max(used[tier] - free, 0)
                free = max(free - used[tier], 0)
                total[terms.currency] += _minor(Decimal(charged), 2**30 * month.length_us, terms.price(tier), terms)
            included = max(included, terms.included_egress_gib * 2**30)
            before, gone = gone, gone + sum(size for at_us, size in tenant.downloads if begin <= at_us < end)
            over = max(gone - included, 0) - max(before - included, 0)
            total[terms.currency] += _minor(Decimal(over), 2**30, terms.egress_price, terms)
        totals.append(dict(total))
    return totals


def _minor(amount: Decimal, divisor: int, price: Decimal, terms: Plan) -> int:
    with localcontext(prec=100):
        exact = amount * price * 10 ** MINOR_DIGITS[terms.currency] / Decimal(divisor)
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("organisations", "events"), [(20, 10_000), pytest.param(50, 1_000_000, marks=pytest.mark.slow)]
)
def test_a_simulated_year_is_billed_as_brute_force_does_and_again_the_same(organisations: int, events: int) -> None:
    year = simulated_year(organisations, events)
    assert sum(len(tenant.entries) for tenant in year) == events
    bills = [bill_ledger(tenant.entries, tenant.plans, MONTHS, tenant.downloads) for tenant in year]
    for tenant, twelve in zip(year, bills, strict=True):
        found = [{total.currency: total.amount_minor for total in bill.totals} for bill in twelve]
        assert found == brute_force(tenant)
    again = simulated_year(organisations, events)
    assert bills == [bill_ledger(tenant.entries, tenant.plans, MONTHS, tenant.downloads) for tenant in again]
    assert any(total.amount_minor for bill in bills[0] for total in bill.totals)
    assert bills[0][0].begin > EPOCH
