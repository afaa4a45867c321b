"""Images of stored files kept open, so that the next tile of one need not begin with its headers."""

from __future__ import annotations

import math
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path, PurePosixPath
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
_MOST_KEPT_BYTES = 2**30
"Of all that are expanded at once; the last one has that much to itself."
_PIECE_BYTES = 2**20
_MOST_PLANES = 32  # of one file
_MOST_PIXELS = 10**12


def is_viewable(unit: HeaderUnit) -> bool:
    """Whether a header unit is an image with two axes."""
    is_image = unit.kind in ("image", "compressed_image")
    return is_image and len(unit.shape) >= 2 and all(length > 0 for length in unit.shape)


class _Expanded:
    """The FITS stream of a wrapped file, in a file on disk that has no name and goes with us."""

    def __init__(
        self, source: RangeSource, contents: FileContents, folder: Path | None, make_room: Callable[[int], None]
    ) -> None:
        if contents.container == "none":
            raise ValueError("nothing wraps this file")
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self.size_bytes = 0
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by close)
        try:
            limits = ReadLimits(max_expanded_bytes=_MOST_EXPANDED_BYTES + _PIECE_BYTES)
            stream = expand(source, contents.container, limits)
            while piece := stream.take(_PIECE_BYTES):
                self.size_bytes += len(piece)
                if self.size_bytes > _MOST_EXPANDED_BYTES:
                    raise PreviewRefused("preview-too-large", "The compressed file expands too far to be looked at.")
                make_room(self.size_bytes)
                self._file.write(piece)
        except BaseException:
            self.close()
            raise

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
    folder : Path, optional
        Where it is expanded, if something is wrapped around it; else where the system has its temporary files.
    make_room : callable, optional
        Told how many bytes it is about to take there.
    """

    def __init__(
        self,
        source: ClosableSource,
        name: str,
        *,
        folder: Path | None = None,
        make_room: Callable[[int], None] = lambda size_bytes: None,
    ) -> None:
        self._folder, self._make_room = folder, make_room
        self.watched = WatchedSource(source)
        self._source: ClosableSource = self.watched
        self._expanded: _Expanded | None = None
        self._refused: PreviewRefused | None = None
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

    @property
    def expanded_bytes(self) -> int:
        """How much it takes on disk, expanded."""
        return self._expanded.size_bytes if self._expanded is not None else 0

    def plain(self) -> ClosableSource:
        """Give the FITS file without what is wrapped around it; what is too much is found out once."""
        if self._refused is not None:
            raise PreviewRefused(self._refused.code, str(self._refused))
        if self._contents.container != "none" and self._expanded is None:
            try:
                self._expanded = _Expanded(self.watched, self._contents, self._folder, self._make_room)
            except PreviewRefused as refused:
                self._refused = refused
                raise
            self._source = self._expanded
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
    """The images looked at last: so many at once, and of those that are expanded so many bytes."""

    def __init__(self, most: int, *, most_expanded_bytes: int = _MOST_KEPT_BYTES) -> None:
        self._most, self._most_expanded_bytes = most, most_expanded_bytes
        self._images: OrderedDict[str, OpenImage] = OrderedDict()

    def get(
        self, key: str, name: str, opener: Callable[[], ClosableSource], *, folder: Path | None = None
    ) -> OpenImage:
        """Give the image of an object; keys never name other bytes."""
        if key not in self._images:
            source = opener()
            try:
                self._images[key] = OpenImage(source, name, folder=folder, make_room=self._make_room)
            except BaseException:
                source.close()
                raise
            while len(self._images) > self._most:
                self._images.popitem(last=False)[1].close()
        self._images.move_to_end(key)
        return self._images[key]

    def _make_room(self, size_bytes: int) -> None:
        """Close those looked at longest ago until what is being expanded has room; it does not count itself yet."""
        expanded = {key: image.expanded_bytes for key, image in self._images.items() if image.expanded_bytes}
        kept_bytes = sum(expanded.values())
        for key, image_bytes in expanded.items():
            if kept_bytes + size_bytes <= self._most_expanded_bytes:
                return
            self.forget(key)
            kept_bytes -= image_bytes

    def forget(self, key: str) -> None:
        """Close an image, if it is open."""
        if (image := self._images.pop(key, None)) is not None:
            image.close()
