"""Signing a computer in from a browser on any other one (RFC 8628), for a token of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from uraniborg._generated import wire
from uraniborg._generated.operations import OPERATIONS
from uraniborg.client import Client
from uraniborg.errors import NotAllowed, NotFound, NotSignedIn, ServiceFault, UraniborgError

if TYPE_CHECKING:
    from uraniborg._generated.wire import TokenWithSecret

__all__ = ["DeviceLogin", "make_token_by_browser"]

CLIENT_ID = "uraniborg"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_S = 5.0  # RFC 8628, section 3.5


class DeviceLogin(msgspec.Struct):
    """What a person is to be shown: where to go, and the code that they type there."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: float
    interval: float = 5.0
    verification_uri_complete: str = ""


class _Granted(msgspec.Struct):
    access_token: str


def make_token_by_browser(
    url: str,
    show: Callable[[DeviceLogin], None],
    *,
    name: str,
    expires_in_days: float | None = 365,
    wait: Callable[[float], None] = time.sleep,
) -> TokenWithSecret:
    """Make a personal token once somebody has let this computer in.

    Parameters
    ----------
    url : str
        Address of the service.
    show : callable
        Called once with what the person needs to know.
    name : str
        What the token is called in the list of tokens, such as this computer's name.
    expires_in_days : float or None
        None for a token without end.
    wait : callable
        Waits for so many seconds.

    Raises
    ------
    NotAllowed
        The person turned this computer away.
    NotSignedIn
        Nobody let it in while the code was good.
    ServiceUnavailable
    """
    with Client(url) as client:
        try:
            begun = _send(client, "device_authorization", DeviceLogin, client_id=CLIENT_ID)
        except NotFound as error:
            raise NotSignedIn(
                "This service cannot sign in by browser: give --email, and it asks for your password."
            ) from error
        show(begun)
        access = _wait_for_decision(client, begun, wait).access_token
        headers = {"Authorization": f"Bearer {access}"}
        body = msgspec.json.encode({"name": name, "expires_in_days": expires_in_days})
        make = OPERATIONS["make_token"]
        reply = client.transport.send(make.method, make.path, headers=headers, body=body)
        token = msgspec.json.decode(reply.content, type=wire.TokenWithSecret)
        try:  # what was granted has been traded; it would end by itself within the hour
            _send(client, "revoke", dict, client_id=CLIENT_ID, token=access)
        except UraniborgError:
            pass
        return token


def _wait_for_decision(client: Client, begun: DeviceLogin, wait: Callable[[float], None]) -> _Granted:
    interval, waited = begun.interval, 0.0
    while waited < begun.expires_in:
        wait(interval)
        waited += interval
        try:
            granted: _Granted = _send(
                client, "token", _Granted, client_id=CLIENT_ID, grant_type=DEVICE_GRANT, device_code=begun.device_code
            )
        except UraniborgError as error:
            said = error.facts.get("error")
            if said == "slow_down":
                interval += SLOWER_S
            elif said == "access_denied":
                raise NotAllowed("This computer was turned away.") from error
            elif said == "expired_token":
                break
            elif said != "authorization_pending":
                raise
        else:
            return granted
    raise NotSignedIn("Nobody let this computer in while the code was good: run `uraniborg login` again.")


def _send(client: Client, endpoint: str, kind: Any, **members: str) -> Any:
    reply = client.transport.send(
        "POST", f"/oauth/{endpoint}", body=urlencode(members).encode(), media_type="application/x-www-form-urlencoded"
    )
    try:
        return msgspec.json.decode(reply.content, type=kind)
    except msgspec.DecodeError as error:
        raise ServiceFault(f"What answers at {client.url} is no service of ours: is the address right?") from error
