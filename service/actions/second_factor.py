"""The second factor: codes of an authenticator (TOTP), recovery codes, and the second step of signing in.

Source
------
RFC 6238 (TOTP), with its defaults: SHA-1, 6 digits, steps of 30 s; one step of clock drift either way.
"""

from __future__ import annotations

import hmac
import re
import time
from uuid import UUID

import msgspec
import pyotp
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict, InvalidInput, NotAllowed, NotSignedIn
from domain.typed_codes import new_typed_code, normal_typed_code
from service.actions.credentials import hash_secret
from service.actions.sessions import SECOND_STEP, SignedIn, by_own_hand, open_session
from service.actions.throttling import Allowance, check_allowances, count_against, forget_counts
from service.audit_log import record_for_account
from service.house import Actor, House
from service.sealing import SealBroken, seal, unseal
from storage import one_time_store, people_store, second_factor_store

__all__ = [
    "NewSecondFactor",
    "RecoveryCodes",
    "begin_second_factor",
    "confirm_second_factor",
    "make_recovery_codes",
    "remove_second_factor",
    "second_step",
]

log = structlog.get_logger("uraniborg.second_factor")

STEP_S = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10
GUESSES, GUESS_WINDOW_S = 10, 3600  # with three codes in force, one in 33,000 is right


class NewSecondFactor(msgspec.Struct):
    """What an authenticator takes: the address as a QR code, or the secret typed in."""

    secret: str
    address: str


class RecoveryCodes(msgspec.Struct):
    """Codes for when the authenticator is lost: each works once, and they are shown this once."""

    codes: list[str]


def _purpose(account_id: UUID) -> str:
    return f"second factor {account_id}"


def _guesses(account_id: UUID) -> Allowance:
    return Allowance(f"second-factor:{account_id}", GUESSES, GUESS_WINDOW_S)


def _step_of(secret: str, code: str, now_s: float) -> int | None:
    totp = pyotp.TOTP(secret)
    now = int(now_s // STEP_S)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def _secret_of(house: House, sealed: bytes, account_id: UUID) -> str:
    """Unseal a factor's secret; where the service's own was lost since, nobody knows it, and no code is right."""
    try:
        return unseal(house.config, sealed, purpose=_purpose(account_id)).decode()
    except SealBroken:
        log.error("a second factor cannot be unsealed", account=str(account_id))
        return pyotp.random_base32()


async def _check_code(
    connection: AsyncConnection, house: House, account_id: UUID, code: str, *, recovery: bool = True
) -> bool:
    """Use up a code of the authenticator, or a recovery code; count it when it is neither."""
    factor = await second_factor_store.find(connection, account_id)  # locked: guesses of one account queue here
    await check_allowances(connection, _guesses(account_id))
    good = False
    if factor is not None:
        digits = re.sub(r"\s", "", code)
        if re.fullmatch(r"[0-9]{6}", digits):
            step = _step_of(_secret_of(house, factor.sealed, account_id), digits, time.time())
            good = step is not None and await second_factor_store.use_code(connection, account_id, step)
        elif recovery and (typed := normal_typed_code(code)):
            good = await second_factor_store.use_recovery_code(connection, account_id, hash_secret(typed))
    if good:
        await forget_counts(connection, _guesses(account_id))
    else:
        await count_against(connection, _guesses(account_id))
    return good


async def begin_second_factor(house: House, actor: Actor) -> NewSecondFactor:
    """Make the secret of a second factor; it is asked for once a code has confirmed it.

    Raises
    ------
    Conflict
        One is in force.
    """
    by_own_hand(actor)
    secret = pyotp.random_base32()
    sealed = seal(house.config, secret.encode(), purpose=_purpose(actor.account_id))
    async with house.database.transaction(account=actor.account_id) as connection:
        if not await second_factor_store.begin(connection, actor.account_id, sealed):
            raise Conflict("You have a second factor: remove it before you set up another.")
    address = pyotp.TOTP(secret).provisioning_uri(name=actor.email, issuer_name="Uraniborg")
    return NewSecondFactor(secret, address)


async def confirm_second_factor(house: House, actor: Actor, code: str) -> RecoveryCodes:
    """Ask for the second factor from now on, and end the sessions of other browsers.

    Raises
    ------
    Conflict
        None was begun, or it is confirmed.
    InvalidInput
        The code is wrong.
    """
    session_id = by_own_hand(actor)
    recovery: RecoveryCodes | None = None
    async with house.database.transaction(account=actor.account_id) as connection:
        factor = await second_factor_store.find(connection, actor.account_id)
        if factor is None or factor.confirmed_at is not None:
            raise Conflict("There is no second factor to confirm: begin with POST /api/v1/me/second-factor.")
        if await _check_code(connection, house, actor.account_id, code, recovery=False):
            await second_factor_store.confirm(connection, actor.account_id)
            recovery = await _new_recovery_codes(connection, actor.account_id)
            await people_store.end_sessions(connection, actor.account_id, but=session_id)
            await record_for_account(connection, actor, "second-factor.on", f"accounts/{actor.account_id}")
    if recovery is None:
        raise InvalidInput("The code is wrong: check the clock of your authenticator, and send the newest code.")
    return recovery


async def _new_recovery_codes(connection: AsyncConnection, account_id: UUID) -> RecoveryCodes:
    codes = [new_typed_code() for _ in range(RECOVERY_CODES)]
    await second_factor_store.set_recovery_codes(connection, account_id, [hash_secret(code) for code in codes])
    return RecoveryCodes(codes)


async def make_recovery_codes(house: House, actor: Actor, code: str) -> RecoveryCodes:
    """Make new recovery codes; those before stop working.

    Raises
    ------
    NotAllowed
        There is no second factor, or the code is wrong.
    """
    by_own_hand(actor)
    recovery: RecoveryCodes | None = None
    async with house.database.transaction(account=actor.account_id) as connection:
        on = await second_factor_store.is_on(connection, actor.account_id)
        if on and await _check_code(connection, house, actor.account_id, code):
            recovery = await _new_recovery_codes(connection, actor.account_id)
            await record_for_account(connection, actor, "second-factor.recovery-codes", f"accounts/{actor.account_id}")
    if recovery is None:
        raise NotAllowed("Send a code of your second factor that you have not used yet.")
    return recovery


async def remove_second_factor(house: House, actor: Actor, code: str) -> None:
    """Ask for no second factor any more; it takes one of its codes, so that a session left open is not enough.

    Raises
    ------
    NotAllowed
        There is none, or the code is wrong.
    """
    by_own_hand(actor)
    removed = False
    async with house.database.transaction(account=actor.account_id) as connection:
        on = await second_factor_store.is_on(connection, actor.account_id)
        if on and await _check_code(connection, house, actor.account_id, code):
            await second_factor_store.remove(connection, actor.account_id)
            removed = True
            await record_for_account(connection, actor, "second-factor.off", f"accounts/{actor.account_id}")
    if not removed:
        raise NotAllowed("Send a code of your second factor that you have not used yet.")


async def second_step(house: House, *, challenge: str, code: str, browser: str) -> tuple[SignedIn, str]:
    """Finish signing in with a code of the second factor, or a recovery code.

    Raises
    ------
    NotSignedIn
        The code is wrong or was used before, or the first step is too long ago.
    TooManyAttempts
        10 wrong codes within an hour.
    """
    secret_hash = hash_secret(challenge)
    async with house.database.transaction() as connection:
        begun = await one_time_store.find(connection, secret_hash, SECOND_STEP)
    if begun is None:
        raise NotSignedIn("The first step was too long ago: sign in again.")
    entered = None
    async with house.database.transaction(account=begun.account_id) as connection:
        if await _check_code(connection, house, begun.account_id, code) and await one_time_store.take(
            connection, secret_hash, SECOND_STEP
        ):
            entered = await open_session(
                connection,
                house,
                begun.account_id,
                way=begun.facts["way"],
                browser=browser,
                failures_before=begun.facts["failures_before"],
            )
    if entered is None:
        raise NotSignedIn("The code is wrong or was used before: send the newest one.")
    return entered
