"""Signing up: a code is mailed, and whoever types it has shown that they read mail at the address of their account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.errors import Conflict, InvalidInput, NotAllowed
from domain.people import check_password, normal_email
from domain.typed_codes import new_typed_code, normal_typed_code
from service.actions.credentials import check_password_hash, hash_password, hash_secret
from service.actions.people import check_person_name
from service.actions.sessions import Account
from service.actions.throttling import Allowance, check_allowances, count_against
from service.audit_log import record_for_service
from service.house import House
from service.mail import post_mail
from storage import one_time_store, people_store

__all__ = ["SignUp", "confirm_account", "sign_up"]

# A code for an address that has an account is of a purpose nobody asks for: it is written so that the same is done, and
# opens nothing.
SIGN_UP, IN_VAIN = "sign-up", "sign-up-in-vain"
CODE_LIFE = timedelta(hours=1)
HOUR_S = 3600
MAILS_PER_ADDRESS, ASKED_PER_CLIENT = 5, 30
WRONG_CODES_PER_CLIENT = 30


class SignUp(msgspec.Struct):
    """A sign-up that waits for its code; whether the address has an account already is told by mail alone."""

    email: str
    expires_at: datetime


async def sign_up(house: House, *, email: str, name: str, password: str, client_address: str) -> SignUp:
    """Mail a code with which an account is made; where the address has one, its holder is told by mail.

    Which of the two shows neither in the reply nor in what the database does.

    Raises
    ------
    NotAllowed
        Sign-up is closed.
    TooManyAttempts
        5 for an address or 30 from a client within an hour.
    """
    if house.config.signup == "closed":
        raise NotAllowed("Sign-up is closed here: ask the operator for an account.")
    email, name = normal_email(email), check_person_name(name)
    password_hash = await hash_password(check_password(password))
    asked = [
        Allowance(f"sign-up:{email}", MAILS_PER_ADDRESS, HOUR_S),
        Allowance(f"sign-up-from:{client_address}", ASKED_PER_CLIENT, HOUR_S),
    ]
    code, expires_at = new_typed_code(), datetime.now(UTC) + CODE_LIFE
    async with house.database.transaction() as connection:
        await check_allowances(connection, *asked)
        await count_against(connection, *asked)
        found = await people_store.find_account(connection, email)
        await one_time_store.add(
            connection,
            secret_hash=hash_secret(code),
            purpose=IN_VAIN if found else SIGN_UP,
            account_id=None,
            facts={"email": email, "name": name, "password_hash": password_hash},
            expires_at=expires_at,
        )
        base = house.config.base_url
        await post_mail(
            connection,
            to=email,
            subject="Your account at Uraniborg",
            text=_taken(base) if found else _new(base, code),
        )
    return SignUp(email, expires_at.replace(microsecond=0))


def _new(base: str, code: str) -> str:
    return (
        f"Somebody, probably you, makes an account at {base} with this address. To have it, open\n\n"
        f"    {base}/sign-up/code\n\nand type, within an hour, the password you chose and this code:\n\n    {code}\n\n"
        "If it was not you, do nothing: without the code there will be no account.\n"
    )


def _taken(base: str) -> str:
    return (
        f"Somebody, probably you, tried to make an account at {base} with this address. It has one already."
        f" Sign in:\n\n    {base}/sign-in\n\nor, if you forgot the password, set it anew:\n\n"
        f"    {base}/account/forgot\n\n"
        "If it was not you, do nothing: nobody was told that there is an account.\n"
    )


async def confirm_account(house: House, *, code: str, password: str, client_address: str) -> Account:
    """Make the account that a mailed code is for.

    Raises
    ------
    InvalidInput
        The code is wrong, was used or has expired; or the password is not the one of this sign-up, which is how a code
        typed by the address's owner makes no account of what a stranger began.
    Conflict
        The address has an account by now.
    TooManyAttempts
        30 wrong ones from a client within an hour.
    """
    wrong = Allowance(f"sign-up-code:{client_address}", WRONG_CODES_PER_CLIENT, HOUR_S)
    secret_hash = hash_secret(normal_typed_code(code) or "")
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
        waiting = await one_time_store.find(connection, secret_hash, SIGN_UP)
    taken: Any = None
    if waiting is not None and await check_password_hash(waiting.facts["password_hash"], password):
        async with house.database.transaction() as connection:
            await check_allowances(connection, wrong)
            taken = await one_time_store.take(connection, secret_hash, SIGN_UP)
            if taken is not None:
                facts = taken.facts
                if await people_store.find_account(connection, facts["email"]) is not None:
                    raise Conflict("This address has an account by now: sign in, or set its password anew.")
                account_id = await people_store.add_account(connection, **facts, is_operator=False, confirmed=True)
                await record_for_service(
                    connection, None, "account.made", f"accounts/{account_id}", email=facts["email"], is_operator=False
                )
                return Account(account_id, facts["email"], facts["name"])
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
        await count_against(connection, wrong)
    raise InvalidInput(
        "The code is wrong, was used before or has expired, or it goes with another password: sign up again."
    )
