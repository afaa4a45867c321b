"""The exact way of one satellite as seen from a place: SGP4 at nodes, a cubic between them, any time and convention."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.hermite import cubic_rates, cubic_weights
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Convention
from domain.sky_window import LIGHT_KM_S
from domain.viewpoint import Viewpoint

__all__ = ["NODE_STEP_S", "SatellitePath", "light_delayed"]

Floats = npt.NDArray[np.float64]

NODE_STEP_S = 10.0  # the cubic then strays from SGP4 by less than a centimetre


class SatellitePath:
    """A satellite's way between two times of a window.

    Parameters
    ----------
    catalogue : Catalogue
    index : int
        Its place in the catalogue.
    view : Viewpoint
    first_s, last_s : float
        Times of the window between which the way is asked for.

    Attributes
    ----------
    lowest_km, nearest_km : float
        Its least distance from the Earth's centre, and from the place.
    """

    def __init__(self, catalogue: Catalogue, index: int, view: Viewpoint, first_s: float, last_s: float) -> None:
        self._view = view
        count = max(2, math.ceil((last_s - first_s) / NODE_STEP_S) + 1)
        self._first_s = first_s
        self._step_s = max((last_s - first_s) / (count - 1), 1e-3)
        nodes_s = first_s + self._step_s * np.arange(count)
        error, position_km, velocity_km_s = catalogue.propagate_some([index], *view.window.days(nodes_s))
        bad = (error[0] != 0)[:, None]
        self._nodes: Floats = np.where(bad, np.nan, np.hstack([position_km[0], velocity_km_s[0]])).T
        self.lowest_km = _least(self._nodes[:3])
        self.nearest_km = _least(self._nodes[:3] - view.position_km(nodes_s))

    def position_km(self, seconds: Floats) -> Floats:
        """Interpolate the position, TEME, km, shape (3, t)."""
        at, share = self._steps(seconds)
        a, b, c, d = cubic_weights(share, self._step_s)
        start, end = self._nodes.take(at, axis=1), self._nodes.take(at + 1, axis=1)
        position_km: Floats = a * start[:3] + b * start[3:] + c * end[:3] + d * end[3:]
        return position_km

    def velocity_km_s(self, seconds: Floats) -> Floats:
        """Interpolate the velocity, TEME, km/s, shape (3, t)."""
        at, share = self._steps(seconds)
        a, b, c, d = cubic_rates(share, self._step_s)
        start, end = self._nodes.take(at, axis=1), self._nodes.take(at + 1, axis=1)
        velocity_km_s: Floats = a * start[:3] + b * start[3:] + c * end[:3] + d * end[3:]
        return velocity_km_s

    def _steps(self, seconds: Floats) -> tuple[npt.NDArray[np.intp], Floats]:
        steps = (seconds - self._first_s) / self._step_s
        at = np.minimum(np.maximum(steps.astype(np.intp), 0), self._nodes.shape[1] - 2)
        return at, steps - at

    def seen(self, seconds: Floats, convention: Convention, offset_s: float = 0.0) -> Floats:
        """Give the vector from the place to the satellite, TEME, km, shape (3, t), if it runs ``offset_s`` late."""
        return self._away(self._view.position_km(seconds), seconds - offset_s, convention)

    def seen_and_up(self, seconds: Floats, convention: Convention, offset_s: float = 0.0) -> tuple[Floats, Floats]:
        """Give that vector, and the place's upward unit vector, each of shape (3, t)."""
        place_km, up = self._view.position_and_up(seconds)
        return self._away(place_km, seconds - offset_s, convention), up

    def _away(self, place_km: Floats, seconds: Floats, convention: Convention) -> Floats:
        away_km = self.position_km(seconds) - place_km
        if convention == "geometric":
            return away_km
        return light_delayed(away_km, self.velocity_km_s(seconds) + self._view.window.earth_km_s[:, None])


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
