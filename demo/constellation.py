"""An invented catalogue of satellites: Walker constellations and some others, named SIM-0001 and on, as an OMM CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

__all__ = ["FIRST_NORAD_ID", "SHELLS", "Shell", "simulated_catalogue"]

#: No satellite has a number up here, so that nobody takes one of these for a real one.
FIRST_NORAD_ID = 900_000_001
_MU_KM3_S2 = 398600.8  # WGS 72, as SGP4 has it
_EARTH_RADIUS_KM = 6378.135
_HEAD = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,ARG_OF_PERICENTER,MEAN_ANOMALY,"
    "EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
)


@dataclass(frozen=True)
class Shell:
    """A Walker pattern: planes evenly around the equator, satellites evenly in each, and a phase from plane to plane.

    ``perigee_km`` is above the equator; ``phasing`` counts in units of 360 degrees over the number of satellites.
    """

    planes: int
    per_plane: int
    perigee_km: float
    inclination_deg: float
    phasing: int = 1
    eccentricity: float = 1e-4
    perigee_argument_deg: float = 0.0
    bstar: float = 1e-4


#: Large constellations in low orbits, Sun-synchronous ones, navigation, eccentric orbits, and the geostationary belt.
SHELLS = (
    Shell(72, 22, 550.0, 53.0, 19),
    Shell(72, 22, 540.0, 53.2, 33),
    Shell(36, 20, 570.0, 70.0, 13),
    Shell(12, 49, 1200.0, 87.9, 8, bstar=1e-5),
    Shell(20, 12, 510.0, 97.4, 5),
    Shell(6, 5, 20_180.0, 55.0, 4, bstar=0.0),
    Shell(4, 3, 600.0, 63.4, 3, eccentricity=0.72, perigee_argument_deg=270.0, bstar=0.0),
    Shell(1, 60, 35_786.0, 0.05, 2, bstar=0.0),
)


def _rows(epoch: datetime, shells: tuple[Shell, ...]) -> Iterator[list[object]]:
    number = 0
    for shell in shells:
        total = shell.planes * shell.per_plane
        semi_major_km = (_EARTH_RADIUS_KM + shell.perigee_km) / (1.0 - shell.eccentricity)
        rev_day = 86400.0 / (2.0 * math.pi) * math.sqrt(_MU_KM3_S2 / semi_major_km**3)
        for plane in range(shell.planes):
            for place in range(shell.per_plane):
                node_deg = 360.0 * plane / shell.planes
                anomaly_deg = (360.0 * place / shell.per_plane + 360.0 * shell.phasing * plane / total) % 360.0
                yield [
                    f"SIM-{number + 1:04d}", "", f"{epoch:%Y-%m-%dT%H:%M:%S.%f}", f"{rev_day:.8f}",
                    f"{shell.eccentricity:.7f}", f"{shell.inclination_deg:.4f}", f"{node_deg:.4f}",
                    f"{shell.perigee_argument_deg:.4f}", f"{anomaly_deg:.4f}", 0, "U", FIRST_NORAD_ID + number, 999, 0,
                    shell.bstar, 0, 0,
                ]  # fmt: skip
                number += 1


def simulated_catalogue(epoch: datetime, shells: tuple[Shell, ...] = SHELLS) -> bytes:
    """Write the catalogue as CelesTrak writes one: an OMM in CSV.

    Parameters
    ----------
    epoch : datetime
        Of every element set, UTC.
    shells : tuple of Shell
        What flies.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    text.write(_HEAD + "\n")
    writer.writerows(_rows(epoch, shells))
    return text.getvalue().encode()
