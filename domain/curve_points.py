"""Fewer points of a long curve, so that nothing that stands out is lost."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["thin"]

Numbers = NDArray[np.float64]


def thin(x: Numbers, y: Numbers, most: int) -> tuple[Numbers, Numbers]:
    """Leave out points of a curve.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Finite.
    most : int
        How many may be left, at least 4.

    Returns
    -------
    ndarray, ndarray
        Along an x that rises or falls, of each stretch the lowest, the highest and two more; else every so many.
    """
    if len(x) <= most:
        return x, y
    steps = np.diff(x)
    if not ((steps >= 0).all() or (steps <= 0).all()):
        every = np.arange(0, len(x), -(-len(x) // most))
        return x[every], y[every]
    edges = np.linspace(0, len(x), most // 4 + 1).astype(int)
    chosen = [
        index
        for start, stop in pairwise(edges)
        for index in sorted(
            # Also two like any other, or what scatters would look like a hollow band.
            {start + int(y[start:stop].argmin()), start + int(y[start:stop].argmax()), start, (start + stop) // 2}
        )
    ]
    return x[chosen], y[chosen]
