"""The pages for signing in elsewhere, and for one's ways of signing in."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie, State

from domain.errors import ClientFault, NotFound, ObservatoryError, ProviderUnavailable
from service.actions import outside_sign_in, passwords
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.handlers.sign_in_pages import (
    OPEN,
    browser_of,
    own_path,
    second_factor_form,
    session_cookie,
    sign_in_form,
    who_is_there,
)
from service.house import House
from service.identity_provider import Providers
from service.pages import button, form, hidden, page, paragraph, redirect

__all__ = ["HANDLERS", "visit_cookie"]

VISIT_COOKIE = "uraniborg_visit"
VISIT_SECONDS = 600
LONGEST_MEMBER = 4000


def visit_cookie(house: House, secret: str) -> Cookie:
    """Make the cookie that holds a visit to a provider to this browser; an empty one removes it."""
    return Cookie(
        key=VISIT_COOKIE,
        value=secret,
        path="/sign-in",
        httponly=True,
        samesite="lax",
        secure=house.config.base_url.startswith("https"),
        max_age=VISIT_SECONDS if secret else 0,
    )


def _failed(error: ObservatoryError, onward: str = "", **more: Any) -> Response[str]:
    further = f"?{urlencode({'onward': onward})}" if onward else ""
    back = f"<p><a href='/sign-in{escape(further)}'>Sign in another way</a></p>"
    return page("Signing in elsewhere", back, wrong=error.detail, status=status_of(type(error)), **more)


@get("/sign-in/{provider:str}", **OPEN)
async def visit(
    provider: str, request: Request[None, None, State], house: House, providers: Providers
) -> Response[Any]:
    """Go to a provider to sign in there."""
    onward = own_path(request.query_params.get("onward", ""))
    try:
        address, bound = await outside_sign_in.begin(
            house,
            providers.get(provider),
            onward=onward,
            client_address=request.client.host if request.client else "",
        )
    except (ClientFault, ProviderUnavailable) as error:
        return _failed(error, onward)
    return redirect(address, cookies=[visit_cookie(house, bound)])


@get("/sign-in/{provider:str}/callback", **OPEN)
async def came_back(
    provider: str, request: Request[None, None, State], house: House, providers: Providers
) -> Response[Any]:
    """Come back from a provider."""
    given = {name: value for name, value in request.query_params.items() if len(value) <= LONGEST_MEMBER}
    over = visit_cookie(house, "")
    try:
        came = await outside_sign_in.come_back(
            house,
            providers.get(provider),
            given,
            bound=request.cookies.get(VISIT_COOKIE, ""),
            actor=await who_is_there(request, house),
            browser=browser_of(request),
        )
    except (ClientFault, ProviderUnavailable) as error:
        return _failed(error, error.facts.get("onward", ""), cookies=[over])
    if came.challenge:
        return await second_factor_form(request, house, came.onward, came.challenge)
    cookies = [over] + ([session_cookie(house, came.entered[1])] if came.entered else [])
    return redirect(came.onward, cookies=cookies)


@get("/account", **OPEN)
async def account_page(request: Request[None, None, State], house: House, providers: Providers) -> Response[Any]:
    """Show one's ways of signing in."""
    return await _account_page(request, house, providers)


async def _account_page(
    request: Request[None, None, State], house: House, providers: Providers, *, wrong: str = "", status: int = 200
) -> Response[str]:
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/account")
    token = FormToken(house.config, request)
    linked = (await outside_sign_in.list_identities(house, actor, providers)).items
    ways = await passwords.ways_in(house, actor)
    titles = {each.name: each.title for each in providers}
    unlinking = "".join(
        form(
            "/account/unlink",
            token.value,
            paragraph(f"{titles.get(each.provider, each.provider)}: {each.label}"),
            hidden({"identity": str(each.id)}),
            button("Unlink", first=False),
        )
        for each in linked
    )
    linking = "".join(
        form("/account/link", token.value, hidden({"provider": each.name}), button(f"Link {each.title}", first=False))
        for each in providers
    )
    return page(
        "Your account",
        paragraph(f"{actor.name} ({actor.email})"),
        ""
        if ways.email_confirmed
        else form("/account/confirmation", token.value, button("Confirm your address", first=False)),
        unlinking,
        linking,
        form("/sign-out", token.value, button("Sign out", first=False)),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


@post("/account/link", status_code=200, **OPEN)
async def link_sent(request: Request[None, None, State], house: House, providers: Providers) -> Response[Any]:
    """Go to a provider to link who one is there."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/account")
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        provider = providers.get(members.get("provider", ""))
        address, bound = await outside_sign_in.begin(
            house,
            provider,
            onward="/account",
            client_address=request.client.host if request.client else "",
            link_to=actor.account_id,
        )
    except (ClientFault, ProviderUnavailable) as error:
        return await _account_page(request, house, providers, wrong=error.detail, status=status_of(type(error)))
    # A link and not a redirect: a page's policy for forms would also have to name where the provider leads to.
    return page(
        f"Link {provider.title}",
        f"<p><a href='{escape(address)}'>Go to {escape(provider.title)}</a></p>",
        cookies=[visit_cookie(house, bound)],
        headers={"refresh": f"0; url={address}"},
    )


@post("/account/unlink", status_code=200, **OPEN)
async def unlink_sent(request: Request[None, None, State], house: House, providers: Providers) -> Response[Any]:
    """Unlink an identity."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/account")
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        try:
            identity = UUID(members.get("identity", ""))
        except ValueError as error:
            raise NotFound("You have no such identity.") from error
        await outside_sign_in.unlink(house, actor, identity)
    except ClientFault as error:
        return await _account_page(request, house, providers, wrong=error.detail, status=status_of(type(error)))
    return redirect("/account")


HANDLERS = [visit, came_back, account_page, link_sent, unlink_sent]
