"""Tables of storage tiers: policies of datasets, moves under way, what was recalled from the archive."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)

from storage.tables import Moment, Uuid, metadata

__all__ = ["recalls", "tier_moves", "tier_policies"]

tier_policies = Table(
    "tier_policies",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("dataset_id", Uuid, primary_key=True),
    Column("cool_after_days", Integer),
    Column("archive_after_days", Integer),
    Column("changed_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
)

# The wish stands here from before the first byte is copied until the last old copy is gone.
tier_moves = Table(
    "tier_moves",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("tier", Text, nullable=False, comment="where it shall lie"),
    Column("problem", Text, comment="why it will not be tried again by itself"),
    Column("begun_at", Moment, nullable=False, server_default=func.now()),
    CheckConstraint("tier IN ('hot', 'cool', 'archive')", name="tier"),
)

recalls = Table(
    "recalls",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True, comment="who is told"),
    Column("asked_at", Moment, nullable=False, server_default=func.now()),
    Column("until", Moment, nullable=False, comment="how long it asks for the hot tier"),
    Column("told_at", Moment),
)

contents = metadata.tables["contents"]
Index("ix_contents_not_hot", contents.c.organisation_id, contents.c.sha256, postgresql_where=text("tier <> 'hot'"))
