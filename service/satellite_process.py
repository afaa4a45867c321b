"""The process that knows the satellites: catalogues and tables of nights kept at hand, and the questions answered."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import astropy_iers_data
import msgspec
import numpy as np

from domain.crossings import find_crossings
from domain.earth_orientation import EarthOrientation
from domain.element_columns import element_sets_of
from domain.errors import InvalidInput, NotFound
from domain.field import WIDEST_RADIUS_DEG, CircleField, PolygonField
from domain.night_table import NightTable
from domain.passes import find_passes
from domain.satellite_catalogue import Catalogue
from domain.satellite_position import satellite_track
from domain.satellite_results import Crossing, CrossingsFound, SatellitePass, SetAside
from domain.sky_geometry import position_deg, separation_deg, unit_vector
from domain.tonight import tonight
from service.satellite_tasks import (
    CatalogueKey,
    CrossingsQuestion,
    Exposure,
    JudgeQuestion,
    NeedsCatalogue,
    PassesFoundPage,
    PassesQuestion,
    Question,
    Selection,
    TonightQuestion,
    TrackQuestion,
)

__all__ = ["answer"]

MOST_CATALOGUES = 3  # 40 MB each, of 16,000 satellites
MOST_TABLE_BYTES = 240_000_000
MOST_PASS_LISTS = 3  # 40,000 passes each, of a night and 16,000 satellites
LONGEST_TABLE = timedelta(hours=24)
WORTH_A_TABLE = 150  # exposures: a table costs what it saves with so many
SET_ASIDE_TOLD = 20
MOST_SILENT = 0.5  # of the elements: if more say nothing about a time, that nothing crossed cannot be said either

_catalogues: OrderedDict[CatalogueKey, Catalogue] = OrderedDict()
_tables: OrderedDict[tuple[CatalogueKey, datetime, datetime], NightTable] = OrderedDict()
_pass_lists: OrderedDict[bytes, tuple[list[SatellitePass], list[SetAside]]] = OrderedDict()


@lru_cache(maxsize=1)
def _orientation() -> EarthOrientation:
    return EarthOrientation.from_finals2000a(Path(astropy_iers_data.IERS_A_FILE).read_text())


def answer(question: Question, key: CatalogueKey | None, columns: Any = None) -> Any:
    """Answer a question; see `service.satellite_tasks.answer`."""
    if isinstance(question, TonightQuestion):
        return tonight(
            question.place,
            _orientation(),
            start=question.start,
            end=question.end,
            targets=question.targets,
            step_s=question.step_s,
        )
    assert key is not None
    if columns is not None and key not in _catalogues:
        _catalogues[key] = Catalogue.build(element_sets_of(columns))
        while len(_catalogues) > MOST_CATALOGUES:
            gone, _ = _catalogues.popitem(last=False)
            for table in [kept for kept in _tables if kept[0] == gone]:
                del _tables[table]
    if key not in _catalogues:
        return NeedsCatalogue()
    _catalogues.move_to_end(key)
    catalogue = _catalogues[key]
    if isinstance(question, CrossingsQuestion):
        return _crossings(question, key, catalogue)
    if isinstance(question, PassesQuestion):
        return _passes(question, key, catalogue)
    if isinstance(question, TrackQuestion):
        return satellite_track(catalogue, question.norad_id, question.place, _orientation(), question.times)
    if isinstance(question, JudgeQuestion):
        return _judge(question, key, catalogue)
    _orientation()
    return None


def _crossings(question: CrossingsQuestion, key: CatalogueKey, catalogue: Catalogue) -> CrossingsFound:
    end = question.start + timedelta(seconds=max(question.exposure_s, 0.0))
    chosen = _selected(catalogue, question.selection)
    return find_crossings(
        chosen,
        question.field,
        question.place,
        _orientation(),
        start=question.start,
        exposure_s=question.exposure_s,
        motion=question.motion,
        convention=question.convention,
        min_altitude_deg=question.min_altitude_deg,
        table=_table(key, catalogue, question.start, end) if chosen is catalogue else None,
    )


def _passes(question: PassesQuestion, key: CatalogueKey, catalogue: Catalogue) -> PassesFoundPage:
    # The same list serves all its pages, and whoever wants the lit or the bright ones of it.
    whole = msgspec.structs.replace(question, sunlit_only=False, brighter_than=None, offset=0, limit=0)
    name = msgspec.json.encode([key, whole])
    if name not in _pass_lists:
        _pass_lists[name] = _list_passes(question, key, catalogue)
        while len(_pass_lists) > MOST_PASS_LISTS:
            _pass_lists.popitem(last=False)
    _pass_lists.move_to_end(name)
    found, set_aside = _pass_lists[name]
    passes = [
        one
        for one in found
        if (one.sunlit or not question.sunlit_only)
        and (question.brighter_than is None or (one.magnitude is not None and one.magnitude <= question.brighter_than))
    ]
    return PassesFoundPage(
        count=len(passes),
        passes=passes[question.offset : question.offset + question.limit],
        set_aside=set_aside[:SET_ASIDE_TOLD],
        set_aside_count=len(set_aside),
    )


def _list_passes(
    question: PassesQuestion, key: CatalogueKey, catalogue: Catalogue
) -> tuple[list[SatellitePass], list[SetAside]]:
    chosen = _selected(catalogue, question.selection)
    found = find_passes(
        chosen,
        question.place,
        _orientation(),
        start=question.start,
        end=question.end,
        min_altitude_deg=question.min_altitude_deg,
        # None is made for one list: that costs as much as the list without it.
        table=_table(key, catalogue, question.start, question.end) if chosen is catalogue else None,
    )
    return found.passes, found.set_aside


def _selected(catalogue: Catalogue, selection: Selection) -> Catalogue:
    """Choose satellites by number and by name; the very catalogue where nothing is asked for."""
    if unknown := [one for one in selection.norad_ids if catalogue.index_of(one) is None]:
        refused = {one.norad_id: one.reason for one in catalogue.set_aside}
        reasons = [refused[one] for one in unknown if one in refused]
        raise NotFound(
            f"The catalogue has no usable elements of {', '.join(map(str, unknown[:10]))}"
            + (f": {reasons[0]}" if reasons else "; search it by name with GET /satellites.")
        )
    wanted = set(selection.norad_ids)
    if selection.text:
        folded = selection.text.casefold()
        named = {
            int(norad_id)
            for norad_id, name in zip(catalogue.norad_ids, catalogue.names, strict=True)
            if folded in name.casefold()
        }
        if not named:
            raise NotFound(f"No satellite's name has {selection.text[:60]!r} in it; search with GET /satellites.")
        wanted |= named
    return catalogue.only(sorted(wanted)) if wanted else catalogue


def _table(
    key: CatalogueKey, catalogue: Catalogue, start: datetime, end: datetime, *, build: bool = False
) -> NightTable | None:
    """Find a table that covers a stretch of time; make one if it is worth it, and room for it."""
    for name, table in _tables.items():
        if name[0] == key and table.covers(start, end):
            _tables.move_to_end(name)
            return table
    if not build:
        return None
    table = NightTable.build(catalogue, start, end)
    _tables[key, start, end] = table
    while len(_tables) > 1 and sum(kept.nbytes for kept in _tables.values()) > MOST_TABLE_BYTES:
        _tables.popitem(last=False)
    return table


def _judge(question: JudgeQuestion, key: CatalogueKey, catalogue: Catalogue) -> list[list[Crossing] | None]:
    """Find what crossed each exposure; None where that cannot be said, as of a time that no elements are of."""
    exposures = question.exposures
    if question.in_all >= WORTH_A_TABLE and exposures:
        start = min(one.start for one in exposures)
        end = max(one.start + timedelta(seconds=one.exposure_s) for one in exposures)
        half = (LONGEST_TABLE - (end - start)) / 4
        if half > timedelta(0):
            _table(key, catalogue, start - half, end + half, build=True)
    judged: list[list[Crossing] | None] = []
    for one in exposures:
        try:
            judged.append(_judge_one(one, key, catalogue))
        except InvalidInput:
            judged.append(None)
    return judged


def _judge_one(exposure: Exposure, key: CatalogueKey, catalogue: Catalogue) -> list[Crossing] | None:
    end = exposure.start + timedelta(seconds=exposure.exposure_s)
    table = _table(key, catalogue, exposure.start, end)

    def cross(field: CircleField | PolygonField, among: Catalogue) -> CrossingsFound:
        return find_crossings(
            among,
            field,
            exposure.place,
            _orientation(),
            start=exposure.start,
            exposure_s=exposure.exposure_s,
            convention="astrometric",  # a plate-solved image shows satellites beside the stars
            table=table if among is catalogue else None,
        )

    polygons = [PolygonField(vertices_deg=vertices) for vertices in exposure.polygons_deg]
    around = _circle_around(exposure.polygons_deg) if len(polygons) > 1 else None
    first = cross(around or polygons[0], catalogue)
    if len(first.set_aside) > len(catalogue) * MOST_SILENT:
        return None
    if around is not None:
        # Of a mosaic's many detectors each is asked only for those that come near.
        near = catalogue.only(sorted({one.norad_id for one in first.crossings}))
        found = [one for polygon in polygons for one in cross(polygon, near).crossings] if len(near) else []
    else:
        found = first.crossings + [one for other in polygons[1:] for one in cross(other, catalogue).crossings]
    return sorted(found, key=lambda one: (one.entry_at, one.norad_id))


def _circle_around(polygons_deg: Sequence[Sequence[tuple[float, float]]]) -> CircleField | None:
    """Draw a circle around polygons; None where they lie too far apart for one."""
    corners = np.array([corner for polygon in polygons_deg for corner in polygon])
    middle = unit_vector(corners[:, 0], corners[:, 1]).mean(axis=0)
    if not np.linalg.norm(middle) > 0.1:
        return None
    ra_deg, dec_deg = (float(angle) for angle in position_deg(middle))
    radius_deg = float(np.max(separation_deg(ra_deg, dec_deg, corners[:, 0], corners[:, 1]))) + 0.01
    # A polygon's edge bulges out of no circle that holds its ends and is smaller than half the sky.
    return (
        CircleField(ra_deg=ra_deg, dec_deg=dec_deg, radius_deg=radius_deg) if radius_deg < WIDEST_RADIUS_DEG else None
    )
