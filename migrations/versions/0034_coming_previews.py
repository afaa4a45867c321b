"""What goes ahead of a file that is on its way is a preview, as everywhere else."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None

ID_COMMENT = "COMMENT ON COLUMN coming_frames.id IS 'another one with each {}'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.alter_column("coming_frames", "picture", new_column_name="preview")
    op.execute(ID_COMMENT.format("preview"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(ID_COMMENT.format("picture"))
    op.alter_column("coming_frames", "preview", new_column_name="picture")
