"""Uploads in parts on local disk: one sparse file that all are written into, and a marker for each that is there."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from domain.errors import InvalidInput, NotFound
from storage.object_files import ObjectFiles, version_of
from storage.object_incoming import IncomingPart
from storage.object_limits import check_part, check_part_size, check_parts_given
from storage.object_part_sums import PartSums, marker_of
from storage.objects import Digest, PartPlan, StoredMultipart, StoredPart

__all__ = ["MultipartFolders"]

_ID = re.compile(r"[0-9a-f]{32}")
_MARKER = re.compile(r"part-(\d{5})")


class _Plan(msgspec.Struct, frozen=True):
    """What was said at the start; the file ``plan.json`` of a multipart's folder."""

    key: str
    part_size_bytes: int
    started_at: datetime


class MultipartFolders:
    """The folder ``multiparts``: a folder per upload, holding ``plan.json``, ``bytes`` and a ``part-00001`` for each.

    Completing renames ``bytes`` to the object: nothing is copied, however large it is.

    Parameters
    ----------
    digests : Executor
        Sums up parts while others come.
    """

    def __init__(self, files: ObjectFiles, digests: Executor) -> None:
        self._files, self._digests = files, digests
        self._sums = PartSums()

    def start(self, key: str, part_size_bytes: int) -> str:
        """Begin an upload; answer its id."""
        check_part_size(part_size_bytes)
        multipart_id = secrets.token_hex(16)
        draft = self._files.new_temp()
        draft.mkdir(mode=0o700)
        plan = _Plan(key, part_size_bytes, datetime.now(UTC))
        with (draft / "plan.json").open("wb") as file:
            file.write(msgspec.json.encode(plan))
            file.flush()
            os.fsync(file.fileno())
        (draft / "bytes").touch(mode=0o600)
        draft.rename(self._files.multiparts / multipart_id)
        return multipart_id

    def receive(self, key: str, multipart_id: str, part: PartPlan) -> IncomingPart:
        """Prepare to receive a part."""
        folder, plan = self._find(key, multipart_id)
        check_part(part, plan.part_size_bytes)
        offset = (part.number - 1) * plan.part_size_bytes
        marker = marker_of(folder, part.number)

        def follow() -> None:
            with contextlib.suppress(RuntimeError):  # the store is being closed
                self._digests.submit(self._sums.follow, folder, plan.part_size_bytes)

        return IncomingPart(folder / "bytes", marker, offset, part.size_bytes, part.crc32c, follow)

    def check_plans(self, key: str, multipart_id: str, parts: Sequence[PartPlan]) -> None:
        """Refuse parts that would overlap the next one."""
        _, plan = self._find(key, multipart_id)
        for part in parts:
            check_part(part, plan.part_size_bytes)

    def parts(self, key: str, multipart_id: str) -> list[StoredPart]:
        """List the parts that are there whole, by number."""
        return _stored(self._find(key, multipart_id)[0])

    def complete(self, key: str, multipart_id: str, parts: Sequence[StoredPart]) -> Digest | None:
        """Make the object; answer what it adds up to, if that was followed here while its parts came."""
        total_bytes, digest = sum(part.size_bytes for part in parts), None
        try:
            folder, plan = self._find(key, multipart_id)
            self._sums.catch_up(folder, plan.part_size_bytes)
            with (folder / "bytes").open("r+b") as file:
                # Whoever is writing a part is let finish its block; whoever comes later finds the file gone.
                fcntl.flock(file, fcntl.LOCK_EX)
                (folder / "bytes").stat()
                check_parts_given(parts, _stored(folder))
                if bad := [part.number for part in parts[:-1] if part.size_bytes != plan.part_size_bytes]:
                    raise InvalidInput(
                        f"Only the last part may be shorter than {plan.part_size_bytes} bytes.", part=bad[0]
                    )
                sums = self._sums.take(folder, [part.number for part in parts])
                os.ftruncate(file.fileno(), total_bytes)
                if sums is not None and sums.size_bytes == total_bytes:
                    digest = sums.digest(version_of(os.fstat(file.fileno())))
                self._files.publish(folder / "bytes", key)
        except (NotFound, FileNotFoundError) as error:
            status = self._files.stat(key)
            if status is None or status.size_bytes != total_bytes:
                raise _no_such_upload() from error
        self.abort(key, multipart_id)
        return digest

    def abort(self, key: str, multipart_id: str) -> None:
        """Forget an upload: its folder leaves in one step, then goes."""
        away = self._files.new_temp()
        try:
            folder, _ = self._find(key, multipart_id)
            self._sums.forget(folder)
            folder.rename(away)
        except (NotFound, FileNotFoundError):
            return
        shutil.rmtree(away, ignore_errors=True)

    def list(self, prefix: str, older_than: datetime) -> list[StoredMultipart]:
        """List unfinished uploads, by key."""
        found = []
        for folder in self._files.multiparts.iterdir():
            try:
                plan = _plan_in(folder)
            except FileNotFoundError:
                continue  # over by now, or for `sweep`
            if plan.key.startswith(prefix) and plan.started_at < older_than:
                found.append(StoredMultipart(plan.key, folder.name, plan.started_at))
        return sorted(found, key=lambda each: (each.key, each.started_at))

    def sweep(self, older_than: datetime) -> int:
        """Remove folders without a plan, which a power cut may leave, from before a moment; answer how many."""
        swept = 0
        for folder in self._files.multiparts.iterdir():
            try:
                if datetime.fromtimestamp(folder.stat().st_mtime, UTC) < older_than:
                    _plan_in(folder)
            except FileNotFoundError:
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
        return swept

    def _find(self, key: str, multipart_id: str) -> tuple[Path, _Plan]:
        if not _ID.fullmatch(multipart_id):
            raise _no_such_upload()
        folder = self._files.multiparts / multipart_id
        try:
            plan = _plan_in(folder)
        except FileNotFoundError as error:
            raise _no_such_upload() from error
        if plan.key != key:
            raise _no_such_upload()
        return folder, plan


def _plan_in(folder: Path) -> _Plan:
    """Read what was said at the start.

    Raises
    ------
    FileNotFoundError
        The upload is over, or a power cut left less than its plan.
    """
    try:
        return msgspec.json.decode((folder / "plan.json").read_bytes(), type=_Plan)
    except msgspec.DecodeError as error:
        raise FileNotFoundError(errno.ENOENT, "an incomplete plan", str(folder)) from error


def _stored(folder: Path) -> list[StoredPart]:
    found = []
    for file in sorted(folder.iterdir()):
        if match := _MARKER.fullmatch(file.name):
            try:
                size, crc32c, *_ = file.read_text().split()
            except FileNotFoundError:
                continue  # being sent again just now
            found.append(StoredPart(int(match[1]), int(size), f'"{crc32c}"'))
    return found


def _no_such_upload() -> NotFound:
    return NotFound("There is no such upload in parts: it is complete, was given up, or never began.")
