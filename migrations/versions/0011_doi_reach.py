"""Guests and readers see the DOIs of the packages they see."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLES = ("guest", "reader")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for role in ROLES:
        op.execute(
            f"CREATE POLICY reach_{role} ON dois AS RESTRICTIVE TO uraniborg_{role} USING ("
            "CASE WHEN version_id IS NULL THEN EXISTS (SELECT FROM packages p WHERE p.id = dois.package_id)"
            " ELSE EXISTS (SELECT FROM package_versions v WHERE v.id = dois.version_id) END)"
        )


def downgrade() -> None:
    for role in ROLES:
        op.execute(f"DROP POLICY reach_{role} ON dois")
