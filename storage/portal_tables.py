"""Tables of public portals: whether an organisation shows itself, what its page says, its logo and its host."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, func, text

from storage.tables import Moment, Uuid, metadata

__all__ = ["portal_hosts", "portal_logos", "portals"]

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

# Apart, so that a page's settings are read without it.
portal_logos = Table(
    "portal_logos",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("image", LargeBinary, nullable=False, comment="PNG, as this service encoded it"),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
)

# The host of its own at which an organisation is shown. Anybody may name one; whose it is, is whoever proved it.
portal_hosts = Table(
    "portal_hosts",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("host", Text, nullable=False, comment="lower case, in ASCII"),
    Column("token", Text, nullable=False, comment="what the DNS record has to say; no secret"),
    Column("proven_at", Moment),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
    Index("uq_portal_hosts_proven", "host", unique=True, postgresql_where=text("proven_at IS NOT NULL")),
)
