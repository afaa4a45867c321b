"""Trading a password for a token, by a browser session that ends right after."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from uraniborg._generated import wire
from uraniborg._generated.operations import OPERATIONS
from uraniborg.client import Client
from uraniborg.errors import NotSignedIn, UraniborgError

if TYPE_CHECKING:
    from uraniborg._generated.wire import TokenWithSecret

__all__ = ["make_token_by_password"]


SECOND_FACTOR = "/problems/second-factor-needed"


def make_token_by_password(
    url: str,
    email: str,
    password: str,
    *,
    name: str,
    expires_in_days: float | None = 365,
    ask_code: Callable[[], str] | None = None,
) -> TokenWithSecret:
    """Make a personal token for who knows the password.

    Parameters
    ----------
    url : str
        Address of the service.
    name : str
        What the token is called in the list of tokens, such as this computer's name.
    expires_in_days : float or None
        None for a token without end.
    ask_code : callable, optional
        Asked for a code where the account has a second factor.

    Raises
    ------
    NotSignedIn
        Unknown address, wrong password, wrong code, or nobody to ask for one.
    TooManyAttempts
        After several wrong ones.
    ServiceUnavailable
    """
    with Client(url) as client:
        try:
            signed_in = client.sign_in(email=email, password=password)
        except NotSignedIn as error:
            if error.type != SECOND_FACTOR or ask_code is None:
                raise
            challenge = str(error.facts.get("challenge", ""))
            signed_in = client.sign_in_second_step(challenge=challenge, code=ask_code())
        # The session's cookie is in the client's jar; changes also need what only its own pages can know.
        headers = {"X-CSRF-Token": signed_in.csrf_token}
        body = msgspec.json.encode({"name": name, "expires_in_days": expires_in_days})
        make, leave = OPERATIONS["make_token"], OPERATIONS["sign_out"]
        reply = client.transport.send(make.method, make.path, headers=headers, body=body)
        token = msgspec.json.decode(reply.content, type=wire.TokenWithSecret)
        try:
            client.transport.send(leave.method, leave.path, headers=headers)
        except UraniborgError:
            pass  # the session ends by itself, and the token is there
        return token
