"""Crossings and passes as astropy tables: columns with units, missing values masked, times as ``Time``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from uraniborg.table import column

try:
    import numpy as np
    from astropy.table import Table
except ModuleNotFoundError as error:  # pragma: no cover (an installation without the extra)
    raise ModuleNotFoundError("This needs astropy: pip install 'uraniborg[astro]'", name=error.name) from error

from astropy.time import Time

if TYPE_CHECKING:
    from uraniborg._generated.wire import FieldCrossings, PassList, SatellitePass

__all__ = ["crossings_table", "passes_table"]

Columns = dict[str, tuple[type, str | None]]
SATELLITE: Columns = {"norad_id": (int, None), "name": (str, None), "designator": (str, None)}
ESTIMATES: Columns = {
    "magnitude": (float, "mag"), "magnitude_source": (str, None), "elements_age_days": (float, "d"),
    "timing_sigma_s": (float, "s"),
}  # fmt: skip
CROSSINGS: Columns = {
    **SATELLITE, "status": (str, None), "offset_s": (float, "s"), "entry_at": (Time, None), "closest_at": (Time, None),
    "exit_at": (Time, None), "closest_deg": (float, "deg"), "rate_deg_s": (float, "deg/s"),
    "direction_deg": (float, "deg"), "altitude_deg": (float, "deg"), "azimuth_deg": (float, "deg"),
    "range_km": (float, "km"), "phase_angle_deg": (float, "deg"), "sunlit_fraction": (float, None), **ESTIMATES,
    "enters_before": (bool, None), "leaves_after": (bool, None),
}  # fmt: skip
PASSES: Columns = {
    **SATELLITE, "rise_at": (Time, None), "rise_azimuth_deg": (float, "deg"), "highest_at": (Time, None),
    "highest_altitude_deg": (float, "deg"), "highest_azimuth_deg": (float, "deg"), "set_at": (Time, None),
    "set_azimuth_deg": (float, "deg"), "range_km": (float, "km"), "sunlit_fraction": (float, None), **ESTIMATES,
    "up_at_start": (bool, None), "up_at_end": (bool, None),
}  # fmt: skip


def _table(columns: Columns, records: Sequence[Any], meta: dict[str, Any]) -> Table:
    table = Table(meta=meta)
    for name, (kind, unit) in columns.items():
        values = [getattr(record, name) for record in records]
        table[name] = np.array(values, dtype=bool) if kind is bool else column(name, kind, unit, values)
    return table


def _place(place: Any) -> dict[str, Any]:
    names = ("name", "latitude_deg", "longitude_deg", "height_m", "time_zone")
    return {name: getattr(place, name) for name in names}


def crossings_table(found: FieldCrossings) -> Table:
    """Make a table of crossings; ``path_deg`` holds an array of RA and Dec, shape (n, 2), for each.

    Its ``meta`` tells the place, the start, the exposure and the elements that said nothing.
    """
    meta = {
        "place": _place(found.place),
        "start": found.start,
        "exposure_s": found.exposure_s,
        "convention": found.convention,
        "count": found.count,
        "set_aside": [f"{one.norad_id} {one.name}: {one.reason}" for one in found.set_aside],
    }
    table = _table(CROSSINGS, found.crossings, meta)
    paths = np.empty(len(found.crossings), dtype=object)
    for index, crossing in enumerate(found.crossings):
        paths[index] = np.array(crossing.path_deg, dtype=np.float64)
    table["path_deg"] = paths
    return table


def passes_table(first: PassList, passes: Sequence[SatellitePass]) -> Table:
    """Make a table of passes; its ``meta`` tells the place and the window."""
    meta = {
        "place": _place(first.place),
        "night": first.night.isoformat() if first.night else None,
        "start": first.start,
        "end": first.end,
        "min_altitude_deg": first.min_altitude_deg,
        "count": first.count,
        "set_aside": [f"{one.norad_id} {one.name}: {one.reason}" for one in first.set_aside],
    }
    return _table(PASSES, passes, meta)
