"""Arcs of many satellites between two nodes each, to be followed at any time, all at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.hermite import cubic_rates, cubic_weights, quintic_rates, quintic_weights
from domain.orbit_nodes import Nodes, pull_km_s2
from domain.sky_window import EARTH_RATE_RAD_S
from domain.viewpoint import Viewpoint

__all__ = ["Arcs", "Look"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


_ROUND_TERMS = 6


class Look(NamedTuple):
    """Satellites seen from a place.

    ``position_km`` and ``away_km``, shape (3, ...), TEME, are from the Earth's centre and from the place; ``up``, shape
    (3, ...), is the place's; ``sine`` is that of the altitude and ``climb`` has the sign of its change.
    """

    position_km: Floats
    away_km: Floats
    up: Floats
    sine: Floats
    climb: Floats


class Arcs:
    """Arcs, one for each row.

    Attributes
    ----------
    objects : ndarray of int, shape (m,)
        Places in the catalogue.
    start_s : ndarray, shape (m,)
        When each begins, seconds of the window.
    step_s : float
    """

    def __init__(self, objects: Indices, start_s: Floats, step_s: float, terms: list[Floats]) -> None:
        self.objects, self.start_s, self.step_s, self._terms = objects, start_s, step_s, terms

    @classmethod
    def between(cls, nodes: Nodes, starts: Indices, columns: Indices, node_s: Floats) -> Arcs:
        """Take arcs by their start nodes and columns, each of shape (m,)."""
        terms: list[Floats] = []
        for at in (starts, starts + 1):
            position_km = np.ascontiguousarray(nodes.position_km[at, :, columns].T)
            terms += [position_km, np.ascontiguousarray(nodes.velocity_km_s[at, :, columns].T.astype(np.float64))]
            if nodes.is_round:
                terms.append(pull_km_s2(position_km))
        return cls(nodes.indices[columns], node_s[starts], nodes.step_s, terms)

    def __len__(self) -> int:
        return len(self.objects)

    @property
    def is_round(self) -> bool:
        """Whether accelerations are known too."""
        return len(self._terms) == _ROUND_TERMS

    def rows(self, rows: Indices) -> Arcs:
        """Take some of them, perhaps several times."""
        return Arcs(self.objects[rows], self.start_s[rows], self.step_s, [term[:, rows] for term in self._terms])

    def state(self, seconds: Floats) -> tuple[Floats, Floats]:
        """Interpolate position, km, and velocity, km/s, TEME, of each at its time; shapes (3, m) for (m,)."""
        share = (seconds - self.start_s) / self.step_s
        if self.is_round:
            weights: tuple[Floats, ...] = quintic_weights(share, self.step_s)
            rates: tuple[Floats, ...] = quintic_rates(share, self.step_s)
        else:
            weights, rates = cubic_weights(share, self.step_s), cubic_rates(share, self.step_s)
        position_km, velocity_km_s = weights[0] * self._terms[0], rates[0] * self._terms[0]
        for weight, rate, term in zip(weights[1:], rates[1:], self._terms[1:], strict=True):
            position_km += weight * term
            velocity_km_s += rate * term
        return position_km, velocity_km_s

    def look(self, seconds: Floats, view: Viewpoint) -> Look:
        """See each at its time, shape (m,), from a place."""
        position_km, velocity_km_s = self.state(seconds)
        place_km, up = view.position_and_up(seconds)
        away_km = position_km - place_km
        velocity_km_s[0] += EARTH_RATE_RAD_S * place_km[1]
        velocity_km_s[1] -= EARTH_RATE_RAD_S * place_km[0]
        square = _dot(away_km, away_km)
        height = _dot(up, away_km)
        turning = EARTH_RATE_RAD_S * (up[0] * away_km[1] - up[1] * away_km[0])
        climb = (_dot(up, velocity_km_s) + turning) * square - height * _dot(away_km, velocity_km_s)
        return Look(position_km, away_km, up, height / np.sqrt(square), climb)


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return product
