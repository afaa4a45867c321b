"""The pages on which a person lets an application or a device in, or turns it away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from litestar import Request, Response, get, post
from litestar.datastructures import State

from domain.authorization import CLAIM_SCOPES, GrantRefused
from domain.errors import ClientFault
from service.actions import authorization, device_login
from service.actions.authorization import AccessRequest, Refusal
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.handlers.sign_in_pages import OPEN, sign_in_form, who_is_there
from service.house import Actor, House
from service.pages import action_source, button, field, form, hidden, page, paragraph, redirect
from service.scopes import SCOPES

__all__ = ["HANDLERS"]


def _list_scopes(scopes: Iterable[str]) -> str:
    told = [
        CLAIM_SCOPES.get(scope) or SCOPES[scope].allows for scope in scopes if scope in CLAIM_SCOPES or scope in SCOPES
    ]
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in told)}</ul>"


def _wrong(title: str, error: ClientFault) -> Response[str]:
    return page(title, wrong=error.detail, status=getattr(error, "status", None) or status_of(type(error)))


def _path_of(request: AccessRequest) -> str:
    """Give the request's own path, without the wish to sign in again, which signing in has met."""
    members = dict(request.members)
    if left := request.prompts - {"login", "select_account"}:
        members["prompt"] = " ".join(sorted(left))
    else:
        members.pop("prompt", None)
    if request.max_age_s == 0:  # the same wish, in other words
        members.pop("max_age", None)
    return f"/oauth/authorize?{urlencode(members, quote_via=quote)}"


def _too_old(request: AccessRequest, actor: Actor) -> bool:
    if request.max_age_s is None or actor.signed_in_at is None:
        return False
    return datetime.now(UTC) - actor.signed_in_at > timedelta(seconds=request.max_age_s)


@get("/oauth/authorize", **OPEN)
async def authorize(request: Request[None, None, State], house: House) -> Response[Any]:
    """Ask the person whether an application may come in."""
    query = request.scope.get("query_string", b"").decode("latin-1")
    try:
        given = parse_qs(query, keep_blank_values=True, max_num_fields=60, errors="strict")
        wanted = await authorization.read_access_request(house, given)
    except GrantRefused as error:
        return _wrong("You were sent here wrongly", error)
    except ValueError:
        unread = GrantRefused("invalid_request", "The application asks in a way that cannot be read.")
        return _wrong("You were sent here wrongly", unread)
    if isinstance(wanted, Refusal):
        return redirect(wanted.address)
    actor = await who_is_there(request, house)
    again = bool(wanted.prompts & {"login", "select_account"})
    if actor is None or again or _too_old(wanted, actor):
        if "none" in wanted.prompts:
            return redirect(_refuse(house, wanted, "login_required", "Nobody is signed in."))
        return await sign_in_form(request, house, _path_of(wanted))
    if await authorization.was_granted(house, wanted, actor.account_id):
        return redirect(await authorization.grant_code(house, wanted, actor))
    if "none" in wanted.prompts:
        return redirect(_refuse(house, wanted, "consent_required", "The person has to be asked."))
    token = FormToken(house.config, request)
    host = urlsplit(wanted.redirect_uri).netloc or "a program on this computer"
    onward = quote(_path_of(wanted), safe="")
    return page(
        f"Let {wanted.application} in?",
        paragraph(f"{wanted.application}, at {host}, asks to:"),
        _list_scopes(wanted.scopes),
        form(
            "/oauth/consent",
            token.value,
            hidden(wanted.members),
            button("Let it in", "decision", "allow"),
            button("Turn it away", "decision", "deny", first=False),
        ),
        f"<p>You are {escape(actor.name)} ({escape(actor.email)}); <a href='/sign-in?onward={onward}'>not you?</a></p>",
        sources=[action_source(wanted.redirect_uri)],
        cookies=[token.cookie],
    )


def _refuse(house: House, wanted: AccessRequest, error: str, description: str) -> str:
    return authorization.answer_address(
        house, wanted.redirect_uri, wanted.state, error=error, error_description=description
    )


@post("/oauth/authorize", status_code=200, **OPEN)
async def authorize_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Take an authorization request that is sent as a form: it is the same as in an address."""
    try:
        members = await read_form(request)
    except ClientFault as error:
        return _wrong("You were sent here wrongly", error)
    return redirect(f"/oauth/authorize?{urlencode(members, doseq=True, quote_via=quote)}")


@post("/oauth/consent", status_code=200, **OPEN)
async def consent_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Take the person's decision."""
    try:
        members = await read_form(request)
        check_form_token(house.config, request, members.pop(FORM_MEMBER, [""])[0])
        wanted = await authorization.read_access_request(house, members)
    except ClientFault as error:
        return _wrong("This cannot be decided here", error)
    if isinstance(wanted, Refusal):
        return redirect(wanted.address)
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, _path_of(wanted), wrong="The session has ended: sign in again.")
    if members.get("decision") == ["allow"]:
        return redirect(await authorization.grant_code(house, wanted, actor))
    return redirect(_refuse(house, wanted, "access_denied", "The person turned the application away."))


@get("/oauth/device", **OPEN)
async def device(request: Request[None, None, State], house: House) -> Response[Any]:
    """Ask for the code that a device shows."""
    typed = request.query_params.get("user_code", "")[:64]
    actor = await who_is_there(request, house)
    if actor is None:
        onward = "/oauth/device" + (f"?{urlencode({'user_code': typed})}" if typed else "")
        return await sign_in_form(request, house, onward)
    return _ask_for_code(request, house, typed)


def _ask_for_code(
    request: Request[None, None, State], house: House, typed: str = "", *, wrong: str = "", status: int = 200
) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Let a device in",
        form(
            "/oauth/device",
            token.value,
            field(
                "The code that the device shows",
                "user_code",
                value=typed,
                more="class='code' autofocus autocapitalize='characters' spellcheck='false'",
            ),
            button("Go on"),
        ),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


@post("/oauth/device", status_code=200, **OPEN)
async def device_code_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Show what the device asks for."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/oauth/device", wrong="The session has ended: sign in again.")
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        waiting = await device_login.find_waiting_device(house, actor, members.get("user_code", ""))
    except ClientFault as error:
        return _ask_for_code(request, house, wrong=error.detail, status=status_of(type(error)))
    token = FormToken(house.config, request)
    kept = (
        [paragraph("It keeps a token for a year: `uraniborg token list` shows it, and `token revoke` ends it.")]
        if waiting.makes_tokens
        else []
    )
    return page(
        f"Let {waiting.application} in?",
        paragraph(f"On the device that shows {waiting.user_code}, it asks to:"),
        _list_scopes(waiting.scopes),
        *kept,
        paragraph("Go on only if you have begun this yourself, on a device before you. Nobody else has a reason to"
                  " send you such a code."),
        form(
            "/oauth/device/decide",
            token.value,
            hidden({"user_code": waiting.user_code}),
            button("Let it in", "decision", "allow"),
            button("Turn it away", "decision", "deny", first=False),
        ),
        paragraph(f"You are {actor.name} ({actor.email})."),
        cookies=[token.cookie],
    )  # fmt: skip


@post("/oauth/device/decide", status_code=200, **OPEN)
async def device_decided(request: Request[None, None, State], house: House) -> Response[Any]:
    """Take the person's decision about a device."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/oauth/device", wrong="The session has ended: sign in again.")
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        allow = members.get("decision") == "allow"
        await device_login.decide_device(house, actor, members.get("user_code", ""), allow=allow)
    except ClientFault as error:
        return _ask_for_code(request, house, wrong=error.detail, status=status_of(type(error)))
    if allow:
        return page(
            "The device is in", paragraph("It goes on by itself within a few seconds. You can close this page.")
        )
    return page("The device is turned away", paragraph("It gets nothing. You can close this page."))


HANDLERS = [authorize, authorize_sent, consent_sent, device, device_code_sent, device_decided]
