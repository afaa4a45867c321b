"""The service as an authorization server: what programs speak to (OAuth 2, OpenID Connect)."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, get, post, route
from litestar.datastructures import State

from domain.authorization import CLAIM_SCOPES, GrantRefused
from domain.errors import InvalidInput
from service.actions import device_login, token_issue
from service.forms import one_of_each, read_form
from service.house import House
from service.scopes import SCOPES
from service.signing_keys import ALGORITHM, public_keys

__all__ = ["HANDLERS"]

OPEN: dict[str, Any] = {"include_in_schema": False, "opt": {"scope": "public", "secret_reply": True}}
NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
AUTHENTICATION = ["client_secret_basic", "client_secret_post", "none"]


def describe(house: House) -> dict[str, Any]:
    """Say where everything is, as RFC 8414 and OpenID Connect Discovery have it."""
    base = house.config.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "jwks_uri": f"{base}/oauth/keys",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "device_authorization_endpoint": f"{base}/oauth/device_authorization",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", token_issue.DEVICE_GRANT],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": AUTHENTICATION,
        "revocation_endpoint_auth_methods_supported": AUTHENTICATION,
        "introspection_endpoint_auth_methods_supported": AUTHENTICATION[:2],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [*CLAIM_SCOPES, *SCOPES],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "name", "email", "email_verified",
            "preferred_username",
        ],
        "prompt_values_supported": ["none", "login", "consent"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{base}/api/v1/docs",
    }  # fmt: skip


@get(
    ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"],
    include_in_schema=False,
    opt={"scope": "public"},
)
async def discovery(house: House) -> dict[str, Any]:
    """Tell where everything is."""
    return describe(house)


@get("/oauth/keys", include_in_schema=False, opt={"scope": "public"})
async def keys(house: House) -> Response[dict[str, Any]]:
    """Give the keys with which identity tokens are signed."""
    return Response(
        {"keys": await public_keys(house)}, media_type=MediaType.JSON, headers={"cache-control": "public, max-age=300"}
    )


def refusal(error: GrantRefused, *, challenge: str = "Basic") -> Response[dict[str, str]]:
    """Answer as RFC 6749, section 5.2, has it."""
    headers = dict(NO_STORE)
    if error.status in (401, 403):
        said = f', error="{error.error}"' if challenge == "Bearer" else ""
        headers["www-authenticate"] = f'{challenge} realm="uraniborg"{said}'
    body = {"error": error.error, "error_description": error.description}
    return Response(body, status_code=error.status, media_type=MediaType.JSON, headers=headers)


async def _asked(request: Request[None, None, State], house: House) -> tuple[dict[str, str], Any]:
    """Read a program's form, and find which application sent it."""
    try:
        members = one_of_each(await read_form(request))
    except InvalidInput as error:
        raise GrantRefused("invalid_request", error.detail) from error
    return members, await token_issue.find_client(house, members, request.headers.get("authorization", ""))


@post("/oauth/token", status_code=200, **OPEN)
async def token(request: Request[None, None, State], house: House) -> Response[Any]:
    """Trade a code, a device code or a refresh token for an access token."""
    try:
        members, client = await _asked(request, house)
        reply = await token_issue.issue(house, client, members)
    except GrantRefused as error:
        return refusal(error)
    return Response(msgspec.to_builtins(reply), media_type=MediaType.JSON, headers=NO_STORE)


@post("/oauth/device_authorization", status_code=200, **OPEN)
async def device_authorization(request: Request[None, None, State], house: House) -> Response[Any]:
    """Begin to let a device in."""
    address = request.client.host if request.client else ""
    try:
        members, client = await _asked(request, house)
        codes = await device_login.begin_device_login(house, client, scope=members.get("scope", ""), address=address)
    except GrantRefused as error:
        return refusal(error)
    return Response(msgspec.to_builtins(codes), media_type=MediaType.JSON, headers=NO_STORE)


@post("/oauth/revoke", status_code=200, **OPEN)
async def revoke(request: Request[None, None, State], house: House) -> Response[Any]:
    """Revoke a token."""
    try:
        members, client = await _asked(request, house)
        await token_issue.revoke(house, client, members)
    except GrantRefused as error:
        return refusal(error)
    return Response({}, media_type=MediaType.JSON, headers=NO_STORE)


@post("/oauth/introspect", status_code=200, **OPEN)
async def introspect(request: Request[None, None, State], house: House) -> Response[Any]:
    """Tell an application whether its access token is in force."""
    try:
        members, client = await _asked(request, house)
        told = await token_issue.introspect(house, client, members)
    except GrantRefused as error:
        return refusal(error)
    return Response(told, media_type=MediaType.JSON, headers=NO_STORE)


@route("/oauth/userinfo", http_method=["GET", "POST"], status_code=200, **OPEN)
async def userinfo(request: Request[None, None, State], house: House) -> Response[Any]:
    """Tell an application who let it in."""
    try:
        claims = await token_issue.userinfo(house, request.headers.get("authorization", ""))
    except GrantRefused as error:
        return refusal(error, challenge="Bearer")
    return Response(claims, media_type=MediaType.JSON, headers=NO_STORE)


HANDLERS = [discovery, keys, token, device_authorization, revoke, introspect, userinfo]
