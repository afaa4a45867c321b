"""The stretch of time in which passes are asked for: how long it may be, and the nodes that cover it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from domain.errors import InvalidInput
from domain.night_table import NightTable
from domain.satellite_catalogue import Catalogue

__all__ = ["LONGEST_WINDOW_DAYS", "MOST_OBJECT_DAYS", "node_times", "table_for"]

LONGEST_WINDOW_DAYS = 31.0
MOST_OBJECT_DAYS = 20_000.0  # 130 MB of nodes, and some seconds


def table_for(catalogue: Catalogue, start: datetime, end: datetime, table: NightTable | None) -> NightTable:
    """Take the night's table where it is of this catalogue and covers the window; make one of the window otherwise.

    Raises
    ------
    InvalidInput
        The window is empty, too long, or too long for so many satellites.
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
    if table is not None and table.catalogue is catalogue and table.covers(start, end):
        return table
    return NightTable.of_window(catalogue, start, end)


def node_times(table: NightTable, start: datetime) -> list[npt.NDArray[np.float64]]:
    """Give the times of each group's nodes, seconds from a start."""
    shift_s = (table.start - start) / timedelta(seconds=1)
    return [shift_s + nodes.step_s * np.arange(len(nodes.position_km), dtype=np.float64) for nodes in table.groups]
