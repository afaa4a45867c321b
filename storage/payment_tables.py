"""Tables of payment: who pays at Stripe, what was asked of it and metered, its invoices and events."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Table, Text, func, text

from storage.tables import Json, Moment, Uuid, metadata

__all__ = [
    "payers",
    "payment_invoices",
    "payment_meterings",
    "payment_operations",
    "stripe_customers",
    "stripe_events",
]


def _organisation() -> Column[Any]:
    # Without cascade: what was paid outlives an organisation's rows.
    return Column("organisation_id", Uuid, ForeignKey("organisations.id"), primary_key=True)


payers = Table(
    "payers",
    metadata,
    _organisation(),
    Column("customer_id", Text, nullable=False),
    Column("subscription_id", Text, nullable=False, server_default=text("''")),
    Column("status", Text, nullable=False, server_default=text("'none'")),
    Column("plan", Text, nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("period_end", Moment),
    Column("trial_end", Moment),
    Column("cancels", Boolean, nullable=False, server_default=text("false")),
    Column("failing_since", Moment),
    Column(
        "revision",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="grows with each look at Stripe; an older look is not written over a newer",
    ),
    Column("looked_at", Moment),
    Column("metered_to", Moment, comment="what was used until then is written down to be reported"),
    Column("over_at", Moment, comment="when what was subscribed to last was over"),
)

payment_operations = Table(
    "payment_operations",
    metadata,
    _organisation(),
    Column("id", Uuid, primary_key=True, comment="the idempotency key is made of it"),
    Column("kind", Text, nullable=False),
    Column("request", Json, nullable=False),
    Column("result", Text, comment="null: it is not known what became of it"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
)

payment_meterings = Table(
    "payment_meterings",
    metadata,
    _organisation(),
    Column("id", Uuid, primary_key=True, comment="the identifier at Stripe is made of it"),
    Column("month", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column(
        "way",
        Text,
        nullable=False,
        server_default=text("'meter'"),
        comment="meter, or invoice for what no subscription takes up any more",
    ),
    Column("refused_at", Moment, comment="refused for good, and left to the operator"),
    Column("refusal", Text, nullable=False, server_default=text("''")),
)

payment_invoices = Table(
    "payment_invoices",
    metadata,
    _organisation(),
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("url", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

stripe_customers = Table(
    "stripe_customers",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("organisation_id", Uuid, nullable=False),
)

stripe_events = Table(
    "stripe_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("received_at", Moment, nullable=False, server_default=func.now()),
)
