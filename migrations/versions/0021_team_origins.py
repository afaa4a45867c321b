"""Whose a content is that came as a team's file: the team's and its sender's, in the figures of its host."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute("""
CREATE FUNCTION originate_team_contents() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO content_origins (organisation_id, sha256, stay, account_id, team_id)
    SELECT DISTINCT ON (v.organisation_id, v.sha256) v.organisation_id, v.sha256, l.sequence, v.made_by, v.team_id
    FROM new_rows v JOIN LATERAL (
        SELECT sequence FROM storage_ledger
        WHERE organisation_id = v.organisation_id AND sha256 = v.sha256 AND kind = 'stored'
        ORDER BY sequence DESC LIMIT 1
    ) AS l ON true
    ORDER BY v.organisation_id, v.sha256, v.file_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
""")
    op.execute(
        "CREATE TRIGGER originate AFTER INSERT ON team_file_versions REFERENCING NEW TABLE AS new_rows"
        " FOR EACH STATEMENT EXECUTE FUNCTION originate_team_contents()"
    )


def downgrade() -> None:
    raise RuntimeError("What came in the meantime would be nobody's: restore a backup instead.")
