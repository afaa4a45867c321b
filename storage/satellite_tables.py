"""Tables of satellites: the catalogue that all tenants share, where it comes from, and what crossed whose frames."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from storage.tables import Json, Moment, metadata

__all__ = ["element_imports", "element_sets", "element_sources", "frame_crossings", "satellites"]

satellites = Table(
    "satellites",
    metadata,
    Column("norad_id", Integer, primary_key=True, autoincrement=False, comment="up to nine digits"),
    Column("name", Text, nullable=False),
    Column("designator", Text, nullable=False, comment="international: 1998-067A; empty where unknown"),
    Column("newest_epoch", Moment, nullable=False, comment="of its element sets"),
)

element_sets = Table(
    "element_sets",
    metadata,
    Column("norad_id", Integer, ForeignKey("satellites.norad_id"), primary_key=True, autoincrement=False),
    Column("epoch", Moment, primary_key=True),
    Column("mean_motion_rev_day", Double, nullable=False),
    Column("eccentricity", Double, nullable=False),
    Column("inclination_deg", Double, nullable=False),
    Column("raan_deg", Double, nullable=False),
    Column("perigee_argument_deg", Double, nullable=False),
    Column("mean_anomaly_deg", Double, nullable=False),
    Column("bstar", Double, nullable=False),
    Column("mean_motion_dot", Double, nullable=False),
    Column("mean_motion_ddot", Double, nullable=False),
)

element_imports = Table(
    "element_imports",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("imported_at", Moment, nullable=False, server_default=func.now()),
    Column("source", Text, nullable=False, comment="file name or address"),
    Column("sets", Integer, nullable=False, comment="that could be read"),
    Column("added", Integer, nullable=False),
    Column("known", Integer, nullable=False, comment="by satellite and epoch, in the catalogue or twice in the source"),
    Column("stale", Integer, nullable=False, comment="of those added: older than another of the same satellite"),
    Column("problems", Json, nullable=False, server_default=text("'[]'")),
    Column("problem_count", Integer, nullable=False),
)

element_sources = Table(
    "element_sources",
    metadata,
    Column("url", Text, primary_key=True),
    Column("etag", Text),
    Column("last_modified", Text, comment="as the source said it"),
    Column("next_at", Moment, nullable=False, comment="when it may be asked again"),
    Column("asked_at", Moment),
    Column("fetched_at", Moment, comment="when it last answered, with something new or not"),
    Column("failed_at", Moment),
    Column("failure", Text),
)

frame_crossings = Table(
    "frame_crossings",
    metadata,
    Column("organisation_id", UUID(as_uuid=True), primary_key=True),
    Column("frame_id", UUID(as_uuid=True), primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False, comment="by entry"),
    Column("norad_id", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("magnitude", Double, comment="an estimate; null where it is not lit or none is made"),
    Column("is_certain", Boolean, nullable=False),
    Column("crossing", Json, nullable=False, comment="the whole of it, as it is told"),
    ForeignKeyConstraint(["organisation_id", "frame_id"], ["frames.organisation_id", "frames.id"], ondelete="CASCADE"),
    Index("ix_frame_crossings_satellite", "organisation_id", "norad_id"),
)
