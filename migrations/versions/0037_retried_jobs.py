"""Since when a job waits that was let wait again: one that died a month ago has not waited since then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "jobs", sa.Column("retried_at", sa.TIMESTAMP(timezone=True), comment="null: it waited once, since it was made")
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_column("jobs", "retried_at")
