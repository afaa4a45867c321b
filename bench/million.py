"""A million frames in a database within minutes: what ingest would have written, from a pool of headers and fields."""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import multiprocessing
import random
import uuid
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import numpy as np

from domain.header_terms import terms_of_header
from domain.sky_geometry import position_deg, square_to, unit_vector
from domain.sky_index import cells_of_polygon
from storage.sky_functions import flat_polygon

__all__ = ["FIRST_AT", "Tenants", "fill", "random_position"]

# Half of the headers are those of a small camera's software, some have every setting of a large one.
KEYWORDS = (20, 20, 40, 40, 150)
TEMPLATES, FIELDS = 500, 20_000
FIRST_AT = datetime(2016, 1, 1, tzinfo=UTC)
STEP_S = 290.0  # a million of these are nine years
BATCH = 2_000
FILTERS = ("U", "B", "V", "R", "I", "Ha")
BACKSLASH = "\\"

FRAMES = (
    "id", "organisation_id", "sha256", "file_id", "night", "frame_type", "start_at", "mid_at", "exposure_s", "filter",
    "object", "object_key", "airmass", "gain", "telescope_name", "instrument_name", "ra_deg", "dec_deg", "sources",
    "format", "width_px", "height_px", "hdu_count", "header", "terms", "pixel_scale_arcsec", "cells", "center_x",
    "center_y", "center_z", "radius_deg", "inner_radius_deg", "vertices", "preview", "created_at",
)  # fmt: skip
FILES = ("id", "organisation_id", "path", "sha256", "size_bytes", "state", "uploaded_by", "created_at")
SOURCES = '{"exposure_s":"EXPTIME@0","filter":"FILTER@0","start_at":"DATE-OBS@0","ra_deg":"RA@0","dec_deg":"DEC@0"}'


class Tenants(msgspec.Struct, frozen=True):
    """Whose frames they are: all of one organisation, and a tenth as many of another in between."""

    organisation_id: uuid.UUID
    other_id: uuid.UUID
    account_id: uuid.UUID


class _Field(msgspec.Struct):
    ra_deg: float
    dec_deg: float
    columns: list[str]  # cells, centre, radii and vertices as COPY takes them


def random_position(chance: random.Random) -> tuple[float, float]:
    """Choose a position, evenly over the sky; ICRS degrees."""
    return chance.uniform(0.0, 360.0), math.degrees(math.asin(chance.uniform(-1.0, 1.0)))


def _field(chance: random.Random) -> _Field:
    """Lay out a square of 0.3 to 1 degree somewhere."""
    ra_deg, dec_deg = random_position(chance)
    half = math.tan(math.radians(chance.uniform(0.15, 0.5)))
    middle = unit_vector(ra_deg, dec_deg)
    along, across = square_to(middle)
    corners = [middle + half * (x * along + y * across) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    ra, dec = position_deg(np.array(corners))
    vertices_deg = list(zip(ra.tolist(), dec.tolist(), strict=True))
    radius_deg, inner_deg = math.degrees(math.atan(half * math.sqrt(2))), math.degrees(math.atan(half))
    cells = ",".join(map(str, cells_of_polygon(vertices_deg)))
    flat = ",".join(map(repr, flat_polygon(vertices_deg)))
    columns = [f"{{{cells}}}", *map(repr, middle.tolist()), repr(radius_deg), repr(inner_deg), f"{{{flat}}}"]
    return _Field(ra_deg, dec_deg, columns)


def _template(number: int) -> dict[str, Any]:
    """Give what a camera's software repeats in every frame."""
    header: dict[str, Any] = {
        "TELESCOP": f"telescope {number % 7}",
        "INSTRUME": f"camera {number % 13}",
        "OBSERVER": f"observer {number % 40}",
    }
    for setting in range(KEYWORDS[number % len(KEYWORDS)] - 13):
        kind = setting % 4
        header[f"SET{setting:05d}"] = (
            setting * 17 + number % 3,
            round(setting * 1.618 + number, 4),
            f"setting {setting}",
            setting % 3 == 0,
        )[kind]
    return header


class _Frames:
    """Makes rows; the same ones for the same seed."""

    def __init__(self, seed: int, fields: int) -> None:
        self.chance = random.Random(seed)
        self.fields = [_field(self.chance) for _ in range(fields)]
        self.templates = []
        for number in range(TEMPLATES):
            header = _template(number)
            terms = ",".join(map(str, terms_of_header(header)))
            self.templates.append((header, msgspec.json.encode(header).decode()[1:-1], terms))

    def row(self, number: int, organisation_id: uuid.UUID, account_id: uuid.UUID) -> tuple[list[str], list[str]]:
        """Give a row of ``frames`` and one of ``files``, as texts."""
        chance = self.chance
        start_at = FIRST_AT + timedelta(seconds=STEP_S * number)
        template, header_text, terms_text = self.templates[chance.randrange(TEMPLATES)]
        field = self.fields[chance.randrange(len(self.fields))]
        exposure_s = chance.choice((10.0, 30.0, 60.0, 120.0, 300.0))
        filter_name = chance.choice(FILTERS)
        target = f"Field {chance.randrange(2000)}"
        gain, airmass = chance.choice((1.3, 1.4, 1.5)), round(1 + chance.expovariate(2.5), 3)
        began = start_at.isoformat()
        own: dict[str, Any] = {
            "DATE-OBS": began[:19],
            "EXPNUM": number,
            "EXPTIME": exposure_s,
            "FILTER": filter_name,
            "OBJECT": target,
            "RA": round(field.ra_deg, 5),
            "DEC": round(field.dec_deg, 5),
            "AIRMASS": airmass,
            "GAIN": gain,
            "FOCUSPOS": chance.randrange(9000, 15000),
        }
        terms = ",".join(map(str, terms_of_header(own)))
        header = msgspec.json.encode(own).decode()[:-1] + "," + header_text + "}"
        # Version 7, as ingest makes them: what comes later has the higher number.
        milliseconds = int(start_at.timestamp() * 1000)
        frame_id = uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | chance.getrandbits(62))
        file_id = uuid.UUID(int=frame_id.int ^ 1)
        sha256 = BACKSLASH * 2 + "x" + hashlib.sha256(frame_id.bytes).hexdigest()
        middle = (start_at + timedelta(seconds=exposure_s / 2)).isoformat()
        frame = [
            str(frame_id), str(organisation_id), sha256, str(file_id), began[:10], "light", began, middle,
            repr(exposure_s), filter_name, target, target.lower().replace(" ", ""), repr(airmass), repr(gain),
            template["TELESCOP"], template["INSTRUME"], repr(field.ra_deg), repr(field.dec_deg), SOURCES, "fits",
            "4096", "4096", "1", header, f"{{{terms},{terms_text}}}", "0.5", *field.columns, "ready", began,
        ]  # fmt: skip
        file = [
            str(file_id), str(organisation_id), f"night/{number:07d}.fits", sha256, "33560640", "indexed",
            str(account_id), began,
        ]  # fmt: skip
        return frame, file


async def fill(owner: asyncpg.Connection, tenants: Tenants, count: int, *, seed: int = 1) -> None:
    """Fill the database with frames and their files, and bring indexes and statistics up to date.

    Parameters
    ----------
    owner : asyncpg.Connection
        A superuser's.
    """
    indexes = await owner.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('frames', 'files') AND indexname LIKE 'ix_%'"
    )
    await owner.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    for index in indexes:
        await owner.execute(f"DROP INDEX {index['indexname']}")
    context = multiprocessing.get_context("forkserver")
    loop = asyncio.get_running_loop()
    # Rows are made by a process of their own, one batch ahead of the database.
    with ProcessPoolExecutor(1, context, initializer=_begin, initargs=(seed, min(FIELDS, count))) as maker:
        starts = range(0, count, BATCH)
        coming = [loop.run_in_executor(maker, _batch, tenants, at, min(at + BATCH, count)) for at in starts[:1]]
        for following in [*starts[1:], None]:
            frames, files = await coming.pop()
            if following is not None:
                stop = min(following + BATCH, count)
                coming.append(loop.run_in_executor(maker, _batch, tenants, following, stop))
            for table, columns, lines in (("files", FILES, files), ("frames", FRAMES, frames)):
                await owner.copy_to_table(table, source=io.BytesIO(lines), columns=columns, format="text")
    await owner.execute("SET maintenance_work_mem = '1GB'")
    for index in indexes:
        await owner.execute(index["indexdef"])
    for table in ("frames", "files"):
        await owner.execute(f"VACUUM ANALYZE {table}")


_rows: _Frames | None = None


def _begin(seed: int, fields: int) -> None:
    global _rows
    _rows = _Frames(seed, fields)


def _batch(tenants: Tenants, start: int, stop: int) -> tuple[bytes, bytes]:
    """Make the rows of ``frames`` and of ``files`` for some numbers, as COPY takes them."""
    assert _rows is not None
    frames: list[str] = []
    files: list[str] = []
    for number in range(start, stop):
        for organisation_id in [tenants.organisation_id] + [tenants.other_id] * (number % 10 == 0):
            frame, file = _rows.row(number, organisation_id, tenants.account_id)
            frames.append("\t".join(frame))
            files.append("\t".join(file))
    return ("\n".join(frames) + "\n").encode(), ("\n".join(files) + "\n").encode()
