"""The table of public portals: whether an organisation shows itself, and what its page says."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Table, Text, func, text

from storage.tables import Moment, Uuid, metadata

__all__ = ["portals"]

portals = Table(
    "portals",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("is_public", Boolean, nullable=False, server_default=text("false")),
    Column("title", Text, nullable=False, server_default=text("''"), comment="empty: the organisation's name"),
    Column("text", Text, nullable=False, server_default=text("''")),
    Column("colour", Text, nullable=False, comment="#rrggbb"),
    Column("second_colour", Text, nullable=False, comment="#rrggbb"),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
)
