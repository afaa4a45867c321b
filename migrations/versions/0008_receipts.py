"""Receipts of downloads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "package_receipts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True, comment="of the one file; none for the whole archive"),
        sa.Column("account_id", sa.UUID(), nullable=True, comment="none for nobody known"),
        sa.Column("address", sa.Text(), nullable=False, comment="a network, never a whole address"),
        sa.Column("bytes_asked", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_package_receipts_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["package_versions.organisation_id", "package_versions.id"],
            name=op.f("fk_package_receipts_organisation_id_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_package_receipts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_receipts")),
    )
    op.create_index("ix_package_receipts_version", "package_receipts", ["organisation_id", "version_id", "id"])
    op.create_table(
        "dataset_downloads",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC"),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("files", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_dataset_downloads_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"],
            ["datasets.organisation_id", "datasets.id"],
            name=op.f("fk_dataset_downloads_organisation_id_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_dataset_downloads_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organisation_id", "dataset_id", "day", "account_id", name=op.f("pk_dataset_downloads")
        ),
    )
    for table in ("package_receipts", "dataset_downloads"):
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("dataset_downloads")
    op.drop_table("package_receipts")
