"""Forms that plain browsers send: read with limits, and known to come from a page of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from litestar import Request
from litestar.datastructures import Cookie, State

from domain.errors import InvalidInput, NotAllowed
from service.authentication import SESSION_COOKIE
from service.bodies import UnsupportedMediaType
from service.config import Config

__all__ = ["FORM_COOKIE", "FORM_MEMBER", "FormToken", "check_form_token", "one_of_each", "read_form"]

FORM_COOKIE = "uraniborg_form"
FORM_MEMBER = "form_token"
LARGEST_FORM_BYTES = 64_000
MOST_MEMBERS = 60


async def read_form(request: Request[Any, Any, State]) -> dict[str, list[str]]:
    """Read a form's members.

    Raises
    ------
    UnsupportedMediaType
        It is not sent as application/x-www-form-urlencoded.
    InvalidInput
        It is too large, or no UTF-8.
    """
    if not (body := await request.body()):
        return {}
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("Send a form: application/x-www-form-urlencoded.")
    if len(body) > LARGEST_FORM_BYTES:
        raise InvalidInput("The form is too large.")
    try:
        members = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_MEMBERS, errors="strict")
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidInput("The form cannot be read.") from error
    if any("\0" in value for values in members.values() for value in values):
        raise InvalidInput("The form holds a null character.")
    return members


def one_of_each(members: dict[str, list[str]]) -> dict[str, str]:
    """Give each member's only value.

    Raises
    ------
    InvalidInput
        One is there twice.
    """
    if repeated := sorted(name[:40] for name, values in members.items() if len(values) > 1):
        raise InvalidInput(f"Given more than once: {', '.join(repeated)}.")
    return {name: values[0] for name, values in members.items()}


class FormToken:
    """The token of a page's forms: bound to a cookie of this browser, and to its session where there is one."""

    def __init__(self, config: Config, request: Request[Any, Any, State]) -> None:
        self._config = config
        self._session = request.cookies.get(SESSION_COOKIE, "")
        given = request.cookies.get(FORM_COOKIE, "")
        self.secret = given if len(given) == 43 and given.isascii() else secrets.token_urlsafe(32)

    @property
    def value(self) -> str:
        key = self._config.secret("forms")
        return hmac.new(key, f"{self.secret}|{self._session}".encode(), hashlib.sha256).hexdigest()

    @property
    def cookie(self) -> Cookie:
        secure = self._config.base_url.startswith("https")
        return Cookie(key=FORM_COOKIE, value=self.secret, httponly=True, samesite="lax", secure=secure)


def check_form_token(config: Config, request: Request[Any, Any, State], given: str) -> None:
    """Refuse a form that no page of ours sent from this browser.

    Raises
    ------
    NotAllowed
        The token is another's, or the browser says that another site sent it.
    """
    origin = request.headers.get("origin")
    ours = urlsplit(config.base_url)
    from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none") or (
        origin not in (None, f"{ours.scheme}://{ours.netloc}")
    )
    token = FormToken(config, request)
    known = request.cookies.get(FORM_COOKIE) == token.secret
    if from_elsewhere or not known or not hmac.compare_digest(token.value.encode(), given.encode()):
        raise NotAllowed("This form was not sent from its page, or your browser keeps no cookies: open the page again.")
