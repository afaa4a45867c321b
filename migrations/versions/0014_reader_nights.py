"""Readers list the nights of the frames they see; of night logs they see nothing."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

LOGS = ("night_logs", "night_log_entries", "night_log_revisions")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in LOGS:
        op.execute(f"CREATE POLICY reach_reader ON {table} AS RESTRICTIVE TO uraniborg_reader USING (false)")


def downgrade() -> None:
    for table in LOGS:
        op.execute(f"DROP POLICY reach_reader ON {table}")
