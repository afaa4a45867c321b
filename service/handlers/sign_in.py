"""Ways of signing in over HTTP: the second factor, and the browsers that are signed in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from msgspec import Meta

from service.actions import second_factor, sessions
from service.actions.second_factor import NewSecondFactor, RecoveryCodes
from service.actions.sessions import SessionToken, SignedIn, SignInSession
from service.authentication import SESSION_COOKIE
from service.handlers.sign_in_pages import browser_of, session_cookie
from service.house import Actor, House
from service.paging import Cursor, Limit, Page
from service.routing import operation

__all__ = ["HANDLERS"]

SECRET = {"secret_reply": True}
Code = Annotated[str, Meta(min_length=1, max_length=100, examples=["287082"])]


class SecondStep(msgspec.Struct):
    """``challenge`` is a member of the problem ``second-factor-needed`` that the first step answered."""

    challenge: Annotated[str, Meta(max_length=100)]
    code: Code


class FactorCode(msgspec.Struct):
    """A code of the authenticator that was not used yet; where the operation says so, a recovery code."""

    code: Code


@operation("POST", "/session/second-factor", scope="public", problems=(401, 429), tags=["people"], opt=SECRET)
async def sign_in_second_step(
    data: SecondStep, house: House, request: Request[None, None, State]
) -> Response[SignedIn]:
    """Finish signing in with a code of the second factor, or with a recovery code.

    The reply is that of `sign_in`.
    """
    signed_in, secret = await second_factor.second_step(
        house, challenge=data.challenge, code=data.code, browser=browser_of(request)
    )
    return Response(signed_in, cookies=[session_cookie(house, secret)])


@operation("GET", "/session", scope="account", tags=["people"])
async def get_session(actor: Actor, house: House, request: Request[None, None, State]) -> Response[SessionToken]:
    """Read the CSRF token of the browser session that asks; for pages that were opened or loaded again.

    Only pages of the service's own address can read the reply.
    """
    token = await sessions.get_session(house, actor, request.cookies.get(SESSION_COOKIE, ""))
    return Response(token, headers={"cache-control": "no-store"})


@operation("POST", "/me/second-factor", scope="account", tags=["people"], opt=SECRET)
async def begin_second_factor(actor: Actor, house: House) -> NewSecondFactor:
    """Begin to set up a second factor (TOTP); a browser session only.

    It is asked for only after `confirm_second_factor`.
    """
    return await second_factor.begin_second_factor(house, actor)


@operation("POST", "/me/second-factor/confirm", scope="account", problems=(429,), tags=["people"], opt=SECRET)
async def confirm_second_factor(data: FactorCode, actor: Actor, house: House) -> RecoveryCodes:
    """Confirm a second factor with a code of the authenticator: it is asked for from now on.

    Other browsers are signed out. Keep the recovery codes: they are shown this once.
    """
    return await second_factor.confirm_second_factor(house, actor, data.code)


@operation("POST", "/me/second-factor/recovery-codes", scope="account", problems=(429,), tags=["people"], opt=SECRET)
async def make_recovery_codes(data: FactorCode, actor: Actor, house: House) -> RecoveryCodes:
    """Make new recovery codes, for a code of the second factor; those before stop working."""
    return await second_factor.make_recovery_codes(house, actor, data.code)


@operation("POST", "/me/second-factor/remove", scope="account", problems=(429,), tags=["people"], status=204)
async def remove_second_factor(data: FactorCode, actor: Actor, house: House) -> None:
    """Remove the second factor, for one of its codes or a recovery code."""
    await second_factor.remove_second_factor(house, actor, data.code)


@operation("GET", "/me/sessions", scope="account", tags=["people"])
async def list_sessions(actor: Actor, house: House, cursor: Cursor = None, limit: Limit = 100) -> Page[SignInSession]:
    """List the browsers in which one is signed in, newest first."""
    return await sessions.list_sessions(house, actor, cursor=cursor, limit=limit)


@operation("DELETE", "/me/sessions/{session_id:uuid}", scope="account", tags=["people"])
async def end_session(session_id: UUID, actor: Actor, house: House) -> None:
    """Sign out of one browser; its next request is nobody's."""
    await sessions.end_session(house, actor, session_id)


@operation("DELETE", "/me/sessions", scope="account", tags=["people"])
async def end_other_sessions(actor: Actor, house: House) -> None:
    """Sign out of every browser but the one that asks; a browser session only."""
    await sessions.end_other_sessions(house, actor)


HANDLERS = [
    get_session,
    sign_in_second_step,
    begin_second_factor,
    confirm_second_factor,
    make_recovery_codes,
    remove_second_factor,
    list_sessions,
    end_session,
    end_other_sessions,
]
