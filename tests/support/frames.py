"""Frames put straight into the database, for tests of what is done with them; no bytes are stored."""

from __future__ import annotations

import itertools
import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.night import night_of
from service.house import House
from storage.ids import new_id
from storage.tables import metadata

__all__ = ["AddedFrame", "add_file", "add_frame", "add_frames"]

_numbers = itertools.count(1)


class AddedFrame(msgspec.Struct, frozen=True):
    """What a factory made: the frame and the file that holds it."""

    id: UUID
    file_id: UUID
    path: str


async def _organisation(connection: AsyncConnection, slug: str) -> tuple[UUID, UUID]:
    organisations, memberships = metadata.tables["organisations"], metadata.tables["memberships"]
    row = (
        await connection.execute(
            select(organisations.c.id, memberships.c.account_id)
            .join(memberships, memberships.c.organisation_id == organisations.c.id)
            .where(organisations.c.slug == slug, memberships.c.role == "owner")
        )
    ).first()
    assert row is not None, f"there is no organisation {slug}"
    return row.id, row.account_id


async def _owner(house: House, slug: str) -> tuple[UUID, UUID]:
    # Memberships show only inside their organisation, whose id is public.
    organisations = metadata.tables["organisations"]
    async with house.database.transaction() as connection:
        organisation_id = await connection.scalar(select(organisations.c.id).where(organisations.c.slug == slug))
    assert organisation_id is not None, f"there is no organisation {slug}"
    async with house.database.transaction(organisation=organisation_id) as connection:
        return await _organisation(connection, slug)


async def _equipment(connection: AsyncConnection, kind: str, slug: str | None) -> tuple[UUID | None, str | None]:
    if slug is None:
        return None, None
    table, sites = metadata.tables[kind], metadata.tables["sites"]
    query = select(table.c.id, sites.c.time_zone if kind == "telescopes" else table.c.slug)
    if kind == "telescopes":
        query = query.join(sites, sites.c.id == table.c.site_id)
    row = (await connection.execute(query.where(table.c.slug == slug))).first()
    assert row is not None, f"there is no {slug} among the {kind}"
    return row[0], row[1]


async def add_frames(house: House, organisation: str, frames: list[dict[str, Any]]) -> list[AddedFrame]:
    """Insert frames with their files and contents in one transaction.

    Parameters
    ----------
    organisation : str
        Its slug.
    frames : list of dict
        Columns of ``frames`` by name, and besides: ``telescope`` and ``instrument`` (slugs, ``quadrant`` and None if
        left out), ``path``, ``size_bytes``, ``state`` (of the file, ``indexed``), ``sha256`` (random),
        ``uploaded_at``. ``start_at`` and ``exposure_s`` give ``mid_at``, ``start_at`` and the site's zone ``night``,
        ``object`` its key.
    """
    organisation_id, owner_id = await _owner(house, organisation)
    rows: dict[str, list[dict[str, Any]]] = {"contents": [], "files": [], "frames": []}
    added = []
    columns = set(metadata.tables["frames"].c.keys())
    async with house.database.transaction(organisation=organisation_id) as connection:
        for given in frames:
            facts = dict(given)
            number = next(_numbers)
            telescope_id, zone = await _equipment(connection, "telescopes", facts.pop("telescope", "quadrant"))
            instrument_id, _ = await _equipment(connection, "instruments", facts.pop("instrument", None))
            path, sha256 = facts.pop("path", f"frame-{number:06}.fits"), facts.pop("sha256", secrets.token_bytes(32))
            size_bytes, state = facts.pop("size_bytes", 2880), facts.pop("state", "indexed")
            file = {"created_at": facts.pop("uploaded_at")} if "uploaded_at" in facts else {}
            if unknown := facts.keys() - columns:
                raise TypeError(f"frames have no {', '.join(sorted(unknown))}")
            start_at: datetime | None = facts.get("start_at")
            if start_at is not None:
                if facts.get("exposure_s") is not None and 0 <= facts["exposure_s"] < 1e6:
                    facts.setdefault("mid_at", start_at + timedelta(seconds=facts["exposure_s"] / 2))
                if zone is not None:
                    facts.setdefault("night", night_of(start_at, zone).evening)
            if isinstance(facts.get("night"), str):
                facts["night"] = date.fromisoformat(facts["night"])
            if facts.get("object") is not None:
                facts.setdefault("object_key", "".join(facts["object"].lower().split()))
            file_id, frame_id = new_id(), new_id()
            rows["contents"].append(
                {
                    "organisation_id": organisation_id,
                    "sha256": sha256,
                    "size_bytes": size_bytes,
                    "crc32": 0,
                    "crc32c": "AAAAAA==",
                    "object_key": f"tests/{sha256.hex()}",
                }
            )
            rows["files"].append(
                {
                    "id": file_id,
                    "organisation_id": organisation_id,
                    "path": path,
                    "sha256": sha256,
                    "size_bytes": size_bytes,
                    "media_type": "image/fits",
                    "state": state,
                    "problems": facts.get("problems", []),
                    "telescope_id": telescope_id,
                    "instrument_id": instrument_id,
                    "uploaded_by": owner_id,
                    **file,
                }
            )
            defaults = {"format": "fits", "hdu_count": 1, "header": {}, "terms": [], "frame_type": "light"}
            rows["frames"].append(
                {
                    "id": frame_id,
                    "organisation_id": organisation_id,
                    "sha256": sha256,
                    "file_id": file_id,
                    "telescope_id": telescope_id,
                    "instrument_id": instrument_id,
                    **defaults,
                    **facts,
                }
            )
            added.append(AddedFrame(frame_id, file_id, path))
        for table, values in rows.items():
            # One statement each: rows that name other columns are told apart by SQLAlchemy only if sent one by one.
            keys = sorted({key for value in values for key in value})
            uniform = all(value.keys() == set(keys) for value in values)
            for batch in [values] if uniform and values else [[value] for value in values]:
                await connection.execute(insert(metadata.tables[table]), batch)
    return added


async def add_frame(house: House, organisation: str, **facts: Any) -> AddedFrame:
    """Insert one frame; see ``add_frames``."""
    return (await add_frames(house, organisation, [facts]))[0]


async def add_file(
    house: House, organisation: str, *, state: str = "kept", path: str = "", telescope: str | None = None, **more: Any
) -> UUID:
    """Insert a file that holds no frame: kept as it is, or failed, with its ``problems``."""
    organisation_id, owner_id = await _owner(house, organisation)
    sha256, file_id = secrets.token_bytes(32), new_id()
    async with house.database.transaction(organisation=organisation_id) as connection:
        telescope_id, _ = await _equipment(connection, "telescopes", telescope)
        await connection.execute(
            insert(metadata.tables["contents"]).values(
                organisation_id=organisation_id,
                sha256=sha256,
                size_bytes=1,
                crc32=0,
                crc32c="AAAAAA==",
                object_key=f"tests/{sha256.hex()}",
            )
        )
        await connection.execute(
            insert(metadata.tables["files"]).values(
                id=file_id,
                organisation_id=organisation_id,
                path=path or f"file-{next(_numbers):06}.txt",
                sha256=sha256,
                size_bytes=1,
                state=state,
                telescope_id=telescope_id,
                uploaded_by=owner_id,
                **more,
            )
        )
    return file_id
