"""Found frames as arrays that are computed as they are needed: of dask, and with names and times of xarray."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from uraniborg._generated.wire import Frame
    from uraniborg.client import Client

__all__ = ["make_dask", "make_xarray"]

COORDINATES = ("path", "object", "filter", "exposure_s", "airmass", "telescope")


def make_dask(client: Client, frames: Sequence[Frame], organisation: str | None, hdu: int | str) -> Any:
    """Stack the images of frames, which must be of one shape; see `FrameList.to_dask`."""
    try:
        import dask
        import dask.array
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("This needs dask: pip install 'uraniborg[dask]'", name=error.name) from error
    if not frames:
        raise ValueError("There are no frames.")
    with client.open(frames[0], organisation=organisation) as hdus:
        unit = hdus[hdu]
        if not unit.shape:
            raise ValueError(f"HDU {hdu!r} of {frames[0].path} holds no image: give hdu=.")
        shape, kind = unit.shape, unit.section[(slice(0, 1),) * len(unit.shape)].dtype.newbyteorder("=")

    def load(frame: Frame) -> Any:
        with client.open(frame, organisation=organisation) as hdus:
            image = hdus[hdu].section[...]
        if image.shape != shape:
            raise ValueError(f"{frame.path} is {image.shape}, and the first frame {shape}: choose frames of one shape.")
        return np.asarray(image, dtype=kind)

    later = dask.delayed(load, pure=False)
    return dask.array.stack([dask.array.from_delayed(later(frame), shape, dtype=kind) for frame in frames])


def make_xarray(client: Client, frames: Sequence[Frame], organisation: str | None, hdu: int | str) -> Any:
    """Stack the images of frames with what is known of each; see `FrameList.to_xarray`."""
    try:
        import xarray
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("This needs xarray: pip install 'uraniborg[xarray]'", name=error.name) from error
    stack = make_dask(client, frames, organisation, hdu)
    dimensions = ("frame", *(("y", "x") if stack.ndim == 3 else [f"axis{i}" for i in range(stack.ndim - 1, 0, -1)]))
    times = [np.datetime64(f.start_at.replace(tzinfo=None) if f.start_at else "NaT", "us") for f in frames]
    known = {name: ("frame", [getattr(frame, name) for frame in frames]) for name in COORDINATES}
    return xarray.DataArray(stack, dims=dimensions, coords={"start_at": ("frame", times), **known}, name="image")
