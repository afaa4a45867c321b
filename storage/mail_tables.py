"""The table of mails that wait to be sent."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, func, text
from sqlalchemy.dialects.postgresql import UUID

from storage.tables import Moment, metadata

__all__ = ["mail_outbox"]

mail_outbox = Table(
    "mail_outbox",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False, comment="emptied once it is delivered or given up: it may hold a secret link"),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", Moment, nullable=False, server_default=func.now()),
    Column("error", Text, comment="why the last attempt failed"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("finished_at", Moment),
    CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
    Index("ix_mail_outbox_waiting", "next_try_at", postgresql_where=text("state = 'waiting'")),
)
