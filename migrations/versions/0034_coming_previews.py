"""What goes ahead of a file that is on its way is a preview, as everywhere else; what cannot be drawn has none."""

from __future__ import annotations

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ID_COMMENT = "COMMENT ON COLUMN coming_frames.id IS 'another one with each {}'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(ID_COMMENT.format("announcement"))
    op.alter_column("coming_frames", "picture", new_column_name="preview")
    op.alter_column("coming_frames", "preview", nullable=True, comment="null: the file cannot be drawn")
    op.alter_column("coming_frames", "media_type", nullable=True, comment="of the preview")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.execute(ID_COMMENT.format("picture"))
    # The revision before this cannot keep them; their agents send the files all the same.
    op.execute("ALTER TABLE coming_frames NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM coming_frames WHERE preview IS NULL")
    op.execute("ALTER TABLE coming_frames FORCE ROW LEVEL SECURITY")
    op.alter_column("coming_frames", "media_type", nullable=False, comment=None, existing_comment="of the preview")
    op.alter_column("coming_frames", "preview", nullable=False, comment=None, existing_comment="null: the file")
    op.alter_column("coming_frames", "preview", new_column_name="picture")
