"""Requests to the service: signed, repeated where that is safe, and their failures as errors of ours."""

from __future__ import annotations

import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from uraniborg._httpx import httpx
from uraniborg.errors import ServiceUnavailable, UraniborgError, error_for
from uraniborg.patience import Patience

if TYPE_CHECKING:
    from httpx import Response

__all__ = ["Transport"]

PATIENCE_S = 20.0
FIRST_CONTACT_S = 1.0  # a service that never answered is taken to be down, one that did is taken to restart
CONNECTIONS = 32
# PUT and DELETE say how things shall be, and a POST has its key.
REPEATABLE = {"GET", "HEAD", "PUT", "DELETE", "POST"}
STILL_RUNNING = "/problems/request-still-running"
PASSING = {429, 502, 503, 504}


class Transport:
    """A pool of connections to one service.

    Parameters
    ----------
    url : str
        Address of the service.
    token : str
        Sent to the service only, never to a signed address.
    user_agent : str
        How the service sees this client.
    """

    def __init__(self, url: str, token: str = "", *, user_agent: str) -> None:
        self.url = url
        headers = {"User-Agent": user_agent, "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        timeout = httpx.Timeout(60.0, connect=10.0, pool=None)
        verify = ssl.create_default_context() if url.startswith("https") else False  # loading the roots takes 20 ms
        self._client = httpx.Client(base_url=url, headers=headers, limits=limits, timeout=timeout, verify=verify)
        self._answered = threading.Event()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def closed(self) -> bool:
        return bool(self._client.is_closed)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: list[tuple[str, str]] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        media_type: str = "application/json",
        patience_s: float = PATIENCE_S,
        timeout_s: float | None = None,
        safe_to_repeat: bool = False,
    ) -> Response:
        """Send a request and return its reply, which is below 400.

        Parameters
        ----------
        patience_s : float
            How long to repeat a request that failed for want of the service.
        timeout_s : float, optional
            How long a reply may take.
        safe_to_repeat : bool
            Whether a POST may happen twice. Others carry an Idempotency-Key, by which the service remembers its reply.

        Raises
        ------
        UraniborgError
            One of its kinds, by the reply's status; `ServiceUnavailable` where there was none in time.
        """
        request = self._client.build_request(
            method, path, params=query or None, headers=headers, content=body, timeout=_timeout(timeout_s)
        )
        if body is not None:
            request.headers["Content-Type"] = media_type
        if method == "POST" and not safe_to_repeat:
            request.headers.setdefault("Idempotency-Key", uuid.uuid4().hex)
        patience = Patience(patience_s)
        while True:
            told_s = None
            try:
                response: Response = self._client.send(request)
            except httpx.TransportError as error:
                failure: UraniborgError = self._unreachable(error)
                failure.__cause__ = error
                never_began = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if method not in REPEATABLE and not never_began:
                    raise failure from error
                if not self._answered.is_set():
                    patience.limit(FIRST_CONTACT_S)
            else:
                self._answered.set()
                if response.status_code < 400:
                    return response
                failure = error_of(response)
                # A POST that is repeated may find its first attempt, cut off from us, still being worked on.
                if response.status_code not in PASSING and failure.type != STILL_RUNNING:
                    raise failure
                told_s = _seconds(response.headers.get("Retry-After"))
            if not patience.wait(told_s):
                raise failure

    @contextmanager
    def stream(self, url: str, *, headers: dict[str, str] | None = None, signed: bool = False) -> Iterator[Response]:
        """Open a reply whose body is read piece by piece; not repeated here.

        Parameters
        ----------
        signed : bool
            The address carries its own permission: no token is sent.

        Raises
        ------
        UraniborgError
        """
        request = self._client.build_request("GET", url, headers=headers)
        if signed:
            request.headers.pop("Authorization", None)
        try:
            response = self._client.send(request, stream=True)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        self._answered.set()
        try:
            if response.status_code >= 400:
                response.read()
                raise error_of(response)
            yield response
        except httpx.TransportError as error:
            raise ServiceUnavailable(f"The connection broke off ({_words(error)}).") from error
        finally:
            response.close()

    def _unreachable(self, error: Exception) -> ServiceUnavailable:
        return ServiceUnavailable(
            f"The service at {self.url} does not answer ({_words(error)}): is it running, and is the address right?"
            " Set it with `uraniborg login --url`, or URANIBORG_URL."
        )


def error_of(response: Response) -> UraniborgError:
    """Read a reply of 400 or more as the error it tells."""
    try:
        problem = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        problem = {}
    return error_for(response.status_code, problem if isinstance(problem, dict) else {})


def _timeout(timeout_s: float | None) -> Any:
    return httpx.USE_CLIENT_DEFAULT if timeout_s is None else httpx.Timeout(timeout_s, connect=10.0, pool=None)


def _seconds(retry_after: str | None) -> float | None:
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


def _words(error: Exception) -> str:
    said = str(error) or type(error).__name__
    return "connection refused" if "refused" in said.lower() else said.removeprefix("[Errno").strip()
