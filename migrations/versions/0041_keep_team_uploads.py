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
    # Nor do they go with a team that is ended: its items stay the team's, which nobody is any more.
    follow("SET NULL (team_id)")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in ("uploads", "upload_items"):
        op.execute(f"ALTER POLICY whose ON {table} USING (team_id IS NOT DISTINCT FROM {TEAM})")
    follow("CASCADE")


def follow(action: str) -> None:
    """Say what becomes of uploads when their team goes."""
    op.drop_constraint("fk_uploads_organisation_id_team_id", "uploads", type_="foreignkey")
    op.create_foreign_key(
        "fk_uploads_organisation_id_team_id",
        "uploads",
        "teams",
        ["organisation_id", "team_id"],
        ["organisation_id", "id"],
        ondelete=action,
    )
