"""Accounts, sessions and tokens over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from msgspec import Meta

from service.actions import people
from service.actions import sign_up as sign_up_actions
from service.actions.people import Account, NewToken, SignedIn, Token, TokenWithSecret
from service.actions.sign_up import SignUp, sign_up
from service.authentication import SESSION_COOKIE
from service.handlers.sign_in_pages import browser_of, session_cookie
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]


class NewAccount(msgspec.Struct):
    email: Annotated[str, Meta(max_length=254, examples=["tycho@hven.example"])]
    name: Annotated[str, Meta(min_length=1, max_length=200, examples=["Tycho Brahe"])]
    password: Annotated[str, Meta(min_length=10, max_length=1000)]


class AccountCode(msgspec.Struct):
    code: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=1000)]


class Login(msgspec.Struct):
    email: Annotated[str, Meta(max_length=254, examples=["tycho@hven.example"])]
    password: Annotated[str, Meta(max_length=1000)]


@operation("POST", "/accounts", scope="public", status=202, problems=(403, 429), tags=["people"])
async def add_account(data: NewAccount, house: House, request: Request[None, None, State]) -> SignUp:
    """Begin to make an account, where sign-up is open: a code is mailed, with which `confirm_account` makes it.

    The reply is the same where the address has an account; the mail tells that then.
    """
    address = request.client.host if request.client else ""
    return await sign_up(house, email=data.email, name=data.name, password=data.password, client_address=address)


@operation("POST", "/accounts/confirm", scope="public", problems=(429,), tags=["people"])
async def confirm_account(data: AccountCode, house: House, request: Request[None, None, State]) -> Account:
    """Make an account with the code that was mailed, and the password that was chosen."""
    address = request.client.host if request.client else ""
    return await sign_up_actions.confirm_account(house, code=data.code, password=data.password, client_address=address)


@operation("POST", "/session", scope="public", problems=(401, 429), tags=["people"])
async def sign_in(data: Login, house: House, request: Request[None, None, State]) -> Response[SignedIn]:
    """Sign in with a password.

    The reply sets an HttpOnly cookie for browsers; send `csrf_token` back in X-CSRF-Token with every change.
    Scripts make a token instead. An account with a second factor answers 401 with the type
    `/problems/second-factor-needed` and a `challenge` for `sign_in_second_step`.
    """
    address = request.client.host if request.client else ""
    signed_in, secret = await people.sign_in(
        house, email=data.email, password=data.password, address=address, browser=browser_of(request)
    )
    return Response(signed_in, cookies=[session_cookie(house, secret)])


@operation("DELETE", "/session", scope="account", tags=["people"])
async def sign_out(actor: Actor, house: House, request: Request[None, None, State]) -> None:
    """Sign out of this browser."""
    if secret := request.cookies.get(SESSION_COOKIE):
        await people.sign_out(house, secret)


@operation("GET", "/me", scope="account", tags=["people"])
async def who_am_i(actor: Actor, house: House) -> Account:
    """Tell who is signed in."""
    return await people.who_am_i(house, actor)


@operation("POST", "/tokens", scope="account", tags=["people"])
async def make_token(data: NewToken, actor: Actor, house: House) -> TokenWithSecret:
    """Make a token; its secret is shown this once."""
    return await people.make_token(house, actor, data)


@operation("GET", "/tokens", scope="account", tags=["people"])
async def list_tokens(actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100) -> Page[Token]:
    """List one's own tokens, newest first."""
    return await people.list_tokens(house, actor, cursor=cursor, limit=limit)


@operation("DELETE", "/tokens/{token_id:uuid}", scope="account", tags=["people"])
async def revoke_token(token_id: UUID, actor: Actor, house: House) -> None:
    """Revoke a token; it stops working with the next request."""
    await people.revoke_token(house, actor, token_id)


HANDLERS = [add_account, confirm_account, sign_in, sign_out, who_am_i, make_token, list_tokens, revoke_token]
