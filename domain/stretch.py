"""From counts to grey levels: the limits to show between, and the curve from one to the other."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["DisplayRange", "asinh_curve", "asinh_levels", "display_range", "percentile_limits", "zscale_limits"]

Pixels = NDArray[np.floating[Any]]


def _finite(image: NDArray[Any]) -> NDArray[Any]:
    flat: NDArray[Any] = np.asarray(image).ravel()
    finite: NDArray[Any] = flat[np.isfinite(flat)]
    return finite


def zscale_limits(
    image: NDArray[Any],
    *,
    sample_count: int = 1000,
    contrast: float = 0.25,
    max_reject: float = 0.5,
    min_pixels: int = 5,
    rejection: float = 2.5,
    max_iterations: int = 5,
) -> tuple[float, float]:
    """Find limits that show the faint end of an image: a line through its sorted sample, made steeper.

    Parameters
    ----------
    image : ndarray
        Counts of any shape; NaN and infinities are left out.
    sample_count : int
        Pixels looked at, evenly spaced over the image.
    contrast : float
        The fitted slope is divided by this.
    max_reject : float
        With a larger share of the sample rejected, the whole range is returned.
    min_pixels : int
        The same with fewer pixels left.
    rejection : float
        Standard deviations beyond which a pixel is rejected, its neighbours with it.
    max_iterations : int
        Fits at most.

    Returns
    -------
    (float, float)
        Lower and upper limit in counts; (0, 0) where nothing is finite.

    Source
    ------
    IRAF ``display`` task, algorithm zscale, in the form of ``astropy.visualization.ZScaleInterval``.
    """
    values = _finite(image)
    if values.size == 0:
        return 0.0, 0.0
    stride = int(max(1.0, values.size / sample_count))
    samples = np.sort(values[::stride][:sample_count].astype(np.float64))
    count = len(samples)
    low, high = float(samples[0]), float(samples[-1])
    enough = max(min_pixels, int(count * max_reject))
    grow = max(1, int(count * 0.01))
    x = np.arange(count, dtype=np.float64)
    bad = np.zeros(count, dtype=bool)
    kept, last_kept = count, count + 1
    slope = 0.0
    for _ in range(max_iterations):
        if kept >= last_kept or kept < enough:
            break
        good = ~bad
        mean_x, mean_y = x[good].mean(), samples[good].mean()
        spread = float(((x[good] - mean_x) ** 2).sum())
        slope = float(((x[good] - mean_x) * (samples[good] - mean_y)).sum()) / spread if spread else 0.0
        flat = samples - (mean_y + slope * (x - mean_x))
        threshold = rejection * float(flat[good].std())
        bad = np.convolve(bad | (np.abs(flat) > threshold), np.ones(grow, dtype=bool), mode="same")
        last_kept, kept = kept, int((~bad).sum())
    if kept >= enough:
        if contrast > 0:
            slope /= contrast
        middle = (count - 1) // 2
        median = float(np.median(samples))
        low = max(low, median - (middle - 1) * slope)
        high = min(high, median + (count - middle) * slope)
    return low, high


def percentile_limits(image: NDArray[Any], lower: float, upper: float) -> tuple[float, float]:
    """Find the values below which two percentages of the finite pixels lie.

    Parameters
    ----------
    image : ndarray
        Counts of any shape; NaN and infinities are left out.
    lower, upper : float
        Percent, 0 to 100.

    Returns
    -------
    (float, float)
        Limits in counts; (0, 0) where nothing is finite.
    """
    values = _finite(image)
    if values.size == 0:
        return 0.0, 0.0
    low, high = np.percentile(values, [lower, upper])
    return float(low), float(high)


class DisplayRange(NamedTuple):
    """Black and white in counts, and the softening of the asinh curve between them."""

    black: float
    white: float
    softening: float


def display_range(image: NDArray[Any], *, sample_count: int = 40_000) -> DisplayRange:
    """Choose how a preview shows an image: zscale's black, and room above for what is bright.

    zscale's own white suits a linear screen and burns out galaxies and nebulae. Here white is the 99.7th percentile,
    at most 60 zscale ranges up, and the asinh curve bends at about the end of the zscale range: an image with
    nothing bright in it is shown almost straight, a nebula almost logarithmically.

    Parameters
    ----------
    image : ndarray
        Counts of any shape; NaN and infinities are left out.
    sample_count : int
        Pixels the percentile is taken from.

    Returns
    -------
    DisplayRange
        Black and white are equal for a constant image, and 0 where nothing is finite.
    """
    values = _finite(image)
    black, zscale_white = zscale_limits(values)
    sample = values[:: max(1, values.size // sample_count)]
    _, bright = percentile_limits(sample, 0.0, 99.7)
    reach = zscale_white - black
    if reach <= 0.0:
        # More than half the image is one value: whatever stands out decides.
        white = max(zscale_white, bright)
        return DisplayRange(black, white, 1.0)
    white = max(zscale_white, min(bright, black + 60.0 * reach))
    return DisplayRange(black, white, min(max(0.6 * reach / (white - black), 0.02), 1.0))


def asinh_curve(level: Pixels, softening: float) -> Pixels:
    """Bend levels from 0 to 1 so that faint ones are lifted.

    Parameters
    ----------
    level : ndarray
        Levels, 0 black and 1 white.
    softening : float
        Level at which the curve turns from straight to logarithmic, above 0.

    Returns
    -------
    ndarray
        Same shape, again from 0 to 1.

    Source
    ------
    Lupton, Gunn & Szalay 1999, AJ 118, 1406.
    """
    return np.asarray(np.arcsinh(level / softening) / np.arcsinh(1.0 / softening))


def asinh_levels(image: NDArray[Any], shown: DisplayRange, *, invalid: int = 0) -> NDArray[np.uint8]:
    """Turn counts into grey levels through the asinh curve.

    Parameters
    ----------
    image : ndarray
        Counts of any shape.
    shown : DisplayRange
        Counts shown as 0 and 255; where they are equal every valid pixel becomes the middle grey.
    invalid : int
        Grey level of NaN pixels, 0 to 255.

    Returns
    -------
    ndarray of uint8
        Same shape.
    """
    counts = np.asarray(image, dtype=np.float32)
    valid = ~np.isnan(counts)
    black, white, softening = shown
    if not white > black:
        return np.where(valid, np.uint8(128), np.uint8(invalid))
    # A table of 4096 steps: finer than the 256 levels it leads to, and many times faster than arcsinh per pixel.
    steps = 4095
    table = np.rint(255.0 * asinh_curve(np.linspace(0.0, 1.0, steps + 1), softening)).astype(np.uint8)
    scale = steps / (white - black)
    with np.errstate(invalid="ignore", over="ignore"):
        index = np.clip((counts - np.float32(black)) * np.float32(scale), 0, steps)
        # NaN that arose on the way (nothing times infinity) is black, as are the pixels that were NaN.
        index = np.where(np.isnan(index), np.float32(0.0), index).astype(np.uint16)
    levels: NDArray[np.uint8] = table[index]
    levels[~valid] = invalid
    return levels
