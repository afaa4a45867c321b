"""The foundation: every table, and row-level security on those of tenants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"
TENANT_TABLES = [
    "contents",
    "dataset_files",
    "datasets",
    "events",
    "files",
    "frame_units",
    "frames",
    "instruments",
    "jobs",
    "memberships",
    "night_log_entries",
    "night_log_revisions",
    "night_logs",
    "package_files",
    "package_versions",
    "packages",
    "sites",
    "telescopes",
    "upload_items",
    "uploads",
]


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "accounts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False, comment="as normalised by domain.people.normal_email"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False, comment="argon2id"),
        sa.Column("is_operator", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("caller_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("caller_hash", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "login_throttle",
        sa.Column("key", sa.Text(), nullable=False, comment="sha256 of e-mail or client address"),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_throttle")),
    )
    op.create_table(
        "organisations",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisations_slug")),
    )
    op.create_table(
        "contents",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False, comment="for ZIP archives"),
        sa.Column("crc32c", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_contents_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "sha256", name=op.f("pk_contents")),
    )
    op.create_table(
        "datasets",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column(
            "rule",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="which frames join by themselves",
        ),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_datasets_state")),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_datasets_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_datasets_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasets")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_datasets_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_datasets_organisation_id_slug")),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_events_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_organisation_id_id", "events", ["organisation_id", "id"], unique=False)
    op.create_table(
        "frames",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False, comment="one frame for one content"),
        sa.Column("file_id", sa.UUID(), nullable=False, comment="the file that first brought it"),
        sa.Column("telescope_id", sa.UUID(), nullable=True),
        sa.Column("instrument_id", sa.UUID(), nullable=True),
        sa.Column("night", sa.Date(), nullable=True),
        sa.Column("frame_type", sa.Text(), nullable=True),
        sa.Column("start_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("mid_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("exposure_s", sa.Double(), nullable=True),
        sa.Column("filter", sa.Text(), nullable=True),
        sa.Column("object", sa.Text(), nullable=True),
        sa.Column(
            "object_key", sa.Text(), nullable=True, comment="object in lower case without blanks: M 31 and m31 are one"
        ),
        sa.Column("airmass", sa.Double(), nullable=True),
        sa.Column("gain", sa.Double(), nullable=True),
        sa.Column("binning_x", sa.Integer(), nullable=True),
        sa.Column("binning_y", sa.Integer(), nullable=True),
        sa.Column("detector_temperature_c", sa.Double(), nullable=True),
        sa.Column("telescope_name", sa.Text(), nullable=True),
        sa.Column("instrument_name", sa.Text(), nullable=True),
        sa.Column("observer", sa.Text(), nullable=True),
        sa.Column("ra_deg", sa.Double(), nullable=True),
        sa.Column("dec_deg", sa.Double(), nullable=True),
        sa.Column(
            "sources",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("hdu_count", sa.Integer(), nullable=False),
        sa.Column(
            "header",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="keyword to value, first non-blank over all HDUs",
        ),
        sa.Column(
            "terms", sa.ARRAY(sa.Integer()), nullable=False, comment="inverted index of the header: domain.header_terms"
        ),
        sa.Column("pixel_scale_arcsec", sa.Double(), nullable=True),
        sa.Column(
            "footprints",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("cells", sa.ARRAY(sa.Integer()), nullable=True, comment="HEALPix order 7, nested"),
        sa.Column("center_x", sa.Double(), nullable=True),
        sa.Column("center_y", sa.Double(), nullable=True),
        sa.Column("center_z", sa.Double(), nullable=True),
        sa.Column("radius_deg", sa.Double(), nullable=True),
        sa.Column("inner_radius_deg", sa.Double(), nullable=True),
        sa.Column(
            "vertices",
            sa.ARRAY(sa.Double()),
            nullable=True,
            comment="unit vectors, flat; several polygons parted by NULL",
        ),
        sa.Column("quality", sa.Text(), server_default=sa.text("'unchecked'"), nullable=False),
        sa.Column("quality_note", sa.Text(), nullable=True),
        sa.Column("preview", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("ingested_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="no live file holds it"
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quality IN ('unchecked', 'good', 'doubtful', 'bad')", name=op.f("ck_frames_quality")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_frames_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frames")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_frames_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "sha256", name=op.f("uq_frames_organisation_id_sha256")),
    )
    op.create_index("ix_frames_cells", "frames", ["cells"], unique=False, postgresql_using="gin")
    op.create_index("ix_frames_created", "frames", ["organisation_id", "created_at", "id"], unique=False)
    op.create_index("ix_frames_night", "frames", ["organisation_id", "night", "telescope_id"], unique=False)
    op.create_index("ix_frames_object", "frames", ["organisation_id", "object_key", "start_at", "id"], unique=False)
    op.create_index(
        "ix_frames_start",
        "frames",
        ["organisation_id", sa.literal_column("coalesce(start_at, '-infinity'::timestamptz)"), "id"],
        unique=False,
    )
    op.create_index("ix_frames_terms", "frames", ["terms"], unique=False, postgresql_using="gin")
    op.create_table(
        "jobs",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_jobs_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_jobs_organisation_id_id")),
    )
    op.create_index("ix_jobs_organisation_id_state_id", "jobs", ["organisation_id", "state", "id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'admin', 'member')", name=op.f("ck_memberships_role")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_memberships_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "account_id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_account", "memberships", ["account_id"], unique=False)
    op.create_table(
        "packages",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_packages_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packages")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_packages_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_packages_organisation_id_slug")),
    )
    op.create_table(
        "sessions",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("csrf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_account_id"), "sessions", ["account_id"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude_deg", sa.Double(), nullable=False),
        sa.Column("longitude_deg", sa.Double(), nullable=False),
        sa.Column("height_m", sa.Double(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("mpc_code", sa.Text(), nullable=True),
        sa.Column(
            "horizon",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="list of [azimuth_deg, altitude_deg]",
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_sites_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_sites_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_sites_organisation_id_slug")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("only_organisation_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False, comment="the last characters, to tell tokens apart"),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["only_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_tokens_only_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_tokens_secret_hash")),
    )
    op.create_index(op.f("ix_tokens_account_id"), "tokens", ["account_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("telescope_id", sa.UUID(), nullable=True),
        sa.Column("instrument_id", sa.UUID(), nullable=True),
        sa.Column("dataset_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_uploads_account_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_uploads_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_uploads_organisation_id_id")),
    )
    op.create_table(
        "files",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), server_default=sa.text("'application/octet-stream'"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "problems",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "dataset_id", sa.UUID(), nullable=True, comment="where it was first put; the key of versions, with the path"
        ),
        sa.Column("telescope_id", sa.UUID(), nullable=True),
        sa.Column("instrument_id", sa.UUID(), nullable=True),
        sa.Column("uploaded_by", sa.UUID(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("supersedes", sa.UUID(), nullable=True),
        sa.Column("deleted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('stored', 'indexed', 'kept', 'failed')", name=op.f("ck_files_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "sha256"],
            ["contents.organisation_id", "contents.sha256"],
            name=op.f("fk_files_organisation_id_sha256"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_files_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["accounts.id"], name=op.f("fk_files_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_files_organisation_id_id")),
    )
    op.create_index(
        "ix_files_organisation_id_created_at_id", "files", ["organisation_id", "created_at", "id"], unique=False
    )
    op.create_index("ix_files_organisation_id_path", "files", ["organisation_id", "path"], unique=False)
    op.create_index("ix_files_organisation_id_sha256", "files", ["organisation_id", "sha256"], unique=False)
    op.create_index("ix_files_organisation_id_state_id", "files", ["organisation_id", "state", "id"], unique=False)
    op.create_index(
        "ix_files_supersedes",
        "files",
        ["organisation_id", "supersedes"],
        unique=False,
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_table(
        "frame_units",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("frame_id", sa.UUID(), nullable=False),
        sa.Column(
            "units", sa.LargeBinary(), nullable=False, comment="every card of every HDU: JSON, compressed by zlib"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "frame_id"],
            ["frames.organisation_id", "frames.id"],
            name=op.f("fk_frame_units_organisation_id_frame_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "frame_id", name=op.f("pk_frame_units")),
    )
    op.create_table(
        "package_versions",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("package_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False, comment="SPDX identifier"),
        sa.Column(
            "contributors",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("keywords", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "datasets",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="the slugs selected",
        ),
        sa.Column("manifest_key", sa.Text(), nullable=True),
        sa.Column("manifest_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("file_count", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("downloads", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'superseded', 'withdrawn')", name=op.f("ck_package_versions_state")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["accounts.id"], name=op.f("fk_package_versions_created_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "package_id"],
            ["packages.organisation_id", "packages.id"],
            name=op.f("fk_package_versions_organisation_id_package_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_package_versions_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_versions")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_package_versions_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "package_id",
            "version",
            name=op.f("uq_package_versions_organisation_id_package_id_version"),
        ),
    )
    op.create_table(
        "telescopes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("site_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aperture_mm", sa.Double(), nullable=True),
        sa.Column("focal_length_mm", sa.Double(), nullable=True),
        sa.Column("mount", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "site_id"],
            ["sites.organisation_id", "sites.id"],
            name=op.f("fk_telescopes_organisation_id_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_telescopes_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telescopes")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_telescopes_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_telescopes_organisation_id_slug")),
    )
    op.create_table(
        "upload_items",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("upload_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("crc32c", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staging_key", sa.Text(), nullable=True),
        sa.Column("multipart_id", sa.Text(), nullable=True),
        sa.Column("part_size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("file_id", sa.UUID(), nullable=True),
        sa.Column("problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("state IN ('known', 'wanted', 'stored', 'failed')", name=op.f("ck_upload_items_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "upload_id"],
            ["uploads.organisation_id", "uploads.id"],
            name=op.f("fk_upload_items_organisation_id_upload_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "upload_id", "position", name=op.f("pk_upload_items")),
    )
    op.create_table(
        "dataset_files",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=False),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"],
            ["datasets.organisation_id", "datasets.id"],
            name=op.f("fk_dataset_files_organisation_id_dataset_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "file_id"],
            ["files.organisation_id", "files.id"],
            name=op.f("fk_dataset_files_organisation_id_file_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "dataset_id", "path", name=op.f("pk_dataset_files")),
    )
    op.create_index("ix_dataset_files_file", "dataset_files", ["organisation_id", "file_id"], unique=False)
    op.create_table(
        "instruments",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("telescope_id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pixel_scale_arcsec", sa.Double(), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("filters", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "header_mapping",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "telescope_id"],
            ["telescopes.organisation_id", "telescopes.id"],
            name=op.f("fk_instruments_organisation_id_telescope_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_instruments_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruments")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_instruments_organisation_id_id")),
        sa.UniqueConstraint("organisation_id", "slug", name=op.f("uq_instruments_organisation_id_slug")),
    )
    op.create_table(
        "night_logs",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("site_id", sa.UUID(), nullable=False),
        sa.Column("telescope_id", sa.UUID(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("signed_by", sa.UUID(), nullable=True),
        sa.Column("signed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "summary",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="as it stood when it was signed",
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'signed')", name=op.f("ck_night_logs_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "site_id"],
            ["sites.organisation_id", "sites.id"],
            name=op.f("fk_night_logs_organisation_id_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "telescope_id"],
            ["telescopes.organisation_id", "telescopes.id"],
            name=op.f("fk_night_logs_organisation_id_telescope_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_night_logs_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["signed_by"], ["accounts.id"], name=op.f("fk_night_logs_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_logs")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_night_logs_organisation_id_id")),
        sa.UniqueConstraint(
            "organisation_id", "telescope_id", "night", name=op.f("uq_night_logs_organisation_id_telescope_id_night")
        ),
    )
    op.create_table(
        "package_files",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "version_id"],
            ["package_versions.organisation_id", "package_versions.id"],
            name=op.f("fk_package_files_organisation_id_version_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "version_id", "path", name=op.f("pk_package_files")),
    )
    op.create_index("ix_package_files_sha256", "package_files", ["organisation_id", "sha256"], unique=False)
    op.create_table(
        "night_log_entries",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("night_log_id", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="the newest"),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "night_log_id"],
            ["night_logs.organisation_id", "night_logs.id"],
            name=op.f("fk_night_log_entries_organisation_id_night_log_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_night_log_entries_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_log_entries")),
        sa.UniqueConstraint("organisation_id", "id", name=op.f("uq_night_log_entries_organisation_id_id")),
    )
    op.create_index(
        "ix_night_log_entries_log", "night_log_entries", ["organisation_id", "night_log_id", "id"], unique=False
    )
    op.create_table(
        "night_log_revisions",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("time_lost_s", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("time_lost_kind", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("frames", sa.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("attachments", sa.ARRAY(sa.UUID()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name=op.f("fk_night_log_revisions_author_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "entry_id"],
            ["night_log_entries.organisation_id", "night_log_entries.id"],
            name=op.f("fk_night_log_revisions_organisation_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "entry_id", "revision", name=op.f("pk_night_log_revisions")),
    )
    op.create_index(
        "ix_night_log_revisions_occurred",
        "night_log_revisions",
        ["organisation_id", "occurred_at", "entry_id"],
        unique=False,
    )
    op.create_index(
        "ix_night_log_revisions_text",
        "night_log_revisions",
        [sa.literal_column("to_tsvector('simple', text)")],
        unique=False,
        postgresql_using="gin",
    )
    for table in TENANT_TABLES:
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)
    # A person sees to which organisations they belong before any of them is chosen.
    connection.exec_driver_sql(f"CREATE POLICY own ON memberships FOR SELECT USING (account_id = {ACCOUNT})")


def downgrade() -> None:
    raise RuntimeError("The first revision has nothing below it: restore a backup instead.")
