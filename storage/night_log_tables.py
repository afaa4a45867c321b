"""Tables of night logs: entries are never overwritten, each edit is a revision."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from storage.tables import Json, Moment, Uuid, metadata

__all__ = ["night_log_entries", "night_log_revisions", "night_logs"]

night_logs = Table(
    "night_logs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("telescope_id", Uuid, nullable=False),
    Column("night", Date, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("signed_by", Uuid, ForeignKey("accounts.id")),
    Column("signed_at", Moment),
    Column("summary", Json, comment="as it stood when it was signed"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "telescope_id", "night"),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "site_id"], ["sites.organisation_id", "sites.id"]),
    ForeignKeyConstraint(["organisation_id", "telescope_id"], ["telescopes.organisation_id", "telescopes.id"]),
    CheckConstraint("state IN ('open', 'signed')", name="state"),
)

night_log_entries = Table(
    "night_log_entries",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("night_log_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False, comment="the newest"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "night_log_id"], ["night_logs.organisation_id", "night_logs.id"]),
    Index("ix_night_log_entries_log", "organisation_id", "night_log_id", "id"),
)

night_log_revisions = Table(
    "night_log_revisions",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("entry_id", Uuid, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("category", Text, nullable=False),
    Column("time_lost_s", Integer, nullable=False, server_default=text("0")),
    Column("time_lost_kind", Text),
    Column("occurred_at", Moment, nullable=False),
    Column("frames", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("attachments", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("author_id", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "entry_id"], ["night_log_entries.organisation_id", "night_log_entries.id"]
    ),
    Index("ix_night_log_revisions_occurred", "organisation_id", "occurred_at", "entry_id"),
    Index(
        "ix_night_log_revisions_text",
        text("to_tsvector('simple', text)"),
        postgresql_using="gin",
    ),
)
