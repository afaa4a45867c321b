"""What is derived from a stored file, in worker processes: headers read by ranges; no database, no event loop."""

from __future__ import annotations

import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import msgspec
import numpy as np
from astropy.utils import iers

from domain.equipment import Equipment, choose_equipment
from domain.errors import NotFound
from domain.fact_rules import PLAUSIBLE, derive_facts
from domain.footprint import Footprint, footprints
from domain.header import FileContents, HeaderUnit, Problem
from domain.header_json import encode_units, header_json
from domain.header_terms import terms_of_header
from domain.night import night_of
from domain.sky_geometry import position_deg, separation_deg, unit_vector
from domain.sky_index import cells_of_polygons
from domain.tiers import ASLEEP, Archived
from service.worker_tasks import Derived, ToDerive
from storage.fits_reader import read_contents
from storage.frame_store import FrameRow
from storage.ids import new_id
from storage.object_factory import open_range_source
from storage.objects import RangeSource
from storage.sky_functions import flat_polygon

# Leap seconds and Earth orientation come from the package that astropy brings, never from the network.
iers.conf.auto_download = False

__all__ = ["derive"]

FITS_SUFFIXES = (".fits", ".fit", ".fts", ".fz", ".xisf")
LONGEST_BEGINNING = 12 * 1024  # packed: headers take a tenth of that, the page in which they end the rest
DAMAGED = {"not-fits", "empty-file", "lfs-pointer"}


def derive(store: Any, equipment: Equipment, file: ToDerive) -> Derived:
    """Derive a file; what goes wrong with it is told of it, so that it stops no other.

    Parameters
    ----------
    store
        ``ObjectStore.describe()`` of the store that holds the bytes.
    """
    try:
        with closing(open_range_source(store, file.object_key, size_bytes=file.size_bytes)) as source:
            return _derive(source, file, equipment)
    except NotFound:
        lost = Problem("bytes-missing", "Its bytes are not in the store: tell the operator, who runs the audit.")
        return Derived(file.file_id, file.sha256, "failed", "application/octet-stream", [lost])
    except Archived:
        return Derived(file.file_id, file.sha256, "asleep", "", [ASLEEP])


def _derive(source: RangeSource, file: ToDerive, equipment: Equipment) -> Derived:
    name = PurePosixPath(file.path).name
    contents = read_contents(source, name)
    problems = list(contents.problems)
    derived = Derived(file.file_id, file.sha256, "kept", contents.media_type, problems)
    if contents.format == "other" or not contents.units:
        if DAMAGED & {p.code for p in problems} or (problems and _looks_like_frame(name)):
            derived.state = "failed"
        return derived
    try:
        _frame(derived, contents, file, equipment)
    except Exception as error:  # a header nobody foresaw: the file is kept, the reason is told, the batch goes on
        problems.append(
            Problem(
                "not-understood",
                f"Its header could not be understood ({type(error).__name__}); the file is kept. Please report it.",
            )
        )
        derived.state, derived.frame, derived.units, derived.beginning = "failed", b"", b"", b""
    return derived


def _looks_like_frame(name: str) -> bool:
    lower = name.lower()
    for wrapped in (".gz", ".bz2", ".z", ".zip"):
        lower = lower.removesuffix(wrapped)
    return lower.endswith(FITS_SUFFIXES)


def _frame(derived: Derived, contents: FileContents, file: ToDerive, equipment: Equipment) -> None:
    telescope, instrument = choose_equipment(
        contents.units, equipment, telescope_id=file.telescope_id, instrument_id=file.instrument_id
    )
    facts = derive_facts(
        contents.units,
        mapping=instrument.mapping if instrument else None,
        site=telescope.place if telescope else None,
        plausible=(PLAUSIBLE[0], datetime.now(UTC)),
        told_type=file.told_type,
    )
    found, sky_problems = footprints(contents.units)
    # Science, error and mask of one detector share their place on the sky.
    prints = list({tuple(one.vertices_deg): one for one in reversed(found)}.values())[::-1]
    derived.problems = [*derived.problems, *facts.problems, *sky_problems]
    night = None
    if telescope is not None and facts.start_at is not None:
        night = str(night_of(facts.start_at, telescope.place.time_zone))
    image = largest_image(contents.units)
    header = header_json(contents.units)
    derived.telescope_id = str(telescope.id) if telescope else None
    derived.instrument_id = str(instrument.id) if instrument else None
    row = FrameRow(
        id=new_id(),
        sha256="\\x" + file.sha256,
        file_id=file.file_id,
        telescope_id=derived.telescope_id,
        instrument_id=derived.instrument_id,
        night=night,
        frame_type=facts.frame_type,
        start_at=facts.start_at.isoformat() if facts.start_at else None,
        mid_at=facts.mid_at.isoformat() if facts.mid_at else None,
        exposure_s=facts.exposure_s,
        filter=facts.filter,
        object=facts.object,
        object_key="".join(facts.object.lower().split()) if facts.object else None,
        airmass=facts.airmass,
        gain=facts.gain,
        binning_x=facts.binning_x,
        binning_y=facts.binning_y,
        detector_temperature_c=facts.detector_temperature_c,
        telescope_name=facts.telescope_name,
        instrument_name=facts.instrument_name,
        observer=facts.observer,
        ra_deg=facts.ra_deg,
        dec_deg=facts.dec_deg,
        sources=facts.sources,
        format=contents.format,
        width_px=_side(image.shape[-1]) if image else None,
        height_px=_side(image.shape[-2]) if image else None,
        hdu_count=len(contents.units),
        header=header,
        terms="{" + msgspec.json.encode(terms_of_header(header)).decode()[1:-1] + "}",
        footprints=msgspec.to_builtins(prints),
        problems=msgspec.to_builtins(derived.problems),
        **_sky(prints),
    )
    derived.units = zlib.compress(encode_units(contents.units), 1)
    packed = zlib.compress(contents.beginning, 1)
    derived.beginning = packed if contents.beginning and len(packed) <= LONGEST_BEGINNING else b""
    derived.frame = msgspec.json.encode(row)
    derived.state = "indexed"


def largest_image(units: list[HeaderUnit]) -> HeaderUnit | None:
    """Find the image with the most pixels in its plane; None where there is none."""
    images = [u for u in units if u.kind in ("image", "compressed_image") and len(u.shape) >= 2]
    return max(images, key=lambda u: u.shape[-1] * u.shape[-2], default=None)


def _side(length_px: int) -> int | None:
    """Leave out what no column holds and no detector has; that the data are not there is told as a problem."""
    return length_px if length_px < 2**31 else None


def _sky(prints: list[Footprint]) -> dict[str, Any]:
    """Describe where a frame lies: cells, a bounding circle around all footprints, and the polygons themselves."""
    if not prints:
        names = ("pixel_scale_arcsec", "cells", "center_x", "center_y", "center_z", "radius_deg", "inner_radius_deg")
        return dict.fromkeys((*names, "vertices"))
    inner_radius_deg = 0.0
    if len(prints) == 1:
        middle = unit_vector(prints[0].center_ra_deg, prints[0].center_dec_deg).ravel()
        radius_deg, inner_radius_deg = prints[0].radius_deg, prints[0].inner_radius_deg
    else:
        middle, radius_deg = _circle_around(prints)
    vertices: list[float | None] = []
    for one in prints:
        vertices += [*([None] if vertices else []), *flat_polygon(one.vertices_deg)]
    return {
        "pixel_scale_arcsec": prints[0].pixel_scale_arcsec,
        "cells": cells_of_polygons([one.vertices_deg for one in prints]),
        "center_x": float(middle[0]),
        "center_y": float(middle[1]),
        "center_z": float(middle[2]),
        "radius_deg": radius_deg,
        "inner_radius_deg": inner_radius_deg,
        "vertices": vertices,
    }


def _circle_around(prints: list[Footprint]) -> tuple[np.ndarray[Any, Any], float]:
    corners = np.concatenate([unit_vector(*np.transpose(one.vertices_deg)) for one in prints])
    middle = corners.mean(axis=0)
    middle /= np.linalg.norm(middle)
    ra_deg, dec_deg = position_deg(middle)
    return middle, max(
        float(separation_deg(ra_deg, dec_deg, one.center_ra_deg, one.center_dec_deg)) + one.radius_deg for one in prints
    )
