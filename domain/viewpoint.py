"""A place on the turning Earth, in TEME: where it is, and where its east, north and up point, at any time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.ground_place import GroundPlace
from domain.sky_window import EARTH_RATE_RAD_S, SkyWindow

__all__ = ["Viewpoint"]

Floats = npt.NDArray[np.float64]


class Viewpoint:
    """A place during a window of time.

    Parameters
    ----------
    place : GroundPlace
    window : SkyWindow
    """

    def __init__(self, place: GroundPlace, window: SkyWindow) -> None:
        self.place, self.window = place, window
        fixed = np.vstack([place.position_km(), place.horizontal_axes()])
        self._fixed: Floats = fixed @ window.pole  # the rows, turned by the pole's inverse

    def position_km(self, seconds: npt.ArrayLike) -> Floats:
        """Give the position, TEME, km, shape (3, ...)."""
        position: Floats = self._turned(slice(0, 1), seconds)[0]
        return position

    def position_and_up(self, seconds: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Give the position, km, and the upward unit vector, TEME, each of shape (3, ...)."""
        found = self._turned(slice(0, 4, 3), seconds)
        return found[0], found[1]

    def frame(self, seconds: npt.ArrayLike) -> Floats:
        """Give position, km, and east, north and up, unit vectors, TEME; shape (4, 3, ...)."""
        return self._turned(slice(0, 4), seconds)

    def velocity_km_s(self, seconds: npt.ArrayLike) -> Floats:
        """Give the velocity, TEME, km/s, shape (3, ...)."""
        position_km = self.position_km(seconds)
        return EARTH_RATE_RAD_S * np.stack([-position_km[1], position_km[0], np.zeros_like(position_km[2])])

    def horizontal(self, away_km: Floats, seconds: npt.ArrayLike) -> Floats:
        """Turn vectors, TEME, shape (3, ...), into east, north and up, shape (3, ...)."""
        local: Floats = (self._turned(slice(1, 4), seconds) * away_km).sum(axis=1)
        return local

    def _turned(self, rows: slice, seconds: npt.ArrayLike) -> Floats:
        angle = self.window.sidereal_rad(seconds)
        cosine, sine = np.cos(angle), np.sin(angle)
        fixed = self._fixed[rows].reshape(-1, 3, *(1,) * angle.ndim)
        found = np.empty((len(fixed), 3, *angle.shape))
        found[:, 0] = fixed[:, 0] * cosine - fixed[:, 1] * sine
        found[:, 1] = fixed[:, 0] * sine + fixed[:, 1] * cosine
        found[:, 2] = fixed[:, 2]
        return found
