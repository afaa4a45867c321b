"""Requests that come by an organisation's own host: its public portal, and nothing else that this service has.

Whoever asks by such a host is nobody: sessions and tokens are taken off before anything looks at them. What is shown is
named here, page by page; every other address, the console's and the API's among them, is not there.
"""

from __future__ import annotations

import re
import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from domain.errors import ObservatoryError
from service.actions.portal_host import find_portal_of
from service.house import House
from service.observation import OBSERVED_HEADERS, count
from service.pages import page, paragraph
from service.portal_address import OWN_HOST

__all__ = ["OwnHosts"]

_SLUG, _NUMBER = "[a-z0-9][a-z0-9-]{0,99}", "[1-9][0-9]{0,9}"
# What there is on such a host, and where it is on the service's.
_SHOWN = [
    (re.compile("/"), "/o/{slug}"),
    (re.compile(r"/pictures/(?P<picture>[0-9a-f-]{36}/[0-9]{1,5})"), "/o/{slug}/pictures/{picture}"),
    (re.compile("/logo/(?P<version>[0-9]{1,30})"), "/o/{slug}/logo/{version}"),
    (re.compile("/sitemap.xml"), "/o/{slug}/sitemap.xml"),
    (re.compile(f"/packages/(?P<package>{_SLUG})"), "/api/v1/packages/{slug}/{package}/page"),
    (
        re.compile(f"/packages/(?P<package>{_SLUG})/versions/(?P<version>{_NUMBER})"),
        "/api/v1/packages/{slug}/{package}/versions/{version}/page",
    ),
    (re.compile(r"(?P<same>/robots\.txt|/favicon\.ico|/icon\.svg)"), "{same}"),
]
_OF_SOMEBODY = {b"cookie", b"authorization", b"x-link-password", b"idempotency-key"}


class OwnHosts:
    """Leads requests by the host they name, before anything else looks at them.

    Parameters
    ----------
    app : ASGI application
        Everything behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        house: House = scope["litestar_app"].state.house
        host = _host_of(scope)
        if not host or host == urlsplit(house.config.base_url).hostname:
            await self._app(scope, receive, send)
            return
        try:
            found = await find_portal_of(house, host)
        except ObservatoryError:
            if scope["path"].startswith("/health/"):  # whoever looks after the service hears it by any name
                await self._app(scope, receive, send)
                return
            # Whose host it is cannot be told now: better nothing than what does not belong there.
            await _say(scope, send, 503, "Not now", "The service does not answer; try again in a moment.")
            return
        if found is None:
            await self._app(scope, receive, send)
            return
        path = _path_of(scope["path"], found.slug) if found.is_shown else None
        if path is None:
            await _say(scope, send, 404, "Nothing here", "There is no public page at this address.")
            return
        scope["headers"] = [(name, value) for name, value in scope["headers"] if name not in _OF_SOMEBODY]
        scope["state"][OWN_HOST] = host
        scope["path"], scope["raw_path"] = path, path.encode()
        await self._app(scope, receive, send)


def _host_of(scope: HTTPScope) -> str:
    """Read which host a request names; empty where it is none that could be somebody's: an address, a single label."""
    named = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    host = re.sub(r":\d*$", "", named).rstrip(".").lower()
    if "." not in host:
        return ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return ""


def _path_of(path: str, slug: str) -> str | None:
    """Find where the service has what is at a path of an organisation's own host; None where there is nothing."""
    for pattern, there in _SHOWN:
        if (asked := pattern.fullmatch(path)) is not None:
            return there.format(slug=slug, **asked.groupdict())
    return None


async def _say(scope: HTTPScope, send: Send, status: int, title: str, words: str) -> None:
    """Answer with a page of few words."""
    began = time.perf_counter()
    answer = page(title, paragraph(words), status=status)
    body = b"" if scope["method"] == "HEAD" else str(answer.content).encode()
    headers: list[Any] = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    headers += [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    start: Any = {"type": "http.response.start", "status": status, "headers": [*headers, *OBSERVED_HEADERS]}
    await send(start)
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(end)
    count(scope["method"], "other", status, time.perf_counter() - began)
