"""Found frames as an astropy table, and their files as opened FITS; the only module that needs astropy."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import numpy as np
    from astropy.io import fits
    from astropy.table import Column, MaskedColumn, Table
    from astropy.time import Time
except ModuleNotFoundError as error:  # pragma: no cover (an installation without the extra)
    raise ModuleNotFoundError("This needs astropy: pip install 'uraniborg[astro]'", name=error.name) from error

from uraniborg._generated.wire import Frame
from uraniborg.download import download_all, source_of
from uraniborg.tree.reader import Address
from uraniborg.tree.reader_file import ReaderFile

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import DownloadReport, Source, Wanted

__all__ = ["FrameTable", "column", "make_table", "open_frame"]

ADDRESS_S = 240.0  # after which another is asked for; where the service lets them live for less, the store says so

# What is looked at most comes first; unit by name.
COLUMNS: dict[str, tuple[type, str | None]] = {
    "path": (str, None),
    "frame_type": (str, None),
    "object": (str, None),
    "filter": (str, None),
    "start_at": (Time, None),
    "exposure_s": (float, "s"),
    "airmass": (float, None),
    "night": (str, None),
    "telescope": (str, None),
    "instrument": (str, None),
    "center_ra_deg": (float, "deg"),
    "center_dec_deg": (float, "deg"),
    "radius_deg": (float, "deg"),
    "pixel_scale_arcsec": (float, "arcsec"),
    "width_px": (int, "pix"),
    "height_px": (int, "pix"),
    "ra_deg": (float, "deg"),
    "dec_deg": (float, "deg"),
    "mid_at": (Time, None),
    "gain": (float, None),
    "binning_x": (int, "pix"),
    "binning_y": (int, "pix"),
    "detector_temperature_c": (float, "deg_C"),
    "telescope_name": (str, None),
    "instrument_name": (str, None),
    "observer": (str, None),
    "quality": (str, None),
    "crossings": (int, None),
    "problems": (str, None),
    "format": (str, None),
    "hdu_count": (int, None),
    "size_bytes": (int, "byte"),
    "sha256": (str, None),
    "created_at": (Time, None),
    "file": (str, None),
    "id": (str, None),
}
FILL: dict[type, Any] = {str: "", float: np.nan, int: 0, Time: "2000-01-01T00:00:00"}


class FrameTable(Table):  # type: ignore[misc]
    """An astropy table whose rows are frames; it stays one when it is sliced, masked, copied or sorted."""

    _client: Client | None = None
    _organisation: str | None = None

    def open(self, index: int = 0) -> Any:
        """Open the file of one row as an astropy ``HDUList``."""
        return self._need_client().open(_frame(self, index), organisation=self._organisation)

    def download(self, folder: str | Path, *, progress: Callable[[int], None] | None = None) -> DownloadReport:
        """Download the files of all rows into a folder, under their paths."""
        wanted = [_frame(self, index) for index in range(len(self))]
        return download_all(self._need_client(), wanted, folder, organisation=self._organisation, progress=progress)

    def __getitem__(self, item: Any) -> Any:
        return self._passed_on(super().__getitem__(item))

    def copy(self, copy_data: bool = True) -> Any:
        """Copy the table."""
        return self._passed_on(super().copy(copy_data))

    def _passed_on(self, made: Any) -> Any:
        if isinstance(made, FrameTable):
            made._client, made._organisation = self._client, self._organisation
        return made

    def _need_client(self) -> Client:
        if self._client is None:
            raise ValueError("This table was made from others and knows no service: use client.open(table['file'][i]).")
        return self._client


def make_table(client: Client | None, organisation: str | None, frames: Sequence[Frame]) -> FrameTable:
    """Make a table of frames."""
    table = FrameTable()
    for name, (kind, unit) in COLUMNS.items():
        table[name] = column(name, kind, unit, [_cell(frame, name) for frame in frames])
    table._client, table._organisation = client, organisation
    return table


def open_frame(client: Client, what: Wanted, *, organisation: str | None = None) -> Any:
    """Open a frame's file; see `Client.open`."""
    source = source_of(client, what, organisation)
    known: list[Address] = []

    def address(renewed: bool) -> Address:
        if renewed or not known:
            known[:] = [_address(client, source)]
        return known[0]

    reader = client.contents.open(source.sha256, source.size_bytes, address)
    return fits.open(ReaderFile(reader, source.path), memmap=False, lazy_load_hdus=True)


def _address(client: Client, source: Source) -> Address:
    """Ask where a file's bytes are, and for their CRC32C, by which a large one is checked when all of it was read."""
    until_s = time.monotonic() + ADDRESS_S
    if source.file:
        files = {"files": [source.file]}
        told = client.call("read_file_addresses", organisation=source.organisation, body=files, safe_to_repeat=True)
        if (found := told.addresses[0]).url is not None:
            return Address(found.url, until_s, found.crc32c)
    return Address(source.address(client), until_s)  # which has it recalled from the archive, or says why there is none


def _cell(frame: Frame, name: str) -> Any:
    value = getattr(frame, name)
    if name == "problems":
        return "; ".join(problem.code for problem in value)
    return value.isoformat() if name == "night" and value is not None else value


def column(name: str, kind: type, unit: str | None, values: list[Any]) -> Any:
    """Make a column of str, float, int or `Time` values; those that are None are masked."""
    mask = [value is None for value in values]
    if kind is Time:
        filled = [FILL[Time] if value is None else value.replace(tzinfo=None).isoformat() for value in values]
        times = Time(filled, format="isot", scale="utc") if filled else Time([], format="unix", scale="utc")
        if any(mask):
            times[np.array(mask)] = np.ma.masked
        return times
    filled = [FILL[kind] if value is None else value for value in values]
    data = np.array(filled, dtype={str: None, float: np.float64, int: np.int64}[kind] if values else kind)
    if any(mask):
        return MaskedColumn(data, name=name, mask=mask, unit=unit)
    return Column(data, name=name, unit=unit)


def _frame(table: FrameTable, index: int) -> Any:
    from uraniborg.download import Source

    row = table[int(index)]
    file_id, client_organisation = str(row["file"]), table._organisation
    return Source(
        str(row["path"]),
        int(row["size_bytes"]),
        str(row["sha256"]),
        lambda client: client.get_content(file_id, organisation=client_organisation),
        file=file_id,
        organisation=client_organisation,
    )
