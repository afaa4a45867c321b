"""Puts the events of satellites together to passes: from a rise to a set, what lies between, and how it looks.

It goes by columns, not pass by pass: the whole catalogue makes some twenty thousand passes a night.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.pass_events import EventKind, Events
from domain.satellite_brightness import Brightness, brightness_of, estimate_magnitude
from domain.satellite_catalogue import Catalogue
from domain.satellite_results import Culmination, SatellitePass
from domain.sky_window import DAY_S, SkyWindow
from domain.timing_uncertainty import timing_sigma_s

__all__ = ["report_passes"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

_MJD_ZERO = 2_400_000.5


def report_passes(
    catalogue: Catalogue, window: SkyWindow, age_days: Floats, is_judged: Flags, events: Events
) -> list[SatellitePass]:
    """Tell of passes, in order of rising; what has no beginning or no end is no pass.

    Parameters
    ----------
    catalogue : Catalogue
    window : SkyWindow
    age_days : ndarray, shape (satellites,)
        Of the elements, at the middle of the window.
    is_judged : ndarray of bool, shape (satellites,)
        Others are left out.
    events : Events
        Ordered by object, then by time.
    """
    begins, ends = _spans(
        (events.kinds <= EventKind.RISE) & is_judged[events.objects], events.kinds >= EventKind.SET, events.objects
    )
    if not len(begins):
        return []
    order = np.lexsort((catalogue.norad_ids[events.objects[begins]], events.seconds[begins]))
    number = _number_of_pass(begins, ends, order, len(events.kinds))
    with _nothing_collected():
        columns = _Columns(catalogue, window, age_days, events, begins[order], ends[order], number).named()
        return list(map(SatellitePass, *(columns[name] for name in SatellitePass.__struct_fields__)))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Hold the collector back while many small lists are made that all stay: it would look for nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Columns:
    """What is told of passes, each a list in order of rising."""

    def __init__(
        self,
        catalogue: Catalogue,
        window: SkyWindow,
        age_days: Floats,
        events: Events,
        begins: Indices,
        ends: Indices,
        number: Indices,
    ) -> None:
        self._catalogue, self._window, self._age_days = catalogue, window, age_days
        self._events, self._begins, self._ends, self._number = events, begins, ends, number
        self._altitude_deg = np.degrees(events.altitude_rad)
        self._azimuth_deg = np.degrees(events.azimuth_rad) % 360.0
        self._moments = _moments(window.start, events.seconds, number >= 0)

    def named(self) -> dict[str, list[Any]]:
        events, begins, ends = self._events, self._begins, self._ends
        objects = events.objects[begins]
        rises, sets = events.kinds[begins] == EventKind.RISE, events.kinds[ends] == EventKind.SET
        culminations = self._in_passes(events.kinds == EventKind.CULMINATION)
        highest = self._highest(np.concatenate([begins, culminations, ends]))
        lit_from, lit_till = self._lit_spans()
        brightest, shines = self._brightest(highest, lit_from, lit_till)
        magnitude, source = _magnitudes(self._catalogue, events, objects, brightest)
        ids = objects.tolist()
        names, designators = self._catalogue.names, self._catalogue.designators
        return {
            "norad_id": self._catalogue.norad_ids[objects].tolist(),
            "name": [names[each] for each in ids],
            "designator": [designators[each] for each in ids],
            "rise_at": _where(rises, self._moments[begins]),
            "rise_azimuth_deg": _where(rises, self._azimuth_deg[begins]),
            "set_at": _where(sets, self._moments[ends]),
            "set_azimuth_deg": _where(sets, self._azimuth_deg[ends]),
            "up_at_start": (~rises).tolist(),
            "up_at_end": (~sets).tolist(),
            "culminations": self._shared_out(self._told(culminations), culminations),
            "highest_at": self._moments[highest].tolist(),
            "highest_altitude_deg": self._altitude_deg[highest].tolist(),
            "highest_azimuth_deg": self._azimuth_deg[highest].tolist(),
            "range_km": events.range_km[highest].tolist(),
            "sunlit": self._shared_out(
                list(zip(self._moments[lit_from].tolist(), self._moments[lit_till].tolist(), strict=True)), lit_from
            ),
            "sunlit_fraction": self._sunlit_fraction(lit_from, lit_till).tolist(),
            "is_sunlit_at_highest": events.is_lit[highest].tolist(),
            "magnitude": _where(shines, magnitude),
            "magnitude_source": source,
            "elements_age_days": self._age_at(highest).tolist(),
            "timing_sigma_s": timing_sigma_s(self._catalogue, self._age_days)[objects].tolist(),
        }

    def _in_passes(self, flags: Flags) -> Indices:
        """Take the events of passes that are flagged: in order of the passes, then of time."""
        rows = np.flatnonzero(flags & (self._number >= 0))
        return rows[np.argsort(self._number[rows], kind="stable")]

    def _highest(self, rows: Indices) -> Indices:
        """Take of each pass the highest of the rows that are its; the first where two are as high."""
        rows = rows[np.lexsort((rows, -self._altitude_deg[rows], self._number[rows]))]
        return rows[np.flatnonzero(np.diff(self._number[rows], prepend=-1))]

    def _told(self, rows: Indices) -> list[Culmination]:
        columns = (self._moments[rows], self._altitude_deg[rows], self._azimuth_deg[rows])
        return list(map(Culmination, *(each.tolist() for each in columns)))

    def _shared_out(self, things: list[Any], rows: Indices) -> list[list[Any]]:
        """Give each pass its things, as a list; ``rows`` say whose they are, in order of the passes."""
        stops = np.cumsum(np.bincount(self._number[rows], minlength=len(self._begins))).tolist()
        return [things[first:stop] for first, stop in zip([0, *stops], stops, strict=False)]

    def _lit_spans(self) -> tuple[Indices, Indices]:
        """Find from where to where passes are lit, in order of the passes, then of time."""
        events, is_edge = self._events, self._number >= 0
        opens = is_edge & (events.kinds == EventKind.LIGHT)
        opens[self._begins] = events.is_lit[self._begins]
        lit_from, lit_till = _spans(opens, is_edge & (events.kinds >= EventKind.DARK), self._number)
        order = np.argsort(self._number[lit_from], kind="stable")
        return lit_from[order], lit_till[order]

    def _sunlit_fraction(self, lit_from: Indices, lit_till: Indices) -> Floats:
        seconds = self._events.seconds
        lasting_s = seconds[self._ends] - seconds[self._begins]
        shining_s = np.bincount(
            self._number[lit_from], weights=seconds[lit_till] - seconds[lit_from], minlength=len(lasting_s)
        )
        whole = self._events.is_lit[self._begins].astype(np.float64)
        return np.divide(shining_s, lasting_s, out=whole, where=lasting_s > 0.0)

    def _brightest(self, highest: Indices, lit_from: Indices, lit_till: Indices) -> tuple[Indices, Flags]:
        """Find the highest lit event of each pass, and whether it has one."""
        brightest, shines = highest.copy(), np.zeros(len(highest), dtype=np.bool_)
        edges = np.concatenate([lit_from, lit_till])
        highest_edge = self._highest(edges)
        owner = self._number[highest_edge]
        shines[owner] = True
        brightest[owner] = np.where(self._events.is_lit[highest[owner]], highest[owner], highest_edge)
        return brightest, shines

    def _age_at(self, rows: Indices) -> Floats:
        start_mjd = self._window.jd - _MJD_ZERO + self._window.fraction
        return start_mjd - self._catalogue.epochs_mjd[self._events.objects[rows]] + self._events.seconds[rows] / DAY_S


def _spans(opens: Flags, closes: Flags, owners: Indices) -> tuple[Indices, Indices]:
    """Find rows that open and those that close again, of one owner: the first that opens, and the next that closes."""
    edges = np.flatnonzero(opens | closes)
    is_open, owner = opens[edges], owners[edges]
    follows = np.r_[False, is_open[:-1] & (owner[1:] == owner[:-1])] if len(edges) else is_open
    first = np.maximum.accumulate(np.where(is_open & ~follows, np.arange(len(edges)), 0))
    till = np.flatnonzero(~is_open & follows)
    return edges[first[till]], edges[till]


def _number_of_pass(begins: Indices, ends: Indices, order: Indices, count: int) -> Indices:
    """Tell of each event the place of its pass in the order of rising; -1 where it is of none."""
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    number = np.full(count, -1, dtype=np.intp)
    lengths = ends - begins + 1
    before = np.cumsum(lengths) - lengths
    number[np.arange(lengths.sum()) + np.repeat(begins - before, lengths)] = np.repeat(place, lengths)
    return number


def _moments(start: datetime, seconds: Floats, wanted: Flags) -> npt.NDArray[np.object_]:
    moments = np.empty(len(seconds), dtype=np.object_)
    moments[wanted] = list(map(start.__add__, map(timedelta, repeat(0), seconds[wanted].tolist())))
    return moments


def _where(is_told: Flags, values: npt.NDArray[Any]) -> list[Any]:
    told = values.astype(np.object_)
    told[~is_told] = None
    return list(told)


def _magnitudes(catalogue: Catalogue, events: Events, objects: Indices, rows: Indices) -> tuple[Floats, list[str]]:
    """Estimate the magnitude of objects at their events, as if fully lit; and tell what that rests on."""
    members: dict[Brightness, int] = {}
    kind_of = np.zeros(len(catalogue), dtype=np.intp)
    for index in np.unique(objects).tolist():
        kind = brightness_of(catalogue.names[index], catalogue.designators[index], is_far=bool(catalogue.is_far[index]))
        kind_of[index] = members.setdefault(kind, len(members))
    numbers, kinds = kind_of[objects], list(members)
    magnitude = np.empty(len(objects))
    for number, kind in enumerate(kinds):
        some = numbers == number
        lit = np.ones(int(some.sum()))
        magnitude[some] = estimate_magnitude(kind, events.range_km[rows[some]], events.phase_rad[rows[some]], lit)
    return magnitude, [kinds[number].source for number in numbers.tolist()]
