"""States of satellites at equal steps of time, between which polynomials lead: of all nodes, or of those near a place.

Nearly round orbits have nodes every 480 s (far ones every 1440 s), and between them polynomials of fifth degree that
also meet the pull of the Earth at both ends; they stray from SGP4 by some metres. Eccentric ones have nodes every
120 s, and cubics.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.satellite_catalogue import EARTH_RADIUS_KM, GM_KM3_S2, Catalogue
from domain.sky_window import DAY_S, julian_date

__all__ = ["LOW_STEP_S", "Codes", "NodeMaker", "Nodes", "every_node", "node_makers", "pull_km_s2"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Codes = npt.NDArray[np.uint8]

ECCENTRIC_FROM = 0.05
LOW_STEP_S = 480.0
_FAR_STEP_S = 1440.0
_ECCENTRIC_STEP_S = 120.0
_J2 = 1.082616e-3  # WGS 72
_NODES_AT_ONCE = 16  # bounds the memory while they are made


class Nodes(NamedTuple):
    """States of some objects at equal steps.

    ``indices``, shape (m,), are their places in the catalogue; ``position_km`` (float64) and ``velocity_km_s``
    (float32), shape (nodes, 3, m), TEME, NaN where there is none; ``is_round`` tells the polynomial between.
    """

    indices: Indices
    step_s: float
    position_km: Floats
    velocity_km_s: npt.NDArray[np.float32]
    is_round: bool


class NodeMaker:
    """Propagates some objects to nodes, as they are asked for.

    Parameters
    ----------
    catalogue : Catalogue
    indices : ndarray of int, shape (m,)
    start : datetime
        Of the first node.
    step_s : float
    count : int
        Of the nodes.
    is_round : bool
    codes : ndarray of uint8, shape (n,)
        SGP4's error codes of the whole catalogue, which it adds to.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        indices: Indices,
        start: datetime,
        step_s: float,
        count: int,
        is_round: bool,
        codes: Codes,
    ) -> None:
        self._some = catalogue if len(indices) == len(catalogue) else catalogue.at(indices.tolist())
        self._jd, self._fraction = julian_date(start)
        self._codes = codes
        shape = (count, 3, len(indices))
        self.nodes = Nodes(indices, step_s, np.full(shape, np.nan), np.zeros(shape, dtype=np.float32), is_round)

    def fill(self, numbers: Indices, columns: Indices | None = None) -> None:
        """Propagate objects (all, or those of some columns) to nodes of these numbers."""
        nodes = self.nodes
        for first in range(0, len(numbers), _NODES_AT_ONCE):
            at = numbers[first : first + _NODES_AT_ONCE]
            days = np.asarray(self._fraction + at * (nodes.step_s / DAY_S), dtype=np.float64)
            times = np.full(len(at), self._jd, dtype=np.float64), days
            if columns is None:
                error, position_km, velocity_km_s = self._some.propagate(*times)
            else:
                error, position_km, velocity_km_s = self._some.propagate_some(columns.tolist(), *times)
            if error.any():
                position_km = np.where(error[:, :, None] != 0, np.nan, position_km)
                failed = nodes.indices if columns is None else nodes.indices[columns]
                self._codes[failed] = np.maximum(self._codes[failed], error.max(axis=1))
            if columns is None:
                nodes.position_km[at] = position_km.transpose(1, 2, 0)
                nodes.velocity_km_s[at] = velocity_km_s.transpose(1, 2, 0)
            else:
                for position, number in enumerate(at.tolist()):
                    nodes.position_km[number][:, columns] = position_km[:, position].T
                    nodes.velocity_km_s[number][:, columns] = velocity_km_s[:, position].T


def node_makers(catalogue: Catalogue, start: datetime, duration_s: float, codes: Codes) -> Iterator[NodeMaker]:
    """Divide a catalogue: round and low orbits, round and far ones, eccentric ones; each with nodes that cover a time.

    The number of low orbits' arcs is a multiple of three.
    """
    eccentric = catalogue.eccentricity >= ECCENTRIC_FROM
    for members, step_s, is_round in (
        (~eccentric & ~catalogue.is_far, LOW_STEP_S, True),
        (~eccentric & catalogue.is_far, _FAR_STEP_S, True),
        (eccentric, _ECCENTRIC_STEP_S, False),
    ):
        arcs = math.ceil(duration_s / _FAR_STEP_S) * 3 if step_s == LOW_STEP_S else math.ceil(duration_s / step_s)
        yield NodeMaker(catalogue, np.flatnonzero(members), start, step_s, arcs + 1, is_round, codes)


def every_node(catalogue: Catalogue, start: datetime, duration_s: float) -> tuple[list[Nodes], Codes]:
    """Propagate all satellites to all nodes of a time.

    Returns
    -------
    (list of Nodes, ndarray of uint8, shape (n,))
        And SGP4's error code of those that fail at some node, 0 for the others.
    """
    codes = np.zeros(len(catalogue), dtype=np.uint8)
    groups = []
    for maker in node_makers(catalogue, start, duration_s, codes):
        maker.fill(np.arange(len(maker.nodes.position_km)))
        groups.append(maker.nodes)
    return groups, codes


def pull_km_s2(position_km: Floats) -> Floats:
    """Compute the acceleration by the flattened Earth, shape (3, ...) for positions of that shape, km/s^2.

    Source
    ------
    Vallado 2013, Fundamentals of Astrodynamics and Applications, 8.7.1 (J2), constants of WGS 72.
    """
    x, y, z = position_km
    inverse2 = 1.0 / (x * x + y * y + z * z)
    pull = -GM_KM3_S2 * inverse2 * np.sqrt(inverse2)
    flat = (1.5 * _J2 * EARTH_RADIUS_KM**2) * inverse2
    polar = 5.0 * z * z * inverse2
    beside = pull * (1.0 + flat * (1.0 - polar))
    return np.stack([beside * x, beside * y, pull * (1.0 + flat * (3.0 - polar)) * z])
