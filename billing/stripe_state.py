"""What Stripe says of a customer, as facts: the subscription that counts, what is not paid, the invoices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

__all__ = ["ENDED", "PLAN", "RUNNING", "VERSION", "AtStripe", "StripeInvoice", "state_of"]

PLAN, VERSION = "uraniborg_plan", "uraniborg_version"
"Metadata of our subscriptions: the plan at Stripe is only a meter of minor units."

RUNNING = ("trialing", "active", "past_due", "unpaid", "paused")
ENDED = ("canceled", "incomplete_expired")


class StripeInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice; amounts in minor units of its currency, the total with its taxes."""

    id: str
    number: str
    status: str
    currency: str
    total_minor: int
    tax_minor: int
    url: str
    created_at: datetime


class AtStripe(msgspec.Struct, frozen=True, kw_only=True):
    """All that we keep of a customer; the same state at Stripe gives the same value, whatever events told of it.

    ``failing_since``: when the oldest invoice was made of which a payment failed and which is still open.
    ``also_running``: ids of subscriptions that run beside the one that counts, which is one too many.
    """

    subscription_id: str = ""
    status: str = "none"
    plan: str = ""
    version: int = 0
    period_end: datetime | None = None
    trial_end: datetime | None = None
    cancels: bool = False
    failing_since: datetime | None = None
    invoices: list[StripeInvoice] = []
    also_running: list[str] = []


def state_of(subscriptions: Sequence[dict[str, Any]], invoices: Sequence[dict[str, Any]]) -> AtStripe:
    """Read a customer's subscriptions and invoices, as the API gives them.

    A subscription that runs counts before one that ended, a newer one before an older; others than ours do not count.
    """
    ours = [each for each in subscriptions if PLAN in (each.get("metadata") or {})]
    ours.sort(key=lambda each: (each["status"] not in ENDED, each["created"], each["id"]))
    failing = [
        each["created"]
        for each in invoices
        if each.get("status") in ("open", "uncollectible") and (each.get("attempt_count") or 0) > 0
    ]
    facts: dict[str, Any] = {
        "failing_since": _moment(min(failing, default=None)),
        "invoices": sorted((_invoice(each) for each in invoices), key=lambda each: each.id),
    }
    if not ours:
        return AtStripe(**facts)
    counts = ours[-1]
    ends = [item.get("current_period_end") for item in counts.get("items", {}).get("data", [])]
    version = str(counts["metadata"].get(VERSION, ""))
    return AtStripe(
        subscription_id=counts["id"],
        status=counts["status"],
        plan=counts["metadata"][PLAN],
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
        period_end=_moment(max((end for end in ends if end), default=counts.get("current_period_end"))),
        trial_end=_moment(counts.get("trial_end")),
        cancels=bool(counts.get("cancel_at_period_end") or counts.get("cancel_at")),
        also_running=[each["id"] for each in ours[:-1] if each["status"] in RUNNING],
        **facts,
    )


def _invoice(found: dict[str, Any]) -> StripeInvoice:
    return StripeInvoice(
        id=found["id"],
        number=found.get("number") or "",
        status=found.get("status") or "draft",
        currency=str(found["currency"]).upper(),
        total_minor=int(found["total"]),
        tax_minor=sum(int(tax["amount"]) for tax in found.get("total_taxes") or []),
        url=found.get("hosted_invoice_url") or "",
        created_at=datetime.fromtimestamp(found["created"], UTC),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
