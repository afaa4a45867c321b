"""What whoever sends files says the frames among them are: bias, dark, flat and so on, where headers do not tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table, comment in (
        ("uploads", "what whoever sends says the frames are"),
        ("files", "what whoever sent it says it is"),
    ):
        op.add_column(table, sa.Column("told_type", sa.Text(), nullable=True, comment=comment))


def downgrade() -> None:
    for table in ("files", "uploads"):
        op.drop_column(table, "told_type")
