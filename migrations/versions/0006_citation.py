"""Data packages that can be cited: what they say of themselves, how their archive is laid out, their DOIs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
TENANT_TABLES = ["datacite_accounts", "dois", "publications"]


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
    op.create_table(
        "datacite_accounts",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.Text(), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=False, comment="by service.sealing"),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.UUID(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("service IN ('production', 'test')", name=op.f("ck_datacite_accounts_service")),
        sa.ForeignKeyConstraint(["changed_by"], ["accounts.id"], name=op.f("fk_datacite_accounts_changed_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_datacite_accounts_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_datacite_accounts")),
    )
    op.create_table(
        "dois",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("package_id", sa.UUID(), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=True, comment="null: of all versions together"),
        sa.Column("doi", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column(
            "state", sa.Text(), server_default=sa.text("'none'"), nullable=False, comment="what DataCite last said"
        ),
        sa.Column(
            "revision",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="grows with what is wanted",
        ),
        sa.Column(
            "synced_revision",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="the one DataCite has",
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("service IN ('production', 'test')", name=op.f("ck_dois_service")),
        sa.CheckConstraint("state IN ('none', 'draft', 'registered', 'findable')", name=op.f("ck_dois_state")),
        sa.CheckConstraint("wanted IN ('draft', 'registered', 'findable')", name=op.f("ck_dois_wanted")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "package_id"],
            ["packages.organisation_id", "packages.id"],
            name=op.f("fk_dois_organisation_id_package_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["package_versions.organisation_id", "package_versions.id"],
            name=op.f("fk_dois_organisation_id_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_dois_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dois")),
        sa.UniqueConstraint("organisation_id", "doi", name=op.f("uq_dois_organisation_id_doi")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_dois_organisation_id_id")),
    )
    op.create_index("ix_dois_package", "dois", ["organisation_id", "package_id"], unique=False)
    op.create_index("uq_dois_version", "dois", ["organisation_id", "version_id"], unique=True)
    op.create_index(
        "uq_dois_concept",
        "dois",
        ["organisation_id", "package_id"],
        unique=True,
        postgresql_where=sa.text("version_id IS NULL"),
    )
    op.create_table(
        "publications",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False, comment="to the second"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["package_versions.organisation_id", "package_versions.id"],
            name=op.f("fk_publications_organisation_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version_id", name=op.f("pk_publications")),
    )
    op.create_index("ix_publications_changed", "publications", ["changed_at", "version_id"], unique=False)
    # What was published before is harvested too. Whoever owns the tables sees all rows while it is not forced on them.
    for statement in (
        "ALTER TABLE package_versions NO FORCE ROW LEVEL SECURITY",
        "INSERT INTO publications (organisation_id, version_id, changed_at, withdrawn)"
        " SELECT organisation_id, id, date_trunc('second', coalesce(withdrawn_at, published_at)), state = 'withdrawn'"
        " FROM package_versions WHERE state <> 'draft'",
        "ALTER TABLE package_versions FORCE ROW LEVEL SECURITY",
    ):
        connection.exec_driver_sql(statement)
    for table in TENANT_TABLES:
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)
    # Which versions are published is for everybody to know, whichever organisation's they are: for who says that they
    # ask for that (storage/publication_store.py). Only the tenant writes.
    connection.exec_driver_sql(
        "CREATE POLICY published ON publications FOR SELECT"
        " USING (current_setting('uraniborg.public', true) = 'publications')"
    )


def downgrade() -> None:
    for table in reversed(TENANT_TABLES):
        op.drop_table(table)
    for name in ("layout", "publisher", "dates", "funding", "related"):
        op.drop_column("package_versions", name)
