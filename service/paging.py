"""Pages of a list: a cursor remembers where the last one ended, so that new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from litestar.params import Parameter

from domain.errors import InvalidInput

__all__ = ["Cursor", "Limit", "Page", "decode_cursor", "encode_cursor"]

T = TypeVar("T")

Limit = Annotated[int, Parameter(ge=1, le=1000, description="How many at the most.")]
Cursor = Annotated[
    str | None, Parameter(max_length=2000, description="`next_cursor` of the page before; leave out for the first.")
]


class Page(msgspec.Struct, Generic[T]):
    """One page of a list. ``next_cursor`` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*position: Any) -> str:
    """Write where a page ended: the sort key of its last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: Any) -> tuple[Any, ...] | None:
    """Read a cursor back as values of the given types.

    Raises
    ------
    InvalidInput
        It is not one of ours, or of another list.
    """
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=tuple[kinds])  # type: ignore[valid-type]
    except (binascii.Error, msgspec.MsgspecError, UnicodeError, ValueError) as error:
        raise InvalidInput("The cursor is not one of this list: start again without it.") from error
