"""Relative paths of files, as they are kept: one form for one name."""

from __future__ import annotations

import re
import unicodedata

from domain.errors import InvalidInput

__all__ = ["BadPath", "clean_path"]

MAXIMUM_BYTES = 1024
# Controls and the marks that reorder text: a name must look like what it is.
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class BadPath(InvalidInput):
    code = "bad-path"
    title = "This path cannot be kept"


def clean_path(path: str) -> str:
    """Bring a relative path to the form it is kept in: POSIX, NFC, no empty or ``.`` steps.

    Raises
    ------
    BadPath
        Absolute, leading upwards, empty, with control or direction characters, or over 1,024 bytes.
    """
    shown = ascii(path[:80])
    if FORBIDDEN.search(path):
        raise BadPath(f"The path {shown} has control or direction characters: rename the file.")
    normal = unicodedata.normalize("NFC", path)
    if normal.startswith(("/", "\\\\")) or re.match(r"[A-Za-z]:[\\/]", normal):
        raise BadPath(f"The path {shown} is absolute: send it relative to the folder you upload.")
    steps = [step for step in normal.split("/") if step not in ("", ".")]
    if ".." in steps:
        raise BadPath(f"The path {shown} leads upwards: send it relative to the folder you upload.")
    if not steps:
        raise BadPath("A path may not be empty.")
    cleaned = "/".join(steps)
    if len(cleaned.encode()) > MAXIMUM_BYTES:
        raise BadPath(f"The path {shown}… is longer than {MAXIMUM_BYTES} bytes: shorten a folder's name.")
    return cleaned
