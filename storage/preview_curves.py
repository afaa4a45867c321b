"""What a table or a one-dimensional image would show as a plot: which numbers, against which, in what units."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.header import HeaderUnit
from domain.pixel_axis import read_pixel_axis
from storage.preview_rows import CompressedRows, PlainRows
from storage.preview_stream import FitsStream, PreviewRefused
from storage.preview_table import TableColumn, column_values, read_columns, rows_read, table_columns
from storage.range_source import RangeSource

__all__ = ["NUMERIC", "PIXEL", "Axis", "Curve", "Plot", "PlotKind", "find_plot", "is_dispersed", "read_plot",
           "read_spectrum_image"]  # fmt: skip

PlotKind = Literal["spectrum", "profile", "light_curve", "events", "catalogue"]

NUMERIC = "BIJKED"
_WAVE = re.compile(r"(LOG_?|VAC_?)?(WAVE|WAVELENGTH|WAVELENGTHS|LAMBDA|LAM|WL)_?\d*$")
_ENERGY = re.compile(r"(ENERGY|ENERG_LO|E_MIN|FREQ|FREQUENCY|CHANNEL)$")
_TIME = re.compile(r"(TIME|BARYTIME|MJD|BJD|HJD|JD|TIME_?(TDB|UTC|TAI|TT)|T_?(BJD|MJD))$")
_FLUX = re.compile(
    r"([A-Z]_|OPT_|BOX_)?(FLUX|FLX|FLUXDENS(ITY)?|SPECTRUM|SPEC|INTENSITY|RATE|COUNTS|COUNT_RATE)\d*(_.*)?$"
)
_CHANNELS = re.compile(r"(DATA|SPECTRUM|SPEC)$")
_RATE = re.compile(r"([A-Z]_)?(SAP_|PDCSAP_)?(RATE|FLUX|COUNTS|COUNT|MAG|XRSA|XRSB)\d*$")
_PLACES = (("X", "Y"), ("DETX", "DETY"), ("RAWX", "RAWY"), ("RA", "DEC"), ("ALPHA_J2000", "DELTA_J2000"))
_HEIGHTS = ("PI", "PHA", "ENERGY", "CHANNEL")
_FEWEST = 2
_FEWEST_CHANNELS = 16
_LONGEST_SPECTRUM = 4_000_000


class Axis(NamedTuple):
    """What an axis is called, and in what unit; empty without one."""

    name: str
    unit: str = ""

    @property
    def label(self) -> str:
        return f"{self.name} [{self.unit}]" if self.unit else self.name


class Curve(NamedTuple):
    """Numbers of one plot, shape (n,) each, and what its axes are."""

    kind: PlotKind
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    x_axis: Axis
    y_axis: Axis


#: The axis of an image whose first axis is only counted.
PIXEL = Axis("pixel")


class Plot(NamedTuple):
    """Which columns of a table make a plot; without ``x`` the elements of one row are counted."""

    kind: PlotKind
    x: TableColumn | None
    y: TableColumn


def find_plot(unit: HeaderUnit) -> Plot | None:
    """Choose which two columns of a table make a plot, by the names that observatories give them.

    Parameters
    ----------
    unit : HeaderUnit
        Of any kind.

    Returns
    -------
    Plot or None
        An event list, a catalogue of places, a light curve or a spectrum; None for every other table.
    """
    if unit.kind != "table" or not unit.shape or unit.shape[0] < 1:
        return None
    columns = {n: c for n, c in table_columns(unit).items() if c.kind in NUMERIC and c.elements > 0}
    return _places(unit, columns) or _in_time(unit.shape[0], columns) or _spectrum(unit.shape[0], columns)


def _places(unit: HeaderUnit, columns: dict[str, TableColumn]) -> Plot | None:
    if unit.shape[0] < _FEWEST:
        return None
    for x, y in _PLACES:
        if x in columns and y in columns and columns[x].elements == columns[y].elements == 1:
            return Plot("events" if "TIME" in columns else "catalogue", columns[x], columns[y])
    return None


def _in_time(rows: int, columns: dict[str, TableColumn]) -> Plot | None:
    time = next((column for name, column in columns.items() if _TIME.match(name)), None)
    if time is None:
        return None
    # Rates and fluxes before bare counts, which want an exposure beside them.
    named = sorted((n for n in columns if _RATE.match(n)), key=lambda name: "COUNT" in name)
    for column in (columns[name] for name in named):
        # A row for each moment, or all of them in one row (several bands interleaved).
        if (time.elements == 1 and rows > 1) or (rows == 1 < time.elements and column.elements % time.elements == 0):
            return Plot("light_curve", time, column)
    for name in _HEIGHTS:
        if name in columns and columns[name].elements == time.elements == 1 and rows >= _FEWEST:
            return Plot("events", time, columns[name])
    return None


def _spectrum(rows: int, columns: dict[str, TableColumn]) -> Plot | None:
    for pattern in (_WAVE, _ENERGY):
        for name, column in columns.items():
            if not pattern.match(name):
                continue
            for other, values in columns.items():
                # A row for each wavelength, or each spectrum in one row as vectors.
                same = values.elements == column.elements and (column.elements > 1 or rows >= _FEWEST)
                if other != name and same and _FLUX.match(other):
                    return Plot("spectrum", column, values)
    for name, column in columns.items():
        if _CHANNELS.match(name) and column.elements >= _FEWEST_CHANNELS:
            return Plot("spectrum", None, column)
    return None


def read_plot(stream: FitsStream, unit: HeaderUnit, plot: Plot, *, row: int = 0) -> Curve:
    """Read the numbers of a plot chosen by `find_plot`.

    Of tables that keep a whole spectrum in each row one row is taken, counted from 0; of light curves in several bands
    the first band, or the sum where the bands are counts.

    Raises
    ------
    PreviewRefused
        No finite pair of numbers is there, rows are too long, or there is no such row.
    """
    if row >= unit.shape[0]:
        raise PreviewRefused("preview-no-pixels", f"No preview: the table has {unit.shape[0]} rows.")
    if plot.x is None:
        return _channels(stream, unit, plot.y, row)
    if plot.x.elements > 1:
        x, y = _one_row(stream, unit, [plot.x, plot.y], row)
    elif row:
        raise PreviewRefused("preview-no-pixels", "No preview: all rows of the table are one curve.")
    else:
        x, y = read_columns(stream, unit, [plot.x, plot.y])
    if not len(x):
        raise PreviewRefused("preview-no-pixels", "No preview: the table's rows are missing.")
    name, y_name = plot.x.name, plot.y.name
    if plot.x.elements > 1:
        x, y = x[0], y[0]
        bands = len(y) // len(x)
        y = y[: len(x)] if plot.y.shape[-1:] == (len(x),) else y[::bands]
    elif plot.y.name.startswith("COUNT") and plot.y.elements > 1:
        x, y, y_name = x[:, 0], np.nansum(y, axis=1), f"{y_name}, all channels"
    else:
        x, y = x[:, 0], y[:, 0]
    if name.startswith("LOG"):
        x, name = 10.0**x, "WAVELENGTH"
    return _curve(plot.kind, x, y, Axis(name, plot.x.unit), Axis(y_name, plot.y.unit))


def _one_row(stream: FitsStream, unit: HeaderUnit, columns: list[TableColumn], row: int) -> list[NDArray[np.float64]]:
    """Read some columns of a single row, shape (1, elements) each; (0, elements) where it is missing."""
    rows_read(unit, columns[0].row_bytes)  # refuses rows that are too long
    content = stream.read_at(unit.data_offset + row * columns[0].row_bytes, columns[0].row_bytes)
    return [column_values(column, content) for column in columns]


def _channels(stream: FitsStream, unit: HeaderUnit, values: TableColumn, row: int) -> Curve:
    """One row's spectrum, on the linear axis that SDFITS keeps in columns beside it."""
    columns = table_columns(unit)
    axis = [columns[name] for name in ("CRVAL1", "CRPIX1", "CDELT1") if name in columns]
    axis = axis if len(axis) == 3 and all(c.elements == 1 and c.kind in NUMERIC for c in axis) else []
    rows = _one_row(stream, unit, [values, *axis], row)
    if not len(rows[0]):
        raise PreviewRefused("preview-no-pixels", "No preview: the table's rows are missing.")
    x, label = np.arange(1, values.elements + 1, dtype=np.float64), Axis("channel")
    if axis:
        start, reference, step = (float(column[0, 0]) for column in rows[1:])
        if np.isfinite([start, reference, step]).all() and step:
            x, label = start + (x - reference) * step, Axis("axis 1", axis[0].unit)
    return _curve("spectrum", x, rows[0][0], label, Axis(values.name, values.unit))


def _curve(kind: PlotKind, x: NDArray[np.float64], y: NDArray[np.float64], x_axis: Axis, y_axis: Axis) -> Curve:
    valid = np.isfinite(x) & np.isfinite(y)
    if valid.sum() < _FEWEST:
        raise PreviewRefused("preview-no-pixels", "No preview: fewer than two points have a value.")
    return Curve(kind, x[valid], y[valid], x_axis, y_axis)


def is_dispersed(unit: HeaderUnit) -> bool:
    """Whether an image's first axis is a wavelength scale rather than a direction on the sky or a count of pixels."""
    return _wavelengths(unit, 2)[1] != PIXEL


def read_spectrum_image(source: RangeSource | None, stream: FitsStream, unit: HeaderUnit, *, row: int = 0) -> Curve:
    """Read an image of one row, or a row of a stack of them, counted from 0, as a spectrum.

    The wavelength scale is the header's when it is linear or logarithmic; otherwise the curve is a ``profile`` over
    the pixel number.

    Raises
    ------
    PreviewRefused
        It is too long, or has no finite values.

    Source
    ------
    FITS WCS Paper III (Greisen et al. 2006), linear axis; IRAF's DC-FLAG and WAT1_001 for older files.
    """
    length = unit.shape[-1]
    if length > _LONGEST_SPECTRUM:
        raise PreviewRefused("preview-too-large", f"No preview: a spectrum of {length} points is too long to draw.")
    flat = HeaderUnit(
        index=unit.index,
        name=unit.name,
        kind=unit.kind,
        shape=unit.shape if len(unit.shape) > 1 else (1, length),
        cards=unit.cards,
        header_offset=unit.header_offset,
        data_offset=unit.data_offset,
        data_size_bytes=unit.data_size_bytes,
        bitpix=unit.bitpix,
    )
    if row >= flat.shape[-2]:
        raise PreviewRefused("preview-no-pixels", f"No preview: the image has {flat.shape[-2]} rows.")
    if unit.kind == "compressed_image":
        if len(unit.shape) < 2:
            raise PreviewRefused("preview-no-pixels", "No preview: a compressed image with a single axis.")
        rows = CompressedRows(source, stream, flat, 0).read(row, 1)
    else:
        rows = PlainRows(stream, flat, 0).read(row, 1)
    if not len(rows):
        raise PreviewRefused("preview-no-pixels", "No preview: the pixels are missing.")
    x, x_axis = _wavelengths(unit, length)
    y_unit = str(unit.find("BUNIT") or "").strip()
    return _curve(
        "profile" if x_axis == PIXEL else "spectrum", x, rows[0].astype(np.float64), x_axis, Axis("value", y_unit)
    )


def _wavelengths(unit: HeaderUnit, length: int) -> tuple[NDArray[np.float64], Axis]:
    pixel = np.arange(1, length + 1, dtype=np.float64)
    axis = read_pixel_axis(unit, 1)
    if axis is None:
        return pixel, PIXEL
    if axis.is_log10 and np.abs(axis._replace(is_log10=False).at(pixel[[0, -1]])).max() >= 300.0:
        axis = axis._replace(is_log10=False)  # no logarithm of a wavelength is as large
    try:
        values = axis.at(pixel)
    except ValueError:
        return pixel, PIXEL
    return (values, Axis(axis.name, axis.unit)) if np.isfinite(values).any() else (pixel, PIXEL)
