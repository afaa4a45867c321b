"""Readers list nights without their logs; what is read before the tenant is known is changed by its tenant alone."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
LOGS = ("night_logs", "night_log_entries", "night_log_revisions")
# An application of no organisation is the operator's, whose transactions have no tenant.
OWN_APPLICATION = f"only_organisation_id IS NOT DISTINCT FROM {ORGANISATION}"
POLICIES = {
    "organisations": {
        "seen": "FOR SELECT USING (true)",
        "made": "FOR INSERT WITH CHECK (true)",
        "tenant": f"FOR UPDATE USING (id = {ORGANISATION})",
    },
    "applications": {
        "seen": "FOR SELECT USING (true)",
        "tenant": f"FOR ALL USING ({OWN_APPLICATION}) WITH CHECK ({OWN_APPLICATION})",
    },
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10s'")
    for table in LOGS:
        op.execute(f"CREATE POLICY reach_reader ON {table} AS RESTRICTIVE TO uraniborg_reader USING (false)")
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        for name, rule in policies.items():
            op.execute(f"CREATE POLICY {name} ON {table} {rule}")


def downgrade() -> None:
    for table, policies in POLICIES.items():
        for name in policies:
            op.execute(f"DROP POLICY {name} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in LOGS:
        op.execute(f"DROP POLICY reach_reader ON {table}")
