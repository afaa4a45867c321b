"""Crossings and passes as VOTables."""

from __future__ import annotations

from operator import attrgetter

from service.actions.field_crossings import FieldCrossings
from service.actions.observing_places import ObservingPlace
from service.actions.site_passes import PassList
from service.votable import VotableColumn, votable

__all__ = ["crossings_votable", "passes_votable"]


def _number(name: str, unit: str, ucd: str, description: str) -> VotableColumn:
    return VotableColumn(name, "double", attrgetter(name), description, unit, ucd)


def _time(name: str, description: str, ucd: str = "time.epoch") -> VotableColumn:
    return VotableColumn(name, "char", attrgetter(name), description, "", ucd, "timestamp")


def _flag(name: str, description: str) -> VotableColumn:
    return VotableColumn(name, "boolean", attrgetter(name), description, "", "meta.code")


def _text(name: str, ucd: str, description: str) -> VotableColumn:
    return VotableColumn(name, "char", attrgetter(name), description, "", ucd)


SATELLITE = [
    VotableColumn("norad_id", "long", attrgetter("norad_id"), "Catalogue number", "", "meta.id;meta.main"),
    _text("name", "meta.id", "Name as published"),
    _text("designator", "meta.id", "International designator"),
]
ESTIMATE = [
    _number("magnitude", "mag", "phot.mag;em.opt.V", "Estimated V, outside the atmosphere"),
    _text("magnitude_source", "meta.note", "What the estimate rests on"),
]
ELEMENTS = [
    _number("elements_age_days", "d", "time.interval", "From the elements' epoch; negative where that is later"),
    _number("timing_sigma_s", "s", "stat.error;time", "1 sigma of when it comes"),
]
CROSSING = [
    *SATELLITE,
    _text("status", "meta.code.status", "certain, or possible within the timing uncertainty"),
    _number("offset_s", "s", "time.interval", "How late it must come to cross; 0 where certain"),
    _time("entry_at", "Into the field, UTC", "time.start"),
    _time("exit_at", "Out of it, UTC", "time.end"),
    _time("closest_at", "Nearest to the field's centre, UTC"),
    _flag("enters_before", "Inside already when the exposure begins"),
    _flag("leaves_after", "Inside still when it ends"),
    _number("closest_deg", "deg", "pos.angDistance", "Least distance from the centre while inside"),
    VotableColumn(
        "path_deg", "path", attrgetter("path_deg"), "Astrometric RA and Dec, entry to exit", "deg", "pos.eq", "polyline"
    ),
    _number("rate_deg_s", "deg/s", "pos.pm", "Against the stars, at the closest"),
    _number("direction_deg", "deg", "pos.posAng", "Of that motion, north through east"),
    _number("altitude_deg", "deg", "pos.az.alt", "At the closest, geometric"),
    _number("azimuth_deg", "deg", "pos.az.azi", "At the closest, north through east"),
    _number("range_km", "km", "pos.distance", "At the closest"),
    _number("phase_angle_deg", "deg", "pos.phaseAng", "0 where fully lit"),
    _number("sunlit_fraction", "", "", "Of the Sun's disc, averaged from entry to exit"),
    *ESTIMATE,
    *ELEMENTS,
]
PASS = [
    *SATELLITE,
    _time("rise_at", "UTC; empty where up at the window's start", "time.start"),
    _number("rise_azimuth_deg", "deg", "pos.az.azi", "North through east"),
    _time("highest_at", "UTC"),
    _number("highest_altitude_deg", "deg", "pos.az.alt", "Geometric"),
    _number("highest_azimuth_deg", "deg", "pos.az.azi", "North through east"),
    _time("set_at", "UTC; empty where up at the window's end", "time.end"),
    _number("set_azimuth_deg", "deg", "pos.az.azi", "North through east"),
    _number("range_km", "km", "pos.distance", "At the highest"),
    VotableColumn(
        "sunlit_from", "char", lambda p: p.sunlit[0][0] if p.sunlit else None, "First lit, UTC", "", "time.start",
        "timestamp",
    ),
    VotableColumn(
        "sunlit_until", "char", lambda p: p.sunlit[-1][1] if p.sunlit else None, "Last lit, UTC", "", "time.end",
        "timestamp",
    ),
    _number("sunlit_fraction", "", "", "Of the pass, by time"),
    *ESTIMATE,
    *ELEMENTS,
]  # fmt: skip


def _where(place: ObservingPlace) -> dict[str, str]:
    return {
        "place": place.name,
        "latitude_deg": repr(place.latitude_deg),
        "longitude_deg": repr(place.longitude_deg),
        "height_m": repr(place.height_m),
    }


def crossings_votable(found: FieldCrossings) -> bytes:
    """Write the crossings of a field."""
    facts = _where(found.place) | {
        "start": found.start.isoformat(),
        "exposure_s": repr(found.exposure_s),
        "convention": found.convention,
        "count": str(found.count),
    }
    return votable("crossings", "Satellites inside the field", CROSSING, found.crossings, facts=facts)


def passes_votable(found: PassList) -> bytes:
    """Write the passes over a place; of a long list, those of its page."""
    facts = _where(found.place) | {
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        "min_altitude_deg": repr(found.min_altitude_deg),
        "count": str(found.count),
    }
    if found.next_cursor:
        facts["next_cursor"] = found.next_cursor
    return votable("passes", "Satellites passing over the place", PASS, found.items, facts=facts)
