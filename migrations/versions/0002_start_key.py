"""Frames are sorted by a column that is never null, not by an expression.

Row-level security keeps conditions on expressions that could raise an error from the index, so that a page deep in the
list read every frame before it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_index("ix_frames_start", "frames")
    op.add_column(
        "frames",
        sa.Column(
            "start_key",
            sa.TIMESTAMP(timezone=True),
            sa.Computed("coalesce(start_at, '-infinity'::timestamptz)", persisted=True),
            nullable=False,
            comment="what frames are sorted by; a column, since row-level security keeps expressions from an index",
        ),
    )
    op.create_index("ix_frames_start", "frames", ["organisation_id", "start_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_frames_start", "frames")
    op.drop_column("frames", "start_key")
    op.create_index(
        "ix_frames_start",
        "frames",
        ["organisation_id", sa.text("coalesce(start_at, '-infinity'::timestamptz)"), "id"],
    )
