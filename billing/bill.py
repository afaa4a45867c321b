"""Bills: lines for what a month's storage, egress and credits come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Literal

import msgspec

from billing.plans import Plan
from domain.calendar_month import Month, microseconds
from domain.metering import GIB, TIERS, decimal_text, gib_months
from domain.money import Money, rounded

__all__ = ["Bill", "Credit", "Line", "Stretch", "bill_month"]


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a month under one plan: ``[begin, end)``, with byte-microseconds by tier and bytes downloaded in it."""

    plan: Plan
    begin: datetime
    end: datetime
    byte_us: dict[str, int]
    egress_bytes: int = 0


class Credit(msgspec.Struct, frozen=True):
    """What the operator gives back, as a positive amount."""

    money: Money
    reason: str


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line. Quantities are decimal numbers as texts, GiB-months of storage or GiB of egress; used includes free."""

    kind: Literal["storage", "egress", "credit"]
    plan: str = ""
    version: int = 0
    tier: str = ""
    used: str = ""
    free: str = ""
    unit_price: str = ""
    text: str = ""
    money: Money


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """A month's bill; one total for each currency, which is the sum of its lines."""

    month: str
    begin: datetime
    end: datetime
    lines: list[Line]
    totals: list[Money]


def bill_month(month: Month, stretches: Sequence[Stretch], *, credits: Sequence[Credit] = ()) -> Bill:
    """Make the bill of a month, or of what has passed of it.

    Storage and egress are charged by the plan of each stretch, after its allowance: whatever plan follows, what a
    stretch comes to stays. Each line is rounded once (`domain.money.rounded`), and the total is the sum of the lines.

    Parameters
    ----------
    stretches : sequence of Stretch
        One after the other, within the month.
    """
    lines = [line for stretch in stretches for line in _storage(month, stretch)]
    lines += _egress(stretches)
    for credit in credits:
        given = Money(-credit.money.amount_minor, credit.money.currency)
        lines.append(Line(kind="credit", text=credit.reason, money=given))
    totals: dict[str, int] = defaultdict(int)
    for line in lines:
        totals[line.money.currency] += line.money.amount_minor
    return Bill(
        month=str(month),
        begin=stretches[0].begin if stretches else month.begin,
        end=stretches[-1].end if stretches else month.end,
        lines=lines,
        totals=[Money(amount, currency) for currency, amount in sorted(totals.items())],
    )


def _storage(month: Month, stretch: Stretch) -> list[Line]:
    """Charge each tier for what the allowance leaves; it is used up by the dearest tier first.

    The allowance holds for as long as the stretch: so many GiB the whole month through, and half of it in half a month.
    """
    plan = stretch.plan
    left_us = plan.free_gib * GIB * (microseconds(stretch.end) - microseconds(stretch.begin))
    lines = {}
    for tier in sorted(TIERS, key=lambda tier: (-plan.price(tier), TIERS.index(tier))):
        used_us = stretch.byte_us.get(tier, 0)
        free_us = min(used_us, left_us)
        left_us -= free_us
        if used_us:
            charged = gib_months(used_us - free_us, month)
            lines[tier] = Line(
                kind="storage",
                plan=plan.name,
                version=plan.version,
                tier=tier,
                used=decimal_text(gib_months(used_us, month)),
                free=decimal_text(gib_months(free_us, month)),
                unit_price=f"{plan.price(tier):f}",
                money=rounded(charged * Fraction(plan.price(tier)), plan.currency),
            )
    return [lines[tier] for tier in TIERS if tier in lines]


def _egress(stretches: Sequence[Stretch]) -> list[Line]:
    """Charge each stretch for what the allowance leaves: the largest of the plans until then, less what was taken.

    So another plan gives no second allowance, and takes away none of what was free.
    """
    lines = []
    included_bytes = taken_bytes = 0
    for number, stretch in enumerate(stretches, start=1):
        plan, egress_bytes = stretch.plan, stretch.egress_bytes
        included_bytes = max(included_bytes, plan.included_egress_gib * GIB)
        free_bytes = min(egress_bytes, included_bytes - taken_bytes)
        taken_bytes += free_bytes
        if egress_bytes or number == len(stretches):
            lines.append(
                Line(
                    kind="egress",
                    plan=plan.name,
                    version=plan.version,
                    used=decimal_text(Fraction(egress_bytes, GIB)),
                    free=decimal_text(Fraction(free_bytes, GIB)),
                    unit_price=f"{plan.egress_price:f}",
                    money=rounded(
                        Fraction(egress_bytes - free_bytes, GIB) * Fraction(plan.egress_price), plan.currency
                    ),
                )
            )
    return lines
