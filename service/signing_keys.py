"""The service's own keys for identity tokens: made at first use, sealed in the database, replaced on demand."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from service.house import House
from service.sealing import seal, unseal
from storage import signing_key_store

__all__ = ["ALGORITHM", "public_keys", "replace_key", "sign"]

ALGORITHM = "RS256"  # the one that every client of OpenID Connect must know
KEY_BITS = 3072
OVERLAP_S = 24 * 3600
"How long a retired key stays published: longer than anything lives that it signed, and than clients remember keys."


def _purpose(key_id: str) -> str:
    return f"signing key {key_id}"


async def replace_key(house: House) -> str:
    """Make a new key that signs from now on; the ones before stay published for a day. Returns its id."""
    async with house.database.transaction() as connection:
        await signing_key_store.lock_keys(connection)
        return await _add_key(house, connection)


async def _add_key(house: House, connection: Any) -> str:
    key_id = secrets.token_hex(8)
    parameters: Any = {"kid": key_id, "use": "sig", "alg": ALGORITHM}
    key = await asyncio.to_thread(RSAKey.generate_key, KEY_BITS, parameters)
    sealed = seal(house.config, json.dumps(key.as_dict(private=True)).encode(), purpose=_purpose(key_id))
    await signing_key_store.add_key(connection, key_id=key_id, sealed=sealed, public=dict(key.as_dict(private=False)))
    await signing_key_store.retire_others(connection, key_id)
    return key_id


async def _ensure_key(house: House) -> Any:
    async with house.database.transaction() as connection:
        if (row := await signing_key_store.newest_key(connection)) is not None:
            return row
        await signing_key_store.lock_keys(connection)
        if (row := await signing_key_store.newest_key(connection)) is None:
            await _add_key(house, connection)
            row = await signing_key_store.newest_key(connection)
        return row


async def public_keys(house: House) -> list[dict[str, Any]]:
    """List the keys with which signatures of ours are checked, as JWK; one is made if there is none."""
    await _ensure_key(house)
    async with house.database.transaction() as connection:
        return await signing_key_store.list_public(connection, overlap_s=OVERLAP_S)


async def sign(house: House, claims: dict[str, Any]) -> str:
    """Sign claims as a JWT."""
    row = await _ensure_key(house)
    key = RSAKey.import_key(json.loads(unseal(house.config, row.sealed, purpose=_purpose(row.id))))
    return await asyncio.to_thread(jwt.encode, {"alg": ALGORITHM, "kid": row.id}, claims, key)
