"""Audit logs that are only ever appended to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"


def _json() -> postgresql.JSONB:
    return postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def _entry_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="e-mail address at that time, or what stands for it"),
        sa.Column("actor_details", _json(), nullable=False, comment="account, token, address"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("details", _json(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
    ]


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "audit_entries",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        *_entry_columns(),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_audit_entries_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sequence", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_action", "audit_entries", ["organisation_id", "action", "sequence"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["organisation_id", "actor", "sequence"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["organisation_id", "at"])
    op.create_table(
        "audit_heads",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_audit_heads_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "service_audit_entries",
        *_entry_columns(),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_service_audit_entries")),
    )
    op.create_table(
        "service_audit_head",
        sa.Column("log", sa.Text(), nullable=False, comment="one row"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "failures_told",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="up to which entry organisations were told of failed sign-ins",
        ),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_service_audit_head")),
    )
    for table in ("audit_entries", "audit_heads"):
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)
    # The service's role may not change entries (storage/migrate.py grants); this is for whoever may.
    connection.exec_driver_sql("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit log is only appended to' USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    for table in ("audit_entries", "service_audit_entries"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    raise RuntimeError("An audit log is not dropped: restore a backup instead.")
