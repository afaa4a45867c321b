"""What the local store's signed addresses answer to those it refuses: problem documents, whichever way they came."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.errors import InvalidInput, ObservatoryError
from service.errors import PROBLEM_JSON, status_of

__all__ = ["Headers", "Refusal", "Reply", "as_refusal", "check_length", "http_header", "refused", "too_long"]

Headers = list[tuple[bytes, bytes]]

# A refused upload is heard out up to here, since many clients see a broken connection instead of the answer otherwise.
_WORTH_HEARING_OUT_BYTES = 64 * 1024**2


class Reply(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes = b""


class Refusal(Exception):
    """What HTTP alone can say about a request; it has no meaning in the rest of the service."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        headers: Headers | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.headers, self.facts = headers or [], facts or {}


def as_refusal(error: ObservatoryError) -> Refusal:
    """Say an error of ours in HTTP."""
    return Refusal(status_of(type(error)), error.code, error.title, error.detail, facts=error.facts)


def refused(refusal: Refusal, method: str, announced_bytes: int | None, request_id: str) -> Reply:
    """Write a refusal.

    Parameters
    ----------
    announced_bytes : int or None
        How long the request's body is said to be; None where it is not said.
    """
    problem = refusal.facts | {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "request_id": request_id,
    }
    body = msgspec.json.encode(problem)
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        *refusal.headers,
    ]
    if refusal.status == 503:
        headers.append((b"retry-after", b"5"))
    if method == "PUT" and (announced_bytes is None or announced_bytes > _WORTH_HEARING_OUT_BYTES):
        headers.append((b"connection", b"close"))
    return Reply(refusal.status, headers, b"" if method == "HEAD" else body)


def too_long(size_bytes: int, *, how: str = "exactly") -> Refusal:
    """Refuse what is longer than the address allows."""
    return Refusal(413, "too-large", "Too large", f"This address takes {how} {size_bytes} bytes.")


def check_length(size_bytes: int, announced_bytes: int) -> None:
    """Refuse an announced length that is not the one the address allows, before any body is read.

    Raises
    ------
    Refusal, InvalidInput
    """
    if announced_bytes > size_bytes:
        raise too_long(size_bytes)
    if announced_bytes < size_bytes:
        raise InvalidInput(
            f"This address takes exactly {size_bytes} bytes, not {announced_bytes}.", size_bytes=size_bytes
        )


def http_header(headers: Headers, name: bytes) -> str | None:
    """Find a request header's value; its last one, if it is repeated."""
    found = None
    for each, value in headers:
        if each == name:
            found = value
    return None if found is None else found.decode("latin-1")
