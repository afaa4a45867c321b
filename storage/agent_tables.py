"""The table of watch agents: what each said last, and whether people were told of its silence."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Table, Text, func, text

from storage.tables import Json, Moment, Uuid, metadata

__all__ = ["agents"]

agents = Table(
    "agents",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False, comment="whose token it has"),
    Column("host", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("once", Boolean, nullable=False, server_default=text("false"), comment="its silence means nothing"),
    Column("telescope", Text, comment="slug; none is asked for of a report"),
    Column("folders", Json, nullable=False),
    Column("waiting_files", BigInteger, nullable=False),
    Column("waiting_bytes", BigInteger, nullable=False),
    Column("rate_bytes_per_s", Float, nullable=False, server_default=text("0"), comment="0: nothing is sent"),
    Column("breaks_every_s", Float, comment="its line, where it is known to"),
    Column("failed_files", BigInteger, nullable=False),
    Column("last_file", Text),
    Column("last_file_at", Moment),
    Column("last_error", Text, nullable=False),
    Column("clock_offset_s", Float, nullable=False, comment="how far its clock is ahead"),
    Column("seen_at", Moment, nullable=False, server_default=func.now()),
    Column("silent_told_at", Moment, comment="of the silence that lasts"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Index("ix_agents_account", "account_id"),
)
