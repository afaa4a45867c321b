"""Nights as the frames of a telescope tell them: which there are, and what each holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import Date, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.header import Problem
from domain.night_summary import LONGEST_EXPOSURE_S, MOST_FAILURES, FrameFact, NightFailure

__all__ = ["FrameCount", "NightKey", "NightRow", "count_frames", "failed_files", "frame_facts", "list_nights"]


class NightKey(msgspec.Struct, frozen=True, order=True):
    """One telescope's night; in a list of nights the latest comes first."""

    night: date
    telescope_id: UUID


class NightRow(msgspec.Struct, frozen=True, kw_only=True):
    """A night with frames or a log."""

    night: date
    telescope_id: UUID
    telescope: str
    site: str
    time_zone: str
    log_state: Literal["open", "signed"] | None
    time_lost_s: int


class FrameCount(msgspec.Struct, frozen=True, kw_only=True):
    """Frames of one night, type and filter."""

    night: date
    telescope_id: UUID
    frame_type: str | None
    filter: str | None
    frames: int
    exposure_s: float
    first_at: datetime | None
    last_at: datetime | None


# Nights are few and frames many, so the index is walked from night to night instead of through every frame.
# Row-level security adds the organisation to every table here.
LIST = """
    WITH RECURSIVE walked AS (
        (SELECT f.night, f.telescope_id FROM frames f WHERE {frames} {before}
         ORDER BY f.night DESC, f.telescope_id DESC LIMIT 1)
      UNION ALL
        SELECT next.night, next.telescope_id FROM walked CROSS JOIN LATERAL (
            SELECT f.night, f.telescope_id FROM frames f
            WHERE {frames} AND (f.night, f.telescope_id) < (walked.night, walked.telescope_id)
            ORDER BY f.night DESC, f.telescope_id DESC LIMIT 1) next
    ),
    keys AS (
        (SELECT night, telescope_id FROM walked LIMIT :limit)
      UNION
        (SELECT f.night, f.telescope_id FROM night_logs f WHERE {logs} {before}
         ORDER BY f.night DESC, f.telescope_id DESC LIMIT :limit)
      ORDER BY night DESC, telescope_id DESC LIMIT :limit
    )
    SELECT k.night, k.telescope_id, t.slug AS telescope, s.slug AS site, s.time_zone, l.state AS log_state,
        coalesce((
            SELECT sum(r.time_lost_s) FROM night_log_entries e
            JOIN night_log_revisions r ON r.entry_id = e.id AND r.revision = e.revision
            WHERE e.night_log_id = l.id AND NOT r.deleted), 0)::int AS time_lost_s
    FROM keys k
    JOIN telescopes t ON t.id = k.telescope_id
    JOIN sites s ON s.id = t.site_id
    LEFT JOIN night_logs l ON l.telescope_id = k.telescope_id AND l.night = k.night
    ORDER BY k.night DESC, k.telescope_id DESC
"""

COUNT = text("""
    SELECT f.night, f.telescope_id, f.frame_type, f.filter, count(*) AS frames,
        coalesce(sum(f.exposure_s) FILTER (WHERE f.exposure_s BETWEEN 0 AND :longest), 0) AS exposure_s,
        min(f.start_at) AS first_at, max(f.start_at) AS last_at
    FROM frames f JOIN unnest(:nights, :telescopes) k (night, telescope_id)
        ON k.night = f.night AND k.telescope_id = f.telescope_id
    WHERE NOT f.hidden
    GROUP BY f.night, f.telescope_id, f.frame_type, f.filter
""").bindparams(bindparam("nights", type_=ARRAY(Date)), bindparam("telescopes", type_=ARRAY(Uuid)))

FACTS = text("""
    SELECT f.frame_type, f.filter, f.object, f.start_at, f.exposure_s, f.file_id, f.problems, f.crossings,
        CASE WHEN f.crossings > 0 THEN (SELECT count(*) FROM frame_crossings c
            WHERE c.frame_id = f.id AND c.magnitude IS NOT NULL) ELSE 0 END AS lit_crossings,
        CASE WHEN f.problems <> '[]' THEN (SELECT path FROM files WHERE files.id = f.file_id) END AS name
    FROM frames f WHERE f.telescope_id = :telescope AND f.night = :night AND NOT f.hidden
    ORDER BY f.start_at NULLS LAST, f.id
""")

FAILED = text("""
    SELECT path, id, problems, count(*) OVER () AS total FROM files
    WHERE state = 'failed' AND telescope_id = :telescope AND created_at >= :start AND created_at < :end
        AND deleted_at IS NULL
    ORDER BY created_at, id LIMIT :limit
""")


async def list_nights(
    connection: AsyncConnection,
    *,
    telescope_id: UUID | None,
    first: date | None,
    last: date | None,
    after: NightKey | None,
    limit: int,
) -> list[NightRow]:
    """List nights that have frames or a log, the latest first, from after one.

    Parameters
    ----------
    telescope_id : UUID or None
        Only this telescope's.
    first, last : date or None
        Only nights from and up to these, both included.
    """
    conditions = ""
    values: dict[str, object] = {"limit": limit}
    for condition, name, value in (
        (" AND f.telescope_id = :telescope", "telescope", telescope_id),
        (" AND f.night >= :first", "first", first),
        (" AND f.night <= :last", "last", last),
    ):
        if value is not None:
            conditions += condition
            values[name] = value
    before = ""
    if after is not None:
        before = "AND (f.night, f.telescope_id) < (:after_night, :after_telescope)"
        values |= {"after_night": after.night, "after_telescope": after.telescope_id}
    query = LIST.format(
        frames=f"NOT f.hidden AND f.night IS NOT NULL AND f.telescope_id IS NOT NULL{conditions}",
        logs=f"true{conditions}",
        before=before,
    )
    rows = (await connection.execute(text(query), values)).mappings()
    return [NightRow(**row) for row in rows]


async def count_frames(connection: AsyncConnection, keys: Sequence[NightKey]) -> list[FrameCount]:
    """Count the frames of several nights by type and filter; hidden ones are not told."""
    values = {
        "nights": [k.night for k in keys],
        "telescopes": [k.telescope_id for k in keys],
        "longest": LONGEST_EXPOSURE_S,
    }
    return [FrameCount(**row) for row in (await connection.execute(COUNT, values)).mappings()]


async def frame_facts(connection: AsyncConnection, telescope_id: UUID, night: date) -> list[FrameFact]:
    """Read what the summary of a night needs of its frames, in order of start."""
    rows = await connection.execute(FACTS, {"telescope": telescope_id, "night": night})
    return [
        FrameFact(
            frame_type=row.frame_type,
            filter=row.filter,
            object=row.object,
            start_at=row.start_at,
            exposure_s=row.exposure_s,
            name=row.name or "",
            file_id=str(row.file_id),
            problems=tuple(msgspec.convert(row.problems, list[Problem])),
            crossings=row.crossings,
            lit_crossings=row.lit_crossings,
        )
        for row in rows
    ]


async def failed_files(
    connection: AsyncConnection, telescope_id: UUID, start: datetime, end: datetime
) -> tuple[list[NightFailure], int]:
    """Read which files of a telescope arrived within a stretch of time and could not be read.

    Returns
    -------
    tuple of (list of NightFailure, int)
        The first of them, and how many there are.
    """
    values = {"telescope": telescope_id, "start": start, "end": end, "limit": MOST_FAILURES}
    rows = (await connection.execute(FAILED, values)).all()
    failures = [
        NightFailure(name=r.path, file_id=str(r.id), failed=True, problems=msgspec.convert(r.problems, list[Problem]))
        for r in rows
    ]
    return failures, rows[0].total if rows else 0
