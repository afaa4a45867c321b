"""Organisations that close; downloads up to a change of plan; how far is metered, and what Stripe refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
CLOSING = "current_setting('uraniborg.keeping', true) = 'closing'"


def _moment(name: str, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=True, comment=comment)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for column in (
        _moment("closed_at"),
        _moment("removal_at", comment="not before it is anything removed; fixed when one closes"),
        _moment("reminded_at", comment="when owners last heard of the removal to come"),
        _moment("removed_at"),
    ):
        op.add_column("organisations", column)
    op.create_index(
        "ix_organisations_closed", "organisations", ["closed_at"], postgresql_where=sa.text("closed_at IS NOT NULL")
    )
    op.add_column(
        "plan_assignments",
        sa.Column(
            "egress_bytes",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="downloaded on its first day before it began",
        ),
    )
    for column in (
        _moment("metered_to", comment="what was used until then is written down to be reported"),
        _moment("over_at", comment="when what was subscribed to last was over"),
    ):
        op.add_column("payers", column)
    for column in (
        sa.Column(
            "way",
            sa.Text(),
            server_default=sa.text("'meter'"),
            nullable=False,
            comment="meter, or invoice for what no subscription takes up any more",
        ),
        _moment("refused_at", comment="refused for good, and left to the operator"),
        sa.Column("refusal", sa.Text(), server_default=sa.text("''"), nullable=False),
    ):
        op.add_column("payment_meterings", column)

    # Files of hosted teams are deleted with the others in the end: by who says that it does so.
    op.execute(
        f"CREATE POLICY closing ON team_files USING (organisation_id = {ORGANISATION} AND {CLOSING})"
        f" WITH CHECK (organisation_id = {ORGANISATION} AND {CLOSING} AND trashed_at IS NOT NULL)"
    )


def downgrade() -> None:
    raise RuntimeError("What closed would be open: restore a backup instead.")
