"""Found frames as arrays that are computed as they are needed: of dask, and with names and times of xarray."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from uraniborg._generated.wire import Frame
    from uraniborg.client import Client

__all__ = ["make_dask", "make_xarray"]

TEXTS = ("path", "object", "filter", "telescope")
NUMBERS = ("exposure_s", "airmass")


def make_dask(client: Client, frames: Sequence[Frame], organisation: str | None, hdu: int | str) -> Any:
    """Stack the images of frames, which must be of one shape; see `FrameList.to_dask`."""
    _need_dask()
    if not frames:
        raise ValueError("There are no frames.")
    with _open_unit(client, organisation, hdu, frames[0]) as unit:
        return _stack(client, frames, organisation, hdu, unit)


def make_xarray(client: Client, frames: Sequence[Frame], organisation: str | None, hdu: int | str) -> Any:
    """Stack the images or the tables of frames with what is known of each; see `FrameList.to_xarray`."""
    try:
        import xarray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("This needs xarray: pip install 'uraniborg[xarray]'", name=error.name) from error
    _need_dask()
    if not frames:
        raise ValueError("There are no frames.")
    with _open_unit(client, organisation, hdu, frames[0]) as unit:
        if _is_table(unit):
            from uraniborg.table_arrays import make_dataset

            return make_dataset(frames, partial(_open_unit, client, organisation, hdu), _facts(frames))
        stack = _stack(client, frames, organisation, hdu, unit)
    dimensions = ("frame", *(("y", "x") if stack.ndim == 3 else [f"axis{i}" for i in range(stack.ndim - 1, 0, -1)]))
    coordinates = {name: ("frame", values) for name, values in _facts(frames).items()}
    return xarray.DataArray(stack, dims=dimensions, coords=coordinates, name="image")


def _need_dask() -> None:
    try:
        import dask.array  # noqa: F401 (whether it is there)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("This needs dask: pip install 'uraniborg[dask]'", name=error.name) from error


@contextmanager
def _open_unit(client: Client, organisation: str | None, hdu: int | str, frame: Frame) -> Iterator[Any]:
    """Open one HDU of a frame.

    Raises
    ------
    ValueError
        The file has no such HDU.
    """
    with client.open(frame, organisation=organisation) as hdus:
        try:
            unit = hdus[hdu]
        except (IndexError, KeyError) as error:
            there = ", ".join(f"{index} ({one.name})" if one.name else str(index) for index, one in enumerate(hdus))
            raise ValueError(
                f"{frame.path} has no HDU {hdu!r}; it has {there}: give another hdu=, or choose frames that have it."
            ) from error
        yield unit


def _is_table(unit: Any) -> bool:
    from astropy.io import fits

    return isinstance(unit, fits.BinTableHDU | fits.TableHDU)


def _image_shape(unit: Any, hdu: int | str, frame: Frame) -> tuple[int, ...]:
    if _is_table(unit):
        raise ValueError(
            f"HDU {hdu!r} of {frame.path} is a table: to_xarray() gives its columns, if all frames have a table there."
        )
    shape: tuple[int, ...] = getattr(unit, "shape", ())
    if not shape:
        raise ValueError(f"HDU {hdu!r} of {frame.path} holds no image: give another hdu=.")
    return shape


def _stack(client: Client, frames: Sequence[Frame], organisation: str | None, hdu: int | str, first: Any) -> Any:
    """Stack images that are fetched when they are computed; of the first, whose HDU is open, one pixel tells the type.

    Raises
    ------
    ValueError
        No image is there; when it is computed, also where one is of another shape or of numbers the first cannot hold.
    """
    import dask
    import dask.array

    shape = _image_shape(first, hdu, frames[0])
    kind = first.section[(slice(0, 1),) * len(shape)].dtype.newbyteorder("=")

    def load(frame: Frame) -> NDArray[Any]:
        with _open_unit(client, organisation, hdu, frame) as unit:
            if (found := _image_shape(unit, hdu, frame)) != shape:
                first_is = f"the first frame, {frames[0].path}, {shape}"
                raise ValueError(f"{frame.path} is {found}, and {first_is}: choose frames of one shape.")
            image = np.asarray(unit.section[...])
        # Fewer digits are no harm that anyone would see; pixels that wrap around, or lose their fractions, are.
        if not np.can_cast(image.dtype, kind) and not (image.dtype.kind == "f" and kind.kind == "f"):
            raise ValueError(
                f"{frame.path} holds {image.dtype.name}, for which {kind.name} of the first frame, {frames[0].path}, "
                "has no room: choose frames of one kind of number."
            )
        return np.asarray(image, dtype=kind)

    later = dask.delayed(load, pure=False)
    return dask.array.stack([dask.array.from_delayed(later(frame), shape, dtype=kind) for frame in frames])


def _facts(frames: Sequence[Frame]) -> dict[str, NDArray[Any]]:
    """List what is known of frames: arrays of shape (frames,); numbers that are not known are NaN, times NaT."""
    starts = [frame.start_at.replace(tzinfo=None) if frame.start_at else None for frame in frames]
    facts = {"time": np.array(starts, "datetime64[us]").astype("datetime64[ns]")}
    facts["start_at"] = facts["time"].astype("datetime64[us]")
    facts |= {name: np.array([getattr(frame, name) for frame in frames]) for name in TEXTS}
    return facts | {name: np.array([getattr(frame, name) for frame in frames], float) for name in NUMBERS}
