"""Data packages that can be cited: what they say of themselves, and how their archive is laid out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    for name in ("related", "funding", "dates"):
        kind = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
        op.add_column("package_versions", sa.Column(name, kind, server_default=sa.text("'[]'"), nullable=False))
    op.add_column(
        "package_versions",
        sa.Column("publisher", sa.Text(), nullable=True, comment="the organisation's name when it was published"),
    )
    op.add_column(
        "package_versions",
        sa.Column(
            "layout",
            sa.SmallInteger(),
            server_default=sa.text("1"),
            nullable=False,
            comment="of the archive: 1 tree, 2 bag",
        ),
    )


def downgrade() -> None:
    for name in ("layout", "publisher", "dates", "funding", "related"):
        op.drop_column("package_versions", name)
