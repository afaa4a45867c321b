"""The tree: a night's frames of a telescope in order of path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_index(
        "ix_files_night",
        "files",
        ["organisation_id", "night", "telescope_id", sa.text('path COLLATE "C"'), "id"],
        postgresql_where=sa.text("night IS NOT NULL AND deleted_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_files_night", "files")
