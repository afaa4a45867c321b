"""Passwords and confirmed addresses over HTTP."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Request
from litestar.datastructures import State
from msgspec import Meta

from service.actions import passwords
from service.actions.passwords import WaysIn
from service.house import Actor, House
from service.routing import operation

__all__ = ["HANDLERS"]

Password = Annotated[str, Meta(min_length=10, max_length=1000)]
MailedCode = Annotated[str, Meta(min_length=1, max_length=100, examples=["1a2b-3c4d-5e6f-7g8h"])]


class ResetAsked(msgspec.Struct):
    email: Annotated[str, Meta(max_length=254, examples=["tycho@hven.example"])]


class PasswordReset(msgspec.Struct):
    """``code`` is the one that was mailed."""

    code: MailedCode
    password: Password


class PasswordChange(msgspec.Struct, kw_only=True):
    """``current`` is left out by who has no password yet."""

    current: Annotated[str, Meta(max_length=1000)] | None = None
    new: Password


class Confirmation(msgspec.Struct):
    """``code`` is the one that was mailed."""

    code: MailedCode


def _address(request: Request[None, None, State]) -> str:
    return request.client.host if request.client else ""


@operation("POST", "/password-resets", scope="public", problems=(429,), tags=["people"], status=204)
async def ask_for_password_reset(data: ResetAsked, house: House, request: Request[None, None, State]) -> None:
    """Mail a code with which a forgotten password can be set anew.

    The answer is the same whether there is such an account or not.
    """
    await passwords.ask_for_reset(house, email=data.email, client_address=_address(request))


@operation("POST", "/password-resets/complete", scope="public", problems=(429,), tags=["people"], status=204)
async def reset_password(data: PasswordReset, house: House, request: Request[None, None, State]) -> None:
    """Set a password anew with a mailed code, which works once and for an hour; every browser is signed out."""
    await passwords.reset_password(house, code=data.code, password=data.password, client_address=_address(request))


@operation("PUT", "/me/password", scope="account", problems=(429,), tags=["people"], status=204)
async def change_password(data: PasswordChange, actor: Actor, house: House) -> None:
    """Change one's password, or set the first one; other browsers are signed out. A browser session only."""
    await passwords.change_password(house, actor, current=data.current, new=data.new)


@operation("POST", "/me/email/confirmation", scope="account", problems=(429,), tags=["people"], status=204)
async def ask_for_email_confirmation(actor: Actor, house: House) -> None:
    """Mail a code with which one confirms one's address."""
    await passwords.ask_for_confirmation(house, actor)


@operation("POST", "/me/email/confirm", scope="account", problems=(429,), tags=["people"], status=204)
async def confirm_email(data: Confirmation, actor: Actor, house: House) -> None:
    """Confirm one's address with a mailed code, which works once and for an hour."""
    await passwords.confirm_email(house, actor, data.code)


@operation("GET", "/me/ways-in", scope="account", tags=["people"])
async def get_ways_in(actor: Actor, house: House) -> WaysIn:
    """Tell how one can sign in, and whether one's address is confirmed."""
    return await passwords.ways_in(house, actor)


HANDLERS = [
    ask_for_password_reset,
    reset_password,
    change_password,
    ask_for_email_confirmation,
    confirm_email,
    get_ways_in,
]
