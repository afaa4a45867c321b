"""The sealing secret is the one with which the database was used, or nothing is begun.

A secret with which nothing opens would be noticed by those who cannot sign in any more; and what it sealed until then
would open with no other.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import SecretMismatch
from service.config import Config
from service.sealing import SEALING, SealBroken, seal, unseal
from storage import sealed_word_store, signing_key_store
from storage.database import Database

__all__ = ["begin_anew", "check_secret"]

WORD = b"Uraniborg"
PURPOSE = "the word by which the secret is known"

WHAT_TO_DO = (
    " Copy there the one with which this database was used: from secrets/sealing of that service's data folder, or from"
    " `sealing` of a backup. All services and workers of one database need the same. If it is lost for good, begin anew"
    " with `uraniborg-server keys --secret-lost`."
)


async def check_secret(config: Config, database: Database) -> None:
    """Refuse a secret with which the word that is sealed in the database does not open.

    Where there is no word yet, whoever comes first leaves one; of several that begin at once with secrets of their own,
    one goes on.

    Raises
    ------
    SecretMismatch
        It is another secret, or none; it says where it has to be.
    """
    async with database.transaction() as connection:
        word = await sealed_word_store.find_word(connection)
        if word is None:
            await _check_sealed_before(config, connection)
            await sealed_word_store.keep_word(connection, seal(config, WORD, purpose=PURPOSE))
            word = await sealed_word_store.find_word(connection)
    assert word is not None
    _check(config, {PURPOSE: word})


async def begin_anew(config: Config, owner: Database) -> None:
    """Use the database with the secret at hand from now on; what was sealed before stays closed for good."""
    async with owner.transaction() as connection:
        await sealed_word_store.keep_word(connection, seal(config, WORD, purpose=PURPOSE), replace=True)
        await signing_key_store.retire_others(connection, "")  # the next one is made when it is needed


async def _check_sealed_before(config: Config, connection: AsyncConnection) -> None:
    """Try what an earlier release may have sealed, which left no word."""
    keys = await sealed_word_store.list_keys(connection)
    factors = await sealed_word_store.list_factors(connection)
    _check(
        config,
        {f"signing key {name}": sealed for name, sealed in keys.items()}
        | {f"second factor {account}": sealed for account, sealed in factors.items()},
    )


def _check(config: Config, samples: dict[str, bytes]) -> None:
    """Refuse a secret with which none of these opens, by their purposes."""
    path = config.secret_file(SEALING)
    if samples and not path.exists():  # asked for, one would be made
        raise SecretMismatch(f"The sealing secret is not at {path.absolute()}.{WHAT_TO_DO}")
    if samples and not any(_opens(config, sealed, purpose) for purpose, sealed in samples.items()):
        raise SecretMismatch(f"{path.absolute()} is not the secret with which this database is sealed.{WHAT_TO_DO}")


def _opens(config: Config, sealed: bytes, purpose: str) -> bool:
    try:
        unseal(config, sealed, purpose=purpose)
    except SealBroken:
        return False
    return True
