"""Row-level security: the roles the service works as, and which tables are exempt and why.

Five roles, none of them owner or superuser. The runtime role sees all of one tenant: members and jobs work as it. A
guest's transactions change to the guest's role, those of everyone else who may read something to the reader's, those
about a team's own files to the team's: these see the rows that further policies leave them, and can write what is
granted here and nothing else. An operator's transactions change to the operator's role, which reads how the jobs of
all organisations stand, and changes nothing.

The policies themselves stand in the migrations, as they were made; a test compares all three.
"""

from __future__ import annotations

from sqlalchemy import MetaData

from storage.identity_tables import IDENTITY_TABLES

__all__ = [
    "APPEND_ONLY",
    "BY_TRIGGERS",
    "GRANTS",
    "GUEST_ROLE",
    "NOT_TENANT",
    "OPERATOR_ROLE",
    "READER_ROLE",
    "ROLES",
    "RUNTIME_ROLE",
    "TEAM_ROLE",
    "tenant_tables",
]

RUNTIME_ROLE = "uraniborg_runtime"
GUEST_ROLE = "uraniborg_guest"
READER_ROLE = "uraniborg_reader"
TEAM_ROLE = "uraniborg_team"
OPERATOR_ROLE = "uraniborg_operator"
ROLES = (RUNTIME_ROLE, GUEST_ROLE, READER_ROLE, TEAM_ROLE, OPERATOR_ROLE)

_READ = (
    "organisations", "sites", "telescopes", "instruments", "contents", "content_beginnings", "files", "frames",
    "frame_units", "frame_crossings", "datasets", "dataset_files", "packages", "package_versions", "package_files",
    "dois",
)  # fmt: skip

_AUDITED = {"audit_entries": "INSERT", "audit_heads": "SELECT, INSERT, UPDATE"}

# What the lesser roles may do with each table; on any other table, nothing.
GRANTS: dict[str, dict[str, str]] = {
    READER_ROLE: {
        **dict.fromkeys(_READ, "SELECT"),
        "accounts": "SELECT (id, email, name)",
        # Of these a reader sees no row: they are asked of each night that has frames.
        **dict.fromkeys(("night_logs", "night_log_entries", "night_log_revisions"), "SELECT"),
        **_AUDITED,
    },
    GUEST_ROLE: {
        **dict.fromkeys(_READ, "SELECT"),
        "accounts": "SELECT (id, email, name)",
        "memberships": "SELECT",
        "assignments": "SELECT",
        "contents": "SELECT, INSERT",
        "files": "SELECT, INSERT",
        "frames": "SELECT, UPDATE (quality, quality_note)",
        "datasets": "SELECT, INSERT, UPDATE (slug)",
        "dataset_files": "SELECT, INSERT, UPDATE (file_id, added_at)",
        "uploads": "SELECT, INSERT",
        "upload_items": "SELECT, INSERT, UPDATE",
        "night_logs": "SELECT, INSERT, UPDATE (night)",  # the last to keep it open while an entry is written
        "night_log_entries": "SELECT, INSERT, UPDATE (revision)",
        "night_log_revisions": "SELECT, INSERT",
        "jobs": "SELECT, INSERT",
        "agents": "SELECT, INSERT, UPDATE",
        "coming_frames": "SELECT, INSERT, UPDATE, DELETE",
        **_AUDITED,
        # The queue's own tables, to put a job into it.
        "pgqueuer": "SELECT, INSERT",
        "pgqueuer_log": "SELECT, INSERT",
    },
    # In the tenant that hosts the team, and of it only the tables that files and their bytes need.
    TEAM_ROLE: {
        "team_files": "SELECT, INSERT, UPDATE, DELETE",
        "team_file_versions": "SELECT, INSERT",
        "team_activity": "SELECT, INSERT, UPDATE (details)",
        "contents": "SELECT, INSERT",
        "content_beginnings": "SELECT",
        "uploads": "SELECT, INSERT",
        "upload_items": "SELECT, INSERT, UPDATE",
        "events": "INSERT",
        "webhook_schedule": "SELECT, UPDATE (due_at)",
        **_AUDITED,
    },
    # Across organisations, and only how the service does: of a job not what it is about, of a mail not whose it is.
    OPERATOR_ROLE: {
        "organisations": "SELECT (id, slug, name)",
        "jobs": "SELECT (id, organisation_id, kind, state, total, done, failed, attempts, error, created_at,"
        " finished_at, retried_at)",
        "workers": "SELECT",
        "mail_outbox": "SELECT (state, created_at, finished_at)",
    },
}

# Tables to which the runtime role may add, and nothing else.
APPEND_ONLY = (
    "audit_entries",
    "credit_notes",
    "element_imports",
    "element_sets",
    "plan_assignments",
    "service_audit_entries",
    "storage_ledger",
)

# Of these, what only the database's own triggers write.
BY_TRIGGERS = ("storage_ledger",)

# Tables that are read before it is known whose request it is. Each holds nothing that belongs to one organisation.
NOT_TENANT = {
    "accounts": "people are members of several organisations",
    "login_throttle": "counts failures before anyone is known",
    "sessions": "of an account",
    "tokens": "of an account; looked up by its hash before the organisation is known",
    "idempotency_keys": "of a caller's credential",
    "mail_outbox": "mail to accounts, whatever organisation made it necessary; sent by a process of no tenant",
    "organisations": "slug and name only; looked up before the tenant is set, and changed by it alone",
    "teams": "people of several organisations, or one person's own files; a policy shows it to its host and its people",
    "team_members": "of a team; a policy of its own shows them within it",
    "team_activity": "of a team; a policy of its own shows it within it",
    "team_files": "of a team; a policy of its own shows them within it, and to the housekeeping of its host",
    "team_file_versions": "of a team's files, as these",
    "invitations": "to a team; policies of its own show them within it, and each to who holds its secret",
    "service_audit_entries": "what belongs to no organisation: sign-ins that failed, accounts without one",
    "service_audit_head": "where that log ends",
    "stripe_customers": "which organisation a customer at Stripe is; looked up before the tenant is known",
    "stripe_events": "which events of Stripe were taken in; whose they are is looked up afterwards",
    "satellites": "what flies over everybody, as published; the operator brings it in",
    "element_sets": "of satellites",
    "element_imports": "how the catalogue of satellites came in",
    "element_sources": "where it is fetched from, and how that went",
    "workers": "processes of the service, and nothing of whose jobs they run",
    "webhook_schedule": "when which webhook is due, and nothing of what it is; asked by workers of no tenant",
} | IDENTITY_TABLES


def tenant_tables(metadata: MetaData) -> list[str]:
    """Name the tables whose rows belong to one organisation."""
    return sorted(t.name for t in metadata.tables.values() if t.name not in NOT_TENANT)
