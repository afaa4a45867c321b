"""The ways of all satellites through a night, for any place: states at nodes, and polynomials between them.

Nearly round orbits have nodes every 480 s, and between them polynomials of fifth degree that also meet the pull of the
Earth at both ends; they stray from SGP4 by some metres. Eccentric ones have nodes every 120 s, and cubics.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput
from domain.hermite import cubic_rates, cubic_weights, quintic_rates, quintic_weights
from domain.satellite_catalogue import EARTH_RADIUS_KM, GM_KM3_S2, Catalogue
from domain.sky_window import DAY_S, julian_date

__all__ = ["ECCENTRIC_FROM", "LONGEST_TABLE_S", "NightTable", "Nodes", "pull_km_s2"]

Floats = npt.NDArray[np.float64]

LONGEST_TABLE_S = 26 * 3600.0  # a night that is an hour longer where the clocks go back, and some margin
ECCENTRIC_FROM = 0.05
_ROUND_STEP_S = 480.0
_ECCENTRIC_STEP_S = 120.0
_J2 = 1.082616e-3  # WGS 72
_NODES_AT_ONCE = 16  # bounds the memory while the table is made


class Nodes(NamedTuple):
    """States of some objects at equal steps.

    ``indices``, shape (m,), are their places in the catalogue; ``position_km`` (float64) and ``velocity_km_s``
    (float32), shape (nodes, 3, m), TEME; ``is_round`` tells the polynomial between.
    """

    indices: npt.NDArray[np.intp]
    step_s: float
    position_km: Floats
    velocity_km_s: npt.NDArray[np.float32]
    is_round: bool


class NightTable:
    """All satellites of a catalogue from one time to another.

    Never changed once built: share it between threads, places and requests.

    Attributes
    ----------
    catalogue : Catalogue
    start, end : datetime
        UTC; every time between is answered.
    groups : list of Nodes
        Round orbits, then eccentric ones.
    codes : ndarray of uint8, shape (n,)
        SGP4's error code of those that fail at some node, 0 for the others.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        start: datetime,
        end: datetime,
        groups: list[Nodes],
        codes: npt.NDArray[np.uint8],
    ) -> None:
        self.catalogue, self.start, self.end, self.groups, self.codes = catalogue, start, end, groups, codes

    @classmethod
    def build(cls, catalogue: Catalogue, start: datetime, end: datetime) -> NightTable:
        """Propagate all satellites through a night.

        Raises
        ------
        InvalidInput
            The night is empty, or longer than 26 hours.
        """
        duration_s = (end - start) / timedelta(seconds=1)
        if not 0.0 < duration_s <= LONGEST_TABLE_S:
            raise InvalidInput(
                f"A night's table lasts up to {LONGEST_TABLE_S / 3600:g} h, not {duration_s / 3600:g} h.", field="end"
            )
        return cls.of_window(catalogue, start, end)

    @classmethod
    def of_window(cls, catalogue: Catalogue, start: datetime, end: datetime) -> NightTable:
        """Propagate satellites through any window: who calls knows that it is short enough for so many."""
        duration_s = (end - start) / timedelta(seconds=1)
        jd, fraction = julian_date(start)
        codes = np.zeros(len(catalogue), dtype=np.uint8)
        eccentric = catalogue.eccentricity >= ECCENTRIC_FROM
        groups = []
        for members, step_s, is_round in ((~eccentric, _ROUND_STEP_S, True), (eccentric, _ECCENTRIC_STEP_S, False)):
            indices = np.flatnonzero(members)
            some = catalogue if len(indices) == len(catalogue) else catalogue.at(indices.tolist())
            count = math.ceil(duration_s / step_s) + 1
            position = np.empty((count, 3, len(indices)))
            velocity = np.empty((count, 3, len(indices)), dtype=np.float32)
            for first in range(0, count, _NODES_AT_ONCE):
                nodes = np.arange(first, min(first + _NODES_AT_ONCE, count))
                days = np.asarray(fraction + nodes * (step_s / DAY_S), dtype=np.float64)
                error, position_km, velocity_km_s = some.propagate(np.full(len(nodes), jd, dtype=np.float64), days)
                position[nodes] = position_km.transpose(1, 2, 0)
                velocity[nodes] = velocity_km_s.transpose(1, 2, 0)
                if error.any():
                    failed = (error != 0).T
                    position.transpose(0, 2, 1)[nodes[0] : nodes[-1] + 1][failed] = np.nan
                    codes[indices] = np.maximum(codes[indices], error.max(axis=1))
            groups.append(Nodes(indices, step_s, position, velocity, is_round))
        return cls(catalogue, start.astimezone(UTC), end.astimezone(UTC), groups, codes)

    @property
    def nbytes(self) -> int:
        """How much memory its arrays take, those of the catalogue left out."""
        return (
            sum(nodes.position_km.nbytes + nodes.velocity_km_s.nbytes + nodes.indices.nbytes for nodes in self.groups)
            + self.codes.nbytes
        )

    def covers(self, start: datetime, end: datetime) -> bool:
        """Tell whether the table answers for all of a stretch of time."""
        return self.start <= start and end <= self.end

    def states(self, moment: datetime) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
        """Interpolate position, km, and velocity, km/s, TEME, of all satellites at an instant that it covers.

        Returns
        -------
        (ndarray, ndarray, ndarray of uint8), shapes (3, n), (3, n), (n,)
            NaN where SGP4 fails at one of the nodes beside the instant; its error code.
        """
        position_km, velocity_km_s = np.empty((3, len(self.catalogue))), np.empty((3, len(self.catalogue)))
        seconds = (moment - self.start) / timedelta(seconds=1)
        for nodes in self.groups:
            at = min(int(seconds / nodes.step_s), len(nodes.position_km) - 2)
            share = seconds / nodes.step_s - at
            terms = [
                nodes.position_km[at],
                nodes.velocity_km_s[at],
                nodes.position_km[at + 1],
                nodes.velocity_km_s[at + 1],
            ]
            if nodes.is_round:
                terms.insert(2, pull_km_s2(terms[0]))
                terms.append(pull_km_s2(terms[3]))
                weights: tuple[Floats, ...] = quintic_weights(share, nodes.step_s)
                rates: tuple[Floats, ...] = quintic_rates(share, nodes.step_s)
            else:
                weights, rates = cubic_weights(share, nodes.step_s), cubic_rates(share, nodes.step_s)
            position_km[:, nodes.indices] = sum(w * term for w, term in zip(weights, terms, strict=True))
            velocity_km_s[:, nodes.indices] = sum(w * term for w, term in zip(rates, terms, strict=True))
        return position_km, velocity_km_s, np.where(np.isnan(position_km[0]), self.codes, 0).astype(np.uint8)


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
