"""Senders tell the CRC-32 of a file as well, so that what a store has verified itself is not read again for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.add_column("upload_items", sa.Column("crc32", sa.Text(), comment="as told, base64; null: not told"))


def downgrade() -> None:
    op.drop_column("upload_items", "crc32")
