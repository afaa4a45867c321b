"""Frames on their way: small pictures that watch agents send before the files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "coming_frames",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False, comment="its name; it may not have reported yet"),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False, comment="another one with each picture"),
        sa.Column("account_id", sa.UUID(), nullable=False, comment="whose token the agent has"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="of the file"),
        sa.Column(
            "facts", postgresql.JSONB(), nullable=False, comment="as its header says, which nothing here has checked"
        ),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_coming_frames_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_coming_frames_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "agent", "path", name=op.f("pk_coming_frames")),
    )
    op.create_index("ix_coming_frames_account", "coming_frames", ["account_id"])
    op.create_index("ix_coming_frames_id", "coming_frames", ["organisation_id", "id"], unique=True)
    op.create_index("ix_coming_frames_announced", "coming_frames", ["organisation_id", "announced_at"])
    op.execute("ALTER TABLE coming_frames ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE coming_frames FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON coming_frames USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )
    # A guest's agent announces, too, and touches what it announced itself; members alone look.
    op.execute(
        "CREATE POLICY reach_guest ON coming_frames AS RESTRICTIVE TO uraniborg_guest"
        f" USING (account_id = {ACCOUNT}) WITH CHECK (account_id = {ACCOUNT})"
    )


def downgrade() -> None:
    op.drop_table("coming_frames")
