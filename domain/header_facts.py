"""The facts that stand in a card of their own: exposure, filter, object, airmass, gain, binning, temperature, names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from domain.header_index import HeaderIndex

__all__ = ["KEYWORDS", "READERS", "find_binning", "find_fact", "parse_binning"]

#: Keywords of each fact, in the order they are tried.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "exposure_s": (
        "EXPTIME", "EXP_TIME", "EXP-TIME", "EXPOSURE", "XPOSURE", "EFFEXPTM", "ITIME", "EXP", "INTTIME", "INT_TIME",
        "EXPTIM", "AEXPTIME", "TEXPTIME", "TRUITIME", "ELAPTIME", "ESO DET DIT", "ESO DET SEQ1 DIT",
        "ESO DET WIN1 DIT1", "TELAPSE", "ONTIME",
    ),
    "filter": (
        "FILTER", "FILTER01", "INSFLNAM", "FILTNAM", "FILTNAME", "FILTER_NAME", "FILT-1", "FILT", "FWNAME", "FILTERS",
        "FILTBAND", "VSPFILT",
    ),
    "object": (
        "OBJECT", "OBJNAME", "OBJ_NAME", "TARGNAME", "TARGET", "ESO OBS TARG NAME", "FIELD", "TARGPROP", "SRCNAME",
    ),
    "airmass": ("AIRMASS", "SECZ", "ESO TEL AIRM START", "SECZ-STR", "AIRMASS1", "AMSTART", "AIRM-STR", "AMASS"),
    "gain": (
        "GAIN", "CAM-GAIN", "CAMGAIN", "GAINRAW", "ISO", "ISOSPEED", "EGAIN", "CCDGAIN", "GTGAIN11", "ARAWGAIN",
        "ESO DET OUT1 CONAD", "ESO DET CHIP1 OUT1 CONAD", "ADCGAIN", "DN_GAIN", "ESO DET OUT1 GAIN",
        "ESO DET CHIP1 OUT1 GAIN", "ESO DET GAIN",
    ),
    "detector_temperature_c": (
        "CCD-TEMP", "CCDATEMP", "DET-TEMP", "DET_TEMP", "CCDTEMP", "DETTEMP", "DETTEM", "TEMPDET", "TEMPCCD",
        "CCDTEMP0", "SENSTEMP", "FP_TEMP", "CAMTEMP", "ESO DET TEMPMEAN", "SET-TEMP", "CCDSTEMP", "TEMP_SET",
    ),
    "telescope_name": ("TELESCOP", "TELESCOPE", "TELNAME", "TELID"),
    "instrument_name": ("INSTRUME", "INSTRUMENT", "INSTRUM", "CAMERA", "CAM-MOD", "DETNAM"),
    "observer": ("OBSERVER", "OBSERVERS", "OBS-NAME", "OBSERVR"),
}  # fmt: skip

# Wheels in series: the light went through all of them, and the clear ones are not worth telling.
_WHEELS = (
    ("FILTER1", "FILTER2", "FILTER3", "FILTER4"),
    ("ESO INS FILT1 NAME", "ESO INS FILT2 NAME", "ESO INS FILT3 NAME", "ESO INS FILT4 NAME"),
    ("FILTNAM1", "FILTNAM2"),
    ("FILT1", "FILT2"),
)
_CLEAR = re.compile(r"(clear|open|air|empty|free|hole|out|blank|no[ _]?filter)(?![a-z]{3}).*", re.IGNORECASE)

_BINNING_PAIRS = (
    ("XBINNING", "YBINNING"), ("CCDBIN1", "CCDBIN2"), ("CCDXBIN", "CCDYBIN"), ("BINX", "BINY"), ("XBIN", "YBIN"),
    ("BIN-FCT1", "BIN-FCT2"), ("BINAXIS1", "BINAXIS2"), ("COLBIN", "ROWBIN"), ("BINNING1", "BINNING2"),
    ("ESO DET WIN1 BINX", "ESO DET WIN1 BINY"), ("ESO DET BINX", "ESO DET BINY"), ("HWBIN1", "HWBIN2"),
)  # fmt: skip
# In brackets at the beginning, as FITS 4.0 has it (section 4.3.2), or in words.
_EXPOSURE_UNIT = re.compile(
    r"^\s*[\[(]\s*(ms|msec|us|µs|min|h)\s*[\])]|\((ms|msec|us)\)|\bin (milli|micro)seconds?\b", re.IGNORECASE
)
_SECONDS = {"ms": 1e-3, "msec": 1e-3, "milli": 1e-3, "us": 1e-6, "µs": 1e-6, "micro": 1e-6, "min": 60.0, "h": 3600.0}
_BINNING_TEXTS = ("CCDSUM", "BINNING", "BIN", "CCDBIN")
_MOST_BINNING = 512
_BINNING = re.compile(r"(\d+)(?:\s*[x*,:×\s]\s*(\d+))?", re.IGNORECASE)


def _read_filter(index: HeaderIndex, keyword: str) -> str | None:
    text = index.text(keyword)
    # The keyword as its own value is a template that nobody filled in.
    return None if text == keyword else text


def _read_exposure(index: HeaderIndex, keyword: str) -> float | None:
    """Seconds, unless the comment names another unit."""
    number = index.number(keyword, 0.0)
    if number is None:
        return None
    unit = _EXPOSURE_UNIT.search(index.entries[keyword][2])
    return number * _SECONDS[next(filter(None, unit.groups())).lower()] if unit else number


def _read_airmass(index: HeaderIndex, keyword: str) -> float | None:
    number = index.number(keyword)
    if number is None or number == 0.0:  # 0 was never computed
        return None
    if not 0.9 <= number <= 100.0:
        index.tell_bad_value(keyword, "an airmass")
        return None
    return number


def _read_gain(index: HeaderIndex, keyword: str) -> float | None:
    """The gain in the header's own sense, for it is what tells which calibration frames fit.

    GAIN comes first: with amateur software it is the camera's setting (N.I.N.A. and SGP write 0, 100, 120...), at
    observatories electrons per ADU. Only where it is absent come CAM-GAIN and ISO (settings), then EGAIN, CCDGAIN and
    ESO CONAD (electrons per ADU), last ESO's OUT1 GAIN (ADU per electron).
    """
    entry = index.entries[keyword]
    if keyword != "GAIN" and isinstance(entry[0], str) and entry[0][:1].isalpha():
        return None  # a gain mode ("low"): no number, and no fault
    number = index.number(keyword, 0.0)
    # A setting is often 0; electrons per ADU never are.
    if number == 0 and ("lectron" in entry[2] or keyword not in ("GAIN", "CAM-GAIN", "CAMGAIN")):
        return None
    return number


def _read_temperature(index: HeaderIndex, keyword: str) -> float | None:
    """Celsius; from Kelvin where the comment says so, or where no detector could be that hot."""
    number = index.number(keyword, -273.15, 400.0)
    if number is None:
        return None
    comment = index.entries[keyword][2]
    if number > 100.0 or "[K]" in comment or "(K)" in comment or "elvin" in comment:
        number -= 273.15
    return round(number, 6)


#: How a card is read for each fact: None where it says nothing or is bad.
READERS: dict[str, Callable[[HeaderIndex, str], Any]] = {
    "exposure_s": _read_exposure,
    "filter": _read_filter,
    "object": HeaderIndex.text,
    "airmass": _read_airmass,
    "gain": _read_gain,
    "detector_temperature_c": _read_temperature,
    "telescope_name": HeaderIndex.text,
    "instrument_name": HeaderIndex.text,
    "observer": HeaderIndex.text,
}


def find_fact(index: HeaderIndex, fact: str) -> tuple[Any, str] | None:
    """Find a fact of ``KEYWORDS`` by the general rules.

    Returns
    -------
    tuple of (value, str) or None
        The value and the cards that gave it. A filter of several wheels in series is joined from those that are not
        clear: ``B+ND2``, ``FILTER1@0+FILTER2@0``.
    """
    entries, read = index.entries, READERS[fact]
    for keyword in KEYWORDS[fact]:
        if keyword in entries and not (keyword == "EXPOSURE" and _is_a_count(index)):
            value = read(index, keyword)
            if value is not None:
                return value, index.source(keyword)
    return _from_wheels(index) if fact == "filter" else None


def _is_a_count(index: HeaderIndex) -> bool:
    """JWST's EXPOSURE counts exposures."""
    return "EFFEXPTM" in index.entries or "XPOSURE" in index.entries or "number" in index.entries["EXPOSURE"][2]


def _from_wheels(index: HeaderIndex) -> tuple[str, str] | None:
    for wheels in _WHEELS:
        named = [(text, index.source(k)) for k in wheels if k in index.entries and (text := index.text(k)) is not None]
        coloured = [pair for pair in named if not _CLEAR.fullmatch(pair[0])]
        if coloured:
            return "+".join(text for text, _ in coloured), "+".join(source for _, source in coloured)
        if named:
            return named[0]
    return None


def parse_binning(text: str) -> tuple[int, int] | None:
    """Read ``'2 2'``, ``'2x2'``, ``'2*2'``, ``'1, 1'`` or ``'2'`` as binning along x and y; None where it is none."""
    match = _BINNING.fullmatch(text.strip().removesuffix(".0"))
    if match is None:
        return None
    x, y = int(match[1]), int(match[2] or match[1])
    return (x, y) if 1 <= x <= _MOST_BINNING and 1 <= y <= _MOST_BINNING else None


def _read_one_binning(index: HeaderIndex, keyword: str) -> int | None:
    number = index.number(keyword) if keyword in index.entries else None
    if number is None or number == 0:  # 0 is what drivers write that do not know
        return None
    if not number.is_integer() or not 1 <= number <= _MOST_BINNING:
        index.tell_bad_value(keyword, "a binning")
        return None
    return int(number)


def find_binning(index: HeaderIndex) -> tuple[int, int, str, str] | None:
    """Find the binning along x and y, and the cards that gave each. One of a pair alone counts for both."""
    for x_keyword, y_keyword in _BINNING_PAIRS:
        x, y = _read_one_binning(index, x_keyword), _read_one_binning(index, y_keyword)
        if x or y:
            x_source = index.source(x_keyword if x else y_keyword)
            y_source = index.source(y_keyword if y else x_keyword)
            return x or y or 1, y or x or 1, x_source, y_source
    for keyword in _BINNING_TEXTS:
        text = index.text(keyword)
        if text is None:
            continue
        pair = parse_binning(text)
        if pair is not None:
            source = index.source(keyword)
            return *pair, source, source
        index.tell_bad_value(keyword, "a binning")
    return None
