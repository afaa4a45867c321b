"""Deleting here what the service holds: only if told to, and only what it confirms by checksum at that moment."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from uraniborg._generated.operations import OPERATIONS
from uraniborg.errors import ServiceFault
from uraniborg.upload.digests import Changed, digest_file
from uraniborg.upload.walk import Found
from uraniborg.watch.journal import Entry, Folder, Journal
from uraniborg.watch.look import look_at
from uraniborg.watch.settling import is_same

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Deleting"]

ASKED_AT_ONCE = 50
DAY_S = 86400.0
ROUND_EVERY_S = 3600.0
REST_S = DAY_S  # before a file that could not be deleted is read again
EMPTY = {"sha256": hashlib.sha256(b"").hexdigest(), "size_bytes": 0}  # the question that costs the service least


class Deleting:
    """Deletes files that the service holds for some days, whenever there is nothing else to do; used by one thread.

    Each is read again: it is deleted if it is the content that was sent, and the service says now that it holds a
    content of its SHA-256 and size, under a file that is not deleted there. Folders stay.

    The days are those of the service's clock alone, from the first round that finds a file stored: this computer's may
    be set to any other time, also while no agent runs.

    Parameters
    ----------
    client : Client
    organisation : str
    journal : Journal
    folders : mapping of int to Folder
        By id.
    days : float
        Which pass by the service's clock before a file goes.
    is_wanted_elsewhere : callable
        Asked after each file that was read, which may take long: whether something is to be done first.
    clock : callable
        Seconds, as `time.monotonic`.
    """

    def __init__(
        self,
        client: Client,
        organisation: str,
        journal: Journal,
        folders: Mapping[int, Folder],
        *,
        days: float,
        is_wanted_elsewhere: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client, self._organisation, self._journal, self._folders = client, organisation, journal, folders
        self._days, self._is_wanted_elsewhere, self._clock = days, is_wanted_elsewhere, clock
        self._after, self._before, self._next_at = 0, 0.0, 0.0
        self._rests_until: dict[int, float] = {}

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to do until the next round."""
        return self._clock() < self._next_at

    def delete_some(self) -> int:
        """Go on where it stopped, until all was looked at or something is to be done first; returns how many went.

        Raises
        ------
        UraniborgError
            The service does not answer; it goes on there with the next round.
        """
        if self.is_done:
            return 0
        deleted, next_at = 0, self._clock() + ROUND_EVERY_S
        try:
            if not self._after:  # and not each time that something is done first
                now = self._service_time()
                self._journal.note_held(now)
                self._before = now - self._days * DAY_S
            while entries := self._journal.stored_before(self._before, after=self._after, limit=ASKED_AT_ONCE):
                read = self._read_some(entries)
                deleted += self._delete_held(read)
                self._after = read[-1][0].id
                if self._is_wanted_elsewhere():
                    next_at = 0.0
                    return deleted
            self._after = 0
            return deleted
        finally:
            self._next_at = next_at

    def _service_time(self) -> float:
        """Ask what time it is by the service's clock, which every answer tells to a second or two.

        The question is one that nothing on the way answers from memory, with a time long past; and what answers it
        otherwise than the service does, such as a router's page, tells no time of the service.
        """
        check = OPERATIONS["check_contents"]
        request = check.request({"organisation": self._organisation, "contents": [EMPTY]})
        answer = self._client.transport.send(check.method, request.path, body=request.body, safe_to_repeat=True)
        try:
            msgspec.json.decode(answer.content, type=check.result)
            return parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (msgspec.MsgspecError, KeyError, ValueError) as error:
            raise ServiceFault(
                "The service's answer does not tell its time (Date): nothing is deleted here."
            ) from error

    def _read_some(self, entries: list[Entry]) -> list[tuple[Entry, str]]:
        """Sum files up until something is to be done first; one that rests, or is not what was sent, has no sum."""
        read: list[tuple[Entry, str]] = []
        for entry in entries:
            if self._clock() < self._rests_until.get(entry.id, 0.0):
                read.append((entry, ""))
                continue
            read.append((entry, _digest(self._folders[entry.folder], entry)))
            if self._is_wanted_elsewhere():
                break
        return read

    def _delete_held(self, read: list[tuple[Entry, str]]) -> int:
        contents = [{"sha256": sha256, "size_bytes": entry.identity.size_bytes} for entry, sha256 in read if sha256]
        if not contents:
            return 0
        held = set(self._client.call("check_contents", organisation=self._organisation, contents=contents).held)
        gone = [e for e, sha256 in read if sha256 in held and _delete(self._folders[e.folder], e)]
        self._journal.deleted(gone)
        rests_until = self._clock() + REST_S
        self._rests_until |= {entry.id: rests_until for entry, sha256 in read if sha256 and entry not in gone}
        return len(gone)


def _digest(folder: Folder, entry: Entry) -> str:
    """Sum up a file as it is now; empty if it is not the one that was sent."""
    try:
        identity = look_at(folder.path, entry.path)
        if identity is None or not is_same(identity, entry.identity):
            return ""
        digest, read, _ = digest_file(Found(os.fsdecode(_source(folder, entry)), "", identity))
    except (OSError, Changed):
        return ""
    return digest.sha256 if read == identity else ""


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
