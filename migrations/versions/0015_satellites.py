"""Satellites: a catalogue shared by all, and what crossed each frame."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ORGANISATION = "nullif(current_setting('uraniborg.organisation', true), '')::uuid"
Json = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())


def _moment(name: str, *, nullable: bool = True, comment: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=nullable, comment=comment)


def _doubles(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Double(), nullable=False) for name in names]


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    op.create_table(
        "satellites",
        sa.Column("norad_id", sa.Integer(), autoincrement=False, nullable=False, comment="up to nine digits"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("designator", sa.Text(), nullable=False, comment="international: 1998-067A; empty where unknown"),
        _moment("newest_epoch", nullable=False, comment="of its element sets"),
        sa.PrimaryKeyConstraint("norad_id", name=op.f("pk_satellites")),
    )
    op.create_table(
        "element_sets",
        sa.Column("norad_id", sa.Integer(), autoincrement=False, nullable=False),
        _moment("epoch", nullable=False),
        *_doubles(
            "mean_motion_rev_day", "eccentricity", "inclination_deg", "raan_deg", "perigee_argument_deg",
            "mean_anomaly_deg", "bstar", "mean_motion_dot", "mean_motion_ddot",
        ),
        sa.ForeignKeyConstraint(["norad_id"], ["satellites.norad_id"], name=op.f("fk_element_sets_norad_id")),
        sa.PrimaryKeyConstraint("norad_id", "epoch", name=op.f("pk_element_sets")),
    )  # fmt: skip
    op.create_table(
        "element_imports",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("imported_at", sa.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="file name or address"),
        sa.Column("sets", sa.Integer(), nullable=False, comment="that could be read"),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column(
            "known",
            sa.Integer(),
            nullable=False,
            comment="by satellite and epoch, in the catalogue or twice in the source",
        ),
        sa.Column(
            "stale", sa.Integer(), nullable=False, comment="of those added: older than another of the same satellite"
        ),
        sa.Column("problems", Json, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element_imports")),
    )
    op.create_table(
        "element_sources",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True, comment="as the source said it"),
        _moment("next_at", nullable=False, comment="when it may be asked again"),
        _moment("asked_at"),
        _moment("fetched_at", comment="when it last answered, with something new or not"),
        _moment("failed_at"),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_element_sources")),
    )
    op.create_table(
        "frame_crossings",
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("frame_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False, comment="by entry"),
        sa.Column("norad_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "magnitude", sa.Double(), nullable=True, comment="an estimate; null where it is not lit or none is made"
        ),
        sa.Column("is_certain", sa.Boolean(), nullable=False),
        sa.Column("crossing", Json, nullable=False, comment="the whole of it, as it is told"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "frame_id"],
            ["frames.organisation_id", "frames.id"],
            name=op.f("fk_frame_crossings_organisation_id_frame_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "frame_id", "number", name=op.f("pk_frame_crossings")),
    )
    op.create_index("ix_frame_crossings_satellite", "frame_crossings", ["organisation_id", "norad_id"])
    op.add_column("frames", sa.Column("crossings", sa.Integer(), comment="of satellites; null: not judged"))
    op.add_column("frames", _moment("crossings_at", comment="when its crossings were last judged"))
    for statement in (
        "ALTER TABLE frame_crossings ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE frame_crossings FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON frame_crossings USING (organisation_id = {ORGANISATION})"
        f" WITH CHECK (organisation_id = {ORGANISATION})",
        # Whoever sees a frame sees what crossed it.
        *(
            f"CREATE POLICY reach_{role} ON frame_crossings AS RESTRICTIVE TO uraniborg_{role}"
            " USING (EXISTS (SELECT FROM frames r WHERE r.id = frame_crossings.frame_id))"
            for role in ("guest", "reader")
        ),
    ):
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_column("frames", "crossings_at")
    op.drop_column("frames", "crossings")
    for table in ("frame_crossings", "element_sources", "element_imports", "element_sets", "satellites"):
        op.drop_table(table)
