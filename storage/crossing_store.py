"""What crossed which frame: which frames are to be judged, and the crossings that were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

__all__ = ["SHUTTERED", "frames_near", "read_exposures", "read_frame_crossings", "save_crossings"]

AnyRow = Row[*tuple[Any, ...]]

SHUTTERED = ("bias", "dark", "arc")
"Frame types that no sky falls on, whatever their headers tell of a pointing."

_JUDGEABLE = f"""NOT r.hidden AND r.vertices IS NOT NULL AND r.start_at IS NOT NULL AND r.exposure_s > 0
    AND r.telescope_id IS NOT NULL AND coalesce(r.frame_type, '') NOT IN {SHUTTERED}"""

# Elements serve frames of the days around them. A frame that was judged already gains by those of its own days only.
EARLIER, LATER = timedelta(days=1), timedelta(days=2)
FIRST_EARLIER, FIRST_LATER = timedelta(days=3), timedelta(days=30)

NEAR = text(f"""
    SELECT r.id FROM frames r WHERE {_JUDGEABLE}
        AND r.start_key BETWEEN cast(:first AS timestamptz) AND cast(:last AS timestamptz)
        AND (r.crossings IS NULL OR r.crossings_at < :before
            AND r.start_key BETWEEN cast(:again_first AS timestamptz) AND cast(:again_last AS timestamptz))
    ORDER BY r.start_key, r.id LIMIT :limit
""")
EXPOSURES = text(f"""
    SELECT r.id, r.start_at, r.exposure_s, r.footprints, s.latitude_deg, s.longitude_deg, s.height_m
    FROM frames r JOIN telescopes t ON t.id = r.telescope_id JOIN sites s ON s.id = t.site_id
    WHERE r.id = ANY(:frames) AND {_JUDGEABLE} ORDER BY r.start_key, r.id
""")


async def frames_near(
    connection: AsyncConnection, first: datetime, last: datetime, *, before: datetime, limit: int
) -> list[UUID]:
    """List frames of this tenant that new elements may say something about, by time.

    Parameters
    ----------
    first, last : datetime
        The epochs of the elements.
    before : datetime
        Frames judged since then are left out.
    """
    rows = await connection.scalars(
        NEAR,
        {
            "first": first - FIRST_EARLIER,
            "last": last + FIRST_LATER,
            "again_first": first - EARLIER,
            "again_last": last + LATER,
            "before": before,
            "limit": limit,
        },
    )
    return list(rows)


async def read_exposures(connection: AsyncConnection, frames: Sequence[UUID]) -> list[AnyRow]:
    """Read what is to be known of frames to judge them: when, how long, which area, from where.

    Frames that cannot be judged are left out: no site, time, exposure or footprint, or a shutter that stayed closed.
    """
    return list(await connection.execute(EXPOSURES, {"frames": list(frames)}))


async def save_crossings(
    connection: AsyncConnection,
    organisation_id: UUID,
    judged: Mapping[UUID, Sequence[Mapping[str, Any]] | None],
    *,
    at: datetime,
) -> None:
    """Put the crossings of frames in the place of what was known of them.

    Parameters
    ----------
    judged : mapping
        By frame: its crossings by entry, with ``norad_id``, ``name``, ``magnitude`` and ``status``; None where it
        could not be judged.
    """
    if not judged:
        return
    # In the order of the keys, so that two that judge the same frames wait and do not block each other.
    frames = sorted(judged)
    rows = [
        {
            "frame_id": str(frame),
            "number": number,
            "norad_id": crossing["norad_id"],
            "name": crossing["name"],
            "magnitude": crossing["magnitude"],
            "is_certain": crossing["status"] == "certain",
            "crossing": crossing,
        }
        for frame in frames
        for number, crossing in enumerate(judged[frame] or (), 1)
    ]
    counts = [None if (found := judged[frame]) is None else len(found) for frame in frames]
    await connection.execute(
        text("""
            UPDATE frames f SET crossings = g.number, crossings_at = :at
            FROM unnest(cast(:frames AS uuid[]), cast(:numbers AS int[])) AS g (id, number)
            WHERE f.id = g.id AND f.id = ANY(:frames)
        """),
        {"frames": frames, "numbers": counts, "at": at},
    )
    await connection.execute(text("DELETE FROM frame_crossings WHERE frame_id = ANY(:frames)"), {"frames": frames})
    if rows:
        # A frame that was deleted for good meanwhile has none.
        await connection.execute(
            text("""
                INSERT INTO frame_crossings
                    (organisation_id, frame_id, number, norad_id, name, magnitude, is_certain, crossing)
                SELECT :org, g.* FROM jsonb_to_recordset(cast(:rows AS jsonb)) AS g (frame_id uuid, number int,
                    norad_id int, name text, magnitude float8, is_certain boolean, crossing jsonb)
                WHERE EXISTS (SELECT FROM frames f WHERE f.id = g.frame_id)
            """),
            {"org": organisation_id, "rows": msgspec.json.encode(rows).decode()},
        )


async def read_frame_crossings(connection: AsyncConnection, frame_id: UUID) -> list[dict[str, Any]]:
    """Read the crossings of one frame, by entry."""
    rows = await connection.scalars(
        text("SELECT crossing FROM frame_crossings WHERE frame_id = :id ORDER BY number"), {"id": frame_id}
    )
    return list(rows)
