"""One element set from the fields of an Orbit Mean-Elements Message, each checked."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from domain.element_set import ElementSet

__all__ = ["FIRST_EPOCH", "BadElementSet", "checked", "element_set_of_fields"]

FIRST_EPOCH = datetime(1957, 10, 4, tzinfo=UTC)
"Sputnik 1: no element set is older."
_LARGEST_NORAD_ID = 999_999_999  # nine digits, as CCSDS 502.0-B and the Space Force's 18th squadron have them
_FASTEST_REV_DAY = 20.0  # a circular orbit at the Earth's surface makes 17
_LARGEST_DRAG = 1e3
_LONGEST_NAME, _LONGEST_DESIGNATOR = 100, 20
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})T(.+)")
_SGP4_ERRORS = {
    1: "the eccentricity leaves 0 to 1",
    2: "the mean motion is not above zero",
    3: "the perturbed eccentricity leaves 0 to 1",
    4: "the semi-latus rectum is negative",
    6: "the satellite has decayed",
}


class BadElementSet(ValueError):
    """An element set that cannot be used; its text is the reason, ``code`` is stable.

    Parameters
    ----------
    code : str
    reason : str
        What is wrong with it, as the end of a sentence.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def element_set_of_fields(fields: Mapping[str, object]) -> ElementSet:
    """Read an element set from the keywords of an OMM, such as ``MEAN_MOTION``.

    Parameters
    ----------
    fields : mapping of str to object
        By keyword, in upper case; numbers or texts.

    Raises
    ------
    BadElementSet
        A field is missing, no number or out of range, or these are no SGP4 elements.

    Source
    ------
    CCSDS 502.0-B-3, section 4.
    """
    for keyword, allowed in (
        ("MEAN_ELEMENT_THEORY", ("SGP4", "SGP/SGP4", "SGP")),
        ("REF_FRAME", ("TEME",)),
        ("TIME_SYSTEM", ("UTC",)),
        ("CENTER_NAME", ("EARTH",)),
    ):
        told = str(fields.get(keyword) or allowed[0]).strip().upper()
        if told not in allowed:
            raise BadElementSet("not-sgp4", f"{keyword} is {told[:20]}, and only {allowed[0]} is understood")
    # Type 4 is SGP4-XP, which is another theory with the same field names.
    if str(fields.get("EPHEMERIS_TYPE") or "0").strip() not in ("0", "2"):
        raise BadElementSet("not-sgp4", "these are elements of another theory (EPHEMERIS_TYPE is neither 0 nor 2)")
    name = _text(fields, "OBJECT_NAME", _LONGEST_NAME)
    return checked(
        ElementSet(
            norad_id=_norad_id(fields.get("NORAD_CAT_ID")),
            name="" if name.upper() in ("UNKNOWN", "TBA - TO BE ASSIGNED") else name,
            designator="" if "UNKNOWN" in (text := _text(fields, "OBJECT_ID", _LONGEST_DESIGNATOR).upper()) else text,
            epoch=_epoch(str(fields.get("EPOCH") or "")),
            mean_motion_rev_day=_number(fields, "MEAN_MOTION"),
            eccentricity=_number(fields, "ECCENTRICITY"),
            inclination_deg=_number(fields, "INCLINATION"),
            raan_deg=_number(fields, "RA_OF_ASC_NODE"),
            perigee_argument_deg=_number(fields, "ARG_OF_PERICENTER"),
            mean_anomaly_deg=_number(fields, "MEAN_ANOMALY"),
            bstar=_number(fields, "BSTAR", 0.0),
            mean_motion_dot=_number(fields, "MEAN_MOTION_DOT", 0.0),
            mean_motion_ddot=_number(fields, "MEAN_MOTION_DDOT", 0.0),
        )
    )


def checked(elements: ElementSet) -> ElementSet:
    """Return an element set that SGP4 can begin with.

    Raises
    ------
    BadElementSet
        A value is out of its range, or SGP4 refuses the elements at their own epoch.
    """
    for name, value, lowest, highest in (
        ("the eccentricity", elements.eccentricity, 0.0, 1.0),
        ("the inclination", elements.inclination_deg, 0.0, 180.0),
        ("the mean motion", elements.mean_motion_rev_day, 1e-3, _FASTEST_REV_DAY),
        ("the right ascension of the node", elements.raan_deg, -360.0, 360.0),
        ("the argument of perigee", elements.perigee_argument_deg, -360.0, 360.0),
        ("the mean anomaly", elements.mean_anomaly_deg, -360.0, 360.0),
        ("the drag term", elements.bstar, -_LARGEST_DRAG, _LARGEST_DRAG),
        ("the mean motion's derivative", elements.mean_motion_dot, -_LARGEST_DRAG, _LARGEST_DRAG),
        ("the mean motion's second derivative", elements.mean_motion_ddot, -_LARGEST_DRAG, _LARGEST_DRAG),
    ):
        if not lowest <= value <= highest:  # false for NaN too
            raise BadElementSet("out-of-range", f"{name} is {value:g}, outside {lowest:g} to {highest:g}")
    if elements.eccentricity == 1.0:
        raise BadElementSet("out-of-range", "the eccentricity is 1: that is no closed orbit")
    if elements.epoch < FIRST_EPOCH:
        raise BadElementSet("bad-epoch", f"its epoch {elements.epoch:%Y-%m-%d} is before the first satellite")
    error = elements.satrec().error
    if error:
        raise BadElementSet("not-propagated", f"SGP4 refuses it: {_SGP4_ERRORS.get(error, f'its error {error}')}")
    return elements


def _text(fields: Mapping[str, object], keyword: str, longest: int) -> str:
    given = str(fields.get(keyword) or "")
    return "".join(c if c.isprintable() else " " for c in given).strip()[:longest]


def _number(fields: Mapping[str, object], keyword: str, otherwise: float | None = None) -> float:
    given = fields.get(keyword)
    if given is None or given == "":
        if otherwise is None:
            raise BadElementSet("field-missing", f"{keyword} is missing")
        return otherwise
    try:
        value = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise BadElementSet("not-a-number", f"{keyword} is {str(given)[:30]!r}, which is no number") from None
    if not math.isfinite(value):
        raise BadElementSet("not-a-number", f"{keyword} is {value}")
    return value


def _norad_id(given: object) -> int:
    text = str(given if given is not None else "").strip()
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:20]) <= _LARGEST_NORAD_ID:
        raise BadElementSet(
            "bad-number", f"NORAD_CAT_ID is {text[:20]!r}, which is no catalogue number of one to nine digits"
        )
    return int(text)


def _epoch(text: str) -> datetime:
    text = text.strip()
    try:
        if day := _DAY_OF_YEAR.fullmatch(text):
            begin = datetime.fromisoformat(f"{day[1]}-01-01T{day[3]}")
            if not 1 <= int(day[2]) <= 366:
                raise ValueError
            moment = begin + timedelta(days=int(day[2]) - 1)
        else:
            moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadElementSet("bad-epoch", f"EPOCH is {text[:40]!r}, which is no time") from None
