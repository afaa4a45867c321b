"""Backup and restore: the database by PostgreSQL's own dump, the objects by a manifest that is checked on return."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import text

from domain.errors import Conflict, InvalidInput, StoreUnavailable
from service.config import Config
from service.openapi import VERSION
from service.sealing import SEALING
from service.secret_check import check_secret
from service.wiring import open_objects, owner_database
from storage import sealed_word_store
from storage.database import Database, plain_url
from storage.embedded_postgres import postgres_program
from storage.migrate import expected_revision, make_roles, migrate
from storage.object_records import page_recorded

__all__ = ["RestoreReport", "backup", "restore"]


class RestoreReport(msgspec.Struct):
    """What came back: rows of the manifest, and the objects that are not in the store."""

    objects: int
    missing: list[str]
    text: str


def _holds_backup(folder: Path) -> bool:
    return (folder / "backup.json").exists()


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _write_secret(path: Path, secret: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret)


def _bring_back_secret(config: Config, source: Path) -> str:
    """Put the backup's secret where the service reads it; answer what is to be told, where it has none.

    Raises
    ------
    Conflict
        Another one is there.
    """
    kept, path = source / SEALING, config.secret_file(SEALING)
    if not kept.exists():
        return f"\nThe backup has no sealing secret: copy {path} from where it was made, or the service does not start."
    if not path.exists():
        _write_secret(path, kept.read_bytes())
    elif path.read_bytes() != kept.read_bytes():
        raise Conflict(f"{path} is another secret than the backup's, which would be lost: move it away first.")
    return ""


async def _run(program: str, *arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        postgres_program(program), *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    if process.returncode:
        raise StoreUnavailable(f"{program} failed: {errors.decode(errors='replace').strip()[-500:]}")


async def backup(config: Config, folder: str) -> str:
    """Write ``database.dump``, ``sealing``, ``objects.jsonl`` and ``backup.json`` into a new folder.

    ``sealing`` is the secret with which second factors, keys and passwords elsewhere are sealed in the database.

    The manifest names every content, and every text that describes a published package, with its key, size and SHA-256.
    The objects themselves are copied by whatever keeps the object store safe (replication, versioning, a copy of the
    folder): they never change, so a copy made after the dump holds all that the dump names.

    Raises
    ------
    Conflict
        The folder holds a backup already.
    SecretMismatch
        The secret at hand is not the one with which the database is sealed, and the backup would be worth less.
    StoreUnavailable
        The dump failed.
    """
    target = Path(folder)
    if _holds_backup(target):
        raise Conflict(f"{target} holds a backup already: name another folder.")
    _make_folder(target)
    async with owner_database(config) as owner:
        await _check_secret(config, owner)
        dump = target / "database.dump"
        os.close(os.open(dump, os.O_CREAT | os.O_WRONLY, 0o600))  # password hashes are in it
        await _run("pg_dump", "--format=custom", "--no-owner", "--file", str(dump), plain_url(owner.url))
        _write_secret(target / SEALING, config.secret(SEALING))
        objects = size_bytes = 0
        with (target / "objects.jsonl").open("w") as manifest:
            async with owner.transaction() as connection:
                organisations = list(await connection.scalars(text("SELECT id FROM organisations ORDER BY id")))
            for organisation_id in organisations:
                async for page in page_recorded(owner, organisation_id):
                    for each in page:
                        entry = {"key": each.key, "size_bytes": each.size_bytes, "sha256": each.sha256.hex()}
                        manifest.write(json.dumps(entry) + "\n")
                        objects, size_bytes = objects + 1, size_bytes + each.size_bytes
    about = {
        "made_at": datetime.now(UTC).isoformat(),
        "release": VERSION,
        "revision": expected_revision(),
        "objects": objects,
        "size_bytes": size_bytes,
    }
    (target / "backup.json").write_text(json.dumps(about, indent=2) + "\n")  # last: without it there is no backup
    return f"Backed up the database and the manifest of {objects} objects ({size_bytes / 1e9:.3f} GB) to {target}."


async def _check_secret(config: Config, owner: Database) -> None:
    async with owner.transaction() as connection:
        kept = await sealed_word_store.is_kept(connection)
    if kept:  # else it is backed up before it is migrated to this release
        await check_secret(config, owner)


async def _check_empty(owner: Database) -> None:
    async with owner.engine.connect() as connection:
        if await connection.scalar(text("SELECT to_regclass('public.organisations')")) and await connection.scalar(
            text("SELECT 1 FROM organisations LIMIT 1")
        ):
            raise Conflict("The database holds organisations: restore only into an empty one, nothing is overwritten.")


async def restore(config: Config, folder: str) -> RestoreReport:
    """Bring the database back and check that every object of the manifest is in the store.

    Raises
    ------
    InvalidInput
        There is no backup in the folder.
    Conflict
        The database is not empty, or the service has another sealing secret than the backup.
    """
    source = Path(folder)
    if not _holds_backup(source):
        raise InvalidInput(f"There is no backup in {source}.")
    async with owner_database(config) as owner:
        await _check_empty(owner)
        warning = _bring_back_secret(config, source)
        async with owner.engine.begin() as connection:
            # A freshly migrated database is as good as an empty one: its tables make way for those of the dump.
            await connection.execute(text("DROP SCHEMA public CASCADE"))
            await connection.execute(text("CREATE SCHEMA public"))
            await make_roles(connection)
        await _run(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "--dbname",
            plain_url(owner.url),
            str(source / "database.dump"),
        )
        await migrate(owner)
    missing: list[str] = []
    listed = 0
    async with open_objects(config) as objects:
        with (source / "objects.jsonl").open() as manifest:
            for line in manifest:
                entry = json.loads(line)
                listed += 1
                stat = await objects.stat(entry["key"])
                if stat is None or stat.size_bytes != entry["size_bytes"]:
                    missing.append(entry["key"])
    told = f"The database is back; {listed - len(missing)} of {listed} objects are in the store."
    if missing:
        told += "\nMissing:\n" + "\n".join(missing[:1000]) + "\nBring them back into the store, then run the audit."
    return RestoreReport(listed, missing, told + warning)
