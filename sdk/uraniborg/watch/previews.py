"""Previews first: while files wait for a thin line, a preview of each, or its name alone, goes ahead of them."""

from __future__ import annotations

import base64
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from uraniborg.errors import InvalidInput, UraniborgError
from uraniborg.upload.walk import path_problem
from uraniborg.watch.journal import Entry, Folder, Journal
from uraniborg.watch.look import look_at
from uraniborg.watch.pace import Pace
from uraniborg.watch.preview_drawing import Drawn, draw
from uraniborg.watch.preview_notes import Arrived, PreviewNotes
from uraniborg.watch.settling import is_same

if TYPE_CHECKING:
    from uraniborg.client import Client

__all__ = ["Previews"]

THIN_S = 60.0  # what waits takes longer than this to send
MOST_AT_ONCE, AT_ONCE_S, USUAL_BYTES = 4, 5.0, 50e3  # previews of one request: some seconds of the line
MOST_FRAMES_AT_ONCE = 20  # with those that have no preview
ARRIVED_AT_ONCE, ARRIVED_EVERY_S = 500, 5.0
TICK_S, LOOK_SHARE = 1.0, 10  # asking the journal takes at most a part of the time
ANSWER_S, LAST_ANSWER_S = 30.0, 5.0
FIRST_DELAY_S, LONGEST_DELAY_S = 15.0, 300.0


class Previews:
    """Sends previews from a thread of its own, beside the one that sends files; no file ever waits for a failure.

    Parameters
    ----------
    client : Client
    organisation, agent : str
    journal : Journal
    folders : mapping of int to Folder
        By id.
    pace : Pace
        Of the line, which files and previews share.
    rate : callable
        Tells how fast the line was lately, bytes per second.
    stop : threading.Event
        Ends it.
    """

    def __init__(
        self,
        client: Client,
        organisation: str,
        agent: str,
        journal: Journal,
        folders: Mapping[int, Folder],
        pace: Pace,
        *,
        rate: Callable[[], float],
        stop: threading.Event,
        follow_symlinks: bool = False,
    ) -> None:
        self._client, self._organisation, self._agent = client, organisation, agent
        self._notes, self._folders, self._pace = PreviewNotes(journal), folders, pace
        self._rate, self._stop, self._follow = rate, stop, follow_symlinks
        self._arrived_due_at = 0.0

    def run(self) -> None:
        """Work until told to stop."""
        delay_s = FIRST_DELAY_S
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                wait_s = 0.0 if self._send_some() else max(TICK_S, LOOK_SHARE * (time.monotonic() - begun))
                delay_s = FIRST_DELAY_S
            except (UraniborgError, OSError, sqlite3.Error):  # told, if it lasts, where files are sent
                wait_s, delay_s = delay_s, min(2 * delay_s, LONGEST_DELAY_S)
            self._stop.wait(wait_s)

    def end(self) -> None:
        """Tell what has come in the end, if the service answers."""
        try:
            while arrived := self._notes.arrived(ARRIVED_AT_ONCE):
                self._tell([], arrived, answer_s=LAST_ANSWER_S)
        except (UraniborgError, OSError, sqlite3.Error):
            pass  # it is told next time, or forgotten there after a week

    def _send_some(self) -> bool:
        """Send some previews, and what has come; False where there is nothing to do."""
        rate = self._present_rate()
        is_thin = self._notes.waiting_bytes() > THIN_S * rate
        most = max(1, min(MOST_AT_ONCE, int(AT_ONCE_S * rate / USUAL_BYTES)))
        drawn, left_out = self._draw_some(most) if is_thin else ([], [])
        arrived = self._notes.arrived(ARRIVED_AT_ONCE)
        if not drawn and not left_out and (not arrived or time.monotonic() < self._arrived_due_at):
            return False
        self._notes.left_out(left_out)
        if not drawn and not arrived:
            return True
        try:
            self._tell(drawn, arrived)
        except InvalidInput:
            self._tell_singly(drawn, arrived)
        return True

    def _tell_singly(self, drawn: list[tuple[Entry, Drawn]], arrived: list[Arrived]) -> None:
        """Tell one at a time what was refused together, so that one odd name or preview spoils no other."""
        for one in drawn:
            self._try([one], [])
        for path in arrived:
            self._try([], [path])

    def _try(self, drawn: list[tuple[Entry, Drawn]], arrived: list[Arrived]) -> None:
        try:
            self._tell(drawn, arrived)
        except InvalidInput:
            self._notes.left_out(entry for entry, _ in drawn)
            self._notes.told(arrived)

    def _present_rate(self) -> float:
        limit = self._pace.limit()
        return self._rate() if limit is None else min(self._rate(), limit)

    def _draw_some(self, most: int) -> tuple[list[tuple[Entry, Drawn]], list[Entry]]:
        """Draw what waits until so many previews are there; what cannot be drawn goes with them, without a preview.

        The second list has what is not to be announced.
        """
        drawn: list[tuple[Entry, Drawn]] = []
        left_out: list[Entry] = []
        for entry in self._notes.wanted(MOST_FRAMES_AT_ONCE):
            if _preview_count(drawn) >= most or self._stop.is_set():
                break
            if (found := self._draw(entry)) is None:
                left_out.append(entry)
            else:
                drawn.append((entry, found))
        return drawn, left_out

    def _draw(self, entry: Entry) -> Drawn | None:
        """Draw a file as it was found; one that changed meanwhile has its turn when it is at rest again."""
        folder = self._folders[entry.folder]
        if path_problem(_path(folder.prefix, entry.path)) or not self._is_there(folder, entry):
            return None
        drawn = draw(os.path.join(folder.path, entry.path))  # noqa: PTH118
        return drawn if self._is_there(folder, entry) else None

    def _is_there(self, folder: Folder, entry: Entry) -> bool:
        try:
            identity = look_at(folder.path, entry.path, follow_symlinks=self._follow)
        except OSError:
            return False
        return identity is not None and is_same(identity, entry.identity)

    def _tell(self, drawn: list[tuple[Entry, Drawn]], arrived: list[Arrived], *, answer_s: float = ANSWER_S) -> None:
        frames = [self._frame(entry, found) for entry, found in drawn]
        body: dict[str, Any] = {"frames": frames, "arrived": [_path(one.prefix, one.path) for one in arrived]}
        self._pace.wait(len(msgspec.json.encode(frames)))
        with self._pace.ahead():
            self._client.call(
                "announce_frames",
                organisation=self._organisation,
                name=self._agent,
                body=body,
                patience_s=0.0,
                timeout_s=answer_s,
                safe_to_repeat=True,  # the same preview takes its own place
            )
        self._notes.announced([entry for entry, _ in drawn], preview_count=_preview_count(drawn))
        self._notes.told(arrived)
        self._arrived_due_at = time.monotonic() + ARRIVED_EVERY_S

    def _frame(self, entry: Entry, drawn: Drawn) -> dict[str, Any]:
        return {
            "path": _path(self._folders[entry.folder].prefix, entry.path),
            "size_bytes": entry.identity.size_bytes,
            "preview": None if drawn.preview is None else base64.b64encode(drawn.preview).decode(),
            **drawn.facts,
        }


def _preview_count(drawn: list[tuple[Entry, Drawn]]) -> int:
    return sum(found.preview is not None for _, found in drawn)


def _path(prefix: str, path: bytes) -> str:
    return prefix + os.fsdecode(path).replace(os.sep, "/")
