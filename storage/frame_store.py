"""Frames as ingest writes them: a whole batch in one statement of each kind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import expect_many_rows

__all__ = ["FrameRow", "read_equipment", "read_files", "save_derived", "set_previews"]

AnyRow = Row[*tuple[Any, ...]]


class FrameRow(msgspec.Struct, kw_only=True):
    """One row of ``frames``, in the form PostgreSQL reads from JSON. Angles ICRS degrees, times ISO 8601 UTC.

    ``sha256`` is hexadecimal behind ``\\x``. ``terms``, the one long array, is in PostgreSQL's own form, ``{1,2}``: it
    reads that in a third of the time of a JSON array. ``id`` counts where the content has no frame yet.
    """

    id: UUID
    sha256: str
    file_id: str
    telescope_id: str | None
    instrument_id: str | None
    night: str | None
    frame_type: str | None
    start_at: str | None
    mid_at: str | None
    exposure_s: float | None
    filter: str | None
    object: str | None
    object_key: str | None
    airmass: float | None
    gain: float | None
    binning_x: int | None
    binning_y: int | None
    detector_temperature_c: float | None
    telescope_name: str | None
    instrument_name: str | None
    observer: str | None
    ra_deg: float | None
    dec_deg: float | None
    sources: dict[str, str]
    format: str
    width_px: int | None
    height_px: int | None
    hdu_count: int
    header: dict[str, Any]
    terms: str
    pixel_scale_arcsec: float | None
    footprints: list[Any]
    cells: list[int] | None
    center_x: float | None
    center_y: float | None
    center_z: float | None
    radius_deg: float | None
    inner_radius_deg: float | None
    vertices: list[float | None] | None
    problems: list[Any]


FRAME_COLUMNS = FrameRow.__struct_fields__
SAVE_FRAMES = text(f"""
    WITH given AS (SELECT * FROM jsonb_populate_recordset(NULL::frames, cast(:rows AS jsonb)))
    INSERT INTO frames (organisation_id, {", ".join(FRAME_COLUMNS)})
    SELECT :org, {", ".join(FRAME_COLUMNS)} FROM given
    ON CONFLICT (organisation_id, sha256) DO UPDATE SET ingested_at = now(), hidden = false,
        {", ".join(f"{c} = excluded.{c}" for c in FRAME_COLUMNS if c not in ("id", "sha256", "file_id"))}
    RETURNING id, sha256
""")

# A file may be deleted while it is read.
HIDE_DELETED = text("""
    UPDATE frames r SET hidden = true
    WHERE r.organisation_id = :org AND r.id = ANY(:ids) AND NOT EXISTS (
        SELECT FROM files f
        WHERE f.organisation_id = r.organisation_id AND f.sha256 = r.sha256 AND f.deleted_at IS NULL
    )
""")

# Looked up file by file, and not joined: where the statistics do not know an organisation yet, as while it sends its
# first files, the planner takes it to have one row, and a join then reads all its rows for each file.
READ_FILES = text("""
    SELECT f.id, f.path, f.sha256, f.size_bytes, f.telescope_id, f.instrument_id, f.told_type, f.state, f.problems,
        (SELECT c.object_key FROM contents c
            WHERE c.organisation_id = f.organisation_id AND c.sha256 = f.sha256) AS object_key,
        (SELECT r.id FROM frames r WHERE r.organisation_id = f.organisation_id AND r.sha256 = f.sha256) AS frame_id
    FROM files f WHERE f.id = ANY(:files) AND f.deleted_at IS NULL ORDER BY f.id
""")


async def read_files(connection: AsyncConnection, files: list[UUID]) -> list[AnyRow]:
    """Read files to be ingested: path, content, equipment said by the sender, and the frame if its content has one."""
    rows = await connection.execute(READ_FILES, {"files": files})
    return list(rows)


async def read_equipment(connection: AsyncConnection, *, hold: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Read this tenant's telescopes with their sites, and instruments with their mappings.

    Parameters
    ----------
    hold : bool
        Let nobody change the sites until the transaction ends.
    """
    telescopes = await connection.execute(
        text(
            "SELECT t.id, t.slug, t.name, s.latitude_deg, s.longitude_deg, s.height_m, s.time_zone, s.mpc_code"
            " FROM telescopes t JOIN sites s ON s.id = t.site_id ORDER BY t.id" + (" FOR SHARE OF s" if hold else "")
        )
    )
    instruments = await connection.execute(
        text("SELECT id, telescope_id, slug, name, header_mapping FROM instruments ORDER BY id")
    )
    return {
        "telescopes": [dict(row) for row in telescopes.mappings()],
        "instruments": [dict(row) for row in instruments.mappings()],
    }


async def save_derived(
    connection: AsyncConnection,
    organisation_id: UUID,
    frames: list[bytes],
    units: dict[str, bytes],
    beginnings: dict[str, bytes],
    fates: list[dict[str, Any]],
) -> dict[str, UUID]:
    """Write what ingest derived from a batch of files.

    Parameters
    ----------
    frames : list of bytes
        JSON of a ``FrameRow`` for each content that is a frame.
    units : dict
        By sha256: all header units, JSON, compressed by zlib.
    beginnings : dict
        By sha256: a file's first bytes, as far as its headers go, compressed by zlib.
    fates : list of dict
        For each file: ``id``, ``state``, ``media_type``, ``problems``, ``telescope_id``, ``instrument_id``.

    Returns
    -------
    dict
        The frame of each sha256.
    """
    ids: dict[str, UUID] = {}
    await expect_many_rows(connection)
    # In the order of those who delete files and hide their frames; who was quicker is seen below.
    await connection.execute(
        text("SELECT FROM files WHERE id = ANY(:files) ORDER BY id FOR NO KEY UPDATE"),
        {"files": [fate["id"] for fate in fates]},
    )
    if frames:
        rows = (b"[" + b",".join(frames) + b"]").decode()
        saved = await connection.execute(SAVE_FRAMES, {"rows": rows, "org": organisation_id})
        ids = {row.sha256.hex(): row.id for row in saved}
        await connection.execute(HIDE_DELETED, {"org": organisation_id, "ids": list(ids.values())})
        await connection.execute(
            text(
                "INSERT INTO frame_units (organisation_id, frame_id, units)"
                " SELECT :org, u.* FROM unnest(cast(:ids AS uuid[]), cast(:units AS bytea[])) AS u"
                " ON CONFLICT (organisation_id, frame_id) DO UPDATE SET units = excluded.units"
            ),
            {"org": organisation_id, "ids": [ids[s] for s in units], "units": list(units.values())},
        )
    if beginnings:
        await connection.execute(
            text(
                "INSERT INTO content_beginnings (organisation_id, sha256, beginning)"
                " SELECT c.organisation_id, b.* FROM unnest(cast(:digests AS bytea[]), cast(:beginnings AS bytea[]))"
                " AS b(sha256, beginning) JOIN contents c ON c.organisation_id = :org AND c.sha256 = b.sha256"
                " ORDER BY b.sha256"  # as whoever else writes of the same contents
                " ON CONFLICT (organisation_id, sha256) DO UPDATE SET beginning = excluded.beginning"
                " WHERE content_beginnings.beginning <> excluded.beginning"  # which was read wrong
            ),
            {
                "org": organisation_id,
                "digests": [bytes.fromhex(sha256) for sha256 in beginnings],
                "beginnings": list(beginnings.values()),
            },
        )
    if fates:
        await connection.execute(
            text(
                "UPDATE files f SET state = g.state, media_type = coalesce(g.media_type, f.media_type),"
                " problems = coalesce(g.problems, f.problems),"
                " telescope_id = coalesce(f.telescope_id, g.telescope_id),"
                " instrument_id = coalesce(f.instrument_id, g.instrument_id),"
                " night = (SELECT r.night FROM frames r"
                " WHERE r.organisation_id = f.organisation_id AND r.sha256 = f.sha256)"
                " FROM jsonb_to_recordset(cast(:fates AS jsonb)) AS g(id uuid, state text, media_type text,"
                " problems jsonb, telescope_id uuid, instrument_id uuid)"
                " WHERE f.id = g.id AND f.id = ANY(:files)"  # the second for the index: see READ_FILES
            ),
            {"fates": msgspec.json.encode(fates).decode(), "files": [fate["id"] for fate in fates]},
        )
    return ids


async def set_previews(connection: AsyncConnection, states: dict[UUID, str]) -> None:
    """Record which frames have previews: ``ready``, ``none`` or ``failed``."""
    if states:
        await connection.execute(
            text(
                "UPDATE frames f SET preview = s.state FROM unnest(cast(:ids AS uuid[]), cast(:states AS text[]))"
                " AS s(id, state) WHERE f.id = s.id AND f.id = ANY(:ids)"
            ),
            {"ids": list(states), "states": list(states.values())},
        )
