"""Uploads are closed before what they left is removed: contents may arrive under the keys that they keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # Those before have nothing under lasting keys that is not recorded: no row is rewritten for that.
    op.add_column("uploads", sa.Column("state", sa.Text(), server_default=sa.text("'swept'"), nullable=False))
    op.alter_column("uploads", "state", server_default=sa.text("'open'"))
    op.create_check_constraint(op.f("ck_uploads_state"), "uploads", "state IN ('open', 'over', 'swept')")
    op.create_index(
        "ix_uploads_unswept", "uploads", ["organisation_id", "created_at"], postgresql_where=sa.text("state <> 'swept'")
    )


def downgrade() -> None:
    op.drop_index("ix_uploads_unswept", "uploads")
    op.drop_constraint(op.f("ck_uploads_state"), "uploads")
    op.drop_column("uploads", "state")
