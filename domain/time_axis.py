"""What the times in a table's column count from, in what, on which clock and at which place."""

from __future__ import annotations

import re
import warnings
from typing import Final, Literal

import msgspec

from domain.header import CardValue, HeaderUnit

__all__ = ["TimeAxis", "read_time_axis"]

MJD_ZERO: Final = 2_400_000.5  # JD of MJD 0
_TT_MINUS_TAI_S: Final = 32.184
_NAMED: Final = re.compile(
    r"^(TIME|BARYTIME|T)?_?(?P<place>[BH])?(?P<modified>M)?JD(_?(TDB|UTC|TT|TAI))?$|^(BARY)?TIME(_?(TDB|UTC|TT|TAI))?$"
)
_COUNTED_FROM: Final = re.compile(r"(?P<place>[BH]?)(?P<modified>M?)JD\s*-\s*(?P<zero>\d{1,7}(\.\d*)?)", re.IGNORECASE)
_CLOCK_IN_NAME: Final = re.compile(r"_?(TDB|UTC|TT|TAI)$")
_DAYS: Final = {
    "d": 1.0, "day": 1.0, "days": 1.0, "s": 1 / 86400, "sec": 1 / 86400, "second": 1 / 86400, "seconds": 1 / 86400,
    "min": 1 / 1440, "h": 1 / 24, "hr": 1 / 24, "hour": 1 / 24, "hours": 1 / 24, "a": 365.25, "yr": 365.25,
}  # fmt: skip

Clock = Literal["UTC", "TAI", "TT", "TDB", ""]
_CLOCKS: Final[dict[str, Clock]] = {
    "UTC": "UTC",
    "TAI": "TAI",
    "TT": "TT",
    "TDB": "TDB",
    "ET": "TT",
    "TDT": "TT",
    "IAT": "TAI",
}
Place = Literal["barycentre", "heliocentre", "geocentre", "telescope", ""]


class TimeAxis(msgspec.Struct, frozen=True, kw_only=True):
    """A value ``t`` is the Julian date ``zero_jd + t * unit_days``.

    ``clock`` and ``place`` (where the light would have been timed) are empty where the file does not say.
    ``utc_offset_s`` turns the clock into UTC when it is added: at the beginning of the curve, and null where the clock
    is unknown, or the time is before UTC.
    """

    zero_jd: float
    unit_days: float
    clock: Clock
    place: Place
    utc_offset_s: float | None = None

    def at_utc(self, first: float) -> TimeAxis:
        """Tell the offset to UTC at a value of the axis."""
        return msgspec.structs.replace(
            self, utc_offset_s=_utc_offset_s(self.clock, self.zero_jd + first * self.unit_days)
        )


def _number(value: CardValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _reference_jd(unit: HeaderUnit) -> float | None:
    """Read from what moment on the header says that times are counted."""
    for name, zero in (("MJDREF", MJD_ZERO), ("BJDREF", 0.0), ("JDREF", 0.0)):
        whole, part, both = (_number(unit.find(name + end)) for end in ("I", "F", ""))
        if whole is not None:
            return zero + whole + (part or 0.0)
        if both is not None:
            return zero + both
    return None


def _offset_days(unit: HeaderUnit) -> float:
    """Read what is to be added to all times of a table: by the standard's word, or by that of the X-ray missions."""
    offset = next((n for name in ("TIMEOFFS", "TIMEZERO") if (n := _number(unit.find(name))) is not None), None)
    if offset is None:
        offset = sum(_number(unit.find(name)) or 0.0 for name in ("TIMEZERI", "TIMEZERF"))
    return offset * _DAYS.get(str(unit.find("TIMEUNIT") or "s").strip().lower(), 1 / 86400)


def _place(unit: HeaderUnit, letter: str, number: int) -> Place:
    said = str(
        unit.find(f"TREFPOS{number}")
        or unit.find(f"TRPOS{number}")
        or unit.find("TREFPOS")
        or unit.find("TIMEREF")
        or ""
    )
    said = said.strip().upper()
    if letter == "B" or said.startswith(("BARY", "SOLARSYS")):
        return "barycentre"
    if letter == "H" or said.startswith("HELIO"):
        return "heliocentre"
    if said.startswith("GEOC"):
        return "geocentre"
    return "telescope" if said.startswith(("TOPO", "LOCAL")) else ""


def read_time_axis(unit: HeaderUnit, number: int, name: str, column_unit: str) -> TimeAxis | None:
    """Read what a column of times counts, or None where it is no such column or nothing says from when it counts.

    Parameters
    ----------
    unit : HeaderUnit
        The table.
    number : int
        Of the column, counted from 1.
    name, column_unit : str
        Its TTYPE and TUNIT.

    Source
    ------
    FITS Standard 4.0, section 9; OGIP 93-003 for MJDREF, TIMEREF and TIMEZERO; the Kepler and TESS archive manuals
    for BJDREF.
    """
    named = _NAMED.match(name.strip().upper())
    if named is None:
        return None
    told = _COUNTED_FROM.search(column_unit) or _COUNTED_FROM.search(name)
    clock_said = _CLOCK_IN_NAME.search(name.strip().upper())
    clock = clock_said[1] if clock_said else str(unit.find("TIMESYS") or "").strip().upper()
    is_date = named["place"] is not None or "JD" in name.upper()
    unit_days = _DAYS.get(column_unit.strip().lower().split(",")[0])
    if told:
        zero_jd, unit_days = float(told["zero"]) + (MJD_ZERO if told["modified"] else 0.0), 1.0
    elif is_date:
        zero_jd, unit_days = (MJD_ZERO if named["modified"] else 0.0), 1.0
    else:
        reference = _reference_jd(unit)
        unit_days = unit_days or _DAYS.get(str(unit.find("TIMEUNIT") or "s").strip().lower())
        if reference is None or unit_days is None:
            return None
        zero_jd = reference + _offset_days(unit)
    letter = (told["place"] if told else named["place"]) or (
        "B" if "BARY" in name.upper() or unit.find("BJDREFI") is not None else ""
    )
    return TimeAxis(
        zero_jd=zero_jd,
        unit_days=unit_days,
        clock=_CLOCKS.get(clock, ""),
        place=_place(unit, letter.upper(), number),
    )


def _utc_offset_s(clock: Clock, jd: float) -> float | None:
    """Tell UTC minus the clock, in seconds; TDB is taken as TT, from which it differs by less than 2 ms."""
    if clock in ("", "UTC"):
        return 0.0 if clock else None
    import erfa  # on first need: it takes long

    to_tai = 0.0 if clock == "TAI" else -_TT_MINUS_TAI_S
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a date before UTC, or far beyond the leap seconds that are known
            utc1, utc2 = erfa.taiutc(jd, to_tai / 86400)
    except (erfa.ErfaWarning, erfa.ErfaError):
        return None
    return round((float(utc1) - jd + float(utc2)) * 86400, 3)
