"""Passwords changed and reset, and addresses confirmed, by codes that are mailed: good once, and for an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import InvalidInput, NotAllowed
from domain.people import check_password, normal_email
from domain.typed_codes import new_typed_code, normal_typed_code
from service.actions.credentials import check_password_hash, hash_password, hash_secret
from service.actions.sessions import by_own_hand
from service.actions.throttling import Allowance, check_allowances, count_against
from service.audit_log import record_for_account
from service.house import Actor, House
from service.mail import post_mail
from storage import application_store, one_time_store, outside_identity_store, people_store, second_factor_store

__all__ = [
    "WaysIn",
    "ask_for_confirmation",
    "ask_for_reset",
    "change_password",
    "confirm_email",
    "reset_password",
    "ways_in",
]

RESET, CONFIRM = "reset-password", "confirm-email"
CODE_LIFE = timedelta(hours=1)
HOUR_S = 3600
MAILS_PER_ADDRESS, ASKED_PER_CLIENT = 5, 30
WRONG_CODES_PER_CLIENT = 30
WRONG_PASSWORDS = 10


class WaysIn(msgspec.Struct):
    """How one can sign in, and whether one is known to read mail at one's address."""

    password: bool
    second_factor: bool
    recovery_codes_left: int
    identities: int
    email_confirmed: bool


async def ways_in(house: House, actor: Actor) -> WaysIn:
    """Tell how one can sign in."""
    async with house.database.transaction(account=actor.account_id) as connection:
        account = await people_store.get_account(connection, actor.account_id)
        return WaysIn(
            password=account.password_hash is not None,
            second_factor=await second_factor_store.is_on(connection, actor.account_id),
            recovery_codes_left=await second_factor_store.count_recovery_codes(connection, actor.account_id),
            identities=len(await outside_identity_store.list_of(connection, actor.account_id)),
            email_confirmed=account.email_confirmed_at is not None,
        )


async def _post_code(
    connection: AsyncConnection, *, purpose: str, account_id: UUID | None, to: str, subject: str, text: str
) -> None:
    code = new_typed_code()
    await one_time_store.add(
        connection,
        secret_hash=hash_secret(code),
        purpose=purpose,
        account_id=account_id,
        facts={"email": to},
        expires_at=datetime.now(UTC) + CODE_LIFE,
    )
    await post_mail(connection, to=to, subject=subject, text=text.format(code=code))


async def ask_for_reset(house: House, *, email: str, client_address: str) -> None:
    """Mail a code with which the password can be set anew, if there is such an account.

    Whether there is shows neither in the reply nor in what the database does: the same statements run, and those of an
    unknown address are undone before they are seen.

    Raises
    ------
    TooManyAttempts
        5 for an address or 30 from a client within an hour.
    """
    email = normal_email(email)
    asked = [
        Allowance(f"reset:{email}", MAILS_PER_ADDRESS, HOUR_S),
        Allowance(f"reset-from:{client_address}", ASKED_PER_CLIENT, HOUR_S),
    ]
    async with house.database.transaction() as connection:
        await check_allowances(connection, *asked)
        await count_against(connection, *asked)
        found = await people_store.find_account(connection, email)
        written = await connection.begin_nested()
        await _post_code(
            connection,
            purpose=RESET,
            account_id=found.id if found else None,
            to=email,
            subject="Your password at Uraniborg",
            text=(
                "Somebody, probably you, asked to set your password anew. Open\n\n"
                f"    {house.config.base_url}/account/reset\n\nand type this code within an hour:\n\n    {{code}}\n\n"
                "If it was not you, do nothing: your password stays as it is.\n"
            ),
        )
        await (written.commit() if found else written.rollback())


async def reset_password(house: House, *, code: str, password: str, client_address: str) -> None:
    """Set a password anew with a mailed code; every browser is signed out.

    A second factor stays, and is asked for at the next login. Where the address was never confirmed, somebody else may
    have made the account for it, to share it with its owner later: what they could come back with is revoked.

    Raises
    ------
    InvalidInput
        The code is wrong, was used or has expired; or the password is too short.
    TooManyAttempts
        30 wrong codes from a client within an hour.
    """
    check_password(password)
    wrong = Allowance(f"reset-code:{client_address}", WRONG_CODES_PER_CLIENT, HOUR_S)
    secret_hash = hash_secret(normal_typed_code(code) or "")
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
        waiting = await one_time_store.find(connection, secret_hash, RESET)
        if waiting is None:
            await count_against(connection, wrong)
    taken: Any = None
    if waiting is not None:
        password_hash = await hash_password(password)
        async with house.database.transaction(account=waiting.account_id) as connection:
            taken = await one_time_store.take(connection, secret_hash, RESET)
            if taken is not None:
                await one_time_store.drop(connection, taken.account_id, RESET)
                account = await people_store.get_account(connection, taken.account_id)
                await people_store.set_password(connection, account.id, password_hash)
                if account.email_confirmed_at is None:
                    await people_store.revoke_tokens(connection, account.id)
                    await application_store.revoke_grants(connection, account.id)
                    await outside_identity_store.remove_all(connection, account.id)
                    await people_store.confirm_email(connection, account.id)
                await _tell(connection, house, account.email)
                who = Actor(account_id=account.id, email=account.email, name=account.name, scope="public")
                await record_for_account(connection, who, "password.reset", f"accounts/{account.id}")
    if taken is None:
        raise InvalidInput("The code is wrong, was used before or has expired: ask for another.")


async def _tell(connection: AsyncConnection, house: House, email: str) -> None:
    await post_mail(
        connection,
        to=email,
        subject="Your password was changed",
        text=(
            f"Your password at {house.config.base_url} was changed just now.\n\nIf it was not you, set it anew at\n\n"
            f"    {house.config.base_url}/account/forgot\n\nand look through your tokens and sessions.\n"
        ),
    )


async def change_password(house: House, actor: Actor, *, current: str | None, new: str) -> None:
    """Change one's password, or set the first one; other browsers are signed out.

    Raises
    ------
    NotAllowed
        The current password is wrong, or it is a token that asks.
    TooManyAttempts
        10 wrong ones within 15 minutes.
    """
    session_id = by_own_hand(actor)
    check_password(new)
    wrong = Allowance(f"current-password:{actor.account_id}", WRONG_PASSWORDS)
    async with house.database.transaction(account=actor.account_id) as connection:
        await check_allowances(connection, wrong)
        account = await people_store.get_account(connection, actor.account_id)
    good = account.password_hash is None or await check_password_hash(account.password_hash, current or "")
    async with house.database.transaction(account=actor.account_id) as connection:
        await check_allowances(connection, wrong)
        if not good:
            await count_against(connection, wrong)
    if not good:
        raise NotAllowed("Your current password is another one.")
    password_hash = await hash_password(new)
    async with house.database.transaction(account=actor.account_id) as connection:
        await people_store.set_password(connection, actor.account_id, password_hash, keep_session=session_id)
        await one_time_store.drop(connection, actor.account_id, RESET)
        await _tell(connection, house, account.email)
        await record_for_account(connection, actor, "password.changed", f"accounts/{actor.account_id}")


async def ask_for_confirmation(house: House, actor: Actor) -> None:
    """Mail a code with which one shows that one reads mail at one's address.

    Raises
    ------
    TooManyAttempts
        5 within an hour.
    """
    asked = Allowance(f"confirm:{actor.account_id}", MAILS_PER_ADDRESS, HOUR_S)
    async with house.database.transaction(account=actor.account_id) as connection:
        await check_allowances(connection, asked)
        await count_against(connection, asked)
        await _post_code(
            connection,
            purpose=CONFIRM,
            account_id=actor.account_id,
            to=actor.email,
            subject="Confirm your address at Uraniborg",
            text=(
                "To confirm that you read mail at this address, open\n\n"
                f"    {house.config.base_url}/account\n\nand type this code within an hour:\n\n    {{code}}\n\n"
                "If you have no account there, somebody gave your address for theirs: do nothing.\n"
            ),
        )


async def confirm_email(house: House, actor: Actor, code: str) -> None:
    """Confirm one's address with a mailed code.

    Raises
    ------
    InvalidInput
        The code is wrong, somebody else's, was used or has expired.
    TooManyAttempts
        10 wrong ones within 15 minutes.
    """
    wrong = Allowance(f"confirm-code:{actor.account_id}", WRONG_PASSWORDS)
    secret_hash = hash_secret(normal_typed_code(code) or "")
    async with house.database.transaction(account=actor.account_id) as connection:
        await check_allowances(connection, wrong)
        found = await one_time_store.find(connection, secret_hash, CONFIRM)
        good = found is not None and found.account_id == actor.account_id and found.facts["email"] == actor.email
        if good and await one_time_store.take(connection, secret_hash, CONFIRM):
            await people_store.confirm_email(connection, actor.account_id)
            await record_for_account(connection, actor, "email.confirmed", f"accounts/{actor.account_id}")
        else:
            good = False
            await count_against(connection, wrong)
    if not good:
        raise InvalidInput("The code is wrong, was used before or has expired: ask for another.")
