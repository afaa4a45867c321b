"""Row-level security: the runtime role, the policy of every tenant table, and who is exempt and why."""

from __future__ import annotations

from sqlalchemy import MetaData

__all__ = ["NOT_TENANT", "RUNTIME_ROLE", "security_statements", "tenant_tables"]

RUNTIME_ROLE = "uraniborg_runtime"

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
ACCOUNT = "nullif(current_setting('uraniborg.account', true), '')::uuid"

# Tables that are read before it is known whose request it is. Each holds nothing that belongs to one organisation.
NOT_TENANT = {
    "accounts": "people are members of several organisations",
    "login_throttle": "counts failures before anyone is known",
    "sessions": "of an account",
    "tokens": "of an account; looked up by its hash before the organisation is known",
    "idempotency_keys": "of a caller's credential",
    "organisations": "slug and name only; looked up before the tenant is set",
}


def tenant_tables(metadata: MetaData) -> list[str]:
    """Name the tables whose rows belong to one organisation."""
    return sorted(t.name for t in metadata.tables.values() if t.name not in NOT_TENANT)


def security_statements(tables: list[str]) -> list[str]:
    """Write the statements that close the given tables to all but their tenant."""
    statements: list[str] = []
    for table in tables:
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ]
    if "memberships" in tables:
        # A person sees to which organisations they belong before any of them is chosen.
        statements.append(f"CREATE POLICY own ON memberships FOR SELECT USING (account_id = {ACCOUNT})")
    return statements
