"""Guests, assignments and embargoes; and what guests and readers reach of each table.

The policies here are restrictive: a row must pass them besides its table's tenant policy. They hold for the two lesser
roles alone, so that nothing is slower for members.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"
# Datasets shared whole, and those of which files under embargo are left out.
SHARED = "coalesce(nullif(current_setting('uraniborg.datasets', true), ''), '{}')::uuid[]"
SHARED_LIFTED = "coalesce(nullif(current_setting('uraniborg.lifted_datasets', true), ''), '{}')::uuid[]"
FOLDER = "nullif(current_setting('uraniborg.folder', true), '')"
WITH_EMBARGOED = "current_setting('uraniborg.embargoed', true) = 'yes'"
ANONYMOUS = "current_setting('uraniborg.anonymous', true) = 'yes'"
GUEST, READER = "uraniborg_guest", "uraniborg_reader"


def assigned(telescope: str, night: str) -> str:
    """Write that the guest was, is or will be assigned to a telescope's night."""
    return (
        f"EXISTS (SELECT FROM assignments a WHERE a.account_id = {ACCOUNT} AND a.telescope_id = {telescope}"
        f" AND {night} >= a.first_night AND (a.last_night IS NULL OR {night} <= a.last_night))"
    )


def controls(telescope: str, night: str | None = None) -> str:
    """Write that the guest has a telescope now, and that a night is one of theirs."""
    nights = f" AND {night} >= a.first_night AND (a.last_night IS NULL OR {night} <= a.last_night)" if night else ""
    return (
        f"EXISTS (SELECT FROM assignments a WHERE a.account_id = {ACCOUNT} AND a.telescope_id = {telescope}{nights}"
        " AND a.control_from <= now() AND (a.control_until IS NULL OR now() < a.control_until))"
    )


# Asked of each file when it is read, so that an embargo lifts by itself, and no change of a file or dataset can
# forget to tell. As its owner: a reader must not see the datasets that hold a file back. A file's own embargo goes
# before that of its datasets, of which the latest counts; then its instrument's, then the organisation's default.
EMBARGO_END = """
CREATE FUNCTION embargo_end(file uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public
BEGIN ATOMIC
    SELECT least(coalesce(CASE
        WHEN own.target IS NOT NULL THEN coalesce(own.until, t.begun + own.days * interval '1 day')
        WHEN sets.number > 0 THEN sets.until
        WHEN NOT base.calibrations AND r.frame_type IN ('bias', 'dark', 'flat', 'arc') THEN NULL
        ELSE coalesce(base.until, t.begun + base.days * interval '1 day')
    END, '-infinity'), '9999-12-31')
    FROM files f
    LEFT JOIN frames r ON r.organisation_id = f.organisation_id AND r.sha256 = f.sha256
    CROSS JOIN LATERAL (SELECT coalesce(r.start_at, f.created_at) AS begun) t
    LEFT JOIN embargoes own
        ON own.organisation_id = f.organisation_id AND own.target = 'file' AND own.target_id = f.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS number, max(coalesce(e.until, t.begun + e.days * interval '1 day')) AS until
        FROM dataset_files d JOIN embargoes e
            ON e.organisation_id = d.organisation_id AND e.target = 'dataset' AND e.target_id = d.dataset_id
        WHERE d.organisation_id = f.organisation_id AND d.file_id = f.id
    ) sets
    LEFT JOIN LATERAL (
        SELECT e.* FROM embargoes e WHERE e.organisation_id = f.organisation_id
            AND (e.target = 'instrument' AND e.target_id = f.instrument_id OR e.target = 'organisation')
        ORDER BY e.target LIMIT 1
    ) base ON true
    WHERE f.id = embargo_end.file
        AND f.organisation_id = nullif(current_setting('uraniborg.organisation', true), '')::uuid;
END
"""

LIFTED = "embargo_end(files.id) <= now()"
OF_FILE = "d.organisation_id = files.organisation_id AND d.file_id = files.id"
OF_CONTENT = "f.sha256 = {0}.sha256 AND f.deleted_at IS NULL"
PACKAGES = {
    "packages": "EXISTS (SELECT FROM package_versions v WHERE v.package_id = packages.id)",
    "package_versions": "state <> 'draft'",
    "package_files": "EXISTS (SELECT FROM package_versions v WHERE v.id = package_files.version_id)",
}

# For each role and table: which rows are seen, and, where it differs, which may be made of or left by a change.
REACH: dict[str, dict[str, tuple[str, str | None]]] = {
    GUEST: {
        "files": (
            f"uploaded_by = {ACCOUNT} OR {assigned('files.telescope_id', 'files.night')}",
            # What was begun in the guest's nights may arrive after them.
            f"uploaded_by = {ACCOUNT} AND EXISTS (SELECT FROM assignments a"
            f" WHERE a.account_id = {ACCOUNT} AND a.telescope_id = files.telescope_id)",
        ),
        "frames": (
            f"EXISTS (SELECT FROM files f WHERE {OF_CONTENT.format('frames')})",
            controls("frames.telescope_id", "frames.night"),
        ),
        "frame_units": ("EXISTS (SELECT FROM frames r WHERE r.id = frame_units.frame_id)", None),
        "datasets": (f"created_by = {ACCOUNT}", f"created_by = {ACCOUNT} AND rule IS NULL"),
        "dataset_files": ("EXISTS (SELECT FROM datasets d WHERE d.id = dataset_files.dataset_id)", None),
        "uploads": (f"account_id = {ACCOUNT}", f"account_id = {ACCOUNT} AND {controls('uploads.telescope_id')}"),
        "upload_items": ("EXISTS (SELECT FROM uploads u WHERE u.id = upload_items.upload_id)", None),
        "telescopes": (
            f"EXISTS (SELECT FROM assignments a WHERE a.account_id = {ACCOUNT} AND a.telescope_id = telescopes.id)",
            None,
        ),
        "sites": ("EXISTS (SELECT FROM telescopes t WHERE t.site_id = sites.id)", None),
        "instruments": ("EXISTS (SELECT FROM telescopes t WHERE t.id = instruments.telescope_id)", None),
        "memberships": (f"account_id = {ACCOUNT}", None),
        "assignments": (f"account_id = {ACCOUNT}", None),
        "night_logs": (
            assigned("night_logs.telescope_id", "night_logs.night"),
            controls("night_logs.telescope_id", "night_logs.night"),
        ),
        "night_log_entries": (
            "EXISTS (SELECT FROM night_logs l WHERE l.id = night_log_entries.night_log_id)",
            "EXISTS (SELECT FROM night_logs l WHERE l.id = night_log_entries.night_log_id"
            f" AND {controls('l.telescope_id', 'l.night')})",
        ),
        "night_log_revisions": (
            "EXISTS (SELECT FROM night_log_entries e WHERE e.id = night_log_revisions.entry_id)",
            "EXISTS (SELECT FROM night_log_entries e JOIN night_logs l ON l.id = e.night_log_id"
            f" WHERE e.id = night_log_revisions.entry_id AND {controls('l.telescope_id', 'l.night')})",
        ),
        "jobs": (f"created_by = {ACCOUNT}", None),
        **{table: (seen, None) for table, seen in PACKAGES.items()},
    },
    READER: {
        "files": (
            "files.deleted_at IS NULL AND ("
            f"EXISTS (SELECT FROM dataset_files d WHERE {OF_FILE} AND d.dataset_id = ANY ({SHARED}))"
            f" OR {LIFTED} AND"
            f" EXISTS (SELECT FROM dataset_files d WHERE {OF_FILE} AND d.dataset_id = ANY ({SHARED_LIFTED}))"
            f" OR ({LIFTED} OR {WITH_EMBARGOED}) AND starts_with(files.path, {FOLDER}))",
            None,
        ),
        "contents": ("EXISTS (SELECT FROM files f WHERE f.sha256 = contents.sha256)", None),
        "frames": (f"EXISTS (SELECT FROM files f WHERE {OF_CONTENT.format('frames')})", None),
        "frame_units": ("EXISTS (SELECT FROM frames r WHERE r.id = frame_units.frame_id)", None),
        "datasets": (f"id = ANY ({SHARED}) OR id = ANY ({SHARED_LIFTED})", None),
        "dataset_files": (f"dataset_id = ANY ({SHARED}) OR dataset_id = ANY ({SHARED_LIFTED})", None),
        **dict.fromkeys(("sites", "telescopes", "instruments"), (f"NOT coalesce({ANONYMOUS}, false)", None)),
        **{table: (seen, None) for table, seen in PACKAGES.items()},
    },
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    op.drop_constraint("role", "memberships", type_="check")
    op.create_check_constraint("role", "memberships", "role IN ('owner', 'admin', 'member', 'guest')")
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "assignments",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("organisation_id", sa.UUID(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("telescope_id", sa.UUID(), nullable=False),
        sa.Column("first_night", sa.Date(), nullable=False),
        sa.Column("last_night", sa.Date(), comment="open end if null"),
        sa.Column("control_from", moment, nullable=False, comment="local noon of the first night"),
        sa.Column("control_until", moment, comment="local noon after the last night"),
        sa.Column("created_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("organisation_id", "id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "account_id"],
            ["memberships.organisation_id", "memberships.account_id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "telescope_id"],
            ["telescopes.organisation_id", "telescopes.id"],
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("last_night >= first_night", name="nights"),
    )
    op.create_index("ix_assignments_telescope", "assignments", ["organisation_id", "telescope_id", "first_night"])
    op.create_index("ix_assignments_account", "assignments", ["account_id", "telescope_id"])
    op.create_table(
        "embargoes",
        sa.Column(
            "organisation_id", sa.UUID(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("target", sa.Text(), primary_key=True),
        sa.Column("target_id", sa.UUID(), primary_key=True, comment="the organisation's own id for its default"),
        sa.Column("days", sa.Integer(), comment="from the exposure's start, or from the upload where there is none"),
        sa.Column("until", moment),
        sa.Column("calibrations", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("set_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("set_at", moment, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("target IN ('organisation', 'instrument', 'dataset', 'file')", name="target"),
        sa.CheckConstraint("days IS NULL OR until IS NULL", name="one_end"),
    )
    op.add_column("files", sa.Column("night", sa.Date(), comment="of its frame; what a guest's assignment covers"))
    op.add_column("jobs", sa.Column("created_by", sa.UUID(), sa.ForeignKey("accounts.id")))
    op.execute(
        "UPDATE files f SET night = r.night FROM frames r"
        " WHERE r.organisation_id = f.organisation_id AND r.sha256 = f.sha256 AND r.night IS NOT NULL"
    )
    for table in ("assignments", "embargoes"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})"
        )
    op.execute(EMBARGO_END)
    op.execute("REVOKE EXECUTE ON FUNCTION embargo_end FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION embargo_end TO uraniborg_runtime, {GUEST}, {READER}")
    # Readers see no one's name: who uploaded a file is not for them.
    op.execute("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY people ON accounts TO uraniborg_runtime, {GUEST} USING (true) WITH CHECK (true)")
    for role, tables in REACH.items():
        for table, (seen, left) in tables.items():
            name = f"reach_{role.rpartition('_')[2]}"
            check = f" WITH CHECK ({left})" if left else ""
            op.execute(f"CREATE POLICY {name} ON {table} AS RESTRICTIVE TO {role} USING ({seen}){check}")


def downgrade() -> None:
    raise RuntimeError("What guests and readers reach cannot be told without this: restore a backup instead.")
