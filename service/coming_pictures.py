"""Small pictures as strangers send them, looked into in a process beside: shown as they came, or refused."""

from __future__ import annotations

import io

__all__ = ["LONGEST_EDGE_PX", "MOST_BYTES", "media_types_of"]

MEDIA_TYPES = {"WEBP": "image/webp", "JPEG": "image/jpeg"}
LONGEST_EDGE_PX = 512
MOST_BYTES = 64 * 1024


def media_types_of(pictures: list[bytes]) -> list[str] | str:
    """Tell what each picture is; or say, in words, which cannot be taken and why.

    The size is read before anything is decoded, so that no picture takes more memory than its edges allow.
    """
    from PIL import Image, UnidentifiedImageError

    found: list[str] = []
    for number, picture in enumerate(pictures, 1):
        if len(picture) > MOST_BYTES:
            return f"Picture {number} has {len(picture):,} bytes; {MOST_BYTES:,} are taken."
        try:
            with Image.open(io.BytesIO(picture), formats=tuple(MEDIA_TYPES)) as opened:
                if max(opened.size) > LONGEST_EDGE_PX:
                    return f"Picture {number} has {opened.width} x {opened.height} pixels; {LONGEST_EDGE_PX} are taken."
                if getattr(opened, "n_frames", 1) > 1:
                    return f"Picture {number} moves."
                opened.load()
                found.append(MEDIA_TYPES[opened.format or ""])
        except UnidentifiedImageError:
            return f"Picture {number} is of no kind that is taken: WebP or JPEG."
        except Exception as error:  # a stranger's bytes may stumble any library
            return f"Picture {number} cannot be read ({type(error).__name__})."
    return found
