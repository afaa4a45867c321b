"""Roots of many functions at once, each between two times at which its signs differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

__all__ = ["find_roots"]

Floats = npt.NDArray[np.float64]


def find_roots(
    measure: Callable[[Floats], Floats], low: Floats, high: Floats, at_low: Floats, at_high: Floats, rounds: int = 9
) -> Floats:
    """Find where measures change their sign.

    Parameters
    ----------
    measure : callable
        Takes times, shape (m,), one for each function, and gives their values.
    low, high : ndarray, shape (m,)
        Times; the signs of the values there, ``at_low`` and ``at_high``, differ.
    rounds : int
        Nine bring a smooth function of two minutes to below a millisecond, most to below a microsecond.

    Returns
    -------
    ndarray, shape (m,)

    Source
    ------
    Dowell & Jarratt 1971, A modified regula falsi method for computing the root of an equation, BIT 11 ("Illinois").
    """
    low, high, at_low, at_high = low.copy(), high.copy(), at_low.copy(), at_high.copy()
    root = low
    if not len(low):
        return root
    last_side = np.zeros(len(low))
    for _ in range(rounds):
        with np.errstate(divide="ignore", invalid="ignore"):
            root = (low * at_high - high * at_low) / (at_high - at_low)
        root = np.where(np.isfinite(root), np.clip(root, low, high), (low + high) / 2)
        value = measure(root)
        same_as_low = (value > 0) == (at_low > 0)
        side = np.where(same_as_low, 1.0, -1.0)
        # An end that stays for a second time pulls only half as much.
        at_high = np.where(same_as_low & (last_side == side), at_high / 2, at_high)
        at_low = np.where(~same_as_low & (last_side == side), at_low / 2, at_low)
        low, at_low = np.where(same_as_low, root, low), np.where(same_as_low, value, at_low)
        high, at_high = np.where(same_as_low, high, root), np.where(same_as_low, at_high, value)
        last_side = side
    return root
