"""What all pictures share: colours, an empty figure, and how it is saved; the only module that needs matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from uraniborg.errors import NotConfigured

try:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patheffects import withStroke
except ModuleNotFoundError as error:  # pragma: no cover (an installation without the extra)
    raise ModuleNotFoundError("Pictures need matplotlib: pip install 'uraniborg[plot]'", name=error.name) from error

__all__ = ["CERTAIN", "FAINT", "INK", "POSSIBLE", "UNLIT", "new_figure", "save", "withStroke"]

INK, FAINT = "#1d2430", "#6b7482"
CERTAIN, POSSIBLE, UNLIT = "#c0392b", "#d98218", "#8d96a3"
DPI = 144


def new_figure(width_in: float, height_in: float) -> Any:
    """Make an empty figure; pyplot is left out, since it takes long to load and none of it is needed."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Any, path: Path) -> None:
    """Save a figure; the suffix of the path says in which format.

    Raises
    ------
    NotConfigured
        The format is not one of those there are, or nothing can be written there.
    """
    for axes in figure.axes:
        axes.tick_params(colors=FAINT, labelsize=8, length=3)
        for label in (axes.xaxis.label, axes.yaxis.label):
            label.set_fontsize(8.5)
        for spine in axes.spines.values():
            spine.set_color("#c4cad3")
    try:
        figure.savefig(path)
    except (ValueError, OSError) as error:
        raise NotConfigured(f"The picture cannot be written to {path}: {error}") from error
