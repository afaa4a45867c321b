"""The one tree of errors that the library raises on purpose.

UraniborgError
├── NotSignedIn          no token, or it is wrong, expired or revoked
├── NotAllowed           signed in, but the role or the token's scopes do not reach
├── NotFound             no such thing, or not yours to see: the two are not told apart
├── Conflict             it does not fit the present state
├── InvalidInput         the service refuses the values
├── OverQuota            too large, or the plan is full
├── TooManyAttempts      wait as long as ``facts["retry_after_s"]`` says
├── NotConfigured        the library lacks an address or an organisation to work with
├── TransferFailed       bytes did not arrive whole
└── ServiceFault         the service failed
    └── ServiceUnavailable   it does not answer, or cannot work at the moment
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "Conflict",
    "InvalidInput",
    "NotAllowed",
    "NotConfigured",
    "NotFound",
    "NotSignedIn",
    "OverQuota",
    "ServiceFault",
    "ServiceUnavailable",
    "TooManyAttempts",
    "TransferFailed",
    "UraniborgError",
    "error_for",
]


class UraniborgError(Exception):
    """Root of every error of this library.

    Attributes
    ----------
    detail : str
        One sentence: what happened and what to do next.
    type : str
        Stable name of the kind of problem, such as ``/problems/night-log-signed``; empty where the service said none.
    title : str
        The same for people.
    status : int
        HTTP status; 0 where there was no reply.
    facts : dict
        Further members of the problem document (RFC 9457).
    request_id : str
        What the service's log knows this request as.
    report : UploadReport or None
        Where it ended an upload: what had become of the files by then.
    """

    report: Any = None

    def __init__(
        self,
        detail: str,
        *,
        type: str = "",
        title: str = "",
        status: int = 0,
        facts: dict[str, Any] | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.type = type
        self.title = title
        self.status = status
        self.facts = facts or {}
        self.request_id = request_id

    def __reduce__(self) -> tuple[Any, ...]:
        return _remake, (type(self), self.detail, dict(self.__dict__))


class NotSignedIn(UraniborgError):
    """There is no token, or it is wrong, expired or revoked."""


class NotAllowed(UraniborgError):
    """Signed in, but the role or the token's scopes do not reach."""


class NotFound(UraniborgError):
    """No such thing, or not yours to see."""


class Conflict(UraniborgError):
    """It does not fit the present state."""


class InvalidInput(UraniborgError):
    """The service refuses the values."""


class OverQuota(UraniborgError):
    """Too large, or the plan is full."""


class TooManyAttempts(UraniborgError):
    """Too many attempts; wait before the next one."""


class NotConfigured(UraniborgError):
    """The library lacks an address or an organisation to work with."""


class TransferFailed(UraniborgError):
    """Bytes did not arrive whole."""


class ServiceFault(UraniborgError):
    """The service failed; its people find the request by its id."""


class ServiceUnavailable(ServiceFault):
    """The service does not answer, or cannot work at the moment."""


BY_STATUS: dict[int, type[UraniborgError]] = {
    400: InvalidInput,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: OverQuota,
    416: InvalidInput,
    422: InvalidInput,
    429: TooManyAttempts,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
}


def error_for(status: int, problem: dict[str, Any]) -> UraniborgError:
    """Make the error for a reply.

    Parameters
    ----------
    status : int
        HTTP status of 400 or more.
    problem : dict
        The problem document; empty where the reply was none.
    """
    kind = BY_STATUS.get(status, ServiceFault if status >= 500 else InvalidInput)
    known = {"type", "title", "status", "detail", "request_id", "instance"}
    return kind(
        str(problem.get("detail") or problem.get("title") or f"The service answered with status {status}."),
        type=str(problem.get("type", "")),
        title=str(problem.get("title", "")),
        status=status,
        facts={name: value for name, value in problem.items() if name not in known},
        request_id=str(problem.get("request_id", "")),
    )


def _remake(kind: type[UraniborgError], detail: str, members: dict[str, Any]) -> UraniborgError:
    error = kind(detail)
    error.__dict__.update(members)
    return error
