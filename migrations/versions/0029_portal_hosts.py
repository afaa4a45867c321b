"""Hosts of their own at which organisations are shown to the public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "portal_hosts",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False, comment="lower case, in ASCII"),
        sa.Column("token", sa.Text(), nullable=False, comment="what the DNS record has to say; no secret"),
        sa.Column("proven_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_portal_hosts_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_portal_hosts")),
    )
    op.create_index(
        "uq_portal_hosts_proven",
        "portal_hosts",
        ["host"],
        unique=True,
        postgresql_where=sa.text("proven_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE portal_hosts ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE portal_hosts FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON portal_hosts USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )
    # Before it is known whose a request is: the one row of the host that it names, once it is proven.
    op.execute(
        "CREATE POLICY asked_for ON portal_hosts FOR SELECT"
        " USING (proven_at IS NOT NULL AND host = current_setting('uraniborg.portal_host', true))"
    )
    # As of portals: for the list that search engines read.
    op.execute(
        "CREATE POLICY shown ON portal_hosts FOR SELECT"
        " USING (proven_at IS NOT NULL AND current_setting('uraniborg.public', true) = 'portals')"
    )


def downgrade() -> None:
    op.drop_table("portal_hosts")
