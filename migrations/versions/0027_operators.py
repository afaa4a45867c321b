"""What operators see across organisations: jobs, and which workers there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "workers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False, comment="its number on that host"),
        sa.Column("jobs", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="in its hands now"),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    # What is not done is little of all there ever was: found, over all organisations, without looking at the rest.
    op.create_index("ix_jobs_unfinished", "jobs", ["state", "id"], postgresql_where=sa.text("state <> 'done'"))
    # A policy of the operators' own role: no other query carries it, nor is slower for it.
    op.execute("CREATE POLICY operators ON jobs FOR SELECT TO uraniborg_operator USING (true)")


def downgrade() -> None:
    op.execute("DROP POLICY operators ON jobs")
    op.drop_index("ix_jobs_unfinished", "jobs")
    op.drop_table("workers")
