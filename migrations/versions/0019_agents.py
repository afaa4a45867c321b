"""Watch agents and their reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "agents",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False, comment="whose token it has"),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "once", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="its silence means nothing"
        ),
        sa.Column("telescope", sa.Text(), nullable=True, comment="slug; none is asked for of a report"),
        sa.Column("folders", postgresql.JSONB(), nullable=False),
        sa.Column("waiting_files", sa.BigInteger(), nullable=False),
        sa.Column("waiting_bytes", sa.BigInteger(), nullable=False),
        sa.Column("failed_files", sa.BigInteger(), nullable=False),
        sa.Column("last_file", sa.Text(), nullable=True),
        sa.Column("last_file_at", moment, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("clock_offset_s", sa.Float(), nullable=False, comment="how far its clock is ahead"),
        sa.Column("seen_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("silent_told_at", moment, nullable=True, comment="of the silence that lasts"),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_agents_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_agents_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "name", name=op.f("pk_agents")),
    )
    op.create_index("ix_agents_account", "agents", ["account_id"])
    op.execute("ALTER TABLE agents ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE agents FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON agents USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )
    # Guests have agents of their own.
    op.execute(
        "CREATE POLICY reach_guest ON agents AS RESTRICTIVE TO uraniborg_guest"
        f" USING (account_id = {ACCOUNT}) WITH CHECK (account_id = {ACCOUNT})"
    )


def downgrade() -> None:
    op.drop_table("agents")
