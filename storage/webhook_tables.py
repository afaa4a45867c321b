"""Tables of webhooks: their endpoints, when each is due, and what became of every delivery."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from storage.tables import Moment, metadata

__all__ = ["webhook_deliveries", "webhook_schedule", "webhooks"]


def _organisation() -> Column[Any]:
    return Column(
        "organisation_id", UUID(as_uuid=True), ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False
    )


webhooks = Table(
    "webhooks",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _organisation(),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("kinds", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="of events; none for all"),
    Column("state", Text, nullable=False, server_default=text("'active'")),
    Column("disabled_reason", Text),
    Column("secret", LargeBinary, nullable=False, comment="sealed"),
    Column("old_secret", LargeBinary, comment="sealed; signs too until its end"),
    Column("old_secret_until", Moment),
    Column("position", BigInteger, nullable=False, comment="the last event that was delivered, or was not for it"),
    Column("attempts", Integer, nullable=False, server_default=text("0"), comment="that failed, of the next event"),
    Column("failing_since", Moment),
    Column("created_by", UUID(as_uuid=True), ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "id"),
    CheckConstraint("state IN ('active', 'disabled')", name="state"),
)

webhook_schedule = Table(
    "webhook_schedule",
    metadata,
    Column("webhook_id", UUID(as_uuid=True), ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True),
    _organisation(),
    Column("due_at", Moment, comment="none: nothing to deliver; while a worker has it, when that one is given up"),
    Index("ix_webhook_schedule_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("ix_webhook_schedule_organisation", "organisation_id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _organisation(),
    Column("webhook_id", UUID(as_uuid=True), nullable=False),
    Column("event_id", BigInteger, comment="none for a ping"),
    Column("kind", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("by_hand", Boolean, nullable=False, server_default=text("false")),
    Column("delivered", Boolean, nullable=False),
    Column("status", Integer, comment="of the reply, where there was one"),
    Column("error", Text),
    Column("reply", Text, nullable=False, server_default=text("''"), comment="its first bytes"),
    Column("duration_ms", Integer, nullable=False),
    Column("next_try_at", Moment),
    Column("at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "webhook_id"], ["webhooks.organisation_id", "webhooks.id"], ondelete="CASCADE"
    ),
    Index("ix_webhook_deliveries_webhook", "organisation_id", "webhook_id", "id"),
    Index("ix_webhook_deliveries_at", "organisation_id", "at"),
)
