"""Curves and event lists as drawn pictures with labelled axes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storage.preview_curves import Curve

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw_curve", "encode_plot"]

_WIDTH_IN, _HEIGHT_IN = 6.4, 4.0
_MOST_BINS = 256
_MOST_DOTS = 12_000
#: Entries in one bin from which the colours follow arcsinh.
_MANY = 20
_ENVELOPE_BINS = 3000
#: Points of a line that are drawn at once. The cells that a line crosses are all kept until its end: of noise as high
#: as the picture that is hundreds of megabytes, and to sort them takes most of the time.
_POINTS_AT_ONCE = 200
_INK, _PAPER = "#1f3a5f", "white"


def draw_curve(curve: Curve, size_px: int) -> Image.Image:
    """Draw a curve or an event list.

    Parameters
    ----------
    curve : Curve
        At least two points.
    size_px : int
        Long edge. Small pictures come without axes: their letters could not be read.

    Returns
    -------
    PIL image, RGB
    """
    import matplotlib as mpl  # lazily: half a second, and only plots need it
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    small = size_px < 256
    width_in = _WIDTH_IN / 3.0 if small else _WIDTH_IN
    figure = Figure(figsize=(width_in, width_in * _HEIGHT_IN / _WIDTH_IN), dpi=size_px / width_in, facecolor=_PAPER)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.03, 0.04, 0.94, 0.92)) if small else figure.add_subplot()
    if curve.kind in ("events", "catalogue"):
        _events(figure, axes, curve, bare=small)
    else:
        _line(axes, curve)
    if small:
        axes.set_axis_off()
    else:
        axes.set_xlabel(_plain(curve.x_axis.label))
        axes.set_ylabel(_plain(curve.y_axis.label))
        figure.tight_layout()
    with mpl.rc_context({"agg.path.chunksize": _POINTS_AT_ONCE}):
        canvas.draw()
    return Image.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba())).convert("RGB")


def _plain(label: str) -> str:
    """Text of a stranger's header as it is: no mathematics, no line longer than the axis."""
    return "".join(letter if " " <= letter <= "~" else "?" for letter in label).replace("$", r"\$")[:60]


def _line(axes: Any, curve: Curve) -> None:
    x, y = _envelope(curve.x, curve.y)
    if curve.kind == "light_curve" and len(curve.x) <= _MOST_DOTS:
        # Gaps between observations are not bridged.
        axes.plot(x, y, ".", markersize=4.0 if len(x) < 100 else 1.6, color=_INK)
    else:
        axes.plot(x, y, "-", linewidth=0.7, color=_INK)
    low, high = _shown_range(curve)
    if high > low:
        axes.set_ylim(low - 0.08 * (high - low), high + 0.12 * (high - low))
    if "MAG" in curve.y_axis.label.upper().split("[")[0]:
        axes.invert_yaxis()
    low, high = float(x.min()), float(x.max())
    if high > low:
        axes.set_xlim(low - 0.01 * (high - low), high + 0.01 * (high - low))
    axes.grid(visible=True, linewidth=0.3, color="#c8d0da")


def _shown_range(curve: Curve) -> tuple[float, float]:
    """Between which values a curve is shown."""
    if curve.kind != "light_curve":
        # The noisy ends of spectra and single hot pixels would flatten the rest.
        low, high = np.percentile(curve.y, (0.2, 99.8))
        return float(low), float(high)
    # Flares and eclipses are what light curves are for. Rates far below nothing come from a vanishing exposure.
    low, high = float(curve.y.min()), float(curve.y.max())
    if np.median(curve.y) > 0.0:
        low = max(low, -0.25 * high)
    return low, high


def _envelope(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of a very long curve the lowest and highest point of each short run, so that no spike is lost."""
    if len(x) <= 4 * _ENVELOPE_BINS:
        return x, y
    run = len(x) // _ENVELOPE_BINS
    whole = len(x) // run * run
    rows = y[:whole].reshape(-1, run)
    pairs = np.sort(np.stack([rows.argmin(axis=1), rows.argmax(axis=1)], axis=1), axis=1)
    index = (pairs + np.arange(len(rows))[:, None] * run).ravel()
    return x[index], y[index]


def _events(figure: Figure, axes: Any, curve: Curve, *, bare: bool) -> None:
    """How many entries fall where: a sky or detector image for pairs of places, with equal scales if those fit."""
    from matplotlib.ticker import MaxNLocator

    ranges, bins = [], []
    fine = int(np.clip(2.0 * np.sqrt(len(curve.x)), 32, _MOST_BINS))
    for values in (curve.x, curve.y):
        low, high = float(values.min()), float(values.max())
        whole = high - low < 1e6 and bool((values == np.rint(values)).all())
        if whole:
            # Whole numbers (detector pixels, channels) get bins that hold equally many of them.
            step = max(1.0, round((high - low + 1.0) / fine))
            count = int(np.ceil((high - low + 1.0) / step))
            ranges.append((low - 0.5, low - 0.5 + count * step))
        else:
            count = fine
            ranges.append((low, high) if high > low else (low - 0.5, high + 0.5))
        bins.append(count)
    counts, _, _ = np.histogram2d(curve.x, curve.y, bins=bins, range=ranges)
    spans = [high - low for low, high in ranges]
    equal = curve.y_axis.label.startswith(("Y", "DET", "RAW")) and max(spans) < 4.0 * min(spans)
    picture = axes.imshow(
        counts.T,
        origin="lower",
        extent=(*ranges[0], *ranges[1]),
        aspect="equal" if equal else "auto",
        cmap="magma",
        norm="asinh" if counts.max() > _MANY else "linear",
        interpolation="nearest",
    )
    if curve.x_axis.label.startswith(("RA", "ALPHA")):
        axes.invert_xaxis()
    if not bare:
        ticks = None if counts.max() > _MANY else MaxNLocator(integer=True)
        figure.colorbar(picture, ax=axes, label="entries per bin", ticks=ticks)


def encode_plot(image: Image.Image) -> bytes:
    """A drawn picture as lossless WebP."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=True, quality=20, method=1)
    return buffer.getvalue()
