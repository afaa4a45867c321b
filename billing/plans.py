"""Plans: what an organisation may store, and what it pays; versioned, from one TOML file."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.errors import InvalidInput, NotFound
from domain.metering import TIERS, Tier
from domain.money import MINOR_DIGITS

__all__ = ["SHIPPED_PLANS", "Plan", "PlanBook", "plan_from_terms", "read_plans", "terms_of"]

SHIPPED_PLANS = Path(__file__).with_name("plans.toml")

Price = Annotated[Decimal, Meta(description="In the currency's major unit.")]
Gib = Annotated[int, Meta(ge=0, le=2**40)]


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a plan. Prices are for a GiB-month of storage by tier, and for a GiB of egress.

    ``offered``: owners may subscribe to it themselves, free for the first ``trial_days``. ``grace_days``: how long new
    files are still taken after a payment failed. ``closing_days``: how long after an organisation closed its files can
    be read and exported, before they are deleted.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    version: Annotated[int, Meta(ge=1, le=2**31 - 1)]
    title: str
    currency: str
    storage_prices: dict[Tier, Price] = {}
    egress_price: Price = Decimal(0)
    free_gib: Gib = 0
    included_egress_gib: Gib = 0
    soft_limit_gib: Gib | None = None
    hard_limit_gib: Gib | None = None
    tombstone_days: Annotated[int, Meta(ge=1, le=36500)] | None = None
    offered: bool = False
    trial_days: Annotated[int, Meta(ge=0, le=730)] = 0
    grace_days: Annotated[int, Meta(ge=1, le=365)] = 14
    closing_days: Annotated[int, Meta(ge=14, le=3650)] = 90

    def price(self, tier: str) -> Decimal:
        """Tell what a GiB-month of a tier costs; nothing where the plan names no price."""
        return {str(name): price for name, price in self.storage_prices.items()}.get(tier, Decimal(0))


class PlanBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All versions of all plans, and the name of the one that whoever has none gets."""

    default: str
    plans: list[Plan]

    def find(self, name: str, version: int | None = None) -> Plan:
        """Find a version of a plan, or its newest; raises NotFound, which names those there are."""
        found = [plan for plan in self.plans if plan.name == name and version in (None, plan.version)]
        if not found:
            there = ", ".join(f"{plan.name}@{plan.version}" for plan in self.plans)
            raise NotFound(f"There is no plan {name[:64]}{f'@{version}' if version else ''}. There are: {there}.")
        return max(found, key=lambda plan: plan.version)


def read_plans(path: Path | None = None) -> PlanBook:
    """Read the file of plans, ours where none is named.

    Raises
    ------
    InvalidInput
        It cannot be read, or something in it is wrong; the message says what.
    """
    path = path or SHIPPED_PLANS
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=_number)
        book = msgspec.convert(values, PlanBook)
        for plan in book.plans:
            _check(plan)
        if len({(plan.name, plan.version) for plan in book.plans}) != len(book.plans):
            raise InvalidInput("Two plans have the same name and version.")
        book.find(book.default)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The file of plans {path} cannot be read.") from error
    except (InvalidInput, NotFound) as error:
        raise InvalidInput(f"The file of plans {path} is wrong: {error.detail}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"The file of plans {path} is wrong: {error}.") from error
    return book


def _number(text: str) -> Decimal:
    # What TOML calls a float never becomes one: 0.1 is a tenth.
    if not re.fullmatch(r"[0-9_]+\.[0-9_]+", text):
        raise InvalidInput(f"{text[:20]} is no price: one looks like 0.023.")
    return Decimal(text.replace("_", ""))


def _check(plan: Plan) -> None:
    name = f"{plan.name}@{plan.version}"
    if plan.currency not in MINOR_DIGITS:
        raise InvalidInput(f"{name}: no such currency {plan.currency!r}.")
    for price in (*plan.storage_prices.values(), plan.egress_price):
        if not price.is_finite() or price < 0 or price > 1_000_000:
            raise InvalidInput(f"{name}: a price is a number from 0 to 1000000.")
    if None not in (plan.soft_limit_gib, plan.hard_limit_gib) and plan.soft_limit_gib > plan.hard_limit_gib:  # type: ignore[operator]
        raise InvalidInput(f"{name}: the soft limit is above the hard one.")
    if plan.storage_prices and set(plan.storage_prices) != set(TIERS):
        raise InvalidInput(f"{name}: name a price for each of {', '.join(TIERS)}, or none.")


def terms_of(plan: Plan) -> dict[str, Any]:
    """Write a plan's terms down as they are now, for whoever is given it: prices are texts, digit by digit."""
    terms: dict[str, Any] = msgspec.to_builtins(plan)
    return terms


def plan_from_terms(terms: dict[str, Any]) -> Plan:
    """Read terms that were written down."""
    return msgspec.convert(terms, Plan)
