"""Every rise, culmination and set, and every edge of the Earth's shadow, of many satellites over one place."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.arc_filter import rising_arcs
from domain.bracketed_roots import find_roots
from domain.earth_shadow import light_excess
from domain.orbit_arcs import Arcs
from domain.orbit_nodes import LOW_STEP_S, Nodes
from domain.satellite_brightness import phase_angle_rad
from domain.viewpoint import Viewpoint

__all__ = ["EventKind", "Events", "describe_events", "find_events"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# Samples of an arc, between which the altitude turns at most once: two minutes of a low orbit, six of a far one, one of
# an eccentric one.
_ROUND_PARTS, _ECCENTRIC_PARTS = 4, 2
# What is 7 degrees below the horizon is at least 900 km beyond it, if 120 km high: a minute, which an extreme is from
# the nearer sample, does not bring it up; nor do three minutes a far satellite that is 14 degrees below it.
_DEEPEST_SINE, _FAR_DEEPEST_SINE = 0.12, 0.25


class EventKind(IntEnum):
    """What happens; their order is that in which events of one time are taken."""

    UP_AT_START = 0
    RISE = 1
    CULMINATION = 2
    LIGHT = 3
    DARK = 4
    SET = 5
    UP_AT_END = 6


class Events(NamedTuple):
    """Events in columns, shape (m,): where and when, and how the satellite is seen then."""

    objects: Indices
    kinds: npt.NDArray[np.int8]
    seconds: Floats
    altitude_rad: Floats
    azimuth_rad: Floats
    range_km: Floats
    phase_rad: Floats
    is_lit: npt.NDArray[np.bool_]


def find_events(nodes: Nodes, node_s: Floats, view: Viewpoint, altitude_rad: float) -> tuple[Events, Arcs]:
    """Find the events of satellites above an altitude within a window.

    Parameters
    ----------
    nodes : Nodes
    node_s : ndarray, shape (nodes,)
        Their times in the window; the first is at or before its start, the last at or after its end.
    view : Viewpoint
    altitude_rad : float

    Returns
    -------
    (Events, Arcs)
        Ordered by object, then by time; edges of the shadow also of times at which the satellite is down. And the arcs
        they lie on, ordered alike.
    """
    first = max(int(np.searchsorted(node_s, 0.0, side="right")) - 1, 0)
    last = min(int(np.searchsorted(node_s, view.window.duration_s, side="left")), len(node_s) - 1)
    starts, columns = rising_arcs(nodes, first, last, node_s, view, altitude_rad)
    arcs = Arcs.between(nodes, starts, columns, node_s)
    return _Search(arcs, view, math.sin(altitude_rad)).events(), arcs


def describe_events(arcs: Arcs, rows: Indices, kinds: npt.NDArray[np.int8], seconds: Floats, view: Viewpoint) -> Events:
    """Put events in order, and tell how each satellite is seen then.

    Parameters
    ----------
    arcs : Arcs
    rows, kinds, seconds : ndarray, shape (m,)
        The arc, the kind and the time of each.
    """
    objects = arcs.objects[rows]
    order = np.lexsort((kinds, seconds, objects))
    rows, kinds, seconds, objects = rows[order], kinds[order], seconds[order], objects[order]
    look = arcs.rows(rows).look(seconds, view)
    east, north, up = view.horizontal(look.away_km, seconds)
    sun_km = view.window.sun_km(seconds)
    return Events(
        objects,
        kinds,
        seconds,
        np.arctan2(up, np.hypot(east, north)),
        np.arctan2(east, north),
        np.sqrt((look.away_km**2).sum(axis=0)),
        phase_angle_rad(look.position_km, look.away_km, sun_km),
        light_excess(look.position_km, sun_km) > 0.0,
    )


class _Search:
    def __init__(self, arcs: Arcs, view: Viewpoint, sine: float) -> None:
        self._arcs, self._view, self._sine = arcs, view, sine
        self._found: list[tuple[Indices, npt.NDArray[np.int8], Floats]] = []

    def events(self) -> Events:
        arcs, window = self._arcs, self._view.window
        begin_s = np.maximum(arcs.start_s, 0.0)
        end_s = np.minimum(arcs.start_s + arcs.step_s, window.duration_s)
        parts = _ROUND_PARTS if arcs.is_round else _ECCENTRIC_PARTS
        times = begin_s + (end_s - begin_s) * np.linspace(0.0, 1.0, parts + 1)[:, None]
        times[-1] = end_s
        height, climb, light = np.empty_like(times), np.empty_like(times), np.empty_like(times)
        for at, seconds in enumerate(times):
            look = arcs.look(seconds, self._view)
            height[at], climb[at] = look.sine - self._sine, look.climb
            light[at] = light_excess(look.position_km, window.sun_km(seconds))
        is_up = height > 0.0
        self._add(np.flatnonzero(is_up[0] & (begin_s <= 0.0)), EventKind.UP_AT_START, 0.0)
        self._add(np.flatnonzero(is_up[-1] & (end_s >= window.duration_s)), EventKind.UP_AT_END, window.duration_s)
        deepest = _FAR_DEEPEST_SINE if arcs.step_s > LOW_STEP_S else _DEEPEST_SINE
        turns = (climb[:-1] > 0.0) != (climb[1:] > 0.0)
        part, row = np.nonzero(turns & (np.maximum(height[:-1], height[1:]) > -deepest - self._sine))
        extreme_s, extreme = self._extremes(
            row, times[part, row], times[part + 1, row], climb[part, row], climb[part + 1, row]
        )
        highest = (climb[part, row] > 0.0) & (extreme > 0.0)
        self._add(row[highest], EventKind.CULMINATION, extreme_s[highest])
        # Rises and sets: between samples that differ, and on both sides of an extreme.
        plain = (is_up[:-1] != is_up[1:]) & ~turns
        plain_part, plain_row = np.nonzero(plain)
        rows = np.concatenate([plain_row, row, row])
        low = np.concatenate([times[plain_part, plain_row], times[part, row], extreme_s])
        high = np.concatenate([times[plain_part + 1, plain_row], extreme_s, times[part + 1, row]])
        at_low = np.concatenate([height[plain_part, plain_row], height[part, row], extreme])
        at_high = np.concatenate([height[plain_part + 1, plain_row], extreme, height[part + 1, row]])
        self._add_edges(rows, low, high, at_low, at_high)
        shows = np.logical_or.reduce(is_up, axis=0)
        shows[row[highest]] = True
        self._add_shadow_edges(times, light, shows)
        rows, kinds, seconds = (np.concatenate(columns) for columns in zip(*self._found, strict=True))
        return describe_events(arcs, rows, kinds, seconds, self._view)

    def _extremes(
        self, rows: Indices, low: Floats, high: Floats, at_low: Floats, at_high: Floats
    ) -> tuple[Floats, Floats]:
        """Find when the climb ends or begins, and the height then."""
        arcs = self._arcs.rows(rows)
        seconds = find_roots(lambda times: arcs.look(times, self._view).climb, low, high, at_low, at_high)
        return seconds, arcs.look(seconds, self._view).sine - self._sine

    def _add_edges(self, rows: Indices, low: Floats, high: Floats, at_low: Floats, at_high: Floats) -> None:
        changes = np.flatnonzero((at_low > 0.0) != (at_high > 0.0))
        rows, at_low, at_high = rows[changes], at_low[changes], at_high[changes]
        arcs = self._arcs.rows(rows)
        seconds = find_roots(
            lambda times: arcs.look(times, self._view).sine - self._sine,
            low[changes],
            high[changes],
            at_low,
            at_high,
        )
        self._add(rows, np.where(at_high > 0.0, EventKind.RISE, EventKind.SET), seconds)

    def _add_shadow_edges(self, times: Floats, light: Floats, shows: npt.NDArray[np.bool_]) -> None:
        is_lit = light > 0.0
        part, row = np.nonzero((is_lit[:-1] != is_lit[1:]) & shows)
        arcs = self._arcs.rows(row)

        def measure(seconds: Floats) -> Floats:
            return light_excess(arcs.state(seconds)[0], self._view.window.sun_km(seconds))

        at_high = light[part + 1, row]
        seconds = find_roots(measure, times[part, row], times[part + 1, row], light[part, row], at_high)
        self._add(row, np.where(at_high > 0.0, EventKind.LIGHT, EventKind.DARK), seconds)

    def _add(self, rows: Indices, kinds: npt.ArrayLike, seconds: npt.ArrayLike) -> None:
        self._found.append(
            (
                rows,
                np.broadcast_to(np.asarray(kinds, dtype=np.int8), rows.shape),
                np.broadcast_to(np.asarray(seconds, dtype=np.float64), rows.shape),
            )
        )
