"""The ledger of stored bytes, written by triggers; downloads, plans and credit notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
TIERS = "('hot', 'cool', 'archive')"

# Intervals between moments have days and microseconds and no months: their epoch is exact.
MICROSECONDS = """
CREATE FUNCTION microseconds(passed interval) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT trunc(extract(epoch FROM passed) * 1000000) $$
"""

# What came and went in one statement, entered under the organisation's lock: the one under which uploads name contents
# and deleted ones are purged, so that nobody waits for who waits for them. The sequence has no gaps, and time in it
# never runs back. The function works as its owner: whoever changes contents needs no rights here, and has none.
METER = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    organisation uuid;
    last record;
    moment timestamptz;
BEGIN
    FOR organisation IN SELECT DISTINCT organisation_id FROM ({changes}) AS c ORDER BY 1 LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended(organisation::text, 1));
        SELECT sequence, at INTO last FROM storage_ledger
            WHERE organisation_id = organisation ORDER BY sequence DESC LIMIT 1;
        moment := greatest(last.at, clock_timestamp());
        INSERT INTO storage_ledger
            (organisation_id, sequence, at, tier, kind, sha256, stay, delta_bytes, balance_bytes, byte_us)
        SELECT organisation, coalesce(last.sequence, 0) + c.turn, moment, c.tier, c.kind, c.sha256,
            CASE WHEN c.kind = 'stored' THEN coalesce(last.sequence, 0) + c.turn ELSE (
                SELECT max(s.sequence) FROM storage_ledger s
                WHERE s.organisation_id = organisation AND s.sha256 = c.sha256 AND s.kind = 'stored') END,
            c.delta_bytes,
            coalesce(p.balance_bytes, 0) + sum(c.delta_bytes) OVER (PARTITION BY c.tier ORDER BY c.turn),
            coalesce(p.byte_us + p.balance_bytes * microseconds(moment - p.at), 0)
        FROM (
            SELECT x.*, row_number() OVER (ORDER BY x.sha256, x.delta_bytes) AS turn
            FROM ({changes}) AS x WHERE x.organisation_id = organisation
        ) AS c
        JOIN (
            SELECT t.tier, l.* FROM (VALUES ('hot'), ('cool'), ('archive')) AS t (tier) LEFT JOIN LATERAL (
                SELECT at, balance_bytes, byte_us FROM storage_ledger
                WHERE organisation_id = organisation AND storage_ledger.tier = t.tier
                ORDER BY at DESC, sequence DESC LIMIT 1
            ) AS l ON true
        ) AS p ON p.tier = c.tier;
    END LOOP;
    RETURN NULL;
END $$
"""
STORED = "SELECT organisation_id, sha256, tier, size_bytes AS delta_bytes, 'stored' AS kind FROM new_rows"
REMOVED = "SELECT organisation_id, sha256, tier, -size_bytes AS delta_bytes, 'removed' AS kind FROM old_rows"
MOVED = """
    SELECT o.organisation_id, o.sha256, m.tier, m.delta_bytes, 'moved' AS kind
    FROM old_rows o JOIN new_rows n ON n.organisation_id = o.organisation_id AND n.sha256 = o.sha256
    CROSS JOIN LATERAL (VALUES (o.tier, -o.size_bytes), (n.tier, n.size_bytes)) AS m (tier, delta_bytes)
    WHERE (o.tier, o.size_bytes) IS DISTINCT FROM (n.tier, n.size_bytes)
"""

# Whose a content is: of the file that first named it. A telescope may become known later, and a dataset take it in.
ORIGINATE = """
CREATE FUNCTION originate_contents() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO content_origins (organisation_id, sha256, stay, file_id, account_id, dataset_id, telescope_id)
    SELECT DISTINCT ON (f.organisation_id, f.sha256)
        f.organisation_id, f.sha256, l.sequence, f.id, f.uploaded_by, f.dataset_id, f.telescope_id
    FROM new_rows f JOIN LATERAL (
        SELECT sequence FROM storage_ledger
        WHERE organisation_id = f.organisation_id AND sha256 = f.sha256 AND kind = 'stored'
        ORDER BY sequence DESC LIMIT 1
    ) AS l ON true
    ORDER BY f.organisation_id, f.sha256, f.id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
FOLLOW_TELESCOPES = """
CREATE FUNCTION follow_telescopes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE content_origins o SET telescope_id = n.telescope_id
    FROM new_rows n JOIN old_rows b ON b.id = n.id AND b.telescope_id IS DISTINCT FROM n.telescope_id
    WHERE o.organisation_id = n.organisation_id AND o.sha256 = n.sha256 AND o.file_id = n.id;
    RETURN NULL;
END $$
"""
FOLLOW_DATASETS = """
CREATE FUNCTION follow_datasets() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE content_origins o SET dataset_id = d.dataset_id
    FROM new_rows d JOIN files f ON f.organisation_id = d.organisation_id AND f.id = d.file_id
    WHERE o.organisation_id = f.organisation_id AND o.sha256 = f.sha256 AND o.dataset_id IS NULL
        AND EXISTS (SELECT FROM files g WHERE g.organisation_id = o.organisation_id AND g.id = o.file_id);
    RETURN NULL;
END $$
"""
REFUSE = """
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of stored bytes is only appended to' USING ERRCODE = 'insufficient_privilege';
END $$
"""

# What lies there already came when it was verified. Each tenant is entered as itself: the owner need not be superuser.
BACKFILL = """
DO $$
DECLARE
    organisation uuid;
BEGIN
    FOR organisation IN SELECT id FROM organisations ORDER BY id LOOP
        PERFORM set_config('uraniborg.organisation', organisation::text, true);
        INSERT INTO storage_ledger
            (organisation_id, sequence, at, tier, kind, sha256, stay, delta_bytes, balance_bytes, byte_us)
        SELECT organisation, turn, verified_at, 'hot', 'stored', sha256, turn, size_bytes, balance_bytes,
            coalesce(since_us * (balance_bytes - size_bytes) - sum(size_bytes * since_us) OVER (
                ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
        FROM (
            SELECT *, microseconds(verified_at - '1970-01-01Z'::timestamptz) AS since_us,
                row_number() OVER (ORDER BY verified_at, sha256) AS turn,
                sum(size_bytes) OVER (ORDER BY verified_at, sha256) AS balance_bytes
            FROM contents WHERE organisation_id = organisation
        ) AS c;
        INSERT INTO content_origins (organisation_id, sha256, stay, file_id, account_id, dataset_id, telescope_id)
        SELECT DISTINCT ON (f.sha256) organisation, f.sha256, l.sequence, f.id, f.uploaded_by,
            coalesce(f.dataset_id, (
                SELECT d.dataset_id FROM dataset_files d JOIN files g ON g.id = d.file_id AND g.sha256 = f.sha256
                WHERE d.organisation_id = organisation ORDER BY d.added_at, d.dataset_id LIMIT 1)),
            f.telescope_id
        FROM files f JOIN storage_ledger l ON l.organisation_id = organisation AND l.sha256 = f.sha256
        WHERE f.organisation_id = organisation
        ORDER BY f.sha256, f.id;
    END LOOP;
    PERFORM set_config('uraniborg.organisation', '', true);
END $$
"""

TRIGGERS = (
    ("meter_stored", "INSERT", "contents", "NEW TABLE AS new_rows", "meter_stored"),
    ("meter_removed", "DELETE", "contents", "OLD TABLE AS old_rows", "meter_removed"),
    ("meter_moved", "UPDATE", "contents", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "meter_moved"),
    ("originate", "INSERT", "files", "NEW TABLE AS new_rows", "originate_contents"),
    ("follow_telescopes", "UPDATE", "files", "OLD TABLE AS old_rows NEW TABLE AS new_rows", "follow_telescopes"),
    ("follow_datasets", "INSERT", "dataset_files", "NEW TABLE AS new_rows", "follow_datasets"),
)


def _table(name: str, *columns: sa.Column[object] | sa.CheckConstraint, key: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f(f"fk_{name}_organisation_id")),
        sa.PrimaryKeyConstraint("organisation_id", *key, name=op.f(f"pk_{name}")),
    )


def _moment(name: str, **more: object) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=False, **more)  # type: ignore[arg-type]


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.add_column("contents", sa.Column("tier", sa.Text(), server_default=sa.text("'hot'"), nullable=False))
    op.create_check_constraint(op.f("ck_contents_tier"), "contents", f"tier IN {TIERS}")
    _table(
        "storage_ledger",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        _moment("at", comment="never before the entry before, whatever the clock says"),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stay", sa.BigInteger(), nullable=False, comment="the entry with which this content came, this time"),
        sa.Column("delta_bytes", sa.BigInteger(), nullable=False),
        sa.Column("balance_bytes", sa.BigInteger(), nullable=False, comment="in this tier, with this entry"),
        sa.Column(
            "byte_us",
            sa.Numeric(40, 0),
            nullable=False,
            comment="of this tier, bytes x microseconds up to this moment",
        ),
        sa.CheckConstraint(f"tier IN {TIERS}", name=op.f("ck_storage_ledger_tier")),
        sa.CheckConstraint("kind IN ('stored', 'moved', 'removed')", name=op.f("ck_storage_ledger_kind")),
        key=("sequence",),
    )
    op.create_index("ix_storage_ledger_tier", "storage_ledger", ["organisation_id", "tier", "at", "sequence"])
    op.create_index("ix_storage_ledger_sha256", "storage_ledger", ["organisation_id", "sha256", "sequence"])
    _table(
        "content_origins",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("stay", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("file_id", sa.UUID(), nullable=True, comment="the first that named it"),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("dataset_id", sa.UUID(), nullable=True, comment="the first it was put in"),
        sa.Column("telescope_id", sa.UUID(), nullable=True),
        sa.Column("team_id", sa.UUID(), nullable=True),
        key=("sha256", "stay"),
    )
    _table(
        "egress_days",
        sa.Column("day", sa.Date(), nullable=False, comment="UTC"),
        sa.Column("account_id", sa.UUID(), nullable=False, comment="all zeros for nobody known"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        key=("day", "account_id"),
    )
    _table(
        "plan_assignments",
        _moment("since"),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "terms",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="as they were then; prices as texts",
        ),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        key=("since",),
    )
    _table(
        "credit_notes",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day: on whose bill it stands"),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("created_at", server_default=sa.text("now()")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_credit_notes_amount")),
        key=("id",),
    )
    _table(
        "usage_levels",
        sa.Column("percent", sa.SmallInteger(), nullable=False, comment="the highest mark that was passed and told of"),
        _moment("changed_at", server_default=sa.text("now()")),
    )
    connection.exec_driver_sql(MICROSECONDS)
    connection.exec_driver_sql(BACKFILL)
    for table in (
        "storage_ledger",
        "content_origins",
        "egress_days",
        "plan_assignments",
        "credit_notes",
        "usage_levels",
    ):
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING (organisation_id = {ORGANISATION})"
            f" WITH CHECK (organisation_id = {ORGANISATION})",
        ):
            connection.exec_driver_sql(statement)
    for name, changes in (("meter_stored", STORED), ("meter_removed", REMOVED), ("meter_moved", MOVED)):
        connection.exec_driver_sql(METER.format(name=name, changes=changes))
    for function in (ORIGINATE, FOLLOW_TELESCOPES, FOLLOW_DATASETS, REFUSE):
        connection.exec_driver_sql(function)
    for trigger, event, table, rows, function in TRIGGERS:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {trigger} AFTER {event} ON {table} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    # The service's role may not change entries (storage/migrate.py grants); this is for whoever may.
    for table in ("storage_ledger", "plan_assignments", "credit_notes"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
        )


def downgrade() -> None:
    raise RuntimeError("A ledger is not dropped: restore a backup instead.")
