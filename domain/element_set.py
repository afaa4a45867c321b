"""Mean elements of one satellite at one epoch, as published, and the SGP4 record that propagates them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import msgspec
from sgp4.api import WGS72, Satrec

__all__ = ["ElementSet"]

_SGP4_ZERO = datetime(1949, 12, 31, tzinfo=UTC)  # SGP4 counts days from here
_SGP4_ZERO_JD = 2_433_281.5


class ElementSet(msgspec.Struct, frozen=True, kw_only=True):
    """Mean elements, in the units of an Orbit Mean-Elements Message.

    Parameters
    ----------
    norad_id : int
        Catalogue number; up to nine digits.
    name : str
        As published; empty where it has none.
    designator : str
        International designator, ``1998-067A``; empty where unknown.
    epoch : datetime
        UTC.
    mean_motion_rev_day : float
        Kozai mean motion, revolutions per day.
    eccentricity : float
    inclination_deg, raan_deg, perigee_argument_deg, mean_anomaly_deg : float
        Degrees, TEME.
    bstar : float
        Drag term, per Earth radius.
    mean_motion_dot, mean_motion_ddot : float
        Half the first derivative, rev/day^2, and a sixth of the second, rev/day^3; SGP4 uses neither.

    Source
    ------
    CCSDS 502.0-B-3 (OMM); Vallado et al. 2006, AIAA 2006-6753 (SGP4, constants of WGS 72).
    """

    norad_id: int
    name: str = ""
    designator: str = ""
    epoch: datetime
    mean_motion_rev_day: float
    eccentricity: float
    inclination_deg: float
    raan_deg: float
    perigee_argument_deg: float
    mean_anomaly_deg: float
    bstar: float = 0.0
    mean_motion_dot: float = 0.0
    mean_motion_ddot: float = 0.0

    def satrec(self) -> Satrec:
        """Build the SGP4 record, without a number; its ``error`` is not 0 where SGP4 cannot use these elements."""
        record = Satrec()
        since = self.epoch - _SGP4_ZERO
        fraction = (since - timedelta(days=since.days)) / timedelta(days=1)
        # The published verification numbers were made with the epoch as one Julian date, 20 microseconds coarse: Moon
        # and Sun are placed by it, as there, to the last digit. The time since the epoch is counted exactly.
        days = (_SGP4_ZERO_JD + since.days + fraction) - _SGP4_ZERO_JD
        per_minute = 2 * math.pi / 1440.0
        record.sgp4init(
            WGS72,
            "i",
            0,  # the record keeps five characters of a number and refuses longer ones; SGP4 itself needs none
            days,
            self.bstar,
            self.mean_motion_dot * per_minute / 1440.0,
            self.mean_motion_ddot * per_minute / 1440.0**2,
            self.eccentricity,
            math.radians(self.perigee_argument_deg),
            math.radians(self.inclination_deg),
            math.radians(self.mean_anomaly_deg),
            self.mean_motion_rev_day * per_minute,
            math.radians(self.raan_deg),
        )
        record.jdsatepoch, record.jdsatepochF = _SGP4_ZERO_JD + since.days, fraction
        return record
