"""Housekeeping sees the uploads of teams, too: what one of them left unfinished stayed in the store for ever."""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TEAM = "nullif(current_setting('uraniborg.team', true), '')::uuid"
KEEPING = "current_setting('uraniborg.keeping', true) = 'team files'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    # Of the organisation that hosts them alone: the policy of tenants holds beside this one.
    for table in ("uploads", "upload_items"):
        op.execute(f"ALTER POLICY whose ON {table} USING (team_id IS NOT DISTINCT FROM {TEAM} OR {KEEPING})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in ("uploads", "upload_items"):
        op.execute(f"ALTER POLICY whose ON {table} USING (team_id IS NOT DISTINCT FROM {TEAM})")
