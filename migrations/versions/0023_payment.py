"""Payment: who pays at Stripe, what was asked of it and metered, its invoices, which events were taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def _moment(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.TIMESTAMP(timezone=True), nullable=nullable, server_default=sa.text("now()") if default else None
    )


def _text(name: str, default: str | None = None) -> sa.Column[object]:
    return sa.Column(
        name, sa.Text(), nullable=False, server_default=None if default is None else sa.text(f"'{default}'")
    )


def _table(name: str, *columns: sa.Column[object], key: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f(f"fk_{name}_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", *key, name=op.f(f"pk_{name}")),
    )
    for statement in (
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {name} USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})",
    ):
        op.execute(statement)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    _table(
        "payers",
        _text("customer_id"),
        _text("subscription_id", ""),
        _text("status", "none"),
        _text("plan", ""),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("period_end", nullable=True),
        _moment("trial_end", nullable=True),
        sa.Column("cancels", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _moment("failing_since", nullable=True),
        sa.Column(
            "revision",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="grows with each look at Stripe; an older look is not written over a newer",
        ),
        _moment("looked_at", nullable=True),
    )
    _table(
        "payment_operations",
        sa.Column("id", sa.UUID(), nullable=False, comment="the idempotency key is made of it"),
        _text("kind"),
        sa.Column("request", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("result", sa.Text(), nullable=True, comment="null: it is not known what became of it"),
        _moment("created_at", default=True),
        key=("id",),
    )
    _table(
        "payment_meterings",
        sa.Column("id", sa.UUID(), nullable=False, comment="the identifier at Stripe is made of it"),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _text("currency"),
        _moment("at"),
        _moment("sent_at", nullable=True),
        key=("id",),
    )
    _table(
        "payment_invoices",
        _text("id"),
        _text("number"),
        _text("status"),
        _text("currency"),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        _text("url"),
        _moment("created_at"),
        key=("id",),
    )
    op.create_table(
        "stripe_customers",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_stripe_customers")),
    )
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.Text(), nullable=False),
        _text("kind"),
        _moment("received_at", default=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
    )


def downgrade() -> None:
    raise RuntimeError("Who pays would be forgotten: restore a backup instead.")
