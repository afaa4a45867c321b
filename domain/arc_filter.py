"""Which arcs between nodes can rise above an altitude at a place: a bound that may keep too many, and never loses one.

Seen from the Earth's centre, a satellite is above an altitude only within some angle of the place. Between two nodes an
orbit follows a great circle so nearly, and the place turns so little, that the distance to the circle's arc decides.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from domain.orbit_nodes import Nodes
from domain.sky_window import EARTH_RATE_RAD_S
from domain.viewpoint import Viewpoint

__all__ = ["rising_arcs"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# The ellipsoid's normal leans from the geocentric direction by 0.1924 degrees at most, and the pole wanders a little.
_LEAN_RAD = math.radians(0.2)
# The orbit's plane turns (Earth's flattening) by less than this within 480 s; the arc is no perfect circle.
_WARP_RAD = math.radians(0.1)
# Between nodes a satellite climbs above both by less than this in 480 s: 1/8 of the radial acceleration times the step
# squared, where round orbits have 0.05 of the pull at most. Eccentric ones, with 120 s, may have all of it.
_BULGE_KM = 25.0
_STEP_S = 480.0


def rising_arcs(
    nodes: Nodes, first: int, last: int, node_s: Floats, view: Viewpoint, altitude_rad: float
) -> tuple[Indices, Indices]:
    """Find the arcs on which a satellite may be above an altitude.

    Parameters
    ----------
    nodes : Nodes
    first, last : int
        Nodes between which arcs are looked at.
    node_s : ndarray, shape (nodes,)
        Times of the nodes in the window.
    view : Viewpoint
    altitude_rad : float

    Returns
    -------
    (ndarray of int, ndarray of int), shape (m,)
        Start nodes and columns of the nodes, ordered by column, then by node.
    """
    steps = max(nodes.step_s / _STEP_S, 1.0)
    margin_rad = EARTH_RATE_RAD_S * nodes.step_s / 2 + _WARP_RAD * steps
    bulge_km = _BULGE_KM * steps**2
    lean_rad = altitude_rad - _LEAN_RAD
    middles_km = view.position_km(node_s[first:last] + nodes.step_s / 2)
    distance_km = math.sqrt(float((middles_km[:, 0] ** 2).sum()))
    found: list[Indices] = []
    end = nodes.position_km[first]
    end_km = np.sqrt((end**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        for at in range(last - first):
            start, start_km = end, end_km
            end = nodes.position_km[first + at + 1]
            end_km = np.sqrt((end**2).sum(axis=0))
            toward = middles_km[:, at] / distance_km
            a, b = toward @ start / start_km, toward @ end / end_km
            c = (start * end).sum(axis=0) / (start_km * end_km)
            foot = np.sqrt((a * a + b * b - 2.0 * a * b * c) / (1.0 - c * c))
            nearest = np.where((b >= a * c) & (a >= b * c), foot, np.maximum(a, b))
            sight = np.arccos(
                np.minimum(math.cos(lean_rad) * distance_km / (np.maximum(start_km, end_km) + bulge_km), 1.0)
            )
            found.append(np.flatnonzero(nearest >= np.cos(np.clip(sight - lean_rad + margin_rad, 0.0, math.pi))))
    starts = np.repeat(np.arange(first, last), [len(columns) for columns in found])
    columns = np.concatenate(found) if found else np.zeros(0, dtype=np.intp)
    order = np.lexsort((starts, columns))
    return starts[order], columns[order]
