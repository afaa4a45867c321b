"""Tables of receipts: who downloaded what was published, and files of datasets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, ForeignKeyConstraint, Index, Table, Text, func
from sqlalchemy.dialects.postgresql import UUID

from storage.tables import Moment, metadata

__all__ = ["dataset_downloads", "package_receipts"]

package_receipts = Table(
    "package_receipts",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("organisation_id", UUID(as_uuid=True), ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("version_id", UUID(as_uuid=True), nullable=False),
    Column("path", Text, comment="of the one file; none for the whole archive"),
    Column("account_id", UUID(as_uuid=True), ForeignKey("accounts.id"), comment="none for nobody known"),
    Column("address", Text, nullable=False, comment="a network, never a whole address"),
    Column("bytes_asked", BigInteger, nullable=False),
    Column("at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "version_id"], ["package_versions.organisation_id", "package_versions.id"]
    ),
    Index("ix_package_receipts_version", "organisation_id", "version_id", "id"),
)

dataset_downloads = Table(
    "dataset_downloads",
    metadata,
    Column("organisation_id", UUID(as_uuid=True), ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("dataset_id", UUID(as_uuid=True), primary_key=True),
    Column("day", Date, primary_key=True, comment="UTC"),
    Column("account_id", UUID(as_uuid=True), ForeignKey("accounts.id"), primary_key=True),
    Column("files", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("last_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
)
