"""Deleting here what the service holds: only if told to, and only what it confirms by checksum at that moment."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from uraniborg.upload.digests import Changed, digest_file
from uraniborg.upload.walk import Found
from uraniborg.watch.journal import Entry, Folder, Journal
from uraniborg.watch.look import look_at
from uraniborg.watch.settling import is_same

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["delete_old"]

ASKED_AT_ONCE = 50
DAY_S = 86400.0


def delete_old(
    client: Client, organisation: str, journal: Journal, folders: Mapping[int, Folder], *, days: float
) -> int:
    """Delete files that are stored for some days; returns how many.

    Each is read again: it is deleted if it is the content that was sent, and the service says now that it holds a
    content of its SHA-256 and size, under a file that is not deleted there. Folders stay.

    Raises
    ------
    UraniborgError
        The service does not answer.
    """
    deleted, after, before = 0, 0, time.time() - days * DAY_S
    while entries := journal.stored_before(before, after=after, limit=ASKED_AT_ONCE):
        after = entries[-1].id
        digests = {entry.id: digest for entry in entries if (digest := _digest(folders[entry.folder], entry))}
        if not digests:
            continue
        contents = [
            {"sha256": digests[entry.id], "size_bytes": entry.identity.size_bytes}
            for entry in entries
            if entry.id in digests
        ]
        held = set(client.call("check_contents", organisation=organisation, contents=contents).held)
        gone = [e for e in entries if digests.get(e.id) in held and _delete(folders[e.folder], e)]
        journal.deleted(gone)
        deleted += len(gone)
    return deleted


def _digest(folder: Folder, entry: Entry) -> str | None:
    """Sum up a file as it is now; None if it is not the one that was sent."""
    try:
        identity = look_at(folder.path, entry.path)
        if identity is None or not is_same(identity, entry.identity):
            return None
        digest, read, _ = digest_file(Found(os.fsdecode(_source(folder, entry)), "", identity))
    except (OSError, Changed):
        return None
    return digest.sha256 if read == identity else None


def _delete(folder: Folder, entry: Entry) -> bool:
    try:
        identity = look_at(folder.path, entry.path)
        if identity is None or not is_same(identity, entry.identity):
            return False
        Path(os.fsdecode(_source(folder, entry))).unlink()
    except OSError:
        return False
    return True


def _source(folder: Folder, entry: Entry) -> bytes:
    return os.path.join(folder.path, entry.path)  # noqa: PTH118
