"""A device without a browser, such as a telescope's computer, is let in from another one (RFC 8628)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.authorization import new_user_code, normal_user_code, split_scopes
from domain.errors import NotFound
from service.actions.credentials import hash_secret, new_secret
from service.actions.throttling import Allowance, check_allowances, count_against
from service.audit_log import record_for_account
from service.house import Actor, House
from service.scopes import SCOPES
from storage import application_store

__all__ = ["DeviceCodes", "WaitingDevice", "begin_device_login", "decide_device", "find_waiting_device"]

DEVICE_LIFE = timedelta(minutes=15)
BEGUN_PER_ADDRESS = 60
WRONG_CODES = 10


class DeviceCodes(msgspec.Struct, kw_only=True):
    """What a device keeps, and what it shows its person."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class WaitingDevice(msgspec.Struct, kw_only=True):
    user_code: str
    application_id: str
    application: str
    scopes: list[str]
    makes_tokens: bool


async def begin_device_login(house: House, application: Any, *, scope: str, address: str) -> DeviceCodes:
    """Begin: the device shows the user code and asks with its own code until somebody has decided.

    Raises
    ------
    GrantRefused
        A scope that the application may not ask for.
    TooManyAttempts
        60 begun from one address within 15 minutes.
    """
    scopes = split_scopes(scope, application.scopes, list(SCOPES))
    begun = Allowance(f"device-login:{address}", BEGUN_PER_ADDRESS)
    device_code, user_code = new_secret(), new_user_code()
    async with house.database.transaction() as connection:
        await check_allowances(connection, begun)
        await count_against(connection, begun)
        await application_store.add_device_login(
            connection,
            device_code_hash=hash_secret(device_code),
            user_code_hash=hash_secret(user_code),
            application_id=application.id,
            scopes=scopes,
            interval_s=house.config.device_poll_seconds,
            expires_at=datetime.now(UTC) + DEVICE_LIFE,
        )
    page = f"{house.config.base_url}/oauth/device"
    return DeviceCodes(
        device_code=device_code,
        user_code=user_code,
        verification_uri=page,
        verification_uri_complete=f"{page}?user_code={user_code}",
        expires_in=int(DEVICE_LIFE.total_seconds()),
        interval=max(1, round(house.config.device_poll_seconds)),
    )


async def find_waiting_device(house: House, actor: Actor, typed: str) -> WaitingDevice:
    """Look up the device of a code that somebody typed.

    Raises
    ------
    NotFound
        No device waits with this code.
    TooManyAttempts
        10 wrong codes within 15 minutes.
    """
    wrong = Allowance(f"user-code:{actor.account_id}", WRONG_CODES)
    user_code = normal_user_code(typed)
    async with house.database.transaction() as connection:
        await check_allowances(connection, wrong)
        row = None
        if user_code is not None:
            row = await application_store.find_device_login_for(connection, hash_secret(user_code))
        if row is None:
            await count_against(connection, wrong)
    if row is None or user_code is None:
        raise NotFound("No device waits with this code: compare it with what the device shows, or begin there again.")
    return WaitingDevice(
        user_code=user_code,
        application_id=row.application_id,
        application=row.application,
        scopes=row.scopes,
        makes_tokens=row.makes_tokens,
    )


async def decide_device(house: House, actor: Actor, typed: str, *, allow: bool) -> None:
    """Let a device in, or turn it away.

    Raises
    ------
    NotFound
        No device waits with this code.
    """
    device = await find_waiting_device(house, actor, typed)
    async with house.database.transaction(account=actor.account_id) as connection:
        decided = await application_store.decide_device_login(
            connection,
            hash_secret(device.user_code),
            account_id=actor.account_id,
            state="allowed" if allow else "denied",
            signed_in_at=actor.signed_in_at or datetime.now(UTC),
        )
        if decided:
            action = "device.let-in" if allow else "device.turned-away"
            target = f"applications/{device.application_id}"
            await record_for_account(connection, actor, action, target, scopes=device.scopes)
    if not decided:
        raise NotFound("The device waits no longer: begin there again.")
