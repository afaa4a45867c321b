"""Teams, datasets shared into them, and links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"
TEAM = "nullif(current_setting('uraniborg.team', true), '')::uuid"
LINK = "decode(nullif(current_setting('uraniborg.link', true), ''), 'hex')"
ROLES = "role IN ('manager', 'editor', 'viewer')"

# Which rows a transaction sees of each table besides those of its tenant, and for what.
SEEN = {
    # By its hosts and its people; changed within the team alone.
    "teams": [
        ("host", "ALL", f"organisation_id = {ORGANISATION}"),
        ("team", "ALL", f"id = {TEAM}"),
        (
            "own",
            "SELECT",
            f"EXISTS (SELECT FROM team_members m WHERE m.team_id = teams.id AND m.account_id = {ACCOUNT})",
        ),
    ],
    "team_members": [("team", "ALL", f"team_id = {TEAM}"), ("own", "SELECT", f"account_id = {ACCOUNT}")],
    "team_activity": [("team", "ALL", f"team_id = {TEAM}")],
    # Of any organisation, by the people of the team it is shared into, who find their way to it by this.
    "dataset_shares": [
        ("tenant", "ALL", f"organisation_id = {ORGANISATION}"),
        ("team", "SELECT", f"team_id = {TEAM}"),
        (
            "own",
            "SELECT",
            "EXISTS (SELECT FROM team_members m WHERE m.team_id = dataset_shares.team_id"
            f" AND m.account_id = {ACCOUNT})",
        ),
    ],
    "links": [("tenant", "ALL", f"organisation_id = {ORGANISATION}"), ("holder", "SELECT", f"secret_hash = {LINK}")],
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    moment, now = sa.TIMESTAMP(timezone=True), sa.func.now()
    op.create_table(
        "teams",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column(
            "organisation_id",
            sa.UUID(),
            sa.ForeignKey("organisations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
            comment="hosts the team",
        ),
        sa.Column("slug", sa.Text(), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.UUID(), sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("account_id", sa.UUID(), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.CheckConstraint(ROLES, name="role"),
    )
    op.create_index("ix_team_members_account", "team_members", ["account_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("team_id", sa.UUID(), sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("email", sa.Text(), nullable=False, comment="as normalised by domain.people.normal_email"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("invited_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("answered_at", moment),
        sa.Column("answer", sa.Text()),
        sa.CheckConstraint(ROLES, name="role"),
        sa.CheckConstraint("answer IN ('accepted', 'declined', 'revoked')", name="answer"),
    )
    op.create_table(
        "team_activity",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("team_id", sa.UUID(), sa.ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="name at that time"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("created_at", moment, nullable=False, server_default=now),
    )
    op.create_index("ix_team_activity_team", "team_activity", ["team_id", "id"])
    op.create_table(
        "dataset_shares",
        sa.Column("organisation_id", sa.UUID(), primary_key=True),
        sa.Column("dataset_id", sa.UUID(), primary_key=True),
        sa.Column("team_id", sa.UUID(), sa.ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "team", sa.Text(), nullable=False, comment="its slug, for people of the organisation who are not in it"
        ),
        sa.Column("with_embargoed", sa.Boolean(), nullable=False),
        sa.Column("shared_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_dataset_shares_team", "dataset_shares", ["team_id"])
    op.create_table(
        "links",
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("organisation_id", sa.UUID(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), comment="what it shows: a dataset, or a folder of the organisation"),
        sa.Column("folder", sa.Text(), nullable=False, comment="empty for a dataset"),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("hint", sa.Text(), nullable=False, comment="the last characters, to tell links apart"),
        sa.Column("password_hash", sa.Text(), comment="argon2id"),
        sa.Column("with_embargoed", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False, comment="tells no names"),
        sa.Column("downloads", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("downloads_allowed", sa.Integer()),
        sa.Column("created_by", sa.UUID(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=now),
        sa.Column("expires_at", moment),
        sa.Column("revoked_at", moment),
        sa.Column("last_used_at", moment),
        sa.UniqueConstraint("organisation_id", "id"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("(dataset_id IS NULL) = (folder <> '')", name="target"),
    )
    op.create_index("ix_links_organisation", "links", ["organisation_id", "id"])
    for table, policies in SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for name, command, seen in policies:
            check = f" WITH CHECK ({seen})" if command == "ALL" else ""
            op.execute(f"CREATE POLICY {name} ON {table} FOR {command} USING ({seen}){check}")
    # A team's list of what is shared into it names datasets of any organisation.
    op.execute(
        "CREATE POLICY shared ON datasets FOR SELECT TO uraniborg_runtime USING (EXISTS (SELECT FROM dataset_shares s"
        f" WHERE s.organisation_id = datasets.organisation_id AND s.dataset_id = datasets.id AND s.team_id = {TEAM}))"
    )


def downgrade() -> None:
    raise RuntimeError("What is shared with whom is not dropped: restore a backup instead.")
