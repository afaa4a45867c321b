"""The pages for a forgotten password, and for an address to be confirmed."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State

from domain.errors import ClientFault
from service.actions import passwords
from service.errors import status_of
from service.forms import FORM_MEMBER, FormToken, check_form_token, one_of_each, read_form
from service.handlers.sign_in_pages import OPEN, sign_in_form, who_is_there
from service.house import House
from service.pages import button, field, form, page, paragraph, redirect

__all__ = ["HANDLERS"]

CODE_FIELD = "class='code' spellcheck='false' autocapitalize='none'"


def _address(request: Request[None, None, State]) -> str:
    return request.client.host if request.client else ""


def _forgot(request: Request[None, None, State], house: House, *, wrong: str = "", status: int = 200) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Forgotten password",
        form(
            "/account/forgot",
            token.value,
            field("E-mail address of your account", "email", kind="email", complete="username"),
            button("Mail me a code"),
        ),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


def _reset(
    request: Request[None, None, State], house: House, *told: str, wrong: str = "", status: int = 200
) -> Response[str]:
    token = FormToken(house.config, request)
    return page(
        "Set your password anew",
        *told,
        form(
            "/account/reset",
            token.value,
            field("The code that was mailed to you", "code", complete="one-time-code", more=CODE_FIELD),
            field("New password, of 10 characters at least", "password", kind="password", complete="new-password"),
            button("Set it"),
        ),
        wrong=wrong,
        status=status,
        cookies=[token.cookie],
    )


@get("/account/forgot", **OPEN)
async def forgot_page(request: Request[None, None, State], house: House) -> Response[str]:
    """Ask whose password was forgotten."""
    return _forgot(request, house)


@post("/account/forgot", status_code=200, **OPEN)
async def forgot_sent(request: Request[None, None, State], house: House) -> Response[str]:
    """Mail a code, if there is such an account; the page is the same if there is none."""
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        await passwords.ask_for_reset(house, email=members.get("email", ""), client_address=_address(request))
    except ClientFault as error:
        return _forgot(request, house, wrong=error.detail, status=status_of(type(error)))
    return _reset(request, house, paragraph("If there is an account with this address, a code is on its way to it."))


@get("/account/reset", **OPEN)
async def reset_page(request: Request[None, None, State], house: House) -> Response[str]:
    """Ask for the code and the new password."""
    return _reset(request, house)


@post("/account/reset", status_code=200, **OPEN)
async def reset_sent(request: Request[None, None, State], house: House) -> Response[str]:
    """Set a password anew."""
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        await passwords.reset_password(
            house,
            code=members.get("code", ""),
            password=members.get("password", ""),
            client_address=_address(request),
        )
    except ClientFault as error:
        return _reset(request, house, wrong=error.detail, status=status_of(type(error)))
    return page("Your password is set", "<p><a href='/sign-in'>Sign in</a></p>")


@post("/account/confirmation", status_code=200, **OPEN)
async def confirmation_sent(request: Request[None, None, State], house: House) -> Response[Any]:
    """Mail a code to confirm one's address, or take it."""
    actor = await who_is_there(request, house)
    if actor is None:
        return await sign_in_form(request, house, "/account")
    token = FormToken(house.config, request)
    asking = form(
        "/account/confirmation",
        token.value,
        field("The code that was mailed to you", "code", complete="one-time-code", more=CODE_FIELD),
        button("Confirm"),
    )
    wrong, status = "", 200
    try:
        members = one_of_each(await read_form(request))
        check_form_token(house.config, request, members.get(FORM_MEMBER, ""))
        if "code" in members:
            await passwords.confirm_email(house, actor, members["code"])
            return redirect("/account")
        await passwords.ask_for_confirmation(house, actor)
    except ClientFault as error:
        wrong, status = error.detail, status_of(type(error))
    return page("Confirm your address", asking, wrong=wrong, status=status, cookies=[token.cookie])


HANDLERS = [forgot_page, forgot_sent, reset_page, reset_sent, confirmation_sent]
