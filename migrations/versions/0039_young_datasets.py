"""Of a thousand files put into a dataset each is looked up once, however little PostgreSQL knows of the tables yet."""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

HEAD = """
CREATE OR REPLACE FUNCTION follow_datasets() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
"""
TAIL = """
    RETURN NULL;
END $$
"""

# A connection keeps the plan of a trigger's statement from its first use on: made for tables that were all but empty,
# it went through all files for each origin and each row, for minutes. EXECUTE plans anew, and each OFFSET has what
# stands in it looked up for one row after the other.
NOW = """
    EXECUTE $query$
        UPDATE content_origins o SET dataset_id = d.dataset_id
        FROM (
            SELECT r.organisation_id, r.dataset_id, f.sha256, first.stay
            FROM new_rows r
            CROSS JOIN LATERAL (
                SELECT sha256 FROM files WHERE organisation_id = r.organisation_id AND id = r.file_id OFFSET 0
            ) f
            CROSS JOIN LATERAL (
                SELECT stay, file_id FROM content_origins
                WHERE organisation_id = r.organisation_id AND sha256 = f.sha256 AND dataset_id IS NULL OFFSET 0
            ) first
            CROSS JOIN LATERAL (
                SELECT FROM files WHERE organisation_id = r.organisation_id AND id = first.file_id OFFSET 0
            ) g
            OFFSET 0
        ) d
        WHERE o.organisation_id = d.organisation_id AND o.sha256 = d.sha256 AND o.stay = d.stay
    $query$;
"""
BEFORE = """
    UPDATE content_origins o SET dataset_id = d.dataset_id
    FROM new_rows d JOIN files f ON f.organisation_id = d.organisation_id AND f.id = d.file_id
    WHERE o.organisation_id = f.organisation_id AND o.sha256 = f.sha256 AND o.dataset_id IS NULL
        AND EXISTS (SELECT FROM files g WHERE g.organisation_id = o.organisation_id AND g.id = o.file_id);
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(HEAD + NOW + TAIL)


def downgrade() -> None:
    op.get_bind().exec_driver_sql(HEAD + BEFORE + TAIL)
