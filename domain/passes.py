"""Which satellites pass over a place, from when to when, how high, in which light."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.earth_orientation import EarthOrientation
from domain.errors import InvalidInput
from domain.ground_place import GroundPlace
from domain.horizon_events import cut_by_horizon
from domain.night_table import NightTable
from domain.pass_events import EventKind, Events, find_events
from domain.pass_window import node_times, table_for
from domain.satellite_brightness import Brightness, brightness_of, estimate_magnitude
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Culmination, PassesFound, SatellitePass
from domain.satellite_states import OLDEST_ELEMENTS_DAYS, list_unjudged
from domain.sky_window import DAY_S, SkyWindow
from domain.timing_uncertainty import timing_sigma_s
from domain.viewpoint import Viewpoint

__all__ = ["find_passes"]

Floats = npt.NDArray[np.float64]

_MJD_ZERO = 2_400_000.5
_BEGINS = (EventKind.UP_AT_START, EventKind.RISE)
_ENDS = (EventKind.SET, EventKind.UP_AT_END)


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
    table = table_for(catalogue, start, end, table)
    window = SkyWindow(start, (end - start) / timedelta(seconds=1), orientation)
    middle_mjd = window.jd - _MJD_ZERO + window.fraction + window.duration_s / 2 / DAY_S
    age_days = middle_mjd - catalogue.epochs_mjd
    view = Viewpoint(place, window)
    report = _Report(catalogue, window, middle_mjd)
    passes: list[SatellitePass] = []
    for nodes, node_s in zip(table.groups, node_times(table, window.start), strict=True):
        if not len(nodes.indices):
            continue
        events, arcs = find_events(nodes, node_s, view, math.radians(min_altitude_deg))
        if place.horizon is not None:
            events = cut_by_horizon(events, arcs, place.horizon, view)
        passes += report.passes(events, np.abs(age_days) <= OLDEST_ELEMENTS_DAYS)
    passes.sort(key=lambda each: (each.rise_at or window.start, each.norad_id))
    return PassesFound(passes, list_unjudged(catalogue, age_days, table.codes))


class _Piece(NamedTuple):
    """One pass, by rows of the events."""

    begin: int
    end: int
    culminations: list[int]
    highest: int
    brightest: int
    lit: list[tuple[int, int]]


class _Report:
    """Turns events into passes."""

    def __init__(self, catalogue: Catalogue, window: SkyWindow, middle_mjd: float) -> None:
        self._catalogue, self._window, self._middle_mjd = catalogue, window, middle_mjd
        self._sigma_s = timing_sigma_s(catalogue, middle_mjd - catalogue.epochs_mjd).tolist()
        self._start_mjd = window.jd - _MJD_ZERO + window.fraction

    def passes(self, events: Events, is_judged: npt.NDArray[np.bool_]) -> list[SatellitePass]:
        """Put events together, object by object."""
        pieces = [piece for piece in _pieces(events) if is_judged[events.objects[piece.begin]]]
        if not pieces:
            return []
        catalogue, start, is_far = self._catalogue, self._window.start, self._catalogue.is_far.tolist()
        objects = events.objects[[piece.begin for piece in pieces]].tolist()
        kinds = [
            brightness_of(catalogue.names[index], catalogue.designators[index], is_far=is_far[index])
            for index in objects
        ]
        magnitudes = _magnitudes(events, [piece.brightest for piece in pieces], kinds)
        seconds = events.seconds.tolist()
        altitudes, azimuths = (
            np.degrees(events.altitude_rad).tolist(),
            (np.degrees(events.azimuth_rad) % 360.0).tolist(),
        )
        ranges, lit, kind = events.range_km.tolist(), events.is_lit.tolist(), events.kinds.tolist()
        norad_ids, epochs = catalogue.norad_ids.tolist(), catalogue.epochs_mjd.tolist()
        moments = [start + timedelta(0, each) for each in seconds]
        found = []
        for piece, index, brightness, magnitude in zip(pieces, objects, kinds, magnitudes, strict=True):
            begin, end, culminations, highest, _, sunlit = piece
            rises, sets = kind[begin] == EventKind.RISE, kind[end] == EventKind.SET
            shining_s = sum(seconds[till] - seconds[since] for since, till in sunlit)
            lasting_s = seconds[end] - seconds[begin]
            found.append(
                SatellitePass(
                    norad_id=norad_ids[index],
                    name=catalogue.names[index],
                    designator=catalogue.designators[index],
                    rise_at=moments[begin] if rises else None,
                    rise_azimuth_deg=azimuths[begin] if rises else None,
                    set_at=moments[end] if sets else None,
                    set_azimuth_deg=azimuths[end] if sets else None,
                    up_at_start=not rises,
                    up_at_end=not sets,
                    culminations=[Culmination(moments[at], altitudes[at], azimuths[at]) for at in culminations],
                    highest_at=moments[highest],
                    highest_altitude_deg=altitudes[highest],
                    highest_azimuth_deg=azimuths[highest],
                    range_km=ranges[highest],
                    sunlit=[(moments[since], moments[till]) for since, till in sunlit],
                    sunlit_fraction=shining_s / lasting_s if lasting_s else float(lit[begin]),
                    is_sunlit_at_highest=lit[highest],
                    magnitude=magnitude if sunlit else None,
                    magnitude_source=brightness.source,
                    elements_age_days=self._start_mjd + seconds[highest] / DAY_S - epochs[index],
                    timing_sigma_s=self._sigma_s[index],
                )
            )
        return found


def _pieces(events: Events) -> Iterator[_Piece]:
    """Walk through the events of each object; what has no beginning or no end is none."""
    objects, kinds, lit = events.objects.tolist(), events.kinds.tolist(), events.is_lit.tolist()
    altitude = events.altitude_rad.tolist()
    begin = since = -1
    culminations: list[int] = []
    sunlit: list[tuple[int, int]] = []
    for at, kind in enumerate(kinds):
        if begin >= 0 and objects[at] != objects[begin]:
            begin = -1
        if begin < 0:
            if kind in _BEGINS:
                begin, culminations, sunlit = at, [], []
                since = at if lit[at] else -1
        elif kind == EventKind.CULMINATION:
            culminations.append(at)
        elif kind == EventKind.LIGHT:
            since = at if since < 0 else since
        elif kind == EventKind.DARK or kind in _ENDS:
            if since >= 0:
                sunlit.append((since, at))
                since = -1
            if kind in _ENDS:
                highest = max((begin, *culminations, at), key=altitude.__getitem__)
                brightest = highest
                if not lit[highest] and sunlit:
                    brightest = max((edge for both in sunlit for edge in both), key=altitude.__getitem__)
                yield _Piece(begin, at, culminations, highest, brightest, sunlit)
                begin = -1


def _magnitudes(events: Events, rows: list[int], kinds: list[Brightness]) -> list[float]:
    """Estimate magnitudes at events, those at an edge of the shadow as if fully lit, kind by kind."""
    chosen = np.array(rows)
    found = np.empty(len(rows))
    members: dict[Brightness, list[int]] = {}
    for at, kind in enumerate(kinds):
        members.setdefault(kind, []).append(at)
    for kind, positions in members.items():
        some = chosen[positions]
        found[positions] = estimate_magnitude(kind, events.range_km[some], events.phase_rad[some], np.ones(len(some)))
    magnitudes: list[float] = found.tolist()
    return magnitudes
