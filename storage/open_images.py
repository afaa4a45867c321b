"""Images of stored files kept open, so that the next tile of one need not begin with its headers."""

from __future__ import annotations

import math
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from domain.header import FileContents, HeaderUnit
from storage.fits_containers import expand
from storage.fits_reader import read_contents
from storage.preview_pixels import rows_of
from storage.preview_rows import PlaneRows
from storage.preview_stream import PreviewRefused, open_stream
from storage.range_source import ClosableSource, RangeSource, ReadLimits, WatchedSource
from storage.tile_pixels import read_sample

__all__ = ["OpenImage", "OpenImages", "is_viewable"]

#: How much of a wrapped file is expanded, onto disk, while it is looked at.
_MOST_EXPANDED_BYTES = 2**30
_PIECE_BYTES = 2**20
_MOST_PLANES = 32  # of one file
_MOST_PIXELS = 10**12


def is_viewable(unit: HeaderUnit) -> bool:
    """Whether a header unit is an image with two axes."""
    is_image = unit.kind in ("image", "compressed_image")
    return is_image and len(unit.shape) >= 2 and all(length > 0 for length in unit.shape)


class _Expanded:
    """The FITS stream of a wrapped file, in a file on disk that has no name and goes with us."""

    def __init__(self, source: RangeSource, contents: FileContents) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        if contents.container == "none":
            raise ValueError("nothing wraps this file")
        stream = expand(source, contents.container, ReadLimits(max_expanded_bytes=_MOST_EXPANDED_BYTES + _PIECE_BYTES))
        self.size_bytes = 0
        while piece := stream.take(_PIECE_BYTES):
            self.size_bytes += len(piece)
            if self.size_bytes > _MOST_EXPANDED_BYTES:
                self.close()
                raise PreviewRefused("preview-too-large", "The compressed file expands too far to be looked at.")
            self._file.write(piece)

    def read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)

    def close(self) -> None:
        self._file.close()


class OpenImage:
    """The planes of one file's images.

    Parameters
    ----------
    source : ClosableSource
        The stored bytes; closed with this.
    name : str
        The file's name.
    """

    def __init__(self, source: ClosableSource, name: str) -> None:
        self.watched = WatchedSource(source)
        self._source: ClosableSource = self.watched
        self._expanded: _Expanded | None = None
        self._contents = read_contents(self.watched, PurePosixPath(name).name)
        self._planes: OrderedDict[tuple[int, int], PlaneRows] = OrderedDict()
        self._samples: OrderedDict[tuple[int, int], NDArray[np.float64]] = OrderedDict()

    def unit(self, index: int) -> HeaderUnit:
        """Find an image; raises PreviewRefused where the unit is none."""
        unit = self.any_unit(index)
        if not is_viewable(unit):
            raise PreviewRefused("preview-no-pixels", "The unit holds no image of a FITS file with two axes.")
        if math.prod(unit.shape) > _MOST_PIXELS:
            raise PreviewRefused("preview-too-large", f"{math.prod(unit.shape)} pixels cannot be meant.")
        return unit

    def any_unit(self, index: int) -> HeaderUnit:
        """Find a unit of any kind; raises PreviewRefused where there is none."""
        unit = next((unit for unit in self._contents.units if unit.index == index), None)
        if self._contents.format != "fits" or unit is None:
            raise PreviewRefused("preview-no-pixels", "It is no unit of a FITS file.")
        return unit

    def plain(self) -> ClosableSource:
        """Give the FITS file without what is wrapped around it."""
        if self._contents.container != "none" and self._expanded is None:
            self._source = self._expanded = _Expanded(self.watched, self._contents)
        return self._source

    def plane(self, index: int, plane: int) -> PlaneRows:
        """Open a plane of an image, which its unit must have."""
        if (index, plane) not in self._planes:
            source = self.plain()
            self._planes[index, plane] = rows_of(source, open_stream(source, "none"), self.unit(index), plane)
            if len(self._planes) > _MOST_PLANES:
                self._planes.popitem(last=False)
        self._planes.move_to_end((index, plane))
        return self._planes[index, plane]

    def sample(self, index: int, plane: int, *, each: Any = map) -> NDArray[np.float64]:
        """Read a sample of a plane's pixels, once."""
        if (index, plane) not in self._samples:
            self._samples[index, plane] = read_sample(self.plane(index, plane), each=each)
            if len(self._samples) > _MOST_PLANES // 4:
                self._samples.popitem(last=False)
        return self._samples[index, plane]

    def close(self) -> None:
        if self._expanded is not None:
            self._expanded.close()
        self.watched.close()


class OpenImages:
    """The images looked at last, so many at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._images: OrderedDict[str, OpenImage] = OrderedDict()

    def get(self, key: str, name: str, opener: Callable[[], ClosableSource]) -> OpenImage:
        """Give the image of an object; keys never name other bytes."""
        if key not in self._images:
            source = opener()
            try:
                self._images[key] = OpenImage(source, name)
            except BaseException:
                source.close()
                raise
            while len(self._images) > self._most:
                self._images.popitem(last=False)[1].close()
        self._images.move_to_end(key)
        return self._images[key]

    def forget(self, key: str) -> None:
        """Close an image, if it is open."""
        if (image := self._images.pop(key, None)) is not None:
            image.close()
