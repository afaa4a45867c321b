"""The stretch of time in which passes are asked for: how long it may be, and the nodes that cover it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.arc_filter import rising_arcs
from domain.errors import InvalidInput
from domain.night_table import NightTable
from domain.orbit_nodes import LOW_STEP_S, Codes, NodeMaker, Nodes, node_makers
from domain.satellite_catalogue import Catalogue
from domain.viewpoint import Viewpoint

__all__ = ["LONGEST_WINDOW_DAYS", "MOST_OBJECT_DAYS", "NodesOfWindow", "check_window", "nodes_of_window"]

Floats = npt.NDArray[np.float64]

LONGEST_WINDOW_DAYS = 31.0
MOST_OBJECT_DAYS = 20_000.0  # 130 MB of nodes, and some seconds
_SKIP = 3  # of the nodes of low orbits, every third is looked at first
_SKIP_FROM = 100  # fewer objects are not worth it


class NodesOfWindow(NamedTuple):
    """Groups of nodes, the times of each group's nodes in the window, and SGP4's error codes."""

    groups: list[tuple[Nodes, Floats]]
    codes: Codes


def check_window(catalogue: Catalogue, start: datetime, end: datetime) -> None:
    """Refuse what is no window for passes.

    Raises
    ------
    InvalidInput
        The window is empty, too long, or too long for so many satellites; a time is naive.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise InvalidInput("The window's times have no time zone. Give UTC, as 2026-11-20T22:15:00Z.")
    days = (end - start) / timedelta(days=1)
    if not 0.0 < days <= LONGEST_WINDOW_DAYS:
        raise InvalidInput(
            f"Passes are looked for in windows of up to {LONGEST_WINDOW_DAYS:g} days, not of {days:g}. Give an end "
            "after the start, or ask in parts.",
            field="end",
        )
    if days * len(catalogue) > MOST_OBJECT_DAYS:
        most = MOST_OBJECT_DAYS / len(catalogue)
        raise InvalidInput(
            f"{len(catalogue)} satellites can be followed for {most:.2g} days at once, not for {days:.3g}. Ask for "
            "fewer satellites, or in parts.",
            field="end",
        )


def nodes_of_window(
    catalogue: Catalogue, view: Viewpoint, altitude_rad: float, table: NightTable | None
) -> NodesOfWindow:
    """Take the night's table where it is of this catalogue and covers the window; propagate otherwise.

    Without a table, low orbits are looked at every 1440 s first, and the nodes between are made only for those that may
    rise above the altitude meanwhile: an eighth of them.
    """
    window = view.window
    if (
        table is not None
        and table.catalogue is catalogue
        and table.covers(window.start, window.moment(window.duration_s))
    ):
        shift_s = window.seconds(table.start)
        return NodesOfWindow([(nodes, shift_s + _times(nodes)) for nodes in table.groups], table.codes)
    codes = np.zeros(len(catalogue), dtype=np.uint8)
    groups = []
    for maker in node_makers(catalogue, window.start, window.duration_s, codes):
        nodes = maker.nodes
        if nodes.step_s == LOW_STEP_S and len(nodes.indices) >= _SKIP_FROM:
            _fill_rising(maker, view, altitude_rad)
        else:
            maker.fill(np.arange(len(nodes.position_km)))
        groups.append((nodes, _times(nodes)))
    return NodesOfWindow(groups, codes)


def _times(nodes: Nodes) -> Floats:
    return nodes.step_s * np.arange(len(nodes.position_km), dtype=np.float64)


def _fill_rising(maker: NodeMaker, view: Viewpoint, altitude_rad: float) -> None:
    nodes = maker.nodes
    maker.fill(np.arange(0, len(nodes.position_km), _SKIP))
    sparse = nodes._replace(
        step_s=_SKIP * nodes.step_s, position_km=nodes.position_km[::_SKIP], velocity_km_s=nodes.velocity_km_s[::_SKIP]
    )
    starts, columns = rising_arcs(sparse, 0, len(sparse.position_km) - 1, _times(sparse), view, altitude_rad)
    for start in np.unique(starts).tolist():
        maker.fill(_SKIP * start + np.arange(1, _SKIP), columns[starts == start])
