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
        How many may be left, at least 2.

    Returns
    -------
    ndarray, ndarray
        Along an x that rises or falls, the lowest and the highest of each stretch, in their order; else every so many.
    """
    if len(x) <= most:
        return x, y
    steps = np.diff(x)
    if not ((steps >= 0).all() or (steps <= 0).all()):
        every = np.arange(0, len(x), -(-len(x) // most))
        return x[every], y[every]
    edges = np.linspace(0, len(x), most // 2 + 1).astype(int)
    chosen = [
        index
        for start, stop in pairwise(edges)
        for index in sorted({start + int(y[start:stop].argmin()), start + int(y[start:stop].argmax())})
    ]
    return x[chosen], y[chosen]
