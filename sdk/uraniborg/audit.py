"""An exported audit log, checked with no service at hand: every entry's hash, their order, and the end."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from uraniborg.errors import TransferFailed

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["AuditCheck", "check_export", "export_audit"]

COVERED = ("action", "actor", "at", "details", "log", "previous", "sequence", "target")
NOTHING_BEFORE = "0" * 64


class AuditCheck(msgspec.Struct, kw_only=True):
    """What checking an export found.

    ``hash`` is that of the last entry: written down elsewhere, it tells later whether the log was made anew.
    ``broken_at`` is the number of the first entry that is not what was written, and ``reason`` says why.
    """

    log: str = ""
    entries: int = 0
    hash: str = NOTHING_BEFORE
    broken_at: int | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether every entry is there as it was written."""
        return self.broken_at is None


def check_export(lines: Iterable[str | bytes]) -> AuditCheck:
    """Check the lines of an export (`Client.call("export_audit")`, `uraniborg org audit --export`)."""
    check = AuditCheck()
    ended = False

    def broken(reason: str) -> AuditCheck:
        check.broken_at, check.reason = check.entries + 1, reason
        return check

    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            return broken("the line is not JSON")
        if not isinstance(entry, dict) or ended:
            return broken("there is something behind the end" if ended else "the line is no entry")
        if isinstance(end := entry.get("end"), dict):
            if (end.get("sequence"), end.get("hash")) != (check.entries, check.hash):
                return broken(f"the log ends with entry {end.get('sequence')}, the export otherwise")
            ended = True
            continue
        if (reason := _wrong(entry, check)) is not None:
            return broken(reason)
        check.log, check.entries, check.hash = entry["log"], entry["sequence"], entry["hash"]
    return check if ended else broken("the export is cut off: its last line is missing")


def _wrong(entry: dict[str, Any], check: AuditCheck) -> str | None:
    """Tell what is wrong with the entry that should come next."""
    if missing := [name for name in (*COVERED, "hash") if name not in entry]:
        return f"the entry lacks {', '.join(missing)}"
    if entry["sequence"] != check.entries + 1:
        return f"entry {entry['sequence']} stands where {check.entries + 1} should"
    if check.log and entry["log"] != check.log:
        return "the entry belongs to another log"
    if entry["previous"] != check.hash:
        return "it does not follow the entry before it"
    text = json.dumps(
        {name: entry[name] for name in COVERED}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != entry["hash"]:
        return "the entry was changed after it was written"
    return None


def export_audit(client: Client, target: Path, *, organisation: str | None = None) -> AuditCheck:
    """Write an organisation's whole audit log to a file, checked; nothing is left where it is not whole.

    Raises
    ------
    TransferFailed
        What arrived is no whole log: a line that broke off, or a log that was tampered with.
    """
    from uraniborg._generated.operations import OPERATIONS

    organisation = organisation or client.need_organisation()
    request = OPERATIONS["export_audit"].request({"organisation": organisation})
    part = target.with_name(f".{target.name}.part")
    try:
        with (
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file,
            client.transport.stream(request.path) as response,
        ):

            def lines() -> Iterator[str]:
                for line in response.iter_lines():
                    file.write(line + "\n")
                    yield line

            check = check_export(lines())
        if not check.ok:
            raise TransferFailed(f"Entry {check.broken_at} of the audit log: {check.reason}.")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return check
