"""Tables of what is shared, and of what is held back: teams, datasets shared into them, links; about embargoes."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

from storage.tables import Json, Moment, Path, Uuid, metadata

__all__ = [
    "dataset_replaced_files",
    "dataset_shares",
    "embargo_reminders",
    "embargo_settings",
    "invitations",
    "link_downloads",
    "links",
    "team_activity",
    "team_members",
    "teams",
]

teams = Table(
    "teams",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "organisation_id",
        Uuid,
        ForeignKey("organisations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        comment="hosts the team",
    ),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column(
        "owner_account_id",
        Uuid,
        ForeignKey("accounts.id", ondelete="CASCADE"),
        unique=True,
        comment="whose own files it is for, and nobody else's; null: a team",
    ),
    UniqueConstraint("organisation_id", "id"),
)

team_members = Table(
    "team_members",
    metadata,
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    CheckConstraint("role IN ('manager', 'editor', 'viewer')", name="role"),
    Index("ix_team_members_account", "account_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("email", Text, nullable=False, comment="as normalised by domain.people.normal_email"),
    Column("role", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("invited_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("expires_at", Moment, nullable=False),
    Column("answered_at", Moment),
    Column("answer", Text),
    CheckConstraint("role IN ('manager', 'editor', 'viewer')", name="role"),
    CheckConstraint("answer IN ('accepted', 'declined', 'revoked')", name="answer"),
)

team_activity = Table(
    "team_activity",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("actor", Text, nullable=False, comment="name at that time"),
    Column("kind", Text, nullable=False),
    Column("details", Json, nullable=False, server_default=text("'{}'")),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Index("ix_team_activity_team", "team_id", "id"),
)

dataset_shares = Table(
    "dataset_shares",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("dataset_id", Uuid, primary_key=True),
    Column("team_id", Uuid, ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
    Column("team", Text, nullable=False, comment="its slug, for people of the organisation who are not in it"),
    Column("with_embargoed", Boolean, nullable=False),
    Column("shared_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
    Index("ix_dataset_shares_team", "team_id"),
)

links = Table(
    "links",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("dataset_id", Uuid, comment="what it shows: a dataset, or a folder of the organisation"),
    Column("folder", Text, nullable=False, comment="empty for a dataset"),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("hint", Text, nullable=False, comment="the last characters, to tell links apart"),
    Column("password_hash", Text, comment="argon2id"),
    Column("with_embargoed", Boolean, nullable=False),
    Column("anonymous", Boolean, nullable=False, comment="tells no names"),
    Column("downloads", Integer, nullable=False, server_default=text("0")),
    Column("downloads_allowed", Integer),
    Column("created_by", Uuid, ForeignKey("accounts.id"), nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.now()),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("last_used_at", Moment),
    Column("version_id", Uuid, comment="of a data package, a draft's too"),
    Column(
        "embargoed_datasets",
        ARRAY(Uuid),
        nullable=False,
        server_default=text("'{}'"),
        comment="those of a package that an admin shows with what is under embargo",
    ),
    UniqueConstraint("organisation_id", "id"),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(
        ["organisation_id", "version_id"],
        ["package_versions.organisation_id", "package_versions.id"],
        ondelete="CASCADE",
    ),
    CheckConstraint("num_nonnulls(dataset_id, version_id, nullif(folder, '')) = 1", name="target"),
    Index("ix_links_organisation", "organisation_id", "id"),
)

link_downloads = Table(
    "link_downloads",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("link_id", Uuid, primary_key=True),
    Column("what", Text, primary_key=True, comment="a file's id, or zip"),
    Column("begun_at", Moment, nullable=False, server_default=func.now()),
    ForeignKeyConstraint(["organisation_id", "link_id"], ["links.organisation_id", "links.id"], ondelete="CASCADE"),
)

embargo_settings = Table(
    "embargo_settings",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("reminder_days", ARRAY(Integer), comment="before an embargo lifts; null for the usual ones"),
    Column("looked_at", Moment, comment="when it was last seen which lift"),
)

embargo_reminders = Table(
    "embargo_reminders",
    metadata,
    Column("organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("target", Text, primary_key=True),
    Column("target_id", Uuid, primary_key=True),
    Column("lifts_on", Date, primary_key=True, comment="UTC"),
    Column("days", Integer, primary_key=True, comment="which of the reminders"),
    Column("sent_at", Moment, nullable=False, server_default=func.now()),
)

# What was put out of its place in a dataset by a newer version, and is held back as if it were there still. A trigger
# of `dataset_files` writes it, whoever changes those (migrations/versions/0036_replaced_files.py).
dataset_replaced_files = Table(
    "dataset_replaced_files",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("dataset_id", Uuid, primary_key=True),
    Column("path", Path, primary_key=True, comment="where another file is now"),
    Column("file_id", Uuid, primary_key=True),
    ForeignKeyConstraint(
        ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(["organisation_id", "file_id"], ["files.organisation_id", "files.id"], ondelete="CASCADE"),
    Index("ix_dataset_replaced_files_file", "organisation_id", "file_id"),
)
