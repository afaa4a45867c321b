"""Which satellites pass over a place, from when to when, how high, in which light."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.horizon_events import cut_by_horizon
from domain.night_table import NightTable
from domain.pass_events import Events, find_events
from domain.pass_report import report_passes
from domain.pass_window import check_window, nodes_of_window
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import PassesFound, SatellitePass
from domain.satellite_states import OLDEST_ELEMENTS_DAYS, list_unjudged
from domain.sky_window import DAY_S, SkyWindow
from domain.viewpoint import Viewpoint

__all__ = ["find_passes"]

_MJD_ZERO = 2_400_000.5


def find_passes(
    catalogue: Catalogue,
    place: GroundPlace,
    orientation: EarthOrientation,
    *,
    start: datetime,
    end: datetime,
    min_altitude_deg: float = 10.0,
    table: NightTable | None = None,
) -> PassesFound:
    """Find every pass of a catalogue's satellites over a place within a window.

    Altitudes are geometric, without refraction. Satellites that are up when the window begins or ends are told too.

    Parameters
    ----------
    catalogue : Catalogue
        ``catalogue.only([...])`` for some of them.
    place : GroundPlace
        With a horizon mask, the higher of mask and least altitude counts at each azimuth.
    orientation : EarthOrientation
    start, end : datetime
        Aware; up to 31 days, and up to 20,000 days of satellites.
    min_altitude_deg : float
        0 to below 90.
    table : NightTable, optional
        Used where it is of this catalogue and covers the window: the same answer in less time.

    Returns
    -------
    PassesFound
        In order of rising, those up at the start first.

    Raises
    ------
    InvalidInput
        The window is empty or too long, a time naive, the altitude none.
    """
    if not 0.0 <= min_altitude_deg < 90.0:
        raise InvalidInput("The least altitude lies between 0 and below 90 degrees.", field="min_altitude_deg")
    check_window(catalogue, start, end)
    window = SkyWindow(start, (end - start) / timedelta(seconds=1), orientation)
    middle_mjd = window.jd - _MJD_ZERO + window.fraction + window.duration_s / 2 / DAY_S
    age_days = middle_mjd - catalogue.epochs_mjd
    view = Viewpoint(place, window)
    found: list[Events] = []
    groups, codes = nodes_of_window(catalogue, view, math.radians(min_altitude_deg), table)
    for nodes, node_s in groups:
        if not len(nodes.indices):
            continue
        events, arcs = find_events(nodes, node_s, view, math.radians(min_altitude_deg))
        if place.horizon is not None:
            events = cut_by_horizon(events, arcs, place.horizon, view)
        found.append(events)
    passes: list[SatellitePass] = []
    if found:
        events = Events(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
        passes = report_passes(catalogue, window, age_days, np.abs(age_days) <= OLDEST_ELEMENTS_DAYS, events)
    return PassesFound(passes, list_unjudged(catalogue, age_days, codes))
