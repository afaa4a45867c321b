"""The exact way of one satellite as seen from a place: SGP4 at nodes, a cubic between them, any time and convention."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.ground_place import GroundPlace
from domain.hermite import cubic_rates, cubic_weights
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Convention
from domain.sky_window import LIGHT_KM_S, SkyWindow

__all__ = ["NODE_STEP_S", "SatellitePath"]

Floats = npt.NDArray[np.float64]

NODE_STEP_S = 10.0  # the cubic then strays from SGP4 by less than a centimetre


class SatellitePath:
    """A satellite's way between two times of a window.

    Parameters
    ----------
    catalogue : Catalogue
    index : int
        Its place in the catalogue.
    window : SkyWindow
    place : GroundPlace
    first_s, last_s : float
        Times of the window between which the way is asked for.

    Attributes
    ----------
    lowest_km, nearest_km : float
        Its least distance from the Earth's centre, and from the place.
    """

    def __init__(
        self, catalogue: Catalogue, index: int, window: SkyWindow, place: GroundPlace, first_s: float, last_s: float
    ) -> None:
        self._window, self._place = window, place
        count = max(2, math.ceil((last_s - first_s) / NODE_STEP_S) + 1)
        self._first_s = first_s
        self._step_s = max((last_s - first_s) / (count - 1), 1e-3)
        nodes_s = first_s + self._step_s * np.arange(count)
        error, position_km, velocity_km_s = catalogue.propagate_some([index], *window.days(nodes_s))
        bad = (error[0] != 0)[:, None]
        self._position_km: Floats = np.where(bad, np.nan, position_km[0]).T
        self._velocity_km_s: Floats = np.where(bad, np.nan, velocity_km_s[0]).T

        self.lowest_km = _least(self._position_km)
        self.nearest_km = _least(self._position_km - window.place_km(place, nodes_s))

    def state(self, seconds: Floats) -> tuple[Floats, Floats]:
        """Interpolate position, km, and velocity, km/s, TEME, each of shape (3, t)."""
        steps = (seconds - self._first_s) / self._step_s
        at = np.clip(steps.astype(np.intp), 0, self._position_km.shape[1] - 2)
        share = steps - at
        start, end = self._position_km[:, at], self._position_km[:, at + 1]
        start_v, end_v = self._velocity_km_s[:, at], self._velocity_km_s[:, at + 1]
        a, b, c, d = cubic_weights(share, self._step_s)
        e, f, g, h = cubic_rates(share, self._step_s)
        return a * start + b * start_v + c * end + d * end_v, e * start + f * start_v + g * end + h * end_v

    def seen(self, seconds: Floats, convention: Convention, offset_s: float = 0.0) -> Floats:
        """Give the vector from the place to the satellite, TEME, km, shape (3, t), if it runs ``offset_s`` late."""
        position_km, velocity_km_s = self.state(seconds - offset_s)
        away_km = position_km - self._window.place_km(self._place, seconds)
        if convention == "geometric":
            return away_km
        return light_delayed(away_km, velocity_km_s + self._window.earth_km_s[:, None])

    def up_km(self, seconds: Floats, offset_s: float = 0.0) -> Floats:
        """Give east, north and up of the satellite at the place, geometric, km, shape (3, t)."""
        axes = self._window.axes_at(self._place, seconds)
        local: Floats = (axes * self.seen(seconds, "geometric", offset_s)).sum(axis=1)
        return local


def _least(vectors_km: Floats) -> float:
    """The least length, at least 1 km; the nodes are too near to each other for much less between them."""
    lengths = np.sqrt((vectors_km**2).sum(axis=0))
    return max(1.0, float(np.nanmin(lengths)) - 5.0) if not np.isnan(lengths).all() else 1.0


def light_delayed(away_km: Floats, velocity_km_s: Floats) -> Floats:
    """Take back what a satellite moved while its light was under way; all of shape (3, ...)."""
    delayed_km = away_km
    for _ in range(2):
        delayed_km = away_km - velocity_km_s * (np.sqrt((delayed_km**2).sum(axis=0)) / LIGHT_KM_S)
    return delayed_km
