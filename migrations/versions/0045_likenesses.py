"""By what a large file that comes without its SHA-256 is found again, when somebody goes on with sending it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "upload_items",
        sa.Column("likeness", sa.LargeBinary(), nullable=True, comment="a SHA-256 of some places; null: not told"),
    )
    op.create_index(
        "ix_upload_items_likeness",
        "upload_items",
        ["organisation_id", "likeness"],
        postgresql_where=sa.text("likeness IS NOT NULL AND state = 'wanted'"),
    )


def downgrade() -> None:
    op.drop_index("ix_upload_items_likeness", "upload_items")
    op.drop_column("upload_items", "likeness")
