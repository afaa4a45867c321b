"""Where the telescope pointed, in ICRS degrees, from the pairs of keywords that tell it."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import erfa

from domain.header_index import HeaderIndex, parse_number

__all__ = ["PAIRS", "find_pointing", "frame_of", "read_angle", "read_right_ascension", "to_icrs"]

#: Keyword pairs, tried in this order: where the telescope was, before where it was meant to be.
PAIRS = (
    ("RA", "DEC"), ("RA_DEG", "DEC_DEG"), ("RADEG", "DECDEG"), ("TELRA", "TELDEC"), ("TEL_RA", "TEL_DEC"),
    ("RA-MNT", "DEC-MNT"), ("RA_PNT", "DEC_PNT"), ("OBJCTRA", "OBJCTDEC"), ("RA2000", "DEC2000"),
    ("RA_TARG", "DEC_TARG"), ("TARG_RA", "TARG_DEC"), ("CAT-RA", "CAT-DEC"), ("CAT_RA", "CAT_DEC"),
    ("OBJRA", "OBJDEC"), ("RA_OBJ", "DEC_OBJ"), ("OBSRA", "OBSDEC"), ("RA_NOM", "DEC_NOM"),
)  # fmt: skip

_SEXAGESIMAL = re.compile(
    r"([+-]?)\s*(\d{1,3})\s*[:\sh°d]\s*(\d{1,2}(?:\.\d*)?)\s*(?:[:\sm'′]\s*(\d{1,2}(?:\.\d*)?)\s*[s\"″]?|[m'′])?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*\[\s*(deg|h)", re.IGNORECASE)
_HOURS = re.compile(r"\[h|\bhours?\b|\bhrs?\b|\bhh", re.IGNORECASE)
_DEGREES = re.compile(r"\[?\bdeg", re.IGNORECASE)


@lru_cache(maxsize=8192)
def _parse_sexagesimal(text: str) -> float | None:
    match = _SEXAGESIMAL.fullmatch(text)
    if match is None:
        return None
    sign, whole, minutes, seconds = match.groups()
    m, s = float(minutes), float(seconds or 0.0)
    if m >= 60 or s > 60:
        return None
    value = int(whole) + m / 60 + s / 3600
    return -value if sign == "-" else value


@lru_cache(maxsize=2048)
def _unit_of(comment: str) -> str:
    if bracketed := _BRACKETED.match(comment):  # FITS 4.0, section 4.3.2: whatever else is said behind it
        return "degrees" if bracketed[1].lower() == "deg" else "hours"
    return "hours" if _HOURS.search(comment) else "degrees" if _DEGREES.search(comment) else ""


def read_angle(index: HeaderIndex, keyword: str, *, most_deg: float = 90.0) -> float | None:
    """Read a card as an angle in degrees, in sexagesimal or as a number.

    Returns
    -------
    float or None
        Between -``most_deg`` and ``most_deg``; None where absent, a placeholder or no such angle (the last adds
        ``bad-value``).
    """
    entry = index.entries.get(keyword)
    if entry is None:
        return None
    value = entry[0]
    if not isinstance(value, str) or _says_a_number(value):
        return index.number(keyword, -most_deg, most_deg)
    angle_deg = _parse_sexagesimal(value.strip())
    if angle_deg is None or abs(angle_deg) > most_deg:
        index.tell_bad_value(keyword, "an angle")
        return None
    return angle_deg


def read_right_ascension(index: HeaderIndex, keyword: str) -> float | None:
    """Read a card as a right ascension in degrees, in [0, 360).

    A sexagesimal is in hours, a plain number in degrees, unless the comment says otherwise (``[h]``, ``[deg]``);
    OBJCTRA is in hours whatever its form. What exceeds 24 can only be degrees.
    """
    angle = read_angle(index, keyword, most_deg=360.0)
    if angle is None:
        return None
    value, _hdu, comment = index.entries[keyword]
    unit = "hours" if keyword == "OBJCTRA" else _unit_of(comment)
    if not unit:
        unit = "hours" if isinstance(value, str) and not _says_a_number(value) else "degrees"
    return _wrapped(angle * 15.0 if unit == "hours" and abs(angle) < 24.0 else angle)


def _wrapped(angle_deg: float) -> float:
    # Twice, for the remainder of a tiny negative angle rounds up to 360 itself.
    return angle_deg % 360.0 % 360.0


@lru_cache(maxsize=8192)
def _says_a_number(text: str) -> bool:
    """A number, or nothing at all: not a sexagesimal, and not nonsense."""
    try:
        parse_number(text)
    except ValueError:
        return False
    return True


_EQUINOX = re.compile(r"([JB]?)\s*(\d{4}(?:\.\d*)?)", re.IGNORECASE)


def frame_of(index: HeaderIndex, keyword: str) -> tuple[str, float]:
    """Tell the frame that a coordinate card is on: its name and its equinox in years."""
    _value, hdu, comment = index.entries[keyword]
    if "J2000" in comment or keyword == "RA2000":
        return "FK5", 2000.0
    name = str(index.beside("RADESYS", hdu) or index.beside("RADECSYS", hdu) or "").strip().upper()
    if name == "ICRS":
        return "ICRS", 2000.0
    equinox = None
    for equinox_keyword in ("EQUINOX", "EPOCH"):
        match = _EQUINOX.match(str(index.beside(equinox_keyword, hdu)).strip())
        if match and 1800 <= float(match[2]) <= 2100:
            equinox = float(match[2])
            break
    if not name.startswith("FK"):
        # FITS standard 4.0, 8.3: without RADESYS, FK4 before equinox 1984, FK5 from then on.
        name = "FK4" if equinox is not None and equinox < 1984 else "FK5"
    if equinox is None:
        equinox = 1950.0 if name.startswith("FK4") else 2000.0
    return name, equinox


def to_icrs(ra_deg: float, dec_deg: float, frame: str, equinox: float) -> tuple[float, float]:
    """Turn mean equatorial coordinates into ICRS.

    FK5 J2000 passes unchanged: it agrees with ICRS to 0.03 arcsec.

    Parameters
    ----------
    ra_deg, dec_deg : float
        Degrees.
    frame : str
        ``ICRS``, ``FK5``, ``FK4`` or ``FK4-NO-E``.
    equinox : float
        Years, Julian for FK5, Besselian for FK4.

    Returns
    -------
    tuple of (float, float)
        RA in [0, 360) and Dec, ICRS degrees.

    Source
    ------
    FK5 of another equinox: IAU 2006 precession (``eraPmat06``). FK4: astropy.coordinates, without proper motion.
    """
    if frame == "ICRS" or (frame == "FK5" and equinox == 2000.0):
        return _wrapped(ra_deg), dec_deg
    if frame.startswith("FK4"):
        return _from_fk4(ra_deg, dec_deg, frame, equinox)
    to_date = erfa.pmat06(2451545.0, (equinox - 2000.0) * 365.25)
    direction = erfa.s2c(math.radians(ra_deg), math.radians(dec_deg))
    ra, dec = erfa.c2s(to_date.T @ direction)
    return _wrapped(math.degrees(float(ra))), math.degrees(float(dec))


@lru_cache(maxsize=1024)
def _from_fk4(ra_deg: float, dec_deg: float, frame: str, equinox: float) -> tuple[float, float]:
    # Imported here: astropy.coordinates takes half a second, and FK4 is met in scanned plates only.
    from astropy.coordinates import FK4, ICRS, FK4NoETerms

    equinox_of_frame = f"B{equinox}"
    cls: Any = FK4NoETerms if frame == "FK4-NO-E" else FK4
    icrs = cls(f"{ra_deg}d", f"{dec_deg}d", equinox=equinox_of_frame).transform_to(ICRS())
    return float(icrs.ra.deg), float(icrs.dec.deg)


def find_pointing(index: HeaderIndex) -> tuple[float, float, str, str] | None:
    """Find the pointing of an exposure.

    A pair that is exactly (0, 0) is what software writes when no mount is connected: it counts as missing. The
    reference value of a celestial WCS comes last (CRVAL is a reference pixel's place, not the frame's centre).

    Returns
    -------
    tuple of (float, float, str, str) or None
        RA and Dec in ICRS degrees, and the cards that gave them.
    """
    entries = index.entries
    for ra_keyword, dec_keyword in PAIRS:
        if ra_keyword in entries and dec_keyword in entries:
            ra_deg = read_right_ascension(index, ra_keyword)
            dec_deg = read_angle(index, dec_keyword)
            if ra_deg is None or dec_deg is None or (ra_deg == 0.0 and dec_deg == 0.0):
                continue
            frame, equinox = frame_of(index, ra_keyword)
            ra_deg, dec_deg = to_icrs(ra_deg, dec_deg, frame, equinox)
            return ra_deg, dec_deg, index.source(ra_keyword), index.source(dec_keyword)
    return _from_wcs(index)


def _from_wcs(index: HeaderIndex) -> tuple[float, float, str, str] | None:
    axes: dict[str, str] = {}
    for axis in range(1, 8):
        kind, value = index.entries.get(f"CTYPE{axis}"), index.entries.get(f"CRVAL{axis}")
        if kind is not None and value is not None and kind[1] == value[1] and isinstance(kind[0], str):
            axes.setdefault(kind[0].split("-")[0].strip().upper(), f"CRVAL{axis}")
    for longitude, latitude in (("RA", "DEC"), ("GLON", "GLAT")):
        if longitude not in axes or latitude not in axes:
            continue
        lon_keyword, lat_keyword = axes[longitude], axes[latitude]
        lon_deg = read_angle(index, lon_keyword, most_deg=360.0)
        lat_deg = read_angle(index, lat_keyword)
        if lon_deg is None or lat_deg is None or (lon_deg == 0.0 and lat_deg == 0.0 and longitude == "RA"):
            continue
        if longitude == "GLON":
            ra, dec = erfa.g2icrs(math.radians(lon_deg), math.radians(lat_deg))
            ra_deg, dec_deg = _wrapped(math.degrees(float(ra))), math.degrees(float(dec))
        else:
            ra_deg, dec_deg = to_icrs(lon_deg, lat_deg, *frame_of(index, lon_keyword))
        return ra_deg, dec_deg, index.source(lon_keyword), index.source(lat_keyword)
    return None
