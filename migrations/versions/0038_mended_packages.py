"""A version's archive is another one once the checksums in it were mended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    comment = "when CRCs of its files were last found wrong and put right: its archive is another one since"
    op.add_column("package_versions", sa.Column("mended_at", sa.TIMESTAMP(timezone=True), comment=comment))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_column("package_versions", "mended_at")
