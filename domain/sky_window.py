"""Earth and Sun during a stretch of time, in TEME, the frame that SGP4 computes in: sidereal angle, pole, Sun."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import erfa
import numpy as np
import numpy.typing as npt

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput

__all__ = [
    "AU_KM",
    "DAY_S",
    "EARTH_RATE_RAD_S",
    "LIGHT_KM_S",
    "SkyWindow",
    "julian_date",
    "teme_to_icrs",
    "terrestrial_days",
]

Floats = npt.NDArray[np.float64]

DAY_S = 86_400.0
AU_KM = 149_597_870.7  # IAU 2012 Resolution B2
LIGHT_KM_S = 299_792.458
EARTH_RATE_RAD_S = 7.292115146706979e-05  # of GMST against UT1: Vallado 2013, Fundamentals of Astrodynamics, 3-45
_J2000 = datetime(2000, 1, 1, tzinfo=UTC)
_J2000_JD = 2_451_544.5
_MJD_ZERO = 2_400_000.5
_FIRST_YEAR, _LAST_YEAR = 1960, 2099
_SUN_STEP_S = 3 * 3600.0  # linear between nodes: half an arcsecond

_LEAPS = erfa.leap_seconds.get()
_LEAP_MJD = np.array([erfa.cal2jd(int(row["year"]), int(row["month"]), 1)[1] for row in _LEAPS])
_TAI_UTC_S = np.array([float(row["tai_utc"]) for row in _LEAPS])


def julian_date(moment_utc: datetime) -> tuple[float, float]:
    """Split an instant into the Julian date of its midnight and the fraction of its day, UTC.

    Raises
    ------
    InvalidInput
        The moment is naive, or not within 1960 to 2099.
    """
    if moment_utc.tzinfo is None:
        raise InvalidInput("The time has no time zone. Give UTC, as 2026-11-20T22:15:00Z.")
    moment_utc = moment_utc.astimezone(UTC)
    if not _FIRST_YEAR <= moment_utc.year <= _LAST_YEAR:
        raise InvalidInput(
            f"Satellites are known from {_FIRST_YEAR} to {_LAST_YEAR} here, not in {moment_utc.year}. Check the time."
        )
    since = moment_utc - _J2000
    return _J2000_JD + since.days, (since.seconds + since.microseconds * 1e-6) / DAY_S


def terrestrial_days(mjd_utc: Floats) -> Floats:
    """TT-UTC, days."""
    known = np.clip(np.searchsorted(_LEAP_MJD, mjd_utc, side="right") - 1, 0, len(_LEAP_MJD) - 1)
    days: Floats = (_TAI_UTC_S[known] + 32.184) / DAY_S
    return days


def teme_to_icrs(jd: float, fraction: Floats, orientation: EarthOrientation) -> Floats:
    """Compute the matrices that turn TEME into the axes of the ICRS.

    Parameters
    ----------
    jd : float
        Julian date, UTC.
    fraction : ndarray, any shape
        Days after it.
    orientation : EarthOrientation

    Returns
    -------
    ndarray, shape (..., 3, 3)

    Source
    ------
    Vallado et al. 2006, AIAA 2006-6753, appendix C (TEME is turned by GMST 1982 from the Earth); IERS Conventions 2010,
    chapter 5 (CIO-based, IAU 2006/2000A), by ERFA.
    """
    mjd = (jd - _MJD_ZERO) + fraction
    ut1 = fraction + orientation.ut1_utc_s(mjd) / DAY_S
    to_celestial = np.swapaxes(erfa.c2i06a(jd, fraction + terrestrial_days(mjd)), -1, -2)
    turn = erfa.era00(jd, ut1) - erfa.gmst82(jd, ut1)
    product: Floats = to_celestial @ erfa.rz(-turn, np.broadcast_to(np.eye(3), (*np.shape(turn), 3, 3)))
    return product


class SkyWindow:
    """A stretch of time in which Earth and Sun are known.

    Times within are seconds since its start. Precession and nutation are those of its middle: within a day of 24 h they
    change by less than 0.1 arcseconds.

    Parameters
    ----------
    start : datetime
        Aware.
    duration_s : float
    orientation : EarthOrientation

    Attributes
    ----------
    pole : ndarray, shape (3, 3)
        Turns what is fixed to the turning axis into ITRS: polar motion.
    to_icrs : ndarray, shape (3, 3)
        Turns TEME into the axes of the ICRS.
    earth_km_s : ndarray, shape (3,)
        The Earth's velocity about the barycentre of the solar system, TEME.
    """

    def __init__(self, start: datetime, duration_s: float, orientation: EarthOrientation) -> None:
        self.start = start.astimezone(UTC) if start.tzinfo else start
        self.duration_s = duration_s
        self.orientation = orientation
        self.jd, self.fraction = julian_date(start)
        middle = self.fraction + duration_s / 2 / DAY_S
        mjd = self.jd - _MJD_ZERO
        ends = np.array([self.fraction, self.fraction + max(duration_s, 1.0) / DAY_S])
        ut1_s = orientation.ut1_utc_s(mjd + ends)
        # A leap second within the window is not the Earth's doing either.
        ut1_s[1] -= round(float(ut1_s[1] - ut1_s[0]))
        self._sidereal_rad = float(erfa.gmst82(self.jd, self.fraction + ut1_s[0] / DAY_S))
        stretch = 1.0 + float(ut1_s[1] - ut1_s[0]) / max(duration_s, 1.0)
        self._sidereal_rate = EARTH_RATE_RAD_S * stretch
        x_arcsec, y_arcsec = orientation.pole_arcsec(mjd + middle)
        arcsec = math.radians(1 / 3600)
        self.pole: Floats = erfa.pom00(x_arcsec * arcsec, y_arcsec * arcsec, 0.0)
        self.to_icrs: Floats = teme_to_icrs(self.jd, np.float64(middle), orientation)  # type: ignore[arg-type]
        self._sun_s, self._sun_km, self.earth_km_s = self._sun_nodes()

    def _sun_nodes(self) -> tuple[Floats, Floats, Floats]:
        count = max(2, math.ceil(self.duration_s / _SUN_STEP_S) + 1)
        seconds = np.linspace(0.0, max(self.duration_s, 1.0), count)
        days = self.fraction + seconds / DAY_S
        heliocentric, barycentric = erfa.epv00(self.jd, days + terrestrial_days(self.jd - _MJD_ZERO + days))
        to_teme = self.to_icrs.T * AU_KM
        sun_km = -(to_teme @ heliocentric["p"].T)
        earth_km_s = to_teme @ barycentric["v"][count // 2] / DAY_S
        # The light left 499 s ago: the Sun shines from where it then was, as seen from the moving Earth.
        distance_km = np.sqrt((sun_km**2).sum(axis=0))
        return seconds, sun_km + earth_km_s[:, None] * (distance_km / LIGHT_KM_S), earth_km_s

    def days(self, seconds: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Give the Julian dates of times, as SGP4 takes them: midnight and fraction, each of the shape given."""
        fraction = self.fraction + np.asarray(seconds, dtype=np.float64) / DAY_S
        return np.full_like(fraction, self.jd), fraction

    def moment(self, seconds: float) -> datetime:
        """Turn a time of the window into an instant, UTC, to the microsecond."""
        return self.start + timedelta(microseconds=round(seconds * 1e6))

    def seconds(self, moment_utc: datetime) -> float:
        """Turn an instant into a time of the window."""
        return (moment_utc - self.start) / timedelta(seconds=1)

    def sidereal_rad(self, seconds: npt.ArrayLike) -> Floats:
        """Give the angle from TEME's x axis to Greenwich, GMST 1982, radians, growing without end."""
        return self._sidereal_rad + self._sidereal_rate * np.asarray(seconds, dtype=np.float64)

    def sun_km(self, seconds: npt.ArrayLike) -> Floats:
        """Give the direction the sunlight comes from, times the Sun's distance, TEME, km, shape (3, ...)."""
        times = np.asarray(seconds, dtype=np.float64)
        return np.stack([np.interp(times, self._sun_s, component) for component in self._sun_km])
