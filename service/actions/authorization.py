"""An application asks a person, in their browser, to be let in: its request, and the code it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.authorization import GrantRefused, check_challenge, redirect_to, split_scopes
from service.actions.credentials import hash_secret, new_secret
from service.audit_log import record_for_account
from service.house import Actor, House
from service.scopes import SCOPES
from storage import application_store

__all__ = [
    "GRANT_LIFE",
    "AccessRequest",
    "Refusal",
    "answer_address",
    "grant_code",
    "read_access_request",
    "was_granted",
]

CODE_LIFE = timedelta(minutes=1)
GRANT_LIFE = timedelta(days=365)
LONGEST_STATE = 4000
PROMPTS = {"none", "login", "consent", "select_account"}
KNOWN = {
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge",
    "code_challenge_method", "prompt", "max_age", "request", "request_uri", "registration",
}  # fmt: skip


class AccessRequest(msgspec.Struct, kw_only=True):
    """What an application asks for, checked."""

    application_id: str
    application: str
    confidential: bool
    redirect_uri: str
    scopes: list[str]
    state: str
    nonce: str | None
    challenge: str
    prompts: set[str]
    max_age_s: int | None
    members: dict[str, str]
    "The request as it came, to be sent again by the page's form."


class Refusal(msgspec.Struct):
    """A refusal that goes back to the application by the person's browser."""

    address: str


def answer_address(house: House, redirect_uri: str, state: str, **members: str) -> str:
    """Build the address at which an application is answered; it tells whose answer it is (RFC 9207)."""
    if state:
        members["state"] = state
    return redirect_to(redirect_uri, **members, iss=house.config.base_url)


async def read_access_request(house: House, given: Mapping[str, Sequence[str]]) -> AccessRequest | Refusal:
    """Check an authorization request.

    Parameters
    ----------
    given : mapping of str to sequence of str
        Members of the query or form; members that are not known are ignored.

    Raises
    ------
    GrantRefused
        It is not known who asks or where to answer: shown to the person, and sent nowhere.
    """
    members = {name: values[0] for name, values in given.items() if name in KNOWN and len(values) == 1}
    repeated = sorted(name for name, values in given.items() if name in KNOWN and len(values) > 1)
    async with house.database.transaction() as connection:
        row = await application_store.find_application(connection, members.get("client_id", "")[:64])
    if row is None:
        raise GrantRefused("invalid_client", "The application that sent you here is not known to this service.")
    redirect_uri = members.get("redirect_uri", "")
    if redirect_uri not in row.redirect_uris:
        raise GrantRefused(
            "invalid_request", f"{row.name} sent you here with an address for the answer that it has not registered."
        )
    try:
        return _checked(row, members, repeated)
    except GrantRefused as refused:
        state = members.get("state", "")[:LONGEST_STATE]
        return Refusal(
            answer_address(house, redirect_uri, state, error=refused.error, error_description=refused.description)
        )


def _checked(row: Any, members: dict[str, str], repeated: list[str]) -> AccessRequest:
    if repeated:
        raise GrantRefused("invalid_request", f"Given more than once: {', '.join(repeated)}.")
    # Requests as JWTs are not taken, whatever signs them or does not.
    for name, error in (("request", "request_not_supported"), ("request_uri", "request_uri_not_supported"),
                        ("registration", "registration_not_supported")):  # fmt: skip
        if name in members:
            raise GrantRefused(error, f"The member {name} is not supported.")
    if "response_type" not in members:
        raise GrantRefused("invalid_request", "The member response_type is missing.")
    if members["response_type"] != "code":
        raise GrantRefused("unsupported_response_type", "The only response_type is code.")
    if members.get("response_mode", "query") != "query":
        raise GrantRefused("invalid_request", "The only response_mode is query.")
    if len(members.get("state", "")) > LONGEST_STATE or len(members.get("nonce", "")) > LONGEST_STATE:
        raise GrantRefused("invalid_request", f"A state or nonce has at most {LONGEST_STATE} characters.")
    challenge = check_challenge(members.get("code_challenge"), members.get("code_challenge_method"))
    scopes = split_scopes(members.get("scope", ""), row.scopes, list(SCOPES))
    prompts = set(members.get("prompt", "").split())
    if prompts - PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise GrantRefused("invalid_request", "A prompt is none, or login and consent.")
    max_age = members.get("max_age")
    if max_age is not None and not (max_age.isascii() and max_age.isdecimal() and len(max_age) < 10):
        raise GrantRefused("invalid_request", "max_age is a number of seconds.")
    return AccessRequest(
        application_id=row.id,
        application=row.name,
        confidential=row.secret_hash is not None,
        redirect_uri=members["redirect_uri"],
        scopes=scopes,
        state=members.get("state", ""),
        nonce=members.get("nonce"),
        challenge=challenge,
        prompts=prompts,
        max_age_s=None if max_age is None else int(max_age),
        members=members,
    )


async def was_granted(house: House, request: AccessRequest, account_id: Any) -> bool:
    """Tell whether the person need not be asked again.

    Only an application with a secret is known to be itself the second time (RFC 8252, section 8.6).
    """
    if not request.confidential or "consent" in request.prompts:
        return False
    async with house.database.transaction(account=account_id) as connection:
        return await application_store.has_granted(connection, account_id, request.application_id, request.scopes)


async def grant_code(house: House, request: AccessRequest, actor: Actor) -> str:
    """Let an application in; returns the address, with a code, that the person's browser goes to."""
    code, now = new_secret(), datetime.now(UTC)
    async with house.database.transaction(account=actor.account_id) as connection:
        await application_store.add_grant(
            connection,
            application_id=request.application_id,
            account_id=actor.account_id,
            scopes=request.scopes,
            signed_in_at=actor.signed_in_at or now,
            nonce=request.nonce,
            code_hash=hash_secret(code),
            code_expires_at=now + CODE_LIFE,
            redirect_uri=request.redirect_uri,
            code_challenge=request.challenge,
            expires_at=now + GRANT_LIFE,
        )
        await record_for_account(
            connection, actor, "application.let-in", f"applications/{request.application_id}", scopes=request.scopes
        )
    return answer_address(house, request.redirect_uri, request.state, code=code)
