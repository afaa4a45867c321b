"""A logo as a stranger sent it, made anew in a process beside: only what was drawn is kept of it, as PNG."""

from __future__ import annotations

import io

import msgspec

__all__ = ["Logo", "draw_logo"]

FORMATS = ("PNG", "JPEG", "WEBP")  # of raster pictures; one that holds programs, as SVG does, is none of them
MOST_PIXELS = 16_000_000
WIDEST_PX, HIGHEST_PX = 640, 240


class Logo(msgspec.Struct, frozen=True):
    """The picture, and its size in pixels."""

    image: bytes
    width_px: int
    height_px: int


def draw_logo(given: bytes) -> Logo | str:
    """Read a picture and write it as PNG, no larger than a page's head has room for; or say why it cannot be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(given), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return f"It has {picture.width} x {picture.height} pixels; {MOST_PIXELS:,} are taken."
            drawn = picture.convert("RGBA")
        drawn.thumbnail((WIDEST_PX, HIGHEST_PX))
        # Into a new picture: nothing that the file said beside its pixels comes along.
        plain = Image.new("RGBA", drawn.size)
        plain.paste(drawn)
        written = io.BytesIO()
        plain.save(written, "PNG", optimize=True)
    except UnidentifiedImageError:
        return "It is no picture of a kind that is taken: PNG, JPEG or WebP."
    except Exception as error:  # a stranger's file may stumble any library
        return f"It cannot be read as a picture ({type(error).__name__})."
    return Logo(written.getvalue(), plain.width, plain.height)
