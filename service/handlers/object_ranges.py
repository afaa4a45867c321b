"""Which bytes a request asks for: the Range, If-Range and If-None-Match headers of HTTP."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from litestar.params import Parameter

__all__ = [
    "NOT_SATISFIABLE",
    "IfOtherArchive",
    "IfSameArchive",
    "WantedBytes",
    "http_date",
    "is_unchanged",
    "wanted_range",
]

WantedBytes = Annotated[
    str | None,
    Parameter(header="Range", description="Which bytes, as `bytes=1000-`; of several ranges the whole is sent."),
]
IfSameArchive = Annotated[
    str | None, Parameter(header="If-Range", description="Send the range only if the archive is still this one.")
]
IfOtherArchive = Annotated[
    str | None, Parameter(header="If-None-Match", description="Send nothing if the archive is this one.")
]

NOT_SATISFIABLE = range(-1, -1)

_BYTES = re.compile(r"bytes=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII)


def http_date(moment: datetime) -> str:
    """Write a UTC moment as HTTP does, to the second."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


def wanted_range(
    header: str | None, if_range: str | None, *, size_bytes: int, etag: str, modified_at: datetime
) -> range | None:
    """Tell which bytes are asked for.

    Parameters
    ----------
    header, if_range : str or None
        Values of Range and If-Range.

    Returns
    -------
    range or None
        The offsets; None for the whole (also when the header is of no known form, asks for several ranges, or is about
        an older version); `NOT_SATISFIABLE` if there are no such bytes.

    Source
    ------
    RFC 9110 sections 13.1.5, 14.1.2 and 14.2.
    """
    if header is None or (if_range is not None and not _same_version(if_range, etag, modified_at)):
        return None
    match = _BYTES.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        suffix = int(match[2])
        return range(max(size_bytes - suffix, 0), size_bytes) if suffix and size_bytes else NOT_SATISFIABLE
    first = int(match[1])
    if match[2] and int(match[2]) < first:
        return None
    if first >= size_bytes:
        return NOT_SATISFIABLE
    return range(first, min(int(match[2]) + 1, size_bytes) if match[2] else size_bytes)


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Tell whether the client has this version already."""
    if if_none_match is None:
        return False
    held = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in held or etag in held


def _same_version(if_range: str, etag: str, modified_at: datetime) -> bool:
    if if_range.startswith('"'):
        return if_range == etag
    try:
        return parsedate_to_datetime(if_range) == modified_at.replace(microsecond=0)
    except (ValueError, TypeError):
        return False
