"""A catalogue of satellites in columns: what SGP4 propagates at once, and what tells who is who."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
from sgp4.api import SGP4_ERRORS, Satrec, SatrecArray

from domain.element_set import ElementSet
from domain.satellite_results import SetAside

__all__ = ["EARTH_RADIUS_KM", "GM_KM3_S2", "Catalogue"]

Floats = npt.NDArray[np.float64]

EARTH_RADIUS_KM = 6378.135  # WGS 72, the one SGP4's elements are made with
GM_KM3_S2 = 398_600.8  # WGS 72
_MJD_ZERO = datetime(1858, 11, 17, tzinfo=UTC)
_FAR_PERIOD_S = 225 * 60.0
_RECORD_BYTES = 1_016  # one Satrec, held twice: alone and in the array


class Catalogue:
    """Satellites whose elements SGP4 can use, in the order given.

    Never changed once built: safe to share between threads (SGP4 holds the interpreter's lock).

    Attributes
    ----------
    norad_ids : ndarray of int64, shape (n,)
    names, designators : list of str
    epochs_mjd : ndarray, shape (n,)
        UTC.
    is_far : ndarray of bool, shape (n,)
        Whether the period is beyond 225 minutes, where SGP4 takes Moon and Sun into account.
    eccentricity, perigee_km, apogee_km, period_s : ndarray, shape (n,)
        Of the mean elements; distances from the Earth's centre.
    bstar : ndarray, shape (n,)
    inclination_sine, inclination_cosine, node_rad, node_rate_rad_s : ndarray, shape (n,)
        Of the orbit's plane, TEME; the node at the epoch.
    set_aside : list of SetAside
        The others, with the reason.
    """

    def __init__(
        self,
        records: Sequence[Satrec],
        norad_ids: Sequence[int],
        names: list[str],
        designators: list[str],
        epochs_mjd: Sequence[float],
        set_aside: Sequence[SetAside] = (),
    ) -> None:
        self._records = list(records)
        self.norad_ids = np.array(norad_ids, dtype=np.int64)
        self.names = names
        self.designators = designators
        self.epochs_mjd: Floats = np.array(epochs_mjd, dtype=np.float64)
        self.set_aside = list(set_aside)
        self.eccentricity: Floats = np.array([record.ecco for record in self._records], dtype=np.float64)
        axis_km = np.array([record.a for record in self._records], dtype=np.float64) * EARTH_RADIUS_KM
        self.perigee_km: Floats = axis_km * (1.0 - self.eccentricity)
        self.apogee_km: Floats = axis_km * (1.0 + self.eccentricity)
        self.period_s: Floats = 2.0 * np.pi * np.sqrt(axis_km**3 / GM_KM3_S2)
        self.bstar: Floats = np.array([record.bstar for record in self._records], dtype=np.float64)
        inclination = np.array([record.inclo for record in self._records], dtype=np.float64)
        self.inclination_sine: Floats = np.sin(inclination)
        self.inclination_cosine: Floats = np.cos(inclination)
        self.node_rad: Floats = np.array([record.nodeo for record in self._records], dtype=np.float64)
        self.node_rate_rad_s: Floats = np.array([record.nodedot for record in self._records], dtype=np.float64) / 60.0
        self.is_far: npt.NDArray[np.bool_] = self.period_s > _FAR_PERIOD_S

    @classmethod
    def build(cls, element_sets: Iterable[ElementSet]) -> Catalogue:
        """Make SGP4 records of element sets.

        Sets that SGP4 refuses are set aside with the reason and never spoil the rest. One set for each catalogue number
        is expected; of several, each is a satellite of its own.
        """
        kept: list[tuple[Satrec, ElementSet]] = []
        set_aside: list[SetAside] = []
        for elements in element_sets:
            reason = None
            try:
                record = elements.satrec()
            except (ValueError, OverflowError, ArithmeticError, TypeError) as error:
                reason = f"The elements cannot be used: {error}."
            else:
                if record.error:
                    reason = f"SGP4 refuses the elements: {SGP4_ERRORS.get(record.error, record.error)}."
                elif not _is_finite(elements) or not 0.0 < record.a < np.inf:
                    reason = "The elements lead to no orbit: a value is missing, infinite or no number."
            if reason:
                set_aside.append(SetAside(elements.norad_id, elements.name, "unusable", reason))
            else:
                kept.append((record, elements))
        return cls(
            [record for record, _ in kept],
            [elements.norad_id for _, elements in kept],
            [elements.name for _, elements in kept],
            [elements.designator for _, elements in kept],
            [(elements.epoch - _MJD_ZERO) / timedelta(days=1) for _, elements in kept],
            set_aside,
        )

    def __len__(self) -> int:
        return len(self._records)

    @cached_property
    def _array(self) -> SatrecArray:
        return SatrecArray(self._records)

    @cached_property
    def _indices(self) -> dict[int, int]:
        return {int(norad_id): index for index, norad_id in enumerate(self.norad_ids)}

    @property
    def nbytes(self) -> int:
        """How much memory it takes, about."""
        columns = (self.norad_ids, self.epochs_mjd, self.eccentricity, self.perigee_km, self.apogee_km, self.period_s)
        text = sum(map(len, self.names)) + sum(map(len, self.designators)) + 2 * 60 * len(self)
        return 2 * _RECORD_BYTES * len(self) + sum(column.nbytes for column in columns) + text

    def index_of(self, norad_id: int) -> int | None:
        """Find a satellite's place in the columns."""
        return self._indices.get(norad_id)

    def only(self, norad_ids: Iterable[int]) -> Catalogue:
        """Make a catalogue of some of these satellites; numbers that are not here are left out."""
        wanted = dict.fromkeys(norad_ids)
        found = [self._indices[norad_id] for norad_id in wanted if norad_id in self._indices]
        return self.at(found, [each for each in self.set_aside if each.norad_id in wanted])

    def at(self, indices: Sequence[int], set_aside: Sequence[SetAside] = ()) -> Catalogue:
        """Make a catalogue of the satellites at these places of the columns."""
        return Catalogue(
            [self._records[index] for index in indices],
            [int(self.norad_ids[index]) for index in indices],
            [self.names[index] for index in indices],
            [self.designators[index] for index in indices],
            [float(self.epochs_mjd[index]) for index in indices],
            set_aside,
        )

    def propagate(self, jd: Floats, fraction: Floats) -> tuple[npt.NDArray[np.uint8], Floats, Floats]:
        """Propagate all satellites to all times.

        Parameters
        ----------
        jd, fraction : ndarray, shape (t,)
            Julian dates, UTC.

        Returns
        -------
        (ndarray of uint8, ndarray, ndarray), shapes (n, t), (n, t, 3), (n, t, 3)
            SGP4's error code (0: none); position, km, and velocity, km/s, TEME.
        """
        if not self._records:
            return np.zeros((0, len(jd)), np.uint8), np.zeros((0, len(jd), 3)), np.zeros((0, len(jd), 3))
        error, position_km, velocity_km_s = self._array.sgp4(jd, fraction)
        return error, position_km, velocity_km_s

    def propagate_some(
        self, indices: Sequence[int], jd: Floats, fraction: Floats
    ) -> tuple[npt.NDArray[np.uint8], Floats, Floats]:
        """Propagate the satellites at these places, as ``propagate`` does all."""
        if not len(indices):
            return np.zeros((0, len(jd)), np.uint8), np.zeros((0, len(jd), 3)), np.zeros((0, len(jd), 3))
        error, position_km, velocity_km_s = SatrecArray([self._records[index] for index in indices]).sgp4(jd, fraction)
        return error, position_km, velocity_km_s


def _is_finite(elements: ElementSet) -> bool:
    # One sum tells: it is a number only if all of them are.
    return math.isfinite(
        elements.mean_motion_rev_day
        + elements.eccentricity
        + elements.inclination_deg
        + elements.raan_deg
        + elements.perigee_argument_deg
        + elements.mean_anomaly_deg
        + elements.bstar
    )
