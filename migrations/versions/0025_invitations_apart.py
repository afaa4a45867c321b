"""Invitations are seen within their team, and by who holds their secret."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TEAM = "nullif(current_setting('uraniborg.team', true), '')::uuid"
HELD = "decode(nullif(current_setting('uraniborg.invitation', true), ''), 'hex')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("ALTER TABLE invitations ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE invitations FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY within_team ON invitations USING (team_id = {TEAM}) WITH CHECK (team_id = {TEAM})")
    # To look at and to lock, before its team is known; the answer is written within the team.
    op.execute(f"CREATE POLICY by_secret ON invitations FOR SELECT USING (secret_hash = {HELD})")
    op.execute(
        f"CREATE POLICY lock_by_secret ON invitations FOR UPDATE USING (secret_hash = {HELD})"
        f" WITH CHECK (team_id = {TEAM})"
    )


def downgrade() -> None:
    for name in ("within_team", "by_secret", "lock_by_secret"):
        op.execute(f"DROP POLICY {name} ON invitations")
    op.execute("ALTER TABLE invitations NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE invitations DISABLE ROW LEVEL SECURITY")
