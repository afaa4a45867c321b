"""From values to the steps of a palette: limits chosen, a curve between them, and one step for what has no value."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from domain.stretch import asinh_curve, display_range, percentile_limits, zscale_limits

__all__ = ["CURVES", "LIMITS", "Curve", "Limits", "Tone", "choose_limits", "palette_steps"]

Curve = Literal["asinh", "linear", "log", "sqrt"]
Limits = Literal["auto", "zscale", "percentile", "minmax"]
CURVES: tuple[Curve, ...] = get_args(Curve)
LIMITS: tuple[Limits, ...] = get_args(Limits)

_STEPS = 4095
_ASINH_SOFTENING = 0.1
#: Of the logarithm's curve: log(1 + 1000 level) / log(1001), as DS9 draws it.
_LOG_EXPONENT = 1000.0


class Tone(msgspec.Struct, frozen=True):
    """Values shown darkest and brightest, and where the asinh curve bends (a level, 0 to 1)."""

    black: float
    white: float
    softening: float = _ASINH_SOFTENING


def choose_limits(sample: NDArray[Any], how: Limits, *, lower: float = 0.5, upper: float = 99.5) -> Tone:
    """Choose what is darkest and brightest.

    Parameters
    ----------
    sample : ndarray
        Values of any shape; NaN and infinities are left out.
    how : str
        ``auto`` is that of previews: zscale's black, and room above for what is bright.
    lower, upper : float
        Percent, of ``percentile``.

    Returns
    -------
    Tone
        Black and white are equal for a constant image, and 0 where nothing is finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if how == "auto":
            found = Tone(*display_range(sample))
        elif how == "zscale":
            found = Tone(*zscale_limits(sample))
        elif how == "percentile":
            found = Tone(*percentile_limits(sample, lower, upper))
        else:
            found = Tone(*percentile_limits(sample, 0.0, 100.0))
    black, white, softening = (float(np.nan_to_num(value)) for value in (found.black, found.white, found.softening))
    return Tone(black, white, softening or _ASINH_SOFTENING)


def palette_steps(values: NDArray[Any], tone: Tone, curve: Curve) -> NDArray[np.uint8]:
    """Turn values into steps of a palette.

    Parameters
    ----------
    values : ndarray
        Of any shape.

    Returns
    -------
    ndarray of uint8
        Same shape; 0 for NaN, else 1 (black and below) to 255 (white and above). Where black is not below white, all
        are the middle step.
    """
    valid = ~np.isnan(values)
    if not tone.white > tone.black:
        return np.where(valid, np.uint8(128), np.uint8(0))
    table = 1 + np.rint(254.0 * _curve(np.linspace(0.0, 1.0, _STEPS + 1), curve, tone.softening)).astype(np.uint8)
    with np.errstate(invalid="ignore", over="ignore"):
        # In two steps: of limits that are far apart the difference alone would be infinite.
        level = (values / 2 - tone.black / 2) / (tone.white / 2 - tone.black / 2)
        index = np.where(valid, np.clip(level, 0.0, 1.0), 0.0) * _STEPS
    steps: NDArray[np.uint8] = table[np.nan_to_num(index).astype(np.uint16)]
    steps[~valid] = 0
    return steps


def _curve(level: NDArray[np.float64], curve: Curve, softening: float) -> NDArray[np.float64]:
    if curve == "asinh":
        return np.asarray(asinh_curve(level, softening))
    if curve == "log":
        return np.asarray(np.log1p(_LOG_EXPONENT * level) / np.log1p(_LOG_EXPONENT))
    return np.sqrt(level) if curve == "sqrt" else level
