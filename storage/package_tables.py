"""Tables of data packages: their versions and frozen files, their DOIs, and what is said of them across tenants."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from storage.tables import Json, Moment, Path, Uuid, metadata

__all__ = ["datacite_accounts", "dois", "package_files", "package_versions", "packages", "publications"]

packages = Table(
    "packages",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "slug"),
    UniqueConstraint("organisation_id", "id"),
)

package_versions = Table(
    "package_versions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("package_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=text("''")),
    Column("licence", Text, nullable=False, comment="SPDX identifier"),
    Column("contributors", Json, nullable=False, server_default=text("'[]'")),
    Column("keywords", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("datasets", Json, nullable=False, server_default=text("'[]'"), comment="the slugs selected"),
    Column("related", Json, nullable=False, server_default=text("'[]'")),
    Column("funding", Json, nullable=False, server_default=text("'[]'")),
    Column("dates", Json, nullable=False, server_default=text("'[]'")),
    Column("publisher", Text, comment="the organisation's name when it was published"),
    Column("layout", SmallInteger, nullable=False, server_default=text("1"), comment="of the archive: 1 tree, 2 bag"),
    Column("manifest_key", Text),
    Column("manifest_sha256", LargeBinary),
    Column("file_count", Integer),
    Column("size_bytes", BigInteger),
    Column("published_at", Moment),
    Column(
        "mended_at",
        Moment,
        comment="when CRCs of its files were last found wrong and put right: its archive is another one since",
    ),
    Column("withdrawn_at", Moment),
    Column("withdrawn_reason", Text),
    Column("downloads", BigInteger, nullable=False, server_default=text("0")),
    Column("created_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "package_id", "version"),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(["organisation_id", "package_id"], ["packages.organisation_id", "packages.id"]),
    CheckConstraint("state IN ('draft', 'published', 'superseded', 'withdrawn')", name="state"),
)

package_files = Table(
    "package_files",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("version_id", Uuid, primary_key=True),
    Column("path", Path, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("crc32", BigInteger, nullable=False),
    Column("object_key", Text, nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "version_id"], ["package_versions.organisation_id", "package_versions.id"]
    ),
    Index("ix_package_files_sha256", "organisation_id", "sha256"),
)

datacite_accounts = Table(
    "datacite_accounts",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("service", Text, nullable=False),
    Column("repository_id", Text, nullable=False),
    Column("sealed_password", LargeBinary, nullable=False, comment="by service.sealing"),
    Column("prefix", Text, nullable=False),
    Column("changed_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("changed_at", Moment, nullable=False, server_default=func.now()),
    CheckConstraint("service IN ('production', 'test')", name="service"),
)

dois = Table(
    "dois",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("package_id", Uuid, nullable=False),
    Column("version_id", Uuid, comment="null: of all versions together"),
    Column("doi", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("wanted", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'none'"), comment="what DataCite last said"),
    Column("revision", Integer, nullable=False, server_default=text("1"), comment="grows with what is wanted"),
    Column("synced_revision", Integer, nullable=False, server_default=text("0"), comment="the one DataCite has"),
    Column("error", Text),
    Column("tried_at", Moment),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "id"),
    UniqueConstraint("organisation_id", "doi"),
    ForeignKeyConstraint(["organisation_id", "package_id"], ["packages.organisation_id", "packages.id"]),
    ForeignKeyConstraint(
        ["organisation_id", "version_id"], ["package_versions.organisation_id", "package_versions.id"]
    ),
    CheckConstraint("service IN ('production', 'test')", name="service"),
    CheckConstraint("wanted IN ('draft', 'registered', 'findable')", name="wanted"),
    CheckConstraint("state IN ('none', 'draft', 'registered', 'findable')", name="state"),
    Index("ix_dois_package", "organisation_id", "package_id"),
    Index("uq_dois_version", "organisation_id", "version_id", unique=True),
    Index("uq_dois_concept", "organisation_id", "package_id", unique=True, postgresql_where=text("version_id IS NULL")),
)

publications = Table(
    "publications",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("version_id", Uuid, primary_key=True),
    Column("changed_at", Moment, nullable=False, comment="to the second"),
    Column("withdrawn", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "version_id"], ["package_versions.organisation_id", "package_versions.id"]
    ),
    Index("ix_publications_changed", "changed_at", "version_id"),
)
