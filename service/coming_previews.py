"""Previews as strangers send them, looked into in a process beside: shown as they came, or refused."""

from __future__ import annotations

import io

__all__ = ["LONGEST_EDGE_PX", "MOST_BYTES", "media_types_of"]

MEDIA_TYPES = {"WEBP": "image/webp", "JPEG": "image/jpeg"}
LONGEST_EDGE_PX = 512
MOST_BYTES = 64 * 1024


def media_types_of(previews: list[bytes | None]) -> list[str | None] | str:
    """Tell what each preview is, None for none; or say, in words, which cannot be taken and why.

    The size is read before anything is decoded, so that no preview takes more memory than its edges allow.
    """
    from PIL import Image, UnidentifiedImageError

    found: list[str | None] = []
    for number, preview in enumerate(previews, 1):
        if preview is None:
            found.append(None)
            continue
        if len(preview) > MOST_BYTES:
            return f"Preview {number} has {len(preview):,} bytes; {MOST_BYTES:,} are taken."
        try:
            with Image.open(io.BytesIO(preview), formats=tuple(MEDIA_TYPES)) as opened:
                if max(opened.size) > LONGEST_EDGE_PX:
                    return f"Preview {number} has {opened.width} x {opened.height} pixels; {LONGEST_EDGE_PX} are taken."
                if getattr(opened, "n_frames", 1) > 1:
                    return f"Preview {number} moves."
                opened.load()
                found.append(MEDIA_TYPES[opened.format or ""])
        except UnidentifiedImageError:
            return f"Preview {number} is of no kind that is taken: WebP or JPEG."
        except Exception as error:  # a stranger's bytes may stumble any library
            return f"Preview {number} cannot be read ({type(error).__name__})."
    return found
