"""Pictures of a file for people: its image, spectrum, light curve or events in three sizes."""

from __future__ import annotations

import io
import math
import re
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from domain.header import FileContents, HeaderUnit, Problem
from domain.preview_sizes import PREVIEW_SIZES_PX
from domain.stretch import asinh_levels, display_range
from storage.preview_curves import Curve, find_plot, is_dispersed, read_plot, read_spectrum_image
from storage.preview_pixels import colour_planes, decimation, read_decimated
from storage.preview_plots import draw_curve, encode_plot
from storage.preview_stream import PreviewRefused, open_stream
from storage.range_source import RangeSource, WatchedSource

__all__ = ["Preview", "PreviewKind", "PreviewSet", "render_previews"]

PreviewKind = Literal["image", "colour", "spectrum", "profile", "light_curve", "events", "catalogue"]
_MEDIA_TYPE = "image/webp"
#: Fewer rows than this with a wavelength scale are spectra, not a picture.
_THINNEST_PX = 8
_SHORTEST_ROW_PX = 16
#: Units beside the science image: masks, weights, errors, by the names that archives give them.
_BESIDE = re.compile(
    r"(DQ|.*MASK|BPM|BADPIX|ERR|ERROR|I?VAR|VAR_.*|WHT|WGT|.*WEIGHT|NOISE|SIGMA|CON|CTX|SAMP|TIME|AREA|PATHLOSS.*)\d*$",
    re.IGNORECASE,
)


class Preview(msgspec.Struct, frozen=True):
    """One picture: the size it was made for, its width and height in pixels, its bytes."""

    size_px: int
    width_px: int
    height_px: int
    content: bytes


class PreviewSet(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of one file, smallest first, one for each of `PREVIEW_SIZES_PX`.

    ``kind`` says what is seen: grey or colour image, spectrum, bare row of pixels, light curve, event list, positions
    of a catalogue. ``unit_index`` is the header unit shown, ``image_px_per_px`` how many of its pixels became one of
    the largest picture (1 for plots). A size beyond the image's own holds the same bytes as the one before it:
    nothing is enlarged.
    """

    kind: PreviewKind
    unit_index: int
    image_px_per_px: int
    media_type: str
    previews: list[Preview]


def render_previews(source: RangeSource, contents: FileContents) -> tuple[PreviewSet | None, list[Problem]]:
    """Draw the previews of a file.

    Of the images with two axes the first with the most pixels is shown, masks and weights left aside; a mosaic of
    several detectors shows that one detector. A file without images shows the first table or row that makes an event
    list, a light curve or a spectrum. North is not turned up: the first row of pixels is at the bottom, as FITS
    viewers show it.

    Parameters
    ----------
    source : RangeSource
        The stored bytes: ``size_bytes`` and ``read(offset, length)``.
    contents : FileContents
        What the reader of headers found in them.

    Returns
    -------
    PreviewSet or None
        None where the file has nothing to show, or nothing could be drawn.
    list of Problem
        Why not, if something was there. The content of a file never raises.

    Raises
    ------
    Exception
        Whatever ``source.read`` raised: the store failed, try again.
    """
    watched = WatchedSource(source)
    problems: list[Problem] = []
    if contents.format != "fits":
        return None, problems
    try:
        units = _attempts(contents)
    except Exception as error:
        return None, [Problem("preview-failed", f"No preview: the headers make no sense ({type(error).__name__}).")]
    for unit in units:
        try:
            return _draw(watched, contents, unit), problems
        except PreviewRefused as refusal:
            problems.append(Problem(refusal.code, str(refusal)))
        except Exception as error:  # a stranger's file may stumble any library on the way
            if watched.failure is not None:
                raise watched.failure from error
            detail = f"No preview: unit {unit.index} cannot be drawn ({type(error).__name__})."
            problems.append(Problem("preview-failed", detail))
    return None, problems


def _is_picture(unit: HeaderUnit) -> bool:
    """Whether an image is to be looked at, and not a spectrum or a few of them in rows."""
    if unit.kind not in ("image", "compressed_image") or len(unit.shape) < 2 or 0 in unit.shape:
        return False
    height, width = unit.shape[-2:]
    return min(height, width) >= 2 and not (height < _THINNEST_PX and is_dispersed(unit))


def _is_row(unit: HeaderUnit) -> bool:
    is_image = unit.kind in ("image", "compressed_image") and bool(unit.shape) and 0 not in unit.shape
    return is_image and not _is_picture(unit) and unit.shape[-1] >= _SHORTEST_ROW_PX


def _attempts(contents: FileContents) -> list[HeaderUnit]:
    """Units worth drawing, best first, one of each sort."""
    pictures = [unit for unit in contents.units if _is_picture(unit)]
    science = [unit for unit in pictures if not _BESIDE.match(unit.name.strip())] or pictures
    # max() keeps the first of equals; a plane counts, not the depth of a cube.
    best = [max(science, key=lambda unit: math.prod(unit.shape[-2:]))] if science else []
    tables = sorted(filter(find_plot, contents.units), key=lambda unit: "EVENT" not in unit.name.upper())
    rows = [unit for unit in contents.units if _is_row(unit)]
    return best + tables[:1] + rows[:1]


def _draw(source: RangeSource, contents: FileContents, unit: HeaderUnit) -> PreviewSet:
    if _is_picture(unit):
        pixels = read_decimated(source, contents, unit.index, PREVIEW_SIZES_PX[-1])
        return PreviewSet(
            kind="colour" if colour_planes(unit) else "image",
            unit_index=unit.index,
            image_px_per_px=decimation(unit.shape, PREVIEW_SIZES_PX[-1]),
            media_type=_MEDIA_TYPE,
            previews=_pictures(pixels),
        )
    stream = open_stream(source, contents.container)
    plot = find_plot(unit)
    if plot:
        curve = read_plot(stream, unit, plot)
    else:
        curve = read_spectrum_image(source if contents.container == "none" else None, stream, unit)
    return PreviewSet(
        kind=curve.kind, unit_index=unit.index, image_px_per_px=1, media_type=_MEDIA_TYPE, previews=_plots(curve)
    )


def _pictures(pixels: NDArray[np.float32]) -> list[Preview]:
    planes = pixels if pixels.ndim == 3 else pixels[None]
    if not np.isfinite(planes).any():
        raise PreviewRefused("preview-no-pixels", "No preview: no pixel of the image has a value.")
    levels = [asinh_levels(plane[::-1], display_range(plane)) for plane in planes]
    full = Image.fromarray(np.stack(levels, axis=-1) if len(levels) == 3 else levels[0])
    made: list[Preview] = []
    image = full
    # Largest first, so that each smaller size is made from the one before it.
    for size_px in reversed(PREVIEW_SIZES_PX):
        if max(image.size) > size_px:
            image = _shrunk(image, size_px)
        elif made:
            made.append(msgspec.structs.replace(made[-1], size_px=size_px))
            continue
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=82, method=0 if size_px > 1024 else 4)
        made.append(Preview(size_px, image.width, image.height, buffer.getvalue()))
    return made[::-1]


def _shrunk(image: Image.Image, size_px: int) -> Image.Image:
    ratio = size_px / max(image.size)
    size = (max(1, round(image.width * ratio)), max(1, round(image.height * ratio)))
    return image.resize(size, Image.Resampling.BOX if ratio < 0.5 else Image.Resampling.LANCZOS)


def _plots(curve: Curve) -> list[Preview]:
    made = []
    for size_px in PREVIEW_SIZES_PX:
        image = draw_curve(curve, size_px)
        made.append(Preview(size_px, image.width, image.height, encode_plot(image)))
    return made
