"""Which satellites cross a field during an exposure: who comes near, by bounds; then exactly when, along which way."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import numpy.typing as npt

from domain.crossing_filter import Sight, find_near
from domain.crossing_report import report_crossing
from domain.crossing_search import CrossingSearch, Stretch
from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.field import Field, FieldMotion
from domain.field_plane import FieldPlane
from domain.ground_place import GroundPlace
from domain.night_table import NightTable
from domain.plane_filter import planes_near
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Convention, Crossing, CrossingsFound
from domain.satellite_states import OLDEST_ELEMENTS_DAYS, list_unjudged, states_at
from domain.sky_window import DAY_S, SkyWindow
from domain.timing_uncertainty import timing_sigma_s
from domain.viewpoint import Viewpoint

__all__ = ["LONGEST_EXPOSURE_S", "find_crossings"]

Floats = npt.NDArray[np.float64]

LONGEST_EXPOSURE_S = DAY_S
_STRETCH_S = 300.0  # the bounds of the filter are sharp for so long
# Part of a hemisphere times seconds: a day for 4 degrees, 8 minutes for 60. Some hundred crossings, some seconds.
_MOST_SKY_S = 250.0
_SIGMAS = 3.0
_LONGEST_MARGIN_S = 60.0
_MJD_ZERO = 2_400_000.5


def find_crossings(
    catalogue: Catalogue,
    field: Field,
    place: GroundPlace,
    orientation: EarthOrientation,
    *,
    start: datetime,
    exposure_s: float,
    motion: FieldMotion | None = None,
    convention: Convention = "geometric",
    min_altitude_deg: float = 0.0,
    table: NightTable | None = None,
) -> CrossingsFound:
    """Find every satellite that crosses a field during an exposure.

    Parameters
    ----------
    catalogue : Catalogue
    field : Field
        ICRS; at the exposure's start, where it moves.
    place : GroundPlace
        Its horizon mask does not matter here.
    orientation : EarthOrientation
    start : datetime
        Aware.
    exposure_s : float
        Above 0, up to a day.
    motion : FieldMotion, optional
    convention : str
        ``astrometric`` for the footprint of a plate-solved image; ``geometric`` as other predictions have it.
    min_altitude_deg : float
        Below it (0 to below 90, without refraction) nothing is seen.
    table : NightTable, optional
        Used where it is of this catalogue and covers the exposure: the same answer in less time.

    Returns
    -------
    CrossingsFound
        In order of entry. A satellite may cross several times. Those whose orbits' planes stay away from the field are
        not looked at, and not set aside either.

    Raises
    ------
    InvalidInput
        The exposure is none, longer than a day, or too long for so wide a field; the start is naive or not of the
        satellites' time.
    """
    if not 0.0 < exposure_s <= LONGEST_EXPOSURE_S:
        raise InvalidInput(
            f"An exposure of {exposure_s:g} s crosses no satellite's way. Give seconds above 0, up to a day (86400).",
            field="exposure_s",
        )
    if not 0.0 <= min_altitude_deg < 90.0:
        raise InvalidInput("The least altitude lies between 0 and below 90 degrees.", field="min_altitude_deg")
    window = SkyWindow(start, exposure_s, orientation)
    plane, view = FieldPlane(field, motion), Viewpoint(place, window)
    middle_mjd = window.jd - _MJD_ZERO + window.fraction + exposure_s / 2 / DAY_S
    if (1.0 - math.cos(plane.reach_rad)) * exposure_s > _MOST_SKY_S:
        raise InvalidInput(
            f"A field that reaches {math.degrees(plane.reach_rad):.3g} degrees from its centre, for {exposure_s:g} s, "
            "is more than is searched at once. Ask for a smaller field, or for the exposure in parts.",
            field="exposure_s",
        )
    age_days = middle_mjd - catalogue.epochs_mjd
    sigma_s = timing_sigma_s(catalogue, age_days)
    margin_s = np.minimum(_SIGMAS * sigma_s, _LONGEST_MARGIN_S)
    if table is not None and not (table.catalogue is catalogue and table.covers(start, window.moment(exposure_s))):
        table = None
    near, codes = _find_near(catalogue, plane, view, age_days, margin_s, table)
    search = CrossingSearch(catalogue, plane, view, convention, math.radians(min_altitude_deg))
    crossings: list[Crossing] = []
    for index, stretches in near.items():
        if abs(age_days[index]) > OLDEST_ELEMENTS_DAYS:
            continue
        paths = [(stretch, search.path_of(index, stretch)) for stretch in stretches]
        found = [(path, inside, 0.0) for stretch, path in paths for inside in search.inside(path, stretch)]
        if not found:
            offsets = [(stretch, path, search.offset(path, stretch, float(margin_s[index]))) for stretch, path in paths]
            found = [
                (path, inside, offset_s)
                for stretch, path, offset_s in offsets
                if offset_s is not None
                for inside in search.inside(path, stretch, offset_s)
            ]
        crossings += [
            report_crossing(
                catalogue,
                index,
                path,
                inside,
                plane,
                view,
                convention=convention,
                offset_s=offset_s,
                age_days=float(age_days[index]),
                sigma_s=float(sigma_s[index]),
            )
            for path, inside, offset_s in found
        ]
    crossings.sort(key=lambda crossing: (crossing.entry_at, crossing.norad_id))
    return CrossingsFound(crossings, list_unjudged(catalogue, age_days, codes))


def _find_near(
    catalogue: Catalogue,
    plane: FieldPlane,
    view: Viewpoint,
    age_days: Floats,
    margin_s: Floats,
    table: NightTable | None,
) -> tuple[dict[int, list[Stretch]], npt.NDArray[np.uint8]]:
    """Find who can be near the field and when, stretch by stretch; and SGP4's error codes."""
    window = view.window
    parts = max(math.ceil(window.duration_s / _STRETCH_S), 1)
    half_s = window.duration_s / parts / 2
    near: dict[int, list[Stretch]] = {}
    codes = np.zeros(len(catalogue), dtype=np.uint8)
    for part in range(parts):
        middle_s = half_s * (2 * part + 1)
        place_km, up = view.position_and_up(middle_s)
        sight = Sight(
            place_km,
            view.velocity_km_s(middle_s),
            up,
            plane.turned_axes(middle_s) @ window.to_icrs,
            plane.reach_rad,
            plane.spin_rad_s,
        )
        asked = None if table is not None else planes_near(catalogue, age_days, sight, half_s, margin_s)
        some = np.arange(len(catalogue)) if asked is None else np.flatnonzero(asked)
        position_km, velocity_km_s, failed = states_at(catalogue, some, window, middle_s, table)
        codes[some] = np.maximum(codes[some], failed)
        found, first_s, last_s = find_near(position_km, velocity_km_s, sight, half_s, margin_s[some])
        indices = some[found]
        for index, first, last in zip(
            indices.tolist(), (first_s + middle_s).tolist(), (last_s + middle_s).tolist(), strict=True
        ):
            stretches = near.setdefault(index, [])
            # The margins of neighbouring parts overlap: one stretch then, so that nothing is found twice.
            if stretches and first <= stretches[-1][1]:
                first, last = min(first, stretches[-1][0]), max(last, stretches.pop()[1])
            stretches.append((first, last))
    return near, codes
