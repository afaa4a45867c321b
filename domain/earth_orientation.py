"""How the Earth is turned: UT1-UTC and polar motion day by day, as the IERS measured and predicts them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput

__all__ = ["EarthOrientation"]

Floats = npt.NDArray[np.float64]


class EarthOrientation:
    """UT1-UTC and the pole's place at midnights UTC, interpolated linearly between them.

    Before the first and after the last day the nearest day's values hold: a year on, UT1-UTC may be off by some tenths
    of a second, which turns the sky by some arcseconds.

    Parameters
    ----------
    mjd : array, shape (n,)
        Modified Julian dates, UTC, growing by whole days.
    ut1_utc_s, x_arcsec, y_arcsec : array, shape (n,)

    Raises
    ------
    InvalidInput
        There are no days, or the columns do not fit together.
    """

    def __init__(
        self, mjd: npt.ArrayLike, ut1_utc_s: npt.ArrayLike, x_arcsec: npt.ArrayLike, y_arcsec: npt.ArrayLike
    ) -> None:
        self._mjd = np.asarray(mjd, dtype=np.float64)
        columns = [np.asarray(column, dtype=np.float64) for column in (ut1_utc_s, x_arcsec, y_arcsec)]
        if self._mjd.ndim != 1 or not len(self._mjd) or any(column.shape != self._mjd.shape for column in columns):
            raise InvalidInput("Earth orientation needs at least one day, and a value of each kind for each day.")
        if (np.diff(self._mjd) <= 0).any() or not all(np.isfinite(column).all() for column in (self._mjd, *columns)):
            raise InvalidInput("The days of an Earth orientation table must grow, and all its values be numbers.")
        # A leap second is a step of UTC, not of the Earth: between two midnights UT1 moves smoothly.
        self._steps_s = np.concatenate([[0.0], np.cumsum(np.round(np.diff(columns[0])))])
        self._smooth_s = columns[0] - self._steps_s
        self._x_arcsec, self._y_arcsec = columns[1], columns[2]

    @classmethod
    def from_finals2000a(cls, text: str) -> EarthOrientation:
        """Read the IERS file ``finals2000A.all`` (or ``.daily``): Bulletin B where it has spoken, else A.

        Raises
        ------
        InvalidInput
            No line of the text has values.

        Source
        ------
        IERS, readme.finals2000A.
        """
        days: list[tuple[float, float, float, float]] = []
        for line in text.splitlines():
            final = len(line) >= 165 and line[134:165].strip()
            x, y, ut1 = (
                (line[134:144], line[144:154], line[154:165]) if final else (line[18:27], line[37:46], line[58:68])
            )
            if ut1.strip() and x.strip() and y.strip():
                try:
                    days.append((float(line[7:15]), float(ut1), float(x), float(y)))
                except ValueError:
                    continue  # a damaged line: its neighbours bridge it
        if not days:
            raise InvalidInput("This is no finals2000A file of the IERS: no line of it tells UT1-UTC and the pole.")
        return cls(*np.array(days).T)

    @classmethod
    def unmeasured(cls) -> EarthOrientation:
        """Take UT1 for UTC and the pole for the axis: up to 0.9 s, 14 arcseconds, wrong."""
        return cls([51544.0], [0.0], [0.0], [0.0])

    @property
    def first_mjd(self) -> float:
        """The first day it knows."""
        return float(self._mjd[0])

    @property
    def last_mjd(self) -> float:
        """The last day it knows, a year of predictions included."""
        return float(self._mjd[-1])

    def ut1_utc_s(self, mjd_utc: npt.ArrayLike) -> Floats:
        """Interpolate UT1-UTC, seconds, of the shape given."""
        days = np.asarray(mjd_utc, dtype=np.float64)
        before = np.clip(np.searchsorted(self._mjd, days, side="right") - 1, 0, len(self._mjd) - 1)
        found: Floats = np.interp(days, self._mjd, self._smooth_s) + self._steps_s[before]
        return found

    def pole_arcsec(self, mjd_utc: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Interpolate the pole's x and y, arcseconds, of the shape given."""
        days = np.asarray(mjd_utc, dtype=np.float64)
        return np.interp(days, self._mjd, self._x_arcsec), np.interp(days, self._mjd, self._y_arcsec)
