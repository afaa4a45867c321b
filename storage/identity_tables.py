"""The tables of signing in: applications and what they were allowed, second factors, accounts elsewhere.

None belongs to one tenant: each is read before it is known whose request it is (storage/row_security.py).
"""

from __future__ import annotations

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

__all__ = ["IDENTITY_TABLES", "add_identity_tables"]

IDENTITY_TABLES = {
    "sealed_word": "the service's own",
    "signing_keys": "the service's own",
    "applications": "looked up by their public id before anybody signs in; changed by their organisation alone",
    "application_grants": "of an account; looked up by the hash of a code or token before anybody is known",
    "access_tokens": "of an account's grant; looked up by their hash",
    "refresh_tokens": "of an account's grant; looked up by their hash",
    "device_logins": "of nobody until somebody lets the device in",
    "second_factors": "of an account",
    "recovery_codes": "of an account",
    "outside_identities": "of an account; looked up by issuer and subject before anybody is known",
    "one_time_secrets": "of an account or of a browser; looked up by their hash",
}
"Every table of this module, with the reason why row-level security does not hold it."

Moment = TIMESTAMP(timezone=True)
Uuid = UUID(as_uuid=True)
Json = JSONB(none_as_null=True)


def _created() -> Column[object]:
    return Column("created_at", Moment, nullable=False, server_default=func.now())


def _account(*, nullable: bool = False) -> Column[object]:
    return Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=nullable, index=True)


def _grant() -> Column[object]:
    return Column("grant_id", Uuid, ForeignKey("application_grants.id", ondelete="CASCADE"), nullable=False, index=True)


def _application() -> Column[object]:
    return Column("application_id", Text, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False, index=True)


def add_identity_tables(metadata: MetaData) -> None:
    """Register the tables beside those they refer to."""
    Table(
        "sealed_word",
        metadata,
        Column("one", Boolean, primary_key=True, autoincrement=False, comment="true: there is one row"),
        Column("sealed", LargeBinary, nullable=False),
        _created(),
        CheckConstraint("one", name="one"),
    )
    Table(
        "signing_keys",
        metadata,
        Column("id", Text, primary_key=True, comment="the kid"),
        Column("sealed", LargeBinary, nullable=False, comment="the private key as JWK"),
        Column("public", Json, nullable=False, comment="the public key as JWK"),
        _created(),
        Column("retired_at", Moment),
    )
    Table(
        "applications",
        metadata,
        Column("id", Text, primary_key=True, comment="the client id"),
        # Its tokens reach this organisation only; null for one that the operator registered.
        Column("only_organisation_id", Uuid, ForeignKey("organisations.id", ondelete="CASCADE"), index=True),
        Column("name", Text, nullable=False),
        Column("secret_hash", LargeBinary, comment="null for a public client"),
        Column("redirect_uris", ARRAY(Text), nullable=False),
        Column("scopes", ARRAY(Text), nullable=False, comment="the most it may ask for"),
        Column("makes_tokens", Boolean, nullable=False, comment="our own command trades its grant for a token"),
        _created(),
    )
    Table(
        "application_grants",
        metadata,
        Column("id", Uuid, primary_key=True),
        _application(),
        _account(),
        Column("scopes", ARRAY(Text), nullable=False),
        Column("signed_in_at", Moment, nullable=False),
        Column("nonce", Text),
        Column("code_hash", LargeBinary, unique=True, comment="null for a device's"),
        Column("code_expires_at", Moment),
        Column("code_used_at", Moment),
        Column("redirect_uri", Text),
        Column("code_challenge", Text),
        _created(),
        Column("expires_at", Moment, nullable=False, comment="no refreshing goes beyond this"),
        Column("revoked_at", Moment),
    )
    Table(
        "access_tokens",
        metadata,
        Column("secret_hash", LargeBinary, primary_key=True),
        _grant(),
        Column("scopes", ARRAY(Text), nullable=False),
        Column("expires_at", Moment, nullable=False),
    )
    Table(
        "refresh_tokens",
        metadata,
        Column("secret_hash", LargeBinary, primary_key=True),
        _grant(),
        Column("expires_at", Moment, nullable=False),
        Column("used_at", Moment),
    )
    Table(
        "device_logins",
        metadata,
        Column("device_code_hash", LargeBinary, primary_key=True),
        Column("user_code_hash", LargeBinary, nullable=False, unique=True),
        _application(),
        Column("scopes", ARRAY(Text), nullable=False),
        Column("state", Text, nullable=False),
        _account(nullable=True),
        Column("signed_in_at", Moment),
        Column("interval_s", Double, nullable=False),
        Column("polled_at", Moment),
        Column("expires_at", Moment, nullable=False),
        CheckConstraint("state IN ('waiting', 'allowed', 'denied')", name="state"),
    )
    Table(
        "second_factors",
        metadata,
        Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        Column("sealed", LargeBinary, nullable=False),
        Column("confirmed_at", Moment),
        Column("last_step", BigInteger, nullable=False, comment="a code of this 30 s step or before is used up"),
    )
    Table(
        "recovery_codes",
        metadata,
        Column("account_id", Uuid, ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
        Column("code_hash", LargeBinary, primary_key=True),
        Column("used_at", Moment),
    )
    Table(
        "outside_identities",
        metadata,
        Column("id", Uuid, primary_key=True),
        _account(),
        Column("issuer", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("label", Text, nullable=False, comment="how its owner knows it: an address, an ORCID iD"),
        _created(),
        Column("last_used_at", Moment),
        UniqueConstraint("issuer", "subject"),
    )
    Table(
        "one_time_secrets",
        metadata,
        Column("secret_hash", LargeBinary, primary_key=True),
        Column("purpose", Text, nullable=False),
        _account(nullable=True),
        Column("facts", Json, nullable=False),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("expires_at", Moment, nullable=False, index=True),
    )
