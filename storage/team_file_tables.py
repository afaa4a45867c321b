"""Tables of the teams' own files: where each lies, and its versions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from storage.tables import Moment, Path, Uuid, metadata

__all__ = ["team_file_versions", "team_files"]

LIVE, TRASHED = text("trashed_at IS NULL"), text("trashed_at IS NOT NULL")

team_files = Table(
    "team_files",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, nullable=False, comment="hosts the team"),
    Column("team_id", Uuid, nullable=False),
    Column("path", Path, nullable=False),
    Column("folded", Path, nullable=False, comment="by domain.file_tree.folded: one live file each"),
    Column("version", Integer, nullable=False, comment="the newest"),
    Column("trashed_at", Moment),
    Column("trashed_by", Text, comment="name at that time"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    UniqueConstraint("organisation_id", "team_id", "id"),
    # Without a cascade: files never go because a team's row does.
    ForeignKeyConstraint(["organisation_id", "team_id"], ["teams.organisation_id", "teams.id"]),
    Index("uq_team_files_place", "team_id", "folded", unique=True, postgresql_where=LIVE),
    Index("ix_team_files_path", "team_id", "path", postgresql_where=LIVE),
    Index("ix_team_files_trash", "team_id", "trashed_at", "id", postgresql_where=TRASHED),
)

team_file_versions = Table(
    "team_file_versions",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("organisation_id", Uuid, nullable=False),
    Column("team_id", Uuid, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("made_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("author", Text, nullable=False, comment="name at that time"),
    Column("host", Text),
    Column("restored_from", Integer, comment="the version whose content it brought back"),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "team_id", "file_id"],
        ["team_files.organisation_id", "team_files.team_id", "team_files.id"],
        ondelete="CASCADE",
    ),
    ForeignKeyConstraint(["organisation_id", "sha256"], ["contents.organisation_id", "contents.sha256"]),
    Index("ix_team_file_versions_content", "organisation_id", "sha256"),
    Index("ix_team_file_versions_team", "team_id", "sha256"),
)
