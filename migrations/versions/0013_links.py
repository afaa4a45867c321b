"""Links to data packages, downloads that go on, reminders of embargoes, and what guests see with their teams."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"
SHARED = "coalesce(nullif(current_setting('uraniborg.datasets', true), ''), '{}')::uuid[]"
SHARED_LIFTED = "coalesce(nullif(current_setting('uraniborg.lifted_datasets', true), ''), '{}')::uuid[]"
ASSIGNED = (
    f"EXISTS (SELECT FROM assignments a WHERE a.account_id = {ACCOUNT} AND a.telescope_id = files.telescope_id"
    " AND files.night >= a.first_night AND (a.last_night IS NULL OR files.night <= a.last_night))"
)
OF_FILE = "d.organisation_id = files.organisation_id AND d.file_id = files.id"

# What a guest sees besides what is theirs: as readers do, the datasets shared with their teams. What they may change
# stays as it was, so that each policy has a check of its own.
GUEST_SEES = {
    "files": (
        f"uploaded_by = {ACCOUNT} OR {ASSIGNED} OR files.deleted_at IS NULL AND ("
        f"EXISTS (SELECT FROM dataset_files d WHERE {OF_FILE} AND d.dataset_id = ANY ({SHARED}))"
        f" OR EXISTS (SELECT FROM dataset_files d WHERE {OF_FILE} AND d.dataset_id = ANY ({SHARED_LIFTED}))"
        " AND embargo_end(files.id) <= now())",
        None,
    ),
    "datasets": (f"created_by = {ACCOUNT} OR id = ANY ({SHARED}) OR id = ANY ({SHARED_LIFTED})", None),
    "dataset_files": (
        "EXISTS (SELECT FROM datasets d WHERE d.id = dataset_files.dataset_id)",
        f"EXISTS (SELECT FROM datasets d WHERE d.id = dataset_files.dataset_id AND d.created_by = {ACCOUNT})",
    ),
    "telescopes": (
        f"EXISTS (SELECT FROM assignments a WHERE a.account_id = {ACCOUNT} AND a.telescope_id = telescopes.id)"
        " OR EXISTS (SELECT FROM dataset_files d JOIN files f ON f.organisation_id = d.organisation_id"
        f" AND f.id = d.file_id WHERE (d.dataset_id = ANY ({SHARED}) OR d.dataset_id = ANY ({SHARED_LIFTED}))"
        " AND f.telescope_id = telescopes.id)",
        None,
    ),
}
TENANT_TABLES = ["link_downloads", "embargo_settings", "embargo_reminders"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment = sa.TIMESTAMP(timezone=True)
    op.add_column("links", sa.Column("version_id", sa.UUID(), comment="of a data package, a draft's too"))
    op.add_column(
        "links",
        sa.Column(
            "embargoed_datasets",
            sa.ARRAY(sa.UUID()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="those of a package that an admin shows with what is under embargo",
        ),
    )
    op.create_foreign_key(
        "fk_links_organisation_id_version_id",
        "links",
        "package_versions",
        ["organisation_id", "version_id"],
        ["organisation_id", "id"],
        ondelete="CASCADE",
    )
    op.drop_constraint("target", "links", type_="check")
    op.create_check_constraint("target", "links", "num_nonnulls(dataset_id, version_id, nullif(folder, '')) = 1")
    op.create_table(
        "link_downloads",
        sa.Column("organisation_id", sa.UUID(), primary_key=True),
        sa.Column("link_id", sa.UUID(), primary_key=True),
        sa.Column("what", sa.Text(), primary_key=True, comment="a file's id, or zip"),
        sa.Column("begun_at", moment, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "link_id"], ["links.organisation_id", "links.id"], ondelete="CASCADE"
        ),
    )
    op.create_table(
        "embargo_settings",
        sa.Column(
            "organisation_id", sa.UUID(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("reminder_days", sa.ARRAY(sa.Integer()), comment="before an embargo lifts; null for the usual ones"),
        sa.Column("looked_at", moment, comment="when it was last seen which lift"),
    )
    op.create_table(
        "embargo_reminders",
        sa.Column(
            "organisation_id", sa.UUID(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("target", sa.Text(), primary_key=True),
        sa.Column("target_id", sa.UUID(), primary_key=True),
        sa.Column("lifts_on", sa.Date(), primary_key=True, comment="UTC"),
        sa.Column("days", sa.Integer(), primary_key=True, comment="which of the reminders"),
        sa.Column("sent_at", moment, server_default=sa.func.now(), nullable=False),
    )
    for table in TENANT_TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})"
        )
    # Sessions make plans anew for each search; with this function, asked of every file, that took a millisecond a file.
    op.execute("ALTER FUNCTION embargo_end(uuid) SET plan_cache_mode = force_generic_plan")
    for table, (seen, left) in GUEST_SEES.items():
        check = f" WITH CHECK ({left})" if left else ""
        op.execute(f"ALTER POLICY reach_guest ON {table} USING ({seen}){check}")


def downgrade() -> None:
    raise RuntimeError("Links to data packages are not forgotten: restore a backup instead.")
