"""What a newer version took the place of in a dataset is held by its embargo still; no embargo outlives its target."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"

# As in 0003, but for the datasets in which a newer version took the file's place. What 0013 set is said here again:
# replacing a function forgets it.
EMBARGO_END = """
CREATE OR REPLACE FUNCTION embargo_end(file uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public SET plan_cache_mode = force_generic_plan
BEGIN ATOMIC
    SELECT least(coalesce(CASE
        WHEN own.target IS NOT NULL THEN coalesce(own.until, t.begun + own.days * interval '1 day')
        WHEN sets.number > 0 THEN sets.until
        WHEN NOT base.calibrations AND r.frame_type IN ('bias', 'dark', 'flat', 'arc') THEN NULL
        ELSE coalesce(base.until, t.begun + base.days * interval '1 day')
    END, '-infinity'), '9999-12-31')
    FROM files f
    LEFT JOIN frames r ON r.organisation_id = f.organisation_id AND r.sha256 = f.sha256
    CROSS JOIN LATERAL (SELECT coalesce(r.start_at, f.created_at) AS begun) t
    LEFT JOIN embargoes own
        ON own.organisation_id = f.organisation_id AND own.target = 'file' AND own.target_id = f.id
    CROSS JOIN LATERAL (
        SELECT count(*) AS number, max(coalesce(e.until, t.begun + e.days * interval '1 day')) AS until
        FROM (
            SELECT d.dataset_id FROM dataset_files d WHERE d.organisation_id = f.organisation_id AND d.file_id = f.id
            UNION ALL
            SELECT d.dataset_id FROM dataset_replaced_files d
            WHERE d.organisation_id = f.organisation_id AND d.file_id = f.id
        ) m
        JOIN embargoes e
            ON e.organisation_id = f.organisation_id AND e.target = 'dataset' AND e.target_id = m.dataset_id
    ) sets
    LEFT JOIN LATERAL (
        SELECT e.* FROM embargoes e WHERE e.organisation_id = f.organisation_id
            AND (e.target = 'instrument' AND e.target_id = f.instrument_id OR e.target = 'organisation')
        ORDER BY e.target LIMIT 1
    ) base ON true
    WHERE f.id = embargo_end.file
        AND f.organisation_id = nullif(current_setting('uraniborg.organisation', true), '')::uuid;
END
"""

# Whoever puts a file in another one's place: an upload, a rule, or a person where the other one was deleted. As its
# owner, since guests fill datasets of their own as well. An embargo of the file itself goes over to its new version
# where nothing holds that back for as long; that a file is shown although others are not does not.
HOLD_REPLACED = """
CREATE FUNCTION hold_replaced_file() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO dataset_replaced_files (organisation_id, dataset_id, path, file_id)
    VALUES (OLD.organisation_id, OLD.dataset_id, OLD.path, OLD.file_id) ON CONFLICT DO NOTHING;
    INSERT INTO embargoes (organisation_id, target, target_id, days, until, calibrations, reason, set_by)
    SELECT e.organisation_id, e.target, n.id, e.days, e.until, e.calibrations, e.reason, e.set_by
    FROM embargoes e JOIN files n ON n.organisation_id = e.organisation_id AND n.id = NEW.file_id
    WHERE e.organisation_id = OLD.organisation_id AND e.target = 'file' AND e.target_id = OLD.file_id
        AND n.supersedes = OLD.file_id AND embargo_end(OLD.file_id) > greatest(now(), embargo_end(n.id))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""

FORGET = """
CREATE FUNCTION forget_embargoes() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM embargoes e USING old_rows o
    WHERE e.organisation_id = o.organisation_id AND e.target = TG_ARGV[0] AND e.target_id = o.id;
    DELETE FROM embargo_reminders e USING old_rows o
    WHERE e.organisation_id = o.organisation_id AND e.target = TG_ARGV[0] AND e.target_id = o.id;
    RETURN NULL;
END $$
"""

# Old versions come under the embargo of the dataset again from which their successors' uploads put them out, but never
# so that anything is held back for less long than before. Each tenant is entered as itself: the owner need not be
# superuser.
BACKFILL = """
DO $$
DECLARE
    organisation uuid;
BEGIN
    FOR organisation IN SELECT id FROM organisations ORDER BY id LOOP
        PERFORM set_config('uraniborg.organisation', organisation::text, true);
        WITH RECURSIVE older AS (
            SELECT m.dataset_id, m.path, g.supersedes AS file_id
            FROM dataset_files m JOIN files g ON g.organisation_id = m.organisation_id AND g.id = m.file_id
                AND g.dataset_id = m.dataset_id AND g.path = m.path
            WHERE m.organisation_id = organisation AND g.supersedes IS NOT NULL
            UNION
            SELECT o.dataset_id, o.path, g.supersedes
            FROM older o JOIN files g ON g.organisation_id = organisation AND g.id = o.file_id
                AND g.dataset_id = o.dataset_id AND g.path = o.path
            WHERE g.supersedes IS NOT NULL
        )
        INSERT INTO dataset_replaced_files (organisation_id, dataset_id, path, file_id)
        SELECT organisation, o.dataset_id, o.path, f.id
        FROM older o JOIN files f ON f.organisation_id = organisation AND f.id = o.file_id
        LEFT JOIN frames r ON r.organisation_id = organisation AND r.sha256 = f.sha256
        LEFT JOIN embargoes e
            ON e.organisation_id = organisation AND e.target = 'dataset' AND e.target_id = o.dataset_id
        WHERE e.target IS NULL OR embargo_end(f.id)
            <= coalesce(e.until, coalesce(r.start_at, f.created_at) + e.days * interval '1 day', '-infinity');
        DELETE FROM embargoes e WHERE e.organisation_id = organisation AND (
            e.target = 'dataset' AND NOT EXISTS (SELECT FROM datasets d WHERE d.id = e.target_id)
            OR e.target = 'instrument' AND NOT EXISTS (SELECT FROM instruments i WHERE i.id = e.target_id)
            OR e.target = 'file' AND NOT EXISTS (SELECT FROM files f WHERE f.id = e.target_id)
        );
    END LOOP;
    PERFORM set_config('uraniborg.organisation', '', true);
END $$
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "dataset_replaced_files",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("dataset_id", sa.UUID(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False, comment="where another file is now"),
        sa.Column("file_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "dataset_id"], ["datasets.organisation_id", "datasets.id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "file_id"], ["files.organisation_id", "files.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "dataset_id", "path", "file_id"),
    )
    op.create_index("ix_dataset_replaced_files_file", "dataset_replaced_files", ["organisation_id", "file_id"])
    for statement in (
        "ALTER TABLE dataset_replaced_files ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE dataset_replaced_files FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON dataset_replaced_files USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})",
        EMBARGO_END,
        BACKFILL,
        HOLD_REPLACED,
        FORGET,
        "CREATE TRIGGER hold_replaced AFTER UPDATE OF file_id ON dataset_files"
        " FOR EACH ROW WHEN (OLD.file_id <> NEW.file_id) EXECUTE FUNCTION hold_replaced_file()",
    ):
        connection.exec_driver_sql(statement)
    for target in ("dataset", "instrument", "file"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER forget_embargoes AFTER DELETE ON {target}s REFERENCING OLD TABLE AS old_rows"
            f" FOR EACH STATEMENT EXECUTE FUNCTION forget_embargoes('{target}')"
        )


def downgrade() -> None:
    raise RuntimeError("What is under embargo would be shown: restore a backup instead.")
