"""Comparing database and objects, both ways, the ledgers of stored bytes, and the audit logs with their hashes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from domain.errors import NotFound
from service.actions.audit_log import verify_log
from service.actions.ledger_audit import check_ledger
from service.house import House
from storage import upload_store
from storage.object_records import RecordedObject, is_recorded, page_recorded
from storage.objects import Digest

__all__ = ["FAULTS", "audit"]

STRAY_AGE = timedelta(hours=1)  # younger objects may belong to an upload that is being completed just now
SHOWN = 1000  # keys listed of each kind
FAULTS = ("missing", "wrong", "mended", "strays", "broken_ledgers", "broken_logs")


async def audit(house: House, deep: bool = False, organisation: str | None = None) -> dict[str, Any]:
    """Compare every recorded content, and text of a package, with its object, and every object with the records.

    Parameters
    ----------
    deep : bool
        Read every byte and recompute its checksums, instead of comparing sizes.
    organisation : str, optional
        The slug of the only one to look at.

    Returns
    -------
    dict
        ``clean``, ``organisations``, ``contents``, ``size_bytes`` of these, ``texts`` that describe published packages,
        ``deep``; ``missing`` (recorded, not stored),
        ``wrong`` (stored with another size or SHA-256), ``mended`` (stored as it should be, but recorded with CRCs that
        its sender told wrong: now with its own), ``strays`` (stored and older than an hour, not recorded);
        ``ledger_entries`` measured anew, and ``broken_ledgers``: what they say otherwise than entries and contents do;
        ``log_entries`` verified, and ``broken_logs``: audit logs that are not what was written.

    Raises
    ------
    NotFound
        There is no such organisation.
    """
    report: dict[str, Any] = {
        "clean": True, "organisations": 0, "contents": 0, "size_bytes": 0, "texts": 0, "deep": deep,
        "missing": [], "wrong": [], "mended": [], "strays": [], "ledger_entries": 0, "broken_ledgers": [],
        "log_entries": 0, "broken_logs": [],
    }  # fmt: skip
    async with house.database.transaction() as connection:
        found = await connection.execute(text("SELECT id, slug FROM organisations ORDER BY id"))
        organisations = [row.id for row in found if organisation in (None, row.slug)]
    if organisation is not None and not organisations:
        raise NotFound(f"There is no organisation {organisation!r}.")
    report["organisations"] = len(organisations)
    for organisation_id in organisations:
        await _audit_one(house, organisation_id, report, deep=deep)
        entries, problems = await check_ledger(house, organisation_id, shown=SHOWN)
        report["ledger_entries"] += entries
        for problem in problems:
            _note(report["broken_ledgers"], f"{organisation_id}, {problem}")
    for log in (None, *organisations):
        state = await verify_log(house, log)
        report["log_entries"] += state.entries
        if state.broken is not None:
            _note(report["broken_logs"], f"{state.log}, entry {state.broken.sequence}: {state.broken.reason}")
    report["clean"] = not any(report[name] for name in FAULTS)
    return report


async def _audit_one(house: House, organisation_id: Any, report: dict[str, Any], *, deep: bool) -> None:
    """Walk the tenant's objects and its rows side by side, both in order of key."""
    before = datetime.now(UTC) - STRAY_AGE
    stored = house.objects.list(f"{organisation_id.hex}/").__aiter__()
    entry = await anext(stored, None)

    async def note_stray() -> None:
        kind = entry.key.split("/")[1] if entry else ""
        if entry and entry.modified_at < before and kind not in ("previews", "packages"):
            _note(report["strays"], entry.key)

    async for page in page_recorded(house.database, organisation_id):
        for row in page:
            while entry is not None and entry.key < row.key:
                await note_stray()
                entry = await anext(stored, None)
            if row.is_content:
                report["contents"] += 1
                report["size_bytes"] += row.size_bytes
            else:
                report["texts"] += 1
            if entry is None or entry.key != row.key:
                await _note_lost(house, organisation_id, report["missing"], row)
                continue
            if entry.size_bytes != row.size_bytes:
                _note(report["wrong"], row.key)
            elif deep and not (row.tier == "archive" and house.objects.recall_s):  # which would have to be recalled
                digest = (await house.objects.digest_many([row.key]))[row.key]
                if digest is None:  # not any more
                    await _note_lost(house, organisation_id, report["missing"], row)
                elif digest.sha256 != row.sha256.hex():
                    _note(report["wrong"], row.key)
                elif digest.crc32 != row.crc32 or row.crc32c not in (None, digest.crc32c):
                    await _mend(house, organisation_id, digest)
                    _note(report["mended"], row.key)
            entry = await anext(stored, None)
    while entry is not None:
        await note_stray()
        entry = await anext(stored, None)


async def _note_lost(house: House, organisation_id: Any, missing: list[str], lost: RecordedObject) -> None:
    """Note what is lost, after another look: beside the audit, contents are purged and moved between tiers."""
    if len(missing) >= SHOWN or await house.objects.stat(lost.key) is not None:
        return
    async with house.database.transaction(organisation=organisation_id) as connection:
        if await is_recorded(connection, lost):
            _note(missing, lost.key)


async def _mend(house: House, organisation_id: Any, digest: Digest) -> None:
    """Record the CRCs that a content has, where whoever sent it told others: zip archives are made with them."""
    async with house.database.transaction(organisation=organisation_id) as connection:
        await upload_store.mend_sums(connection, digest)


def _note(keys: list[str], key: str) -> None:
    if len(keys) < SHOWN:
        keys.append(key)
