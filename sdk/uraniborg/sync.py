"""One way: a dataset made like a folder, or a folder like a dataset or the frames of a query."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from uraniborg.download import Source, download_all, place_of, safe_target, source_of
from uraniborg.errors import NotFound, TransferFailed
from uraniborg.settings import cache_folder
from uraniborg.upload.digests import Changed, Memory, digest_file
from uraniborg.upload.pipeline import Pipeline
from uraniborg.upload.report import FileFate, Progress
from uraniborg.upload.terms import Terms
from uraniborg.upload.walk import Found, identity_of, walk

if TYPE_CHECKING:
    from uraniborg.client import Client
    from uraniborg.download import Wanted

__all__ = ["Step", "SyncReport", "find_dataset", "sync_down", "sync_up"]

REMOVED_AT_ONCE = 1000


class Step(msgspec.Struct, kw_only=True):
    """What is done, or would be, with one path; `reason` where it failed."""

    path: str
    action: Literal["new", "changed", "deleted", "kept", "failed"]
    size_bytes: int = 0
    reason: str = ""


class SyncReport(msgspec.Struct, kw_only=True):
    """Every step, in the order of paths. ``extra``: files of the destination that the source has not, and that stay."""

    steps: list[Step] = []
    extra: int = 0
    moved_bytes: int = 0
    is_dry_run: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(step.action != "failed" for step in self.steps)


def sync_up(
    client: Client, folder: Path, dataset: str, *, organisation: str | None = None, delete: bool = False,
    dry_run: bool = False, progress: Callable[[Progress], None] | None = None,
) -> SyncReport:  # fmt: skip
    """Make a dataset like a folder.

    Parameters
    ----------
    dataset : str
        Slug or name; made when there is none.
    delete : bool
        Take what the folder has not out of the dataset; the files stay stored.
    progress : callable, optional
        Told how far it is, while it compares and while it sends.

    Raises
    ------
    UraniborgError
        Its `report` tells what was sent by then, if it began to send.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.")
    organisation = organisation or client.need_organisation()
    slug = find_dataset(client, dataset, organisation=organisation)
    there: dict[str, tuple[str, int]] = {}
    if slug is not None:
        files = client.iterate("list_dataset_files", organisation=organisation, dataset=slug)
        there = {file.path: (file.sha256, file.size_bytes) for file in files}
    report, wanted, here = SyncReport(is_dry_run=dry_run, steps=[]), list[Found](), set[str]()
    compared_bytes = 0
    memory = Memory(cache_folder() / "digests.sqlite")
    try:
        for found in walk([folder]):
            path = unicodedata.normalize("NFC", found.path)  # as the service keeps it
            here.add(path)
            if isinstance(found, FileFate):
                if found.state == "failed":
                    report.steps.append(Step(path=path, action="failed", reason=found.reason))
                continue
            size_bytes = found.identity.size_bytes
            if path not in there:
                wanted.append(found)
                report.steps.append(Step(path=path, action="new", size_bytes=size_bytes))
            elif (size_bytes, _sha256(found, memory)) != (there[path][1], there[path][0]):
                wanted.append(found)
                report.steps.append(Step(path=path, action="changed", size_bytes=size_bytes))
            else:
                report.steps.append(Step(path=path, action="kept", size_bytes=size_bytes))
            compared_bytes += size_bytes
            if progress is not None:
                progress(Progress(phase="comparing", done_files=len(here), done_bytes=compared_bytes))
    finally:
        memory.close()
    extra = sorted(there.keys() - here)
    if wanted and not dry_run:
        terms = Terms(organisation=organisation, dataset=dataset if slug is None else slug)
        sent = Pipeline(client, terms, progress=progress).send(wanted)
        report.moved_bytes = sent.sent_bytes
        _note_failures(
            report, {unicodedata.normalize("NFC", f.path): f.reason for f in sent.files if f.state == "failed"}
        )
    if delete and report.ok and slug is not None:  # of a folder that could not be read nobody knows what it has not
        for start in range(0, 0 if dry_run else len(extra), REMOVED_AT_ONCE):
            client.remove_dataset_files(slug, organisation=organisation, paths=extra[start : start + REMOVED_AT_ONCE])
        report.steps += [Step(path=path, action="deleted", size_bytes=there[path][1]) for path in extra]
    else:
        report.extra = len(extra)
    return report


def sync_down(
    client: Client,
    wanted: Iterable[Wanted],
    folder: Path,
    *,
    organisation: str | None = None,
    delete: bool = False,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> SyncReport:
    """Make a folder like files of the service: a file with another content is replaced, once the new one is whole.

    Parameters
    ----------
    wanted : iterable of DatasetFile, Frame and the like
        What shall be there.
    delete : bool
        Delete all other files in the folder; folders stay.
    progress : callable, optional
        Told each number of bytes that came, or of a file here that was compared.

    Raises
    ------
    UraniborgError
    """
    report, taken = SyncReport(is_dry_run=dry_run, steps=[]), dict[str, str]()
    sources: dict[str, Source] = {}
    for item in wanted:
        source = source_of(client, item, organisation)
        source = msgspec.structs.replace(source, path=place_of(source, taken))
        sources[source.path] = source
    here = {found.path: found for found in walk([folder]) if isinstance(found, Found)} if folder.is_dir() else {}
    # A name is the same in either of Unicode's normal forms, and to some disks so is the file.
    named = {unicodedata.normalize("NFC", path): found for path, found in here.items()} | here
    memory = Memory(cache_folder() / "digests.sqlite")
    try:
        for path, source in sources.items():
            action: Literal["new", "changed", "kept"] = "new"
            if (found := named.get(path)) is not None:
                same = found.identity.size_bytes == source.size_bytes and _sha256(found, memory) == source.sha256
                action = "kept" if same else "changed"
                if progress is not None:
                    progress(found.identity.size_bytes)
            report.steps.append(Step(path=path, action=action, size_bytes=source.size_bytes))
    finally:
        memory.close()
    todo = [sources[step.path] for step in report.steps if step.action != "kept"]
    if todo and not dry_run:
        done = download_all(client, todo, folder, organisation=organisation, progress=progress, replace=True)
        report.moved_bytes = sum(file.size_bytes for file in done.files if file.state == "downloaded")
        _note_failures(report, {file.path: file.reason for file in done.failed})
    extra = sorted(path for path in here if unicodedata.normalize("NFC", path) not in sources and not _is_ours(path))
    if delete and report.ok:
        for path in extra:
            report.steps.append(_delete(folder, here[path], dry_run=dry_run))
    else:
        report.extra = len(extra)
    return report


def find_dataset(client: Client, dataset: str, *, organisation: str | None = None) -> str | None:
    """Find a dataset by slug or name; returns its slug."""
    named = client.iterate("list_datasets", organisation=organisation)
    return next((one.slug for one in named if dataset in (one.slug, one.name)), None)


def _sha256(found: Found, memory: Memory) -> str:
    """Give a file's checksum, remembered if it has not changed; empty if it cannot be read."""
    if (known := memory.find(found.identity)) is not None:
        return known.sha256
    try:
        digest, identity, _ = digest_file(found)
    except (OSError, Changed):
        return ""
    memory.keep(identity, digest)
    return digest.sha256


def _note_failures(report: SyncReport, reasons: dict[str, str]) -> None:
    for step in report.steps:
        if step.path in reasons:
            step.action, step.reason = "failed", reasons[step.path]


def _is_ours(path: str) -> bool:
    """Tell whether a file is what a download left that broke off."""
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith((".part", ".parts"))


def _delete(folder: Path, found: Found, *, dry_run: bool) -> Step:
    step = Step(path=found.path, action="deleted", size_bytes=found.identity.size_bytes)
    if dry_run:
        return step
    try:
        target = safe_target(folder, found.path)
        if identity_of(os.lstat(target)) != found.identity:
            raise TransferFailed("It changed meanwhile, so that it stays.")
        target.unlink()
    except (OSError, TransferFailed) as error:
        step.action, step.reason = "failed", str(error)
    return step
