"""Signing in: applications and their grants, second factors, identities elsewhere, one-time secrets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Text(), nullable=False, comment="the kid"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="the private key as JWK"),
        sa.Column(
            "public",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="the public key as JWK",
        ),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
    )
    op.create_table(
        "applications",
        sa.Column("id", sa.Text(), nullable=False, comment="the client id"),
        sa.Column("only_organisation_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True, comment="null for a public client"),
        sa.Column("redirect_uris", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False, comment="the most it may ask for"),
        sa.Column("makes_tokens", sa.Boolean(), nullable=False, comment="our own command trades its grant for a token"),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["only_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_applications_only_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    op.create_index(
        op.f("ix_applications_only_organisation_id"), "applications", ["only_organisation_id"], unique=False
    )
    op.create_table(
        "one_time_secrets",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_one_time_secrets_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_one_time_secrets")),
    )
    op.create_index(op.f("ix_one_time_secrets_account_id"), "one_time_secrets", ["account_id"], unique=False)
    op.create_index(op.f("ix_one_time_secrets_expires_at"), "one_time_secrets", ["expires_at"], unique=False)
    op.create_table(
        "outside_identities",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False, comment="how its owner knows it: an address, an ORCID iD"),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_outside_identities_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_outside_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_outside_identities_account_id"), "outside_identities", ["account_id"], unique=False)
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "code_hash", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "last_step", sa.BigInteger(), nullable=False, comment="a code of this 30 s step or before is used up"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "application_grants",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("signed_in_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True, comment="null for a device's"),
        sa.Column("code_expires_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("code_used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("redirect_uri", sa.Text(), nullable=True),
        sa.Column("code_challenge", sa.Text(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False, comment="no refreshing goes beyond this"),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_application_grants_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_grants_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_grants")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_application_grants_code_hash")),
    )
    op.create_index(op.f("ix_application_grants_account_id"), "application_grants", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_application_grants_application_id"), "application_grants", ["application_id"], unique=False
    )
    op.create_table(
        "device_logins",
        sa.Column("device_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("signed_in_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("interval_s", sa.Double(), nullable=False),
        sa.Column("polled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'allowed', 'denied')", name=op.f("ck_device_logins_state")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_device_logins_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_device_logins_application_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_code_hash", name=op.f("pk_device_logins")),
        sa.UniqueConstraint("user_code_hash", name=op.f("uq_device_logins_user_code_hash")),
    )
    op.create_index(op.f("ix_device_logins_account_id"), "device_logins", ["account_id"], unique=False)
    op.create_index(op.f("ix_device_logins_application_id"), "device_logins", ["application_id"], unique=False)
    op.create_table(
        "access_tokens",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.UUID(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["application_grants.id"], name=op.f("fk_access_tokens_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_access_tokens")),
    )
    op.create_index(op.f("ix_access_tokens_grant_id"), "access_tokens", ["grant_id"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("grant_id", sa.UUID(), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["application_grants.id"], name=op.f("fk_refresh_tokens_grant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_grant_id"), "refresh_tokens", ["grant_id"], unique=False)
    op.add_column(
        "accounts",
        sa.Column(
            "email_confirmed_at",
            sa.TIMESTAMP(timezone=True),
            nullable=True,
            comment="whoever signs in was seen to read mail there",
        ),
    )
    op.alter_column(
        "accounts",
        "password_hash",
        existing_type=sa.TEXT(),
        nullable=True,
        comment="argon2id; null for who only signs in elsewhere",
        existing_comment="argon2id",
    )
    op.add_column("sessions", sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.add_column(
        "sessions",
        sa.Column(
            "way",
            sa.Text(),
            server_default="password",
            nullable=False,
            comment="how they signed in: password or a provider",
        ),
    )
    op.add_column(
        "sessions",
        sa.Column(
            "browser", sa.Text(), server_default="", nullable=False, comment="its User-Agent, to tell sessions apart"
        ),
    )
    op.create_unique_constraint(op.f("uq_sessions_id"), "sessions", ["id"])

    # Our own command: a public client that may ask for every scope of the house, by device login only.
    connection.exec_driver_sql(
        "INSERT INTO applications (id, name, redirect_uris, scopes, makes_tokens)"
        " VALUES ('uraniborg', 'The uraniborg command', '{}', '{*}', true)"
    )


def downgrade() -> None:
    raise RuntimeError("Second factors and grants would be lost: restore a backup instead.")
