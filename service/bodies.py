"""The body of a request: JSON, read once, and refused in our words where it is none."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.exceptions import SerializationException

from domain.errors import ClientFault, InvalidInput

__all__ = ["UnsupportedMediaType", "read_body", "read_body_if_any"]


class UnsupportedMediaType(ClientFault):
    code = "unsupported-media-type"
    title = "Unsupported media type"


async def read_body(request: Request[Any, Any, State]) -> None:
    """Read the body before the framework does, which keeps what was read.

    Raises
    ------
    UnsupportedMediaType
        It says to be something else than JSON. What says nothing is taken for JSON.
    InvalidInput
        It is missing, or no JSON.
    """
    if not await request.body():
        raise InvalidInput("This operation needs a body of JSON: see its description.")
    await read_body_if_any(request)


async def read_body_if_any(request: Request[Any, Any, State]) -> None:
    """Read a body that may be left out; see ``read_body``."""
    if not await request.body():
        return
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType(f"Send application/json, not {media_type[:60]!r}.")
    try:
        await request.json()
    except SerializationException as error:
        raise InvalidInput(f"The body cannot be read: {error.detail or error}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput("The body is not UTF-8, as JSON has to be.") from error
    except RecursionError as error:
        raise InvalidInput("The body is nested too deeply.") from error
