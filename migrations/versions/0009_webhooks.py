"""Webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def _moment(name: str, *, nullable: bool = True, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable, comment=comment)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisations.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "webhooks",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "kinds",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="of events; none for all",
        ),
        sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="sealed"),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True, comment="sealed; signs too until its end"),
        _moment("old_secret_until"),
        sa.Column(
            "position",
            sa.BigInteger(),
            nullable=False,
            comment="the last event that was delivered, or was not for it",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="that failed, of the next event",
        ),
        _moment("failing_since"),
        sa.Column("created_by", sa.UUID(), nullable=False),
        _now("created_at"),
        sa.CheckConstraint("state IN ('active', 'disabled')", name=op.f("ck_webhooks_state")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_webhooks_created_by")),
        _organisation("webhooks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_webhooks_organisation_id_id")),
    )
    op.create_table(
        "webhook_schedule",
        sa.Column("webhook_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        _moment("due_at", comment="none: nothing to deliver; while a worker has it, when that one is given up"),
        _organisation("webhook_schedule"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_schedule_webhook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_schedule")),
    )
    op.create_index(
        "ix_webhook_schedule_due", "webhook_schedule", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("ix_webhook_schedule_organisation", "webhook_schedule", ["organisation_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("webhook_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True, comment="none for a ping"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("delivered", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True, comment="of the reply, where there was one"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), server_default=sa.text("''"), nullable=False, comment="its first bytes"),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        _moment("next_try_at"),
        _now("at"),
        _organisation("webhook_deliveries"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "webhook_id"],
            ["webhooks.organisation_id", "webhooks.id"],
            name=op.f("fk_webhook_deliveries_organisation_id_webhook_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["organisation_id", "webhook_id", "id"])
    op.create_index("ix_webhook_deliveries_at", "webhook_deliveries", ["organisation_id", "at"])
    for table in ("webhooks", "webhook_deliveries"):
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_schedule", "webhooks"):
        op.drop_table(table)
