"""The beginnings of files: their headers, for whoever looks through many of them, without a way to the store for each.

Contents that were indexed before have none, until they are derived again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
SEEN = (
    "EXISTS (SELECT FROM {0} v WHERE v.organisation_id = content_beginnings.organisation_id"
    " AND v.sha256 = content_beginnings.sha256 {1})"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "content_beginnings",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column(
            "beginning", sa.LargeBinary(), nullable=False, comment="first bytes, up to the data: compressed by zlib"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "sha256"],
            ["contents.organisation_id", "contents.sha256"],
            name=op.f("fk_content_beginnings_organisation_id_sha256"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_content_beginnings")),
    )
    # They are compressed, and PostgreSQL need not try.
    op.execute("ALTER TABLE content_beginnings ALTER COLUMN beginning SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE content_beginnings ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE content_beginnings FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON content_beginnings USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )
    # They are what files hold: who sees no file of a content sees nothing of its bytes.
    for role in ("guest", "reader"):
        op.execute(
            f"CREATE POLICY reach_{role} ON content_beginnings AS RESTRICTIVE TO uraniborg_{role}"
            f" USING ({SEEN.format('files', 'AND v.deleted_at IS NULL')}) WITH CHECK (false)"
        )
    op.execute(
        "CREATE POLICY reach_team ON content_beginnings AS RESTRICTIVE TO uraniborg_team"
        f" USING ({SEEN.format('team_file_versions', '')}) WITH CHECK (false)"
    )


def downgrade() -> None:
    op.drop_table("content_beginnings")
