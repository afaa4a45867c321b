"""People's own files: rows among the teams that belong to one account each, which stays alone there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column(
        "teams",
        sa.Column("owner_account_id", sa.UUID(), comment="whose own files it is for, and nobody else's; null: a team"),
    )
    op.create_unique_constraint(op.f("uq_teams_owner_account_id"), "teams", ["owner_account_id"])
    op.create_foreign_key(
        op.f("fk_teams_owner_account_id"), "teams", "accounts", ["owner_account_id"], ["id"], ondelete="CASCADE"
    )
    # Nobody makes such a place for another, is let into one, or can be invited: whatever the service would do.
    op.execute(
        "CREATE POLICY own_place ON teams AS RESTRICTIVE FOR INSERT"
        f" WITH CHECK (owner_account_id IS NULL OR owner_account_id = {ACCOUNT})"
    )
    for table, alone in (("team_members", "AND t.owner_account_id <> account_id"), ("invitations", "")):
        op.execute(
            f"CREATE POLICY own_place ON {table} AS RESTRICTIVE FOR INSERT WITH CHECK (NOT EXISTS (SELECT FROM teams t"
            f" WHERE t.id = {table}.team_id AND t.owner_account_id IS NOT NULL {alone}))"
        )


def downgrade() -> None:
    raise RuntimeError("People's own files are not dropped: restore a backup instead.")
