"""What applications trade at the token endpoint: codes, device codes and refresh tokens for access tokens."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authorization import GrantRefused, fits_challenge, paced
from service.actions.authorization import GRANT_LIFE
from service.actions.credentials import ACCESS_PREFIX, REFRESH_PREFIX, hash_secret, new_secret, same_secret
from service.audit_log import record_for_service
from service.house import House
from service.signing_keys import sign
from storage import application_store

__all__ = ["DEVICE_GRANT", "TokenReply", "find_client", "introspect", "issue", "revoke", "userinfo"]

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ACCESS_LIFE = timedelta(hours=1)
REFRESH_LIFE = timedelta(days=30)
ID_LIFE = timedelta(minutes=10)


class TokenReply(msgspec.Struct, kw_only=True, omit_defaults=True):
    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str = ""
    id_token: str = ""


class _Issued(msgspec.Struct, kw_only=True):
    """Tokens of a grant, and what the identity token shall say."""

    reply: TokenReply
    account_id: UUID
    signed_in_at: datetime
    nonce: str | None = None


async def find_client(house: House, form: dict[str, str], authorization: str) -> Any:
    """Find the application that asks, by HTTP Basic or members of the form; a public one just names itself.

    Raises
    ------
    GrantRefused
        ``invalid_client``: unknown, or the secret is wrong or missing.
    """
    kind, _, given = authorization.partition(" ")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if kind.lower() == "basic":
        if secret is not None:
            raise GrantRefused("invalid_request", "Authenticate in one way: the header or the form.")
        try:
            user, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
        except ValueError as error:  # no base64, or no UTF-8 in it
            raise _unknown_client() from error
        named, secret = unquote_plus(user), unquote_plus(password)
        if not colon or client_id not in (None, named):
            raise _unknown_client()
        client_id = named
    async with house.database.transaction() as connection:
        row = await application_store.find_application(connection, (client_id or "")[:64])
    if row is None:
        raise _unknown_client()
    if row.secret_hash is None:
        if secret:
            raise _unknown_client()
    elif secret is None or not same_secret(secret, row.secret_hash):
        raise _unknown_client()
    return row


def _unknown_client() -> GrantRefused:
    return GrantRefused("invalid_client", "The application is unknown, or its secret is wrong.", status=401)


async def issue(house: House, client: Any, form: dict[str, str]) -> TokenReply:
    """Answer a request at the token endpoint.

    Raises
    ------
    GrantRefused
    """
    grant_type = form.get("grant_type")
    if grant_type == "authorization_code":
        issued = await _redeem_code(house, client, form)
    elif grant_type == "refresh_token":
        issued = await _refresh(house, client, form)
    elif grant_type == DEVICE_GRANT:
        issued = await _poll(house, client, form)
    elif grant_type is None:
        raise GrantRefused("invalid_request", "The member grant_type is missing.")
    else:
        raise GrantRefused("unsupported_grant_type", f"There are authorization_code, refresh_token and {DEVICE_GRANT}.")
    if isinstance(issued, GrantRefused):
        raise issued
    if "openid" in issued.reply.scope.split():
        issued.reply.id_token = await _id_token(house, client, issued)
    return issued.reply


async def _id_token(house: House, client: Any, issued: _Issued) -> str:
    now = datetime.now(UTC)
    half = hashlib.sha256(issued.reply.access_token.encode()).digest()[:16]
    claims = {
        "iss": house.config.base_url,
        "sub": str(issued.account_id),
        "aud": client.id,
        "iat": int(now.timestamp()),
        "exp": int((now + ID_LIFE).timestamp()),
        "auth_time": int(issued.signed_in_at.timestamp()),
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
    }
    if issued.nonce is not None:
        claims["nonce"] = issued.nonce
    return await sign(house, claims)


async def _tokens(
    connection: AsyncConnection, *, grant_id: UUID, scopes: list[str], grant_expires_at: datetime, refreshing: bool
) -> TokenReply:
    now = datetime.now(UTC)
    access, refresh = new_secret(ACCESS_PREFIX), new_secret(REFRESH_PREFIX)
    access_expires_at = min(now + ACCESS_LIFE, grant_expires_at)
    await application_store.add_access_token(
        connection, secret_hash=hash_secret(access), grant_id=grant_id, scopes=scopes, expires_at=access_expires_at
    )
    if refreshing:
        await application_store.add_refresh_token(
            connection,
            secret_hash=hash_secret(refresh),
            grant_id=grant_id,
            expires_at=min(now + REFRESH_LIFE, grant_expires_at),
        )
    return TokenReply(
        access_token=access,
        token_type="Bearer",  # noqa: S106 (the kind of token)
        expires_in=int((access_expires_at - now).total_seconds()),
        scope=" ".join(scopes),
        refresh_token=refresh if refreshing else "",
    )


def _needed(form: dict[str, str], name: str) -> str:
    if not (value := form.get(name)):
        raise GrantRefused("invalid_request", f"The member {name} is missing.")
    return value


# The three below return a refusal instead of raising it: what it changes, such as a revoked grant, is to be kept.


async def _redeem_code(house: House, client: Any, form: dict[str, str]) -> _Issued | GrantRefused:
    code, redirect_uri, verifier = (_needed(form, name) for name in ("code", "redirect_uri", "code_verifier"))
    async with house.database.transaction() as connection:
        grant = await application_store.lock_code(connection, hash_secret(code))
        if grant is None or grant.application_id != client.id:
            return GrantRefused("invalid_grant", "The code is not one that was given to this application.")
        if grant.code_used_at is not None:
            # Somebody else has it, too: nobody keeps what it was traded for (RFC 6749, section 4.1.2).
            await application_store.revoke_grant(connection, grant.id)
            await record_for_service(connection, None, "grant.misused", f"applications/{client.id}", what="code")
            return GrantRefused("invalid_grant", "The code was used before: everything given for it is revoked.")
        await application_store.use_code(connection, grant.id)
        wrong = None
        if grant.revoked_at is not None or grant.code_expires_at <= datetime.now(UTC):
            wrong = "The code has expired: send the person to be asked again."
        elif redirect_uri != grant.redirect_uri:
            wrong = "The redirect_uri is not the one of the request."
        elif not fits_challenge(verifier, grant.code_challenge):
            wrong = "The code_verifier is not the one of the request's code_challenge."
        if wrong is not None:
            await application_store.revoke_grant(connection, grant.id)
            return GrantRefused("invalid_grant", wrong)
        reply = await _tokens(
            connection, grant_id=grant.id, scopes=grant.scopes, grant_expires_at=grant.expires_at, refreshing=True
        )
        return _Issued(reply=reply, account_id=grant.account_id, signed_in_at=grant.signed_in_at, nonce=grant.nonce)


async def _refresh(house: House, client: Any, form: dict[str, str]) -> _Issued | GrantRefused:
    secret_hash = hash_secret(_needed(form, "refresh_token"))
    async with house.database.transaction() as connection:
        held = await application_store.lock_refresh_token(connection, secret_hash)
        if held is None or held.application_id != client.id:
            return GrantRefused("invalid_grant", "The refresh token is not one of this application's.")
        if held.used_at is not None:
            # Of two who hold it, one is not the application: neither goes on (RFC 9700, section 4.14.2).
            await application_store.revoke_grant(connection, held.grant_id)
            await record_for_service(connection, None, "grant.misused", f"applications/{client.id}", what="token")
            return GrantRefused("invalid_grant", "The refresh token was used before: the grant is revoked.")
        if held.revoked_at is not None or held.expires_at <= datetime.now(UTC):
            return GrantRefused("invalid_grant", "The refresh token is revoked or expired: ask the person again.")
        scopes = held.scopes
        if "scope" in form:
            scopes = sorted(set(form["scope"].split()))
            if not scopes or set(scopes) - set(held.scopes):
                return GrantRefused("invalid_scope", "Refreshing cannot widen what was granted.")
        await application_store.use_refresh_token(connection, secret_hash)
        reply = await _tokens(
            connection, grant_id=held.grant_id, scopes=scopes, grant_expires_at=held.grant_expires_at, refreshing=True
        )
        return _Issued(reply=reply, account_id=held.account_id, signed_in_at=held.signed_in_at)


async def _poll(house: House, client: Any, form: dict[str, str]) -> _Issued | GrantRefused:
    code_hash = hash_secret(_needed(form, "device_code"))
    async with house.database.transaction() as connection:
        device = await application_store.find_device_login(connection, code_hash)
        if device is None or device.application_id != client.id:
            return GrantRefused("invalid_grant", "The device code is not one of this application's, or it was used.")
        if device.expired:
            return GrantRefused("expired_token", "Nobody let the device in within 15 minutes: begin again.")
        since = None if device.since_poll_s is None else float(device.since_poll_s)
        in_time, interval_s = paced(since, device.interval_s)
        await application_store.note_poll(connection, code_hash, interval_s)
        if not in_time:
            return GrantRefused("slow_down", f"Ask at most once in {interval_s:g} seconds.")
        if device.state == "waiting":
            return GrantRefused("authorization_pending", "Nobody has decided yet: ask again.")
        await application_store.end_device_login(connection, code_hash)
        if device.state == "denied":
            return GrantRefused("access_denied", "The person turned the device away.")
        expires_at = datetime.now(UTC) + (ACCESS_LIFE if client.makes_tokens else GRANT_LIFE)
        grant_id = await application_store.add_grant(
            connection,
            application_id=client.id,
            account_id=device.account_id,
            scopes=device.scopes,
            signed_in_at=device.signed_in_at,
            expires_at=expires_at,
        )
        reply = await _tokens(
            connection,
            grant_id=grant_id,
            scopes=device.scopes,
            grant_expires_at=expires_at,
            refreshing=not client.makes_tokens,
        )
        return _Issued(reply=reply, account_id=device.account_id, signed_in_at=device.signed_in_at)


async def revoke(house: House, client: Any, form: dict[str, str]) -> None:
    """Revoke a token of the application; with a refresh token goes the whole grant (RFC 7009).

    What is unknown, or another application's, changes nothing and is not told apart.
    """
    secret_hash = hash_secret(_needed(form, "token"))
    async with house.database.transaction() as connection:
        found = await application_store.find_access_token(connection, secret_hash)
        if found is not None and found.application_id == client.id and client.makes_tokens:
            await application_store.revoke_grant(connection, found.grant_id)
        if await application_store.end_access_token(connection, secret_hash, client.id):
            return
        held = await application_store.lock_refresh_token(connection, secret_hash)
        if held is not None and held.application_id == client.id:
            await application_store.revoke_grant(connection, held.grant_id)


async def introspect(house: House, client: Any, form: dict[str, str]) -> dict[str, Any]:
    """Tell an application whether an access token of its own is in force (RFC 7662).

    Raises
    ------
    GrantRefused
        A public application asks: anybody could be it.
    """
    if client.secret_hash is None:
        raise GrantRefused("unauthorized_client", "Only an application with a secret may ask.", status=403)
    async with house.database.transaction() as connection:
        found = await application_store.find_access_token(connection, hash_secret(_needed(form, "token")))
    if found is None or found.application_id != client.id:
        return {"active": False}
    return {
        "active": True,
        "scope": " ".join(found.scopes),
        "client_id": client.id,
        "sub": str(found.id),
        "exp": int(found.expires_at.timestamp()),
        "token_type": "Bearer",
        "iss": house.config.base_url,
    }


async def userinfo(house: House, authorization: str) -> dict[str, Any]:
    """Tell an application who let it in, as far as they consented; the token comes in the header and nowhere else.

    Raises
    ------
    GrantRefused
        ``invalid_token`` or ``insufficient_scope``, as RFC 6750 has them.
    """
    kind, _, secret = authorization.partition(" ")
    found = None
    if kind.lower() == "bearer" and secret.strip().startswith(ACCESS_PREFIX):
        async with house.database.transaction() as connection:
            found = await application_store.find_access_token(connection, hash_secret(secret.strip()))
    if found is None:
        raise GrantRefused("invalid_token", "The access token is unknown, expired or revoked.", status=401)
    if "openid" not in found.scopes:
        raise GrantRefused("insufficient_scope", "The access token lacks the scope openid.", status=403)
    claims: dict[str, Any] = {"sub": str(found.id)}
    if "profile" in found.scopes:
        claims["name"] = found.name
    if "email" in found.scopes:
        claims |= {"email": found.email, "email_verified": found.email_confirmed_at is not None}
        claims["preferred_username"] = found.email
    return claims
