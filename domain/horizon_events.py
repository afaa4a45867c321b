"""Passes cut by what stands before the sky: trees, walls, the dome's edge."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from domain.bracketed_roots import find_roots
from domain.ground_place import HorizonMask
from domain.orbit_arcs import Arcs
from domain.pass_events import EventKind, Events, describe_events
from domain.viewpoint import Viewpoint

__all__ = ["cut_by_horizon"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_SHORTEST_STEP_S, _LONGEST_STEP_S = 5.0, 60.0
_STEPS = 120
_SAMPLES_AT_ONCE = 200_000  # bounds the memory
_TOUCH_RAD = 1e-9


def cut_by_horizon(events: Events, arcs: Arcs, horizon: HorizonMask, view: Viewpoint) -> Events:
    """Let satellites rise and set where they come from behind the horizon or go behind it.

    Parameters
    ----------
    events : Events
        Of passes above the least altitude.
    arcs : Arcs
        The arcs they lie on.
    horizon : HorizonMask
        What is narrower than the way of 5 s (60 s for satellites that are up for hours) may go unseen.

    Returns
    -------
    Events
        Culminations and edges of the shadow remain, also where the satellite is hidden.
    """
    begins = np.flatnonzero(events.kinds <= EventKind.RISE)
    ends = np.flatnonzero(events.kinds >= EventKind.SET)
    if len(begins) != len(ends):  # an object that has no place at some node: only what is whole can be cut
        begins, ends = _whole(events, begins, ends)
    clear = events.altitude_rad - np.radians(horizon.altitude_deg(np.degrees(events.azimuth_rad))) >= -_TOUCH_RAD
    between = (events.kinds > EventKind.RISE) & (events.kinds < EventKind.SET)
    kept = np.flatnonzero(between | clear)
    kinds, seconds = [events.kinds[kept]], [events.seconds[kept]]
    rows = [_rows_at(arcs, events.objects[kept], events.seconds[kept])]
    counts = _counts(events.seconds[ends] - events.seconds[begins])
    block = np.cumsum(counts) // _SAMPLES_AT_ONCE
    for number in np.unique(block):
        some = block == number
        row, second, kind = _edges(events, begins[some], ends[some], counts[some], arcs, horizon, view)
        rows.append(row)
        seconds.append(second)
        kinds.append(kind)
    return describe_events(arcs, np.concatenate(rows), np.concatenate(kinds), np.concatenate(seconds), view)


def _whole(events: Events, begins: Indices, ends: Indices) -> tuple[Indices, Indices]:
    follows = np.searchsorted(ends, begins)
    known = follows < len(ends)
    begins, follows = begins[known], follows[known]
    same = events.objects[begins] == events.objects[ends[follows]]
    return begins[same], ends[follows[same]]


def _counts(lasting_s: Floats) -> Indices:
    steps = np.ceil(lasting_s / np.clip(lasting_s / _STEPS, _SHORTEST_STEP_S, _LONGEST_STEP_S))
    counts: Indices = np.maximum(steps, 1).astype(np.intp) + 1
    return counts


def _edges(
    events: Events,
    begins: Indices,
    ends: Indices,
    counts: Indices,
    arcs: Arcs,
    horizon: HorizonMask,
    view: Viewpoint,
) -> tuple[Indices, Floats, npt.NDArray[np.int8]]:
    """Find where satellites come from behind the horizon or go there, within passes from begin to end."""
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = number / np.repeat(counts - 1, counts)
    since, till = events.seconds[begins], events.seconds[ends]
    times = np.repeat(since, counts) * (1.0 - share) + np.repeat(till, counts) * share
    rows = _rows_at(arcs, np.repeat(events.objects[begins], counts), times)

    def clearance(arcs: Arcs, seconds: Floats) -> Floats:
        look = arcs.look(seconds, view)
        east, north, up = view.horizontal(look.away_km, seconds)
        mask_rad = np.radians(horizon.altitude_deg(np.degrees(np.arctan2(east, north))))
        height: Floats = np.arctan2(up, np.hypot(east, north)) - mask_rad + _TOUCH_RAD
        return height

    height = clearance(arcs.rows(rows), times)
    changes = np.flatnonzero(((height[:-1] > 0.0) != (height[1:] > 0.0)) & (number[1:] > 0))
    some = arcs.rows(rows[changes])
    at_high = height[changes + 1]
    seconds = find_roots(
        lambda moments: clearance(some, moments),
        times[changes],
        times[changes + 1],
        height[changes],
        at_high,
        rounds=24,
    )
    return rows[changes], seconds, np.where(at_high > 0.0, EventKind.RISE, EventKind.SET).astype(np.int8)


def _rows_at(arcs: Arcs, objects: Indices, seconds: Floats) -> Indices:
    """Find the arc of each object at its time; arcs are ordered by object, then by time."""
    span_s = float(np.abs(arcs.start_s).max(initial=0.0)) * 2.0 + 2.0 * arcs.step_s
    keys = arcs.objects * span_s + arcs.start_s
    rows: Indices = np.searchsorted(keys, objects * span_s + seconds + 1e-6, side="right") - 1
    return np.maximum(rows, 0)
