"""Where satellites are at one time, and which of them cannot be judged then."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sgp4.api import SGP4_ERRORS

from domain.night_table import NightTable
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import SetAside
from domain.sky_window import SkyWindow

__all__ = ["OLDEST_ELEMENTS_DAYS", "list_unjudged", "states_at"]

Floats = npt.NDArray[np.float64]

#: Elements further from the time asked for tell nothing about it: low satellites are then minutes off.
OLDEST_ELEMENTS_DAYS = 90.0
_DECAYED = 6  # SGP4's code for a distance of less than the Earth's radius


def states_at(
    catalogue: Catalogue, indices: npt.NDArray[np.intp], window: SkyWindow, seconds: float, table: NightTable | None
) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
    """Find position, km, and velocity, km/s, TEME, of satellites at a time of the window.

    Parameters
    ----------
    indices : ndarray of int, shape (m,)
        Their places in the catalogue; all of it, where there is a table.

    Returns
    -------
    (ndarray, ndarray, ndarray of uint8), shapes (3, m), (3, m), (m,)
        NaN where there is none; SGP4's error code.
    """
    if table is not None:
        return table.states(window.moment(seconds))
    days = window.days(np.array([seconds]))
    whole = len(indices) == len(catalogue)
    error, position_km, velocity_km_s = (
        catalogue.propagate(*days) if whole else catalogue.propagate_some(indices.tolist(), *days)
    )
    codes = error[:, 0]
    position_km, velocity_km_s = position_km[:, 0].T, velocity_km_s[:, 0].T
    failed = codes != 0
    if failed.any():
        position_km, velocity_km_s = np.where(failed, np.nan, position_km), np.where(failed, np.nan, velocity_km_s)
    return position_km, velocity_km_s, codes


def list_unjudged(catalogue: Catalogue, age_days: Floats, codes: npt.NDArray[np.uint8]) -> list[SetAside]:
    """Name the satellites that have no position or too old elements, after those the catalogue set aside itself.

    Parameters
    ----------
    age_days : ndarray, shape (n,)
        Of the elements at the time asked for.
    codes : ndarray of uint8, shape (n,)
        SGP4's.
    """
    found = list(catalogue.set_aside)
    for index in np.flatnonzero((codes != 0) | (np.abs(age_days) > OLDEST_ELEMENTS_DAYS)):
        norad_id, name, age, code = (
            int(catalogue.norad_ids[index]),
            catalogue.names[index],
            age_days[index],
            codes[index],
        )
        if abs(age) > OLDEST_ELEMENTS_DAYS:
            side = "before" if age > 0 else "after"
            reason = (
                f"The elements' epoch is {abs(age):.0f} days {side} this time; {OLDEST_ELEMENTS_DAYS:g} are the most."
            )
            found.append(SetAside(norad_id, name, "out-of-date", f"{reason} Import elements nearer to it."))
        elif code == _DECAYED:
            found.append(SetAside(norad_id, name, "decayed", "By these elements it is within the Earth at this time."))
        else:
            reason = f"SGP4 finds no position at this time: {SGP4_ERRORS.get(int(code), f'error {code}')}."
            found.append(SetAside(norad_id, name, "no-position", reason))
    return found
