"""Storage tiers: policies of datasets, moves that are under way, and what was recalled from the archive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def _moment(name: str, *, nullable: bool = False, default: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.TIMESTAMP(timezone=True), nullable=nullable, server_default=sa.text("now()") if default else None
    )


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "tier_policies",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), nullable=False),
        sa.Column("cool_after_days", sa.Integer(), nullable=True),
        sa.Column("archive_after_days", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.UUID(), nullable=False),
        _moment("changed_at", default=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"],
            ["datasets.organisation_id", "datasets.id"],
            ondelete="CASCADE",
            name=op.f("fk_tier_policies_organisation_id_dataset_id"),
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_tier_policies_changed_by")),
        sa.PrimaryKeyConstraint("organisation_id", "dataset_id", name=op.f("pk_tier_policies")),
    )
    op.create_table(
        "tier_moves",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False, comment="where it shall lie"),
        sa.Column("problem", sa.Text(), nullable=True, comment="why it will not be tried again by itself"),
        _moment("begun_at", default=True),
        sa.CheckConstraint("tier IN ('hot', 'cool', 'archive')", name=op.f("ck_tier_moves_tier")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], ondelete="CASCADE", name=op.f("fk_tier_moves_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_tier_moves")),
    )
    op.create_table(
        "recalls",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False, comment="who is told"),
        _moment("asked_at", default=True),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False, comment="how long it asks for the hot tier"),
        _moment("told_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], ondelete="CASCADE", name=op.f("fk_recalls_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], ondelete="CASCADE", name=op.f("fk_recalls_account_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", "account_id", name=op.f("pk_recalls")),
    )
    op.create_index(
        "ix_contents_not_hot", "contents", ["organisation_id", "sha256"], postgresql_where=sa.text("tier <> 'hot'")
    )
    for table in ("tier_policies", "tier_moves", "recalls"):
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("What lies in other tiers would be forgotten: restore a backup instead.")
