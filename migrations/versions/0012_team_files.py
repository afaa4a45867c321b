"""The teams' own files with their versions, and uploads that go to a team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
TEAM = "nullif(current_setting('uraniborg.team', true), '')::uuid"
KEEPING = "current_setting('uraniborg.keeping', true) = 'team files'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment, now, path = sa.TIMESTAMP(timezone=True), sa.func.now(), sa.Text(collation="C")
    op.create_unique_constraint("uq_teams_organisation_id_id", "teams", ["organisation_id", "id"])
    op.create_table(
        "team_files",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("organisation_id", sa.UUID(), nullable=False, comment="hosts the team"),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("path", path, nullable=False),
        sa.Column("folded", path, nullable=False, comment="by domain.file_tree.folded: one live file each"),
        sa.Column("version", sa.Integer(), nullable=False, comment="the newest"),
        sa.Column("trashed_at", moment),
        sa.Column("trashed_by", sa.Text(), comment="name at that time"),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.UniqueConstraint("organisation_id", "team_id", "id"),
        sa.ForeignKeyConstraint(["organisation_id", "team_id"], ["teams.organisation_id", "teams.id"]),
    )
    live, trashed = sa.text("trashed_at IS NULL"), sa.text("trashed_at IS NOT NULL")
    op.create_index("uq_team_files_place", "team_files", ["team_id", "folded"], unique=True, postgresql_where=live)
    op.create_index("ix_team_files_path", "team_files", ["team_id", "path"], postgresql_where=live)
    op.create_index("ix_team_files_trash", "team_files", ["team_id", "trashed_at", "id"], postgresql_where=trashed)
    op.create_table(
        "team_file_versions",
        sa.Column("file_id", sa.UUID(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="name at that time"),
        sa.Column("host", sa.Text()),
        sa.Column("restored_from", sa.Integer(), comment="the version whose content it brought back"),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.ForeignKeyConstraint(
            ["organisation_id", "team_id", "file_id"],
            ["team_files.organisation_id", "team_files.team_id", "team_files.id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["organisation_id", "sha256"], ["contents.organisation_id", "contents.sha256"]),
    )
    op.create_index("ix_team_file_versions_content", "team_file_versions", ["organisation_id", "sha256"])
    op.create_index("ix_team_file_versions_team", "team_file_versions", ["team_id", "sha256"])
    op.add_column("uploads", sa.Column("team_id", sa.UUID(), comment="whose files they become; null: the tenant's"))
    op.create_foreign_key(
        "fk_uploads_organisation_id_team_id",
        "uploads",
        "teams",
        ["organisation_id", "team_id"],
        ["organisation_id", "id"],
        ondelete="CASCADE",
    )
    op.add_column("upload_items", sa.Column("team_id", sa.UUID()))
    op.add_column("upload_items", sa.Column("expected_version", sa.Integer(), comment="of a team's file; 0: none yet"))
    for table in ("team_files", "team_file_versions"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY team ON {table} USING (team_id = {TEAM}) WITH CHECK (team_id = {TEAM})")
        # Housekeeping of the organisation that hosts them, which says that it is (storage/team_file_store.py).
        op.execute(
            f"CREATE POLICY housekeeping ON {table} USING (organisation_id = {ORGANISATION} AND {KEEPING})"
            f" WITH CHECK (false)"
        )
    # A team's uploads are in its host's tables, and seen in the team alone; in a team, no others are.
    for table in ("uploads", "upload_items"):
        op.execute(f"CREATE POLICY whose ON {table} AS RESTRICTIVE USING (team_id IS NOT DISTINCT FROM {TEAM})")
    # Of its host's contents a team knows those alone that its own files name.
    op.execute(
        "CREATE POLICY reach_team ON contents AS RESTRICTIVE TO uraniborg_team USING (EXISTS (SELECT FROM"
        " team_file_versions v WHERE v.organisation_id = contents.organisation_id AND v.sha256 = contents.sha256))"
        " WITH CHECK (true)"
    )


def downgrade() -> None:
    raise RuntimeError("The teams' files are not dropped: restore a backup instead.")
