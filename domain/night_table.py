"""The ways of all satellites through a night, for any place: states at nodes, and polynomials between them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput
from domain.hermite import cubic_rates, cubic_weights, quintic_rates, quintic_weights
from domain.orbit_nodes import Codes, Nodes, every_node, pull_km_s2
from domain.satellite_catalogue import Catalogue

__all__ = ["LONGEST_TABLE_S", "NightTable"]

Floats = npt.NDArray[np.float64]

LONGEST_TABLE_S = 26 * 3600.0  # a night that is an hour longer where the clocks go back, and some margin


class NightTable:
    """All satellites of a catalogue from one time to another.

    Never changed once built: share it between threads, places and requests.

    Attributes
    ----------
    catalogue : Catalogue
    start, end : datetime
        UTC; every time between is answered.
    groups : list of Nodes
        Low round orbits, far round ones, eccentric ones.
    codes : ndarray of uint8, shape (n,)
        SGP4's error code of those that fail at some node, 0 for the others.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        start: datetime,
        end: datetime,
        groups: list[Nodes],
        codes: Codes,
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
        groups, codes = every_node(catalogue, start, duration_s)
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

    def states(self, moment: datetime) -> tuple[Floats, Floats, Codes]:
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
