"""Errors as RFC 9457 problem documents: the one table from classes to statuses, and the three roots."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec

from domain.errors import (
    BillingUnavailable,
    ClientFault,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ObservatoryError,
    OurFault,
    OverQuota,
    PaymentDue,
    ProviderUnavailable,
    SchemaMismatch,
    SecretMismatch,
    StoreUnavailable,
    TooManyAttempts,
)
from service.bodies import UnsupportedMediaType

__all__ = ["DEFECT", "EXCEPTION_HANDLERS", "PROBLEM_JSON", "STATUS", "ProblemDocument", "problem_responses"]

PROBLEM_JSON = "application/problem+json"

STATUS: dict[type[ObservatoryError], int] = {
    InvalidInput: 400,
    ClientFault: 400,
    NotSignedIn: 401,
    PaymentDue: 402,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    OverQuota: 413,
    UnsupportedMediaType: 415,
    TooManyAttempts: 429,
    OurFault: 500,
    SchemaMismatch: 503,
    SecretMismatch: 503,
    BillingUnavailable: 503,
    StoreUnavailable: 503,
    ProviderUnavailable: 503,
}

DEFECT = "This is a defect of the service; it was recorded under this request id."

log = structlog.get_logger("uraniborg.errors")


class ProblemDocument(msgspec.Struct, kw_only=True):
    """What went wrong, as RFC 9457 has it. Further members name the facts of the problem."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str = ""


def status_of(kind: type[ObservatoryError]) -> int:
    """Find the status of an error's nearest listed ancestor."""
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def _response(
    request: Request[Any, Any, Any], status: int, code: str, title: str, detail: str, **facts: Any
) -> Response[dict[str, Any]]:
    body = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail}
    body["request_id"] = request.scope.get("state", {}).get("request_id", "")
    headers = {"WWW-Authenticate": 'Bearer realm="uraniborg"'} if status == 401 else {}
    if status in (429, 503):
        headers["Retry-After"] = str(facts.get("retry_after_s", 5))
    return Response(
        body | {k: v for k, v in facts.items() if k not in body},
        status_code=status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


def _ours(request: Request[Any, Any, Any], error: ObservatoryError) -> Response[dict[str, Any]]:
    status = status_of(type(error))
    if status >= 500:
        log.error("our fault", code=error.code, detail=error.detail, exc_info=error)
    return _response(request, status, error.code, error.title, error.detail, **error.facts)


def _framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    codes = {400: "invalid-input", 401: "not-signed-in", 403: "not-allowed", 404: "not-found", 405: "no-such-method",
             413: "too-large", 415: "unsupported-media-type", 429: "too-many-attempts"}  # fmt: skip
    status = error.status_code
    if status >= 500:
        return _crash(request, error)
    facts: dict[str, Any] = {}
    detail = error.detail
    if status == 400:
        # Litestar's validation: say which members were wrong; what it calls data is the body.
        extra = error.extra if isinstance(error.extra, list) else []
        wrong = [
            {k: str(getattr(e[k], "value", e[k])) for k in ("message", "key", "source") if k in e}
            for e in extra
            if isinstance(e, dict)
        ]
        for each in wrong:
            each["key"] = "body" if (key := each.get("key", "data")) == "data" else key
        facts["errors"] = wrong
        said = "; ".join(f"{each['key']}: {each.get('message', 'cannot be read')}" for each in wrong)
        detail = f"Not accepted: {said}." if said else "The request cannot be read: see what this operation takes."
    if status == 404:
        detail = "There is nothing at this address, or you may not see it."
    if status == 405:
        allowed = {name.lower(): value for name, value in (error.headers or {}).items()}.get("allow", "")
        detail = f"Use {' or '.join(sorted(allowed.split(', ')))} here."
    if status == 413:
        detail = "The body is too large: send it in several requests."
    code = codes.get(status, f"http-{status}")
    response = _response(request, status, code, code.replace("-", " ").capitalize(), detail or code, **facts)
    for name, value in (error.headers or {}).items():
        response.set_header(name, value)
    return response


def _crash(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    log.error("crash", path=request.url.path, method=request.method, exc_info=error)
    return _response(
        request,
        500,
        "our-fault",
        OurFault.title,
        DEFECT,
    )


EXCEPTION_HANDLERS: dict[Any, Any] = {ObservatoryError: _ours, HTTPException: _framework, Exception: _crash}

SAYS = {
    400: "The request cannot be read or its values are refused.",
    401: "Not signed in, or the token is expired or revoked.",
    402: "A payment is due, and its grace is over: nothing new is taken until it is made.",
    403: "Signed in, but the role or the token's scopes do not allow it.",
    404: "No such thing, or not yours to see.",
    405: "No such method here.",
    409: "Conflicts with the present state.",
    413: "Too large, or more than the plan has room for.",
    415: "The body is not application/json.",
    429: "Too many attempts; wait as Retry-After says.",
    503: "The database or the object store does not answer; try again.",
}


def problem_responses(statuses: list[int]) -> dict[int, ResponseSpec]:
    """Describe the problems an operation may answer, for the OpenAPI document."""
    return {
        status: ResponseSpec(
            ProblemDocument, description=SAYS[status], media_type=PROBLEM_JSON, generate_examples=False
        )
        for status in sorted(statuses)
    }
