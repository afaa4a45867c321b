"""Frames that were found: a list that is fetched as it is looked at, and becomes an astropy table when asked for.

It is no table itself: a search must work on a telescope's computer without astropy, and a million frames need not be
fetched to see the first. But it answers like one where that is what is meant: ``frames["exposure_s"]``,
``frames[frames["airmass"] < 1.5]``, ``Table(frames)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uraniborg._generated.operations import OPERATIONS

if TYPE_CHECKING:
    from uraniborg._generated.wire import Facets, Frame, FramePage
    from uraniborg.client import Client
    from uraniborg.download import DownloadReport
    from uraniborg.table import FrameTable

__all__ = ["FrameList", "corner_text", "place_text", "read_query", "to_moment"]

PAGE = 1000
FIRST_PAGE = 100
# Words of a table that make sense without changing it.
OF_TABLE = {"colnames", "columns", "dtype", "group_by", "info", "pprint", "pprint_all", "show_in_browser",
            "show_in_notebook", "to_pandas", "write"}  # fmt: skip
WORDS = {p.name for p in OPERATIONS["find_frames"].parameters} - {
    "organisation", "near", "radius", "contains", "polygon", "count", "cursor", "limit",
}  # fmt: skip


class FrameList:
    """The frames of a query, in its order.

    Parameters
    ----------
    client : Client
        Where they are; must be open as long as not all were fetched.
    organisation : str
        Whose they are.
    query : dict
        As `read_query` makes it.
    limit : int or None
        How many at the most.
    """

    def __init__(self, client: Client, organisation: str, query: dict[str, Any], *, limit: int | None = None) -> None:
        self._client, self._organisation, self._query, self._limit = client, organisation, query, limit
        self._frames: list[Frame] = []
        self._cursor: str | None = None
        self._is_whole = limit == 0
        self._count: tuple[int, bool] | None = None
        self._table: FrameTable | None = None

    @property
    def count(self) -> int:
        """How many frames match, whatever the limit; a lower bound where `count_is_exact` is false."""
        return self._counted()[0]

    @property
    def count_is_exact(self) -> bool:
        """Whether `count` is the very number: the service counts up to 100,000."""
        return self._counted()[1]

    def facets(self, *names: str) -> Facets:
        """Count the frames by type, filter, object, telescope, instrument, night and quality, or some of these."""
        query = {word: value for word, value in self._query.items() if word != "sort"}
        facets: Facets = self._client.call(
            "count_facets", organisation=self._organisation, facet=list(names) or None, **query
        )
        return facets

    def table(self) -> FrameTable:
        """Make an astropy table of all frames: columns with units, missing values masked, times as ``Time``.

        Raises
        ------
        ModuleNotFoundError
            astropy is absent: ``pip install 'uraniborg[astro]'``.
        """
        from uraniborg.table import make_table

        if self._table is None:
            self._table = make_table(self._client, self._organisation, list(self))
        return self._table

    to_table = table

    def to_timeseries(self) -> Any:
        """Make an astropy ``TimeSeries`` of what is known of each frame, in this order.

        Its ``time`` is the start of the exposure (UTC); frames of which none is known are left out. Columns are those
        of `table`, those with units as quantities.

        Raises
        ------
        ModuleNotFoundError
            astropy is absent: ``pip install 'uraniborg[astro]'``.
        """
        table = self.table()
        from astropy.timeseries import TimeSeries

        series = table[~table["start_at"].mask]
        series.rename_column("start_at", "time")
        return TimeSeries(series)

    def download(self, folder: str | Path, *, progress: Callable[[int], None] | None = None) -> DownloadReport:
        """Download all frames' files into a folder, under their paths; repeating it goes on where it broke off."""
        from uraniborg.download import download_all

        return download_all(self._client, self, folder, organisation=self._organisation, progress=progress)

    def open(self, index: int = 0) -> Any:
        """Open one frame's file as an astropy ``HDUList``; it fetches the bytes that are looked at."""
        return self._client.open(self[index], organisation=self._organisation)

    def to_dask(self, hdu: int | str = 0) -> Any:
        """Stack the images of all frames as a dask array, each fetched when it is computed.

        Parameters
        ----------
        hdu : int or str
            Which HDU of each file.

        Returns
        -------
        dask.array.Array, shape (frames, height, width)
            One chunk for each frame; values scaled as ``section`` gives them.

        Raises
        ------
        ValueError
            There are none, or no image is there; when it is computed, also where a frame has no such HDU, or one of
            another shape, or of numbers that the first frame's cannot hold. It names the frame.
        """
        from uraniborg.arrays import make_dask

        return make_dask(self._client, list(self), self._organisation, hdu)

    def to_xarray(self, hdu: int | str = 0) -> Any:
        """Stack the images of all frames, or put their tables together, with times, filters and more of each.

        What is known of each frame becomes coordinates: ``path``, ``object``, ``filter``, ``telescope``,
        ``exposure_s``, ``airmass``, and ``time``, when its exposure began (UTC, ``datetime64[ns]``; also ``start_at``,
        in microseconds). So ``stack.sortby("time")`` is a time series, and after ``swap_dims(frame="time")`` frames
        are chosen by ``sel(time="2026-11-20")``.

        Of tables the headers of all frames are read, and rows when they are computed, some MiB at once: all columns of
        these rows, since they lie side by side.

        Parameters
        ----------
        hdu : int or str
            Which HDU of each file; what it is in the first frame decides.

        Returns
        -------
        xarray.DataArray or xarray.Dataset
            Of images an array of dimensions ``frame``, ``y`` and ``x``, else ``frame``, ``axis3``, ``axis2`` and
            ``axis1`` as FITS counts them; see `to_dask`.

            Of binary and ASCII tables a variable for each column, scaled, with the unit as FITS writes it in
            ``attrs["units"]``. Dimensions are ``frame`` and ``row`` if all tables have as many rows; else ``row``
            alone, on which the tables stand one behind the other, and ``frame`` (counted from 0) and all other
            coordinates tell of each row whose it is. Columns of arrays have dimensions ``<column>_axis1`` and so on.
            A column that is called like a coordinate or dimension has ``_`` behind its name. Integers stay integers:
            ``attrs["missing_value"]`` is what stands where one is undefined; truth values that are undefined are
            False, as in astropy. Columns whose cells differ in length (``P``, ``Q``) or hold nothing are left out,
            with a warning, and named in the dataset's ``attrs["left_out"]``.

        Raises
        ------
        ModuleNotFoundError
            xarray or dask is absent: ``pip install 'uraniborg[xarray]'``.
        ValueError
            There are no frames. A frame has no such HDU, or a table whose columns differ in name, unit, shape or kind
            from the first frame's; of images this is found when they are computed. It names the frame.
        """
        from uraniborg.arrays import make_xarray

        return make_xarray(self._client, list(self), self._organisation, hdu)

    def __len__(self) -> int:
        self._fetch(None)
        return len(self._frames)

    def __bool__(self) -> bool:
        self._fetch(1)
        return bool(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while True:
            self._fetch(index + 1)
            if index >= len(self._frames):
                return
            yield self._frames[index]
            index += 1

    def __getitem__(self, key: Any) -> Any:
        """Give one frame, a slice of them, or what an astropy table gives: a column, or the rows of a mask."""
        if hasattr(key, "__index__") and getattr(key, "ndim", 0) == 0:
            index = key.__index__()
            self._fetch(index + 1 if index >= 0 else None)
            return self._frames[index]
        if isinstance(key, slice):
            ends = (key.start, key.stop)
            self._fetch(key.stop if all(end is None or end >= 0 for end in ends) else None)
            return self._some(self._frames[key])
        return self.table()[key]

    def _some(self, frames: list[Frame]) -> FrameList:
        """Make a list of some of these frames, which can be opened, stacked and downloaded as all can."""
        some = FrameList(self._client, self._organisation, self._query, limit=0)
        some._frames, some._count = frames, (len(frames), True)
        return some

    def __getattr__(self, name: str) -> Any:
        if name in OF_TABLE:
            return getattr(self.table(), name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __astropy_table__(self, cls: Any, copy: bool, **more: Any) -> Any:
        return cls(self.table(), copy=copy, **more)

    def __repr__(self) -> str:
        words = " ".join(f"{word}={value}" for word, value in self._query.items())
        known = len(self._frames) if self._is_whole else f"{len(self._frames)} fetched of"
        return f"<FrameList {words or 'all'}: {known} frames>"

    def _repr_html_(self) -> str:
        html: str = self.table()._repr_html_()
        return html

    def _counted(self) -> tuple[int, bool]:
        if self._count is None:
            page = self._page(limit=1, cursor=None, count=True)
            self._count = page.count or 0, page.count_is_exact is not False
        return self._count

    def _fetch(self, wanted: int | None) -> None:
        """Fetch pages until there are as many frames, or all."""
        while not self._is_whole and (wanted is None or len(self._frames) < wanted):
            size = FIRST_PAGE if wanted is not None and not self._frames and wanted <= FIRST_PAGE else PAGE
            if self._limit is not None:
                size = min(size, self._limit - len(self._frames))
            page = self._page(limit=size, cursor=self._cursor)
            self._frames += page.items
            self._cursor = page.next_cursor
            self._is_whole = self._cursor is None or len(self._frames) == self._limit

    def _page(self, **more: Any) -> FramePage:
        page: FramePage = self._client.call("find_frames", organisation=self._organisation, **self._query, **more)
        return page


def read_query(near: Any, radius: Any, *, contains: Any, polygon: Any, **query: Any) -> dict[str, Any]:
    """Bring a query as people write it in Python to the form the service takes; see `Client.find`.

    Raises
    ------
    TypeError
        A word the query does not have.
    ValueError
        A place or time that cannot be read.
    """
    if unknown := sorted(query.keys() - WORDS):
        raise TypeError(f"A query has no {', '.join(unknown)}; it has {', '.join(sorted(WORDS))}")
    if isinstance(near, tuple | list) and (len(near) == 3 or (len(near) == 2 and not _is_number(near[0]))):
        near, radius = near[:-1] if len(near) == 3 else near[0], near[-1]
    asked: dict[str, Any] = {
        "near": place_text(near),
        "radius": radius.to_value("deg") if hasattr(radius, "to_value") else radius,
        "contains": place_text(contains),
        "polygon": polygon if isinstance(polygon, str) or polygon is None else " ".join(map(corner_text, polygon)),
    }
    where = query.pop("where", None)
    asked["where"] = [where] if isinstance(where, str) else where
    asked |= {word: to_moment(value) if word in ("start", "end") else value for word, value in query.items()}
    return {word: value for word, value in asked.items() if value is not None}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) or (hasattr(value, "__float__") and not isinstance(value, str))


def place_text(value: Any) -> str | None:
    """Write a place on the sky as the service reads it: a name, or ``RA,Dec`` in degrees."""
    if value is None or isinstance(value, str):
        return value
    return corner_text(value)


def corner_text(value: Any) -> str:
    """Write a position as ``RA,Dec`` in degrees."""
    if hasattr(value, "icrs"):
        icrs = value.icrs
        value = (float(icrs.ra.deg), float(icrs.dec.deg))
    if not (isinstance(value, tuple | list) and len(value) == 2 and all(map(_is_number, value))):
        raise ValueError(f"{value!r} is no place: give a name, or (RA, Dec) in degrees")
    # repr of a float is the shortest that reads back as the same number.
    return ",".join(repr(float(coordinate)) for coordinate in value)


def to_moment(value: Any) -> Any:
    """Read a time; one without a zone is UTC."""
    if hasattr(value, "to_datetime"):  # astropy.time.Time
        return value.utc.to_datetime(timezone=UTC)
    if isinstance(value, datetime) or value is None:
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return datetime.fromisoformat(str(value).strip())
