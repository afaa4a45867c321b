"""A word sealed in each database, by which a service sees at its start whether it has the right secret."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "sealed_word",
        sa.Column("one", sa.Boolean(), nullable=False, comment="true: there is one row"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_sealed_word_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_sealed_word")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_table("sealed_word")
