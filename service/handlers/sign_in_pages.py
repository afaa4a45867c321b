"""Signing in with a plain browser: the form, the second step, and on to where one was going."""

from __future__ import annotations

import re
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie, State

from domain.authorization import GrantRefused
from domain.errors import ClientFault, NotSignedIn, ObservatoryError, TooManyAttempts
from service.actions import people, second_factor
from service.actions.authorization import Refusal, read_access_request
from service.actions.sessions import SecondFactorNeeded
from service.authentication import SESSION_COOKIE, session_actor
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.house import Actor, House
from service.pages import action_source, button, field, form, hidden, page, paragraph, redirect

__all__ = [
    "HANDLERS",
    "OPEN",
    "browser_of",
    "own_path",
    "second_factor_form",
    "session_cookie",
    "sign_in_form",
    "who_is_there",
]

OPEN: dict[str, Any] = {"include_in_schema": False, "opt": {"scope": "public", "secret_reply": True}}
# No part of a portal's address begins with a dot, as itself or encoded: none leads out of the portal again.
PORTAL = r"app(/[\w~-][\w.~%@:+,=-]*)*/?"
ONWARD = re.compile(rf"/(oauth/(authorize|device)|account|invitations|{PORTAL})(\?[!-~]*)?", re.ASCII)
LONGEST_PATH = 8000


def own_path(given: str) -> str:
    """Return a path of ours that one may be sent on to after signing in; else the page that says one is in."""
    return given if len(given) <= LONGEST_PATH and ONWARD.fullmatch(given) else "/sign-in"


def session_cookie(house: House, secret: str) -> Cookie:
    """Make the cookie of a session."""
    return Cookie(
        key=SESSION_COOKIE,
        value=secret,
        httponly=True,
        samesite="lax",
        secure=house.config.base_url.startswith("https"),
        max_age=int(house.config.session_hours * 3600),
    )


async def who_is_there(request: Request[None, None, State], house: House) -> Actor | None:
    """Tell who is signed in in this browser, if anybody is."""
    if not (cookie := request.cookies.get(SESSION_COOKIE)):
        return None
    try:
        return await session_actor(house, cookie, "account")
    except NotSignedIn:
        return None


def browser_of(request: Request[None, None, State]) -> str:
    """Tell what the browser calls itself."""
    return request.headers.get("user-agent", "")


async def _sources(house: House, onward: str) -> list[str]:
    """Tell where signing in may lead besides here: to the application that waits for it."""
    parts = urlsplit(onward)
    if parts.path != "/oauth/authorize":
        return []
    try:
        wanted = await read_access_request(house, parse_qs(parts.query, keep_blank_values=True, max_num_fields=60))
    except (GrantRefused, ValueError):
        return []
    return [action_source(wanted.address if isinstance(wanted, Refusal) else wanted.redirect_uri)]


async def sign_in_form(
    request: Request[None, None, State],
    house: House,
    onward: str,
    *,
    wrong: str = "",
    status: int = 200,
    email: str = "",
    headers: dict[str, str] | None = None,
) -> Response[str]:
    """Make the page that asks who one is."""
    token = FormToken(house.config, request)
    return page(
        "Sign in",
        form(
            "/sign-in",
            token.value,
            hidden({"onward": onward}),
            field("E-mail address", "email", kind="email", value=email, complete="username"),
            field("Password", "password", kind="password", complete="current-password"),
            button("Sign in"),
        ),
        "".join(
            f"<p><a href='/sign-in/{each.name}?{escape(urlencode({'onward': onward}))}'>"
            f"Sign in with {escape(each.title)}</a></p>"
            for each in request.app.state.providers
        ),
        "<p><a href='/account/forgot'>Forgotten password</a></p>",
        *(["<p><a href='/sign-up'>Make an account</a></p>"] if house.config.signup == "open" else []),
        status=status,
        wrong=wrong,
        sources=await _sources(house, onward),
        cookies=[token.cookie],
        headers=headers,
    )


async def second_factor_form(
    request: Request[None, None, State],
    house: House,
    onward: str,
    challenge: str,
    *,
    wrong: str = "",
    status: int = 200,
) -> Response[str]:
    """Make the page that asks for a code of the second factor."""
    token = FormToken(house.config, request)
    return page(
        "Second step",
        paragraph("Open your authenticator and type its code, or one of your recovery codes."),
        form(
            "/sign-in/second-factor",
            token.value,
            hidden({"onward": onward, "challenge": challenge}),
            field("Code", "code", complete="one-time-code", more="class='code' autofocus inputmode='text'"),
            button("Go on"),
        ),
        status=status,
        wrong=wrong,
        sources=await _sources(house, onward),
        cookies=[token.cookie],
    )


def _status(error: ObservatoryError) -> int:
    return status_of(type(error))


@get("/sign-in", **OPEN)
async def sign_in_page(request: Request[None, None, State], house: House) -> Response[str]:
    """Ask who one is, or say who is signed in."""
    onward = own_path(request.query_params.get("onward", ""))
    actor = await who_is_there(request, house)
    if actor is None or onward != "/sign-in":
        return await sign_in_form(request, house, onward)
    token = FormToken(house.config, request)
    return page(
        "Signed in",
        paragraph(f"You are signed in as {actor.name} ({actor.email})."),
        "<p><a href='/app/'>Go to the portal</a></p>",
        form("/sign-out", token.value, button("Sign out", first=False)),
        cookies=[token.cookie],
    )


@post("/sign-in", status_code=200, **OPEN)
async def sign_in_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Take e-mail address and password."""
    members: dict[str, str] = {}
    onward = "/sign-in"
    try:
        members = one_of_each(await read_form(request))
        onward = own_path(members.get("onward", ""))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        address = request.client.host if request.client else ""
        _, secret = await people.sign_in(
            house,
            email=members.get("email", ""),
            password=members.get("password", ""),
            address=address,
            browser=browser_of(request),
        )
    except SecondFactorNeeded as needed:
        return await second_factor_form(request, house, onward, needed.facts["challenge"])
    except TooManyAttempts as error:
        later = {"retry-after": str(error.facts["retry_after_s"])}
        return await sign_in_form(
            request, house, onward, wrong=error.detail, status=429, email=members.get("email", ""), headers=later
        )
    except ClientFault as error:
        return await sign_in_form(
            request, house, onward, wrong=error.detail, status=_status(error), email=members.get("email", "")
        )
    return redirect(onward, cookies=[session_cookie(house, secret)])


@post("/sign-in/second-factor", status_code=200, **OPEN)
async def second_factor_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Take a code of the second factor."""
    onward, challenge = "/sign-in", ""
    try:
        members = one_of_each(await read_form(request))
        onward, challenge = own_path(members.get("onward", "")), members.get("challenge", "")
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        _, secret = await second_factor.second_step(
            house, challenge=challenge, code=members.get("code", ""), browser=browser_of(request)
        )
    except ClientFault as error:
        return await second_factor_form(request, house, onward, challenge, wrong=error.detail, status=_status(error))
    return redirect(onward, cookies=[session_cookie(house, secret)])


@post("/sign-out", status_code=200, **OPEN)
async def sign_out_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """End the session of this browser."""
    try:
        check_form_token(house.config, request, one_of_each(await read_form(request)).get(FORM_MEMBER, ""))
    except ClientFault as error:
        return page("Sign out", wrong=error.detail, status=_status(error))
    if cookie := request.cookies.get(SESSION_COOKIE):
        await people.sign_out(house, cookie)
    return redirect("/sign-in", cookies=[Cookie(key=SESSION_COOKIE, value="", max_age=0, httponly=True)])


HANDLERS = [sign_in_page, sign_in_sent, second_factor_sent, sign_out_sent]
