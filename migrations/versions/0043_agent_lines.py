"""What the lines of watch agents are like: how fast, and how often they break."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "agents",
        sa.Column(
            "rate_bytes_per_s", sa.Float(), server_default=sa.text("0"), nullable=False, comment="0: nothing is sent"
        ),
    )
    op.add_column(
        "agents", sa.Column("breaks_every_s", sa.Float(), nullable=True, comment="its line, where it is known to")
    )


def downgrade() -> None:
    op.drop_column("agents", "breaks_every_s")
    op.drop_column("agents", "rate_bytes_per_s")
