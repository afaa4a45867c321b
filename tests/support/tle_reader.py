"""Two-line elements into element sets, column by column: for tests that read the reference files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.element_set import ElementSet

__all__ = ["element_set_of", "read_three_lines"]


def _assumed_point(text: str) -> float:
    """Read ``-11606-4`` as -0.11606e-4."""
    mantissa, exponent = text[:6].replace(" ", ""), text[6:8].replace(" ", "")
    sign = -1.0 if mantissa.startswith("-") else 1.0
    return sign * float("0." + mantissa.lstrip("+-")) * 10.0 ** int(exponent or 0)


def element_set_of(first: str, second: str, name: str = "") -> ElementSet:
    """Read one set.

    Source
    ------
    https://celestrak.org/NORAD/documentation/tle-fmt.php
    """
    year = int(first[18:20])
    epoch = datetime(year + (1900 if year >= 57 else 2000), 1, 1, tzinfo=UTC)
    number = first[2:7].strip()
    if number and number[0].isalpha():  # alpha-5: I and O are left out
        number = str(10 + "ABCDEFGHJKLMNPQRSTUVWXYZ".index(number[0])) + number[1:]
    designator = first[9:17].strip()
    if designator:
        begun = int(designator[:2])
        designator = f"{begun + (1900 if begun >= 57 else 2000)}-{designator[2:]}"
    return ElementSet(
        norad_id=int(number),
        name=name,
        designator=designator,
        epoch=epoch + timedelta(days=float(first[20:32]) - 1.0),
        mean_motion_dot=float(first[33:43]),
        mean_motion_ddot=_assumed_point(first[44:52]),
        bstar=_assumed_point(first[53:61]),
        inclination_deg=float(second[8:16]),
        raan_deg=float(second[17:25]),
        eccentricity=float("0." + second[26:33].replace(" ", "0")),
        perigee_argument_deg=float(second[34:42]),
        mean_anomaly_deg=float(second[43:51]),
        mean_motion_rev_day=float(second[52:63]),
    )


def read_three_lines(path: Path) -> Iterator[ElementSet]:
    """Read a file of name, line 1, line 2."""
    lines = path.read_text().splitlines()
    for at in range(0, len(lines) - 2, 3):
        yield element_set_of(lines[at + 1], lines[at + 2], lines[at].strip())
