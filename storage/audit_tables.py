"""Tables of the audit logs: one log for each organisation, and the service's own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import UUID

from storage.tables import Json, Moment, metadata

__all__ = ["audit_entries", "audit_heads", "service_audit_entries", "service_audit_head"]


def _organisation() -> Column[Any]:
    # Without cascade: a log outlives what it tells of, and an organisation is not deleted with its log unread.
    return Column("organisation_id", UUID(as_uuid=True), ForeignKey("organisations.id"), primary_key=True)


def _entry_columns() -> list[Column[Any]]:
    return [
        Column("sequence", BigInteger, primary_key=True, autoincrement=False),
        Column("at", Moment, nullable=False),
        Column("actor_kind", Text, nullable=False),
        Column("actor", Text, nullable=False, comment="e-mail address at that time, or what stands for it"),
        Column("actor_details", Json, nullable=False, comment="account, token, address"),
        Column("action", Text, nullable=False),
        Column("target", Text, nullable=False),
        Column("details", Json, nullable=False),
        Column("previous", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    ]


audit_entries = Table(
    "audit_entries",
    metadata,
    _organisation(),
    *_entry_columns(),
    Index("ix_audit_entries_action", "organisation_id", "action", "sequence"),
    Index("ix_audit_entries_actor", "organisation_id", "actor", "sequence"),
    Index("ix_audit_entries_at", "organisation_id", "at"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    _organisation(),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

service_audit_entries = Table("service_audit_entries", metadata, *_entry_columns())

service_audit_head = Table(
    "service_audit_head",
    metadata,
    Column("log", Text, primary_key=True, comment="one row"),
    Column("sequence", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column(
        "failures_told",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="up to which entry organisations were told of failed sign-ins",
    ),
)
