"""What operators see across organisations: jobs, and which workers there are; and the logos of public portals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "workers",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False, comment="its number on that host"),
        sa.Column("jobs", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="in its hands now"),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    # What is not done is little of all there ever was: found, over all organisations, without looking at the rest.
    op.create_index("ix_jobs_unfinished", "jobs", ["state", "id"], postgresql_where=sa.text("state <> 'done'"))
    # A policy of the operators' own role: no other query carries it, nor is slower for it.
    op.execute("CREATE POLICY operators ON jobs FOR SELECT TO uraniborg_operator USING (true)")
    op.create_table(
        "portal_logos",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False, comment="PNG, as this service encoded it"),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_portal_logos_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_portal_logos")),
    )
    op.execute("ALTER TABLE portal_logos ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE portal_logos FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY tenant ON portal_logos USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})"
    )


def downgrade() -> None:
    op.drop_table("portal_logos")
    op.execute("DROP POLICY operators ON jobs")
    op.drop_index("ix_jobs_unfinished", "jobs")
    op.drop_table("workers")
