"""Public portals of organisations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "portals",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "title",
            sa.Text(),
            server_default=sa.text("''"),
            nullable=False,
            comment="empty: the organisation's name",
        ),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False, comment="#rrggbb"),
        sa.Column("second_colour", sa.Text(), nullable=False, comment="#rrggbb"),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_portals_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_portals")),
    )
    op.execute("ALTER TABLE portals ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE portals FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON portals USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )
    # A transaction that asks for it sees which organisations show themselves: for the list that search engines read.
    op.execute(
        "CREATE POLICY shown ON portals FOR SELECT"
        " USING (is_public AND current_setting('uraniborg.public', true) = 'portals')"
    )


def downgrade() -> None:
    op.drop_table("portals")
