"""Tables of what is stored and what it costs: the ledger of bytes, whose they are, downloads, plans, credit notes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)

from storage.tables import Json, Moment, Uuid, metadata

__all__ = ["content_origins", "credit_notes", "egress_days", "plan_assignments", "storage_ledger", "usage_levels"]


def _organisation(*, key: bool = True) -> Column[Any]:
    # Without cascade: what was stored and charged outlives an organisation's rows.
    return Column("organisation_id", Uuid, ForeignKey("organisations.id"), primary_key=key, nullable=False)


def _written_by_trigger() -> Column[Any]:
    # Of a row that names an organisation already: to check it once more for each would cost as much as writing it.
    return Column("organisation_id", Uuid, primary_key=True, nullable=False)


# Written by triggers on `contents` alone (revision 0017), in the transaction that changes them.
storage_ledger = Table(
    "storage_ledger",
    metadata,
    _written_by_trigger(),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False, comment="never before the entry before, whatever the clock says"),
    Column("tier", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("stay", BigInteger, nullable=False, comment="the entry with which this content came, this time"),
    Column("delta_bytes", BigInteger, nullable=False),
    Column("balance_bytes", BigInteger, nullable=False, comment="in this tier, with this entry"),
    Column("byte_us", Numeric(40, 0), nullable=False, comment="of this tier, bytes x microseconds up to this moment"),
    CheckConstraint("tier IN ('hot', 'cool', 'archive')", name="tier"),
    CheckConstraint("kind IN ('stored', 'moved', 'removed')", name="kind"),
    Index("ix_storage_ledger_tier", "organisation_id", "tier", "at", "sequence"),
    Index("ix_storage_ledger_sha256", "organisation_id", "sha256", "sequence"),
)

content_origins = Table(
    "content_origins",
    metadata,
    _written_by_trigger(),
    Column("sha256", LargeBinary, primary_key=True),
    Column("stay", BigInteger, primary_key=True, autoincrement=False),
    Column("file_id", Uuid, comment="the first that named it"),
    Column("account_id", Uuid),
    Column("dataset_id", Uuid, comment="the first it was put in"),
    Column("telescope_id", Uuid),
    Column("team_id", Uuid),
)

egress_days = Table(
    "egress_days",
    metadata,
    _organisation(),
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("account_id", Uuid, primary_key=True, comment="all zeros for nobody known"),
    Column("size_bytes", BigInteger, nullable=False),
)

plan_assignments = Table(
    "plan_assignments",
    metadata,
    _organisation(),
    Column("since", Moment, primary_key=True),
    Column("plan", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("terms", Json, nullable=False, comment="as they were then; prices as texts"),
    Column("note", Text, nullable=False, server_default=""),
    Column(
        "egress_bytes",
        BigInteger,
        nullable=False,
        server_default=text("0"),
        comment="downloaded on its first day before it began",
    ),
)

credit_notes = Table(
    "credit_notes",
    metadata,
    _organisation(),
    Column("id", Uuid, primary_key=True),
    Column("month", Date, nullable=False, comment="its first day: on whose bill it stands"),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    CheckConstraint("amount_minor > 0", name="amount"),
)

usage_levels = Table(
    "usage_levels",
    metadata,
    _organisation(),
    Column("percent", SmallInteger, nullable=False, comment="the highest mark that was passed and told of"),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
)
