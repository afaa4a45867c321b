"""Every table of the database, as SQLAlchemy Core sees it; migrations are compared with this.

A table with an ``organisation_id`` belongs to tenants: row-level security holds it (storage/row_security.py).
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from storage.identity_tables import add_identity_tables

__all__ = ["metadata"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Moment = TIMESTAMP(timezone=True)
Uuid = UUID(as_uuid=True)
Json = JSONB(none_as_null=True)
# Paths are ordered by their code points, so that an archive has the same bytes whatever the database's locale.
Path = Text(collation="C")


def _id() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def _created() -> Column[object]:
    return Column("created_at", Moment, nullable=False, server_default=func.now())


def _organisation() -> Column[object]:
    return Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False)


accounts = Table(
    "accounts",
    metadata,
    _id(),
    Column("email", Text, nullable=False, unique=True, comment="as normalised by domain.people.normal_email"),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, comment="argon2id; null for who only signs in elsewhere"),
    Column("is_operator", Boolean, nullable=False, server_default=text("false")),
    _created(),
    Column("email_confirmed_at", Moment, comment="whoever signs in was seen to read mail there"),
)

login_throttle = Table(
    "login_throttle",
    metadata,
    Column("key", Text, primary_key=True, comment="sha256 of e-mail or client address"),
    Column("failures", Integer, nullable=False),
    Column("window_started_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_hash", LargeBinary, nullable=False),
    _created(),
    Column("expires_at", Moment, nullable=False),
    Column("id", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()),
    Column(
        "way", Text, nullable=False, server_default="password", comment="how they signed in: password or a provider"
    ),
    Column("browser", Text, nullable=False, server_default="", comment="its User-Agent, to tell sessions apart"),
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("only_organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE")),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("hint", Text, nullable=False, comment="the last characters, to tell tokens apart"),
    _created(),
    Column("expires_at", Moment),
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("caller_hash", LargeBinary, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("headers", Json),
    Column("body", LargeBinary),
    _created(),
)

organisations = Table(
    "organisations",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _created(),
    Column("closed_at", Moment),
    Column("removal_at", Moment, comment="not before it is anything removed; fixed when one closes"),
    Column("reminded_at", Moment, comment="when owners last heard of the removal to come"),
    Column("removed_at", Moment),
    Index("ix_organisations_closed", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
)

memberships = Table(
    "memberships",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    _created(),
    CheckConstraint("role IN ('owner', 'admin', 'member', 'guest')", name="role"),
    Index("ix_memberships_account", "account_id"),
)

sites = Table(
    "sites",
    metadata,
    _id(),
    _organisation(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("latitude_deg", Double, nullable=False),
    Column("longitude_deg", Double, nullable=False),
    Column("height_m", Double, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("mpc_code", Text),
    Column("horizon", Json, comment="list of [azimuth_deg, altitude_deg]"),
    _created(),
    UniqueConstraint("organisation_id", "slug"),
    UniqueConstraint("organisation_id", "id"),
)

telescopes = Table(
    "telescopes",
    metadata,
    _id(),
    _organisation(),
    Column("site_id", Uuid, nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("aperture_mm", Double),
    Column("focal_length_mm", Double),
    Column("mount", Text),
    _created(),
    UniqueConstraint("organisation_id", "slug"),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "site_id"], ["sites.organisation_id", "sites.id"]),
)

instruments = Table(
    "instruments",
    metadata,
    _id(),
    _organisation(),
    Column("telescope_id", Uuid, nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("pixel_scale_arcsec", Double),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("filters", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("header_mapping", Json, nullable=False, server_default=text("'{}'")),
    _created(),
    UniqueConstraint("organisation_id", "slug"),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "telescope_id"], ["telescopes.organisation_id", "telescopes.id"]),
)

assignments = Table(
    "assignments",
    metadata,
    _id(),
    _organisation(),
    Column("account_id", Uuid, nullable=False),
    Column("telescope_id", Uuid, nullable=False),
    Column("first_night", Date, nullable=False),
    Column("last_night", Date, comment="open end if null"),
    Column("control_from", Moment, nullable=False, comment="local noon of the first night"),
    Column("control_until", Moment, comment="local noon after the last night"),
    Column("created_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    _created(),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(
        ["organisation_id", "account_id"],
        ["memberships.organisation_id", "memberships.account_id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(
        ["organisation_id", "telescope_id"],
        ["telescopes.organisation_id", "telescopes.id"],
        ondelete="CASCADE",
    ),
    CheckConstraint("last_night >= first_night", name="nights"),
    Index("ix_assignments_telescope", "organisation_id", "telescope_id", "first_night"),
    Index("ix_assignments_account", "account_id", "telescope_id"),
)

embargoes = Table(
    "embargoes",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_id", Uuid, primary_key=True, comment="the organisation's own id for its default"),
    Column("days", Integer, comment="from the exposure's start, or from the upload where there is none"),
    Column("until", Moment),
    Column("calibrations", Boolean, nullable=False, server_default=text("true")),
    Column("reason", Text, nullable=False, server_default=text("''")),
    Column("set_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("set_at", Moment, nullable=False, server_default=func.now()),
    CheckConstraint("target IN ('organisation', 'instrument', 'dataset', 'file')", name="target"),
    CheckConstraint("days IS NULL OR until IS NULL", name="one_end"),
)

contents = Table(
    "contents",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("crc32", BigInteger, nullable=False, comment="for ZIP archives"),
    Column("crc32c", Text, nullable=False),
    Column("object_key", Text, nullable=False),
    Column("verified_at", Moment, nullable=False, server_default=func.now()),
    Column("tier", Text, nullable=False, server_default=text("'hot'")),
    CheckConstraint("tier IN ('hot', 'cool', 'archive')", name="tier"),
)

content_beginnings = Table(
    "content_beginnings",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("beginning", LargeBinary, nullable=False, comment="first bytes, up to the data: compressed by zlib"),
    ForeignKeyConstraint(
        ["organisation_id", "sha256"], ["contents.organisation_id", "contents.sha256"], ondelete="CASCADE"
    ),
)

uploads = Table(
    "uploads",
    metadata,
    _id(),
    _organisation(),
    Column("account_id", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("host", Text),
    Column("telescope_id", Uuid),
    Column("instrument_id", Uuid),
    Column("dataset_id", Uuid),
    _created(),
    Column("team_id", Uuid, comment="whose files they become; null: the tenant's"),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("told_type", Text, comment="what whoever sends says the frames are"),
    UniqueConstraint("organisation_id", "id"),
    # What a team that is no more began has still to be removed.
    ForeignKeyConstraint(
        ["organisation_id", "team_id"], ["teams.organisation_id", "teams.id"], ondelete="SET NULL (team_id)"
    ),
    CheckConstraint("state IN ('open', 'over', 'swept')", name="state"),
    Index("ix_uploads_unswept", "organisation_id", "created_at", postgresql_where=text("state <> 'swept'")),
)

upload_items = Table(
    "upload_items",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("upload_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("path", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", LargeBinary),
    Column("crc32c", Text),
    Column("state", Text, nullable=False),
    Column("staging_key", Text),
    Column("multipart_id", Text),
    Column("part_size_bytes", BigInteger),
    Column("file_id", Uuid),
    Column("problem", Json),
    Column("team_id", Uuid),
    Column("expected_version", Integer, comment="of a team's file; 0: none yet"),
    Column("crc32", Text, comment="as told, base64; null: not told"),
    Column("likeness", LargeBinary, comment="a SHA-256 of some places; null: not told"),
    ForeignKeyConstraint(
        ["organisation_id", "upload_id"], ["uploads.organisation_id", "uploads.id"], ondelete="CASCADE"
    ),
    CheckConstraint("state IN ('known', 'wanted', 'stored', 'failed')", name="state"),
    Index(
        "ix_upload_items_likeness",
        "organisation_id",
        "likeness",
        postgresql_where=text("likeness IS NOT NULL AND state = 'wanted'"),
    ),
)

files = Table(
    "files",
    metadata,
    _id(),
    Column("organisation_id", Uuid, nullable=False),  # that of its content, which is checked
    Column("path", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False, server_default=text("'application/octet-stream'")),
    Column("state", Text, nullable=False),
    Column("problems", Json, nullable=False, server_default=text("'[]'")),
    Column("dataset_id", Uuid, comment="where it was first put; the key of versions, with the path"),
    Column("telescope_id", Uuid),
    Column("instrument_id", Uuid),
    Column("uploaded_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("host", Text),
    Column("supersedes", Uuid),
    Column("night", Date, comment="of its frame; what a guest's assignment covers"),
    Column("deleted_at", Moment),
    _created(),
    Column("told_type", Text, comment="what whoever sent it says it is"),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "sha256"], ["contents.organisation_id", "contents.sha256"]),
    CheckConstraint("state IN ('stored', 'indexed', 'kept', 'failed')", name="state"),
    Index("ix_files_organisation_id_created_at_id", "organisation_id", "created_at", "id"),
    Index("ix_files_organisation_id_state_id", "organisation_id", "state", "id"),
    Index("ix_files_organisation_id_path", "organisation_id", "path"),
    Index("ix_files_organisation_id_sha256", "organisation_id", "sha256"),
    # A night's frames of a telescope in order of path: the tree. The revision says COLLATE "C", which is not compared.
    Index(
        "ix_files_night",
        "organisation_id",
        "night",
        "telescope_id",
        "path",
        "id",
        postgresql_where=text("night IS NOT NULL AND deleted_at IS NULL"),
    ),
    Index("ix_files_supersedes", "organisation_id", "supersedes", postgresql_where=text("supersedes IS NOT NULL")),
)

frames = Table(
    "frames",
    metadata,
    _id(),
    _organisation(),
    Column("sha256", LargeBinary, nullable=False, comment="one frame for one content"),
    Column("file_id", Uuid, nullable=False, comment="the file that first brought it"),
    Column("telescope_id", Uuid),
    Column("instrument_id", Uuid),
    Column("night", Date),
    Column("frame_type", Text),
    Column("start_at", Moment),
    Column(
        "start_key",
        Moment,
        Computed("coalesce(start_at, '-infinity'::timestamptz)", persisted=True),
        nullable=False,
        comment="what frames are sorted by; a column, since row-level security keeps expressions from an index",
    ),
    Column("mid_at", Moment),
    Column("exposure_s", Double),
    Column("filter", Text),
    Column("object", Text),
    Column("object_key", Text, comment="object in lower case without blanks: M 31 and m31 are one"),
    Column("airmass", Double),
    Column("gain", Double),
    Column("binning_x", Integer),
    Column("binning_y", Integer),
    Column("detector_temperature_c", Double),
    Column("telescope_name", Text),
    Column("instrument_name", Text),
    Column("observer", Text),
    Column("ra_deg", Double),
    Column("dec_deg", Double),
    Column("sources", Json, nullable=False, server_default=text("'{}'")),
    Column("format", Text, nullable=False),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("hdu_count", Integer, nullable=False),
    Column("header", Json, nullable=False, comment="keyword to value, first non-blank over all HDUs"),
    Column("terms", ARRAY(Integer), nullable=False, comment="inverted index of the header: domain.header_terms"),
    Column("pixel_scale_arcsec", Double),
    Column("footprints", Json, nullable=False, server_default=text("'[]'")),
    Column("cells", ARRAY(Integer), comment="HEALPix order 7, nested"),
    Column("center_x", Double),
    Column("center_y", Double),
    Column("center_z", Double),
    Column("radius_deg", Double),
    Column("inner_radius_deg", Double),
    Column("vertices", ARRAY(Double), comment="unit vectors, flat; several polygons parted by NULL"),
    Column("quality", Text, nullable=False, server_default=text("'unchecked'")),
    Column("quality_note", Text),
    Column("preview", Text, nullable=False, server_default=text("'waiting'")),
    Column("problems", Json, nullable=False, server_default=text("'[]'")),
    Column("ingested_at", Moment, nullable=False, server_default=func.now()),
    Column("hidden", Boolean, nullable=False, server_default=text("false"), comment="no live file holds it"),
    Column("crossings", Integer, comment="of satellites; null: not judged"),
    Column("crossings_at", Moment, comment="when its crossings were last judged"),
    _created(),
    UniqueConstraint("organisation_id", "sha256"),
    UniqueConstraint("organisation_id", "id"),
    CheckConstraint("quality IN ('unchecked', 'good', 'doubtful', 'bad')", name="quality"),
    Index("ix_frames_start", "organisation_id", "start_key", "id"),
    Index("ix_frames_created", "organisation_id", "created_at", "id"),
    Index("ix_frames_night", "organisation_id", "night", "telescope_id"),
    Index("ix_frames_object", "organisation_id", "object_key", "start_at", "id"),
    Index("ix_frames_cells", "cells", postgresql_using="gin"),
    Index("ix_frames_terms", "terms", postgresql_using="gin"),
)

frame_units = Table(
    "frame_units",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("frame_id", Uuid, primary_key=True),
    Column("units", LargeBinary, nullable=False, comment="every card of every HDU: JSON, compressed by zlib"),
    ForeignKeyConstraint(["organisation_id", "frame_id"], ["frames.organisation_id", "frames.id"], ondelete="CASCADE"),
)

datasets = Table(
    "datasets",
    metadata,
    _id(),
    _organisation(),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("rule", Json, comment="which frames join by themselves"),
    Column("created_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    _created(),
    UniqueConstraint("organisation_id", "slug"),
    UniqueConstraint("organisation_id", "id"),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
)

dataset_files = Table(
    "dataset_files",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("dataset_id", Uuid, primary_key=True),
    Column("path", Path, primary_key=True),
    Column("file_id", Uuid, nullable=False),
    Column("added_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["organisation_id", "file_id"], ["files.organisation_id", "files.id"]),
    Index("ix_dataset_files_file", "organisation_id", "file_id"),
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _organisation(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'queued'")),
    Column("payload", Json, nullable=False),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("failed", Integer, nullable=False, server_default=text("0")),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_by", Uuid, ForeignKey("accounts.id")),
    _created(),
    Column("finished_at", Moment),
    Column("retried_at", Moment, comment="null: it waited once, since it was made"),
    UniqueConstraint("organisation_id", "id"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="state"),
    Index("ix_jobs_organisation_id_state_id", "organisation_id", "state", "id"),
    Index("ix_jobs_unfinished", "state", "id", postgresql_where=text("state <> 'done'")),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _organisation(),
    Column("kind", Text, nullable=False),
    Column("payload", Json, nullable=False),
    _created(),
    Index("ix_events_organisation_id_id", "organisation_id", "id"),
)

add_identity_tables(metadata)

# Tables of one subject each, in modules of their own on the same metadata.
import storage.agent_tables  # noqa: E402
import storage.audit_tables  # noqa: E402
import storage.coming_tables  # noqa: E402
import storage.mail_tables  # noqa: E402
import storage.night_log_tables  # noqa: E402
import storage.operator_tables  # noqa: E402
import storage.package_tables  # noqa: E402
import storage.payment_tables  # noqa: E402
import storage.portal_tables  # noqa: E402
import storage.receipt_tables  # noqa: E402
import storage.satellite_tables  # noqa: E402
import storage.sharing_tables  # noqa: E402
import storage.team_file_tables  # noqa: E402
import storage.tier_tables  # noqa: E402
import storage.usage_tables  # noqa: E402
import storage.webhook_tables  # noqa: E402, F401
