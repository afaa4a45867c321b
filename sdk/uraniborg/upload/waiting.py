"""Waiting until the headers of sent files are read, and telling which could not be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from uraniborg.errors import NotAllowed
from uraniborg.upload.progress import Reporter
from uraniborg.upload.report import FileFate, UploadReport

if TYPE_CHECKING:
    from uraniborg._generated.wire import File
    from uraniborg.client import Client

__all__ = ["wait_for_ingest"]

FIRST_POLL_S, LONGEST_POLL_S = 0.2, 2.0
LOOKED_UP_SINGLY = 50


def wait_for_ingest(client: Client, organisation: str, report: UploadReport, reporter: Reporter) -> None:
    """Wait for the jobs of an upload, then note in its report what became of each file.

    A token that may only send files cannot look: the report then stays without.
    """
    fates = {fate.file: fate for fate in report.files if fate.file}
    reporter.ingested(0, len(fates))
    try:
        _wait_for_jobs(client, organisation, report, reporter, len(fates))
        _note_states(client, organisation, fates, reporter)
    except NotAllowed:
        return
    report.waited = True


def _wait_for_jobs(client: Client, organisation: str, report: UploadReport, reporter: Reporter, total: int) -> None:
    waiting, ready, poll_s = list(report.jobs), 0, FIRST_POLL_S
    while waiting:
        job = client.get_job(waiting[0], organisation=organisation)
        if job.state in ("done", "dead"):
            ready += job.total
            waiting.pop(0)
            poll_s = FIRST_POLL_S
        else:
            time.sleep(poll_s)
            poll_s = min(poll_s * 1.5, LONGEST_POLL_S)
        reporter.ingested(min(ready, total), total)


def _note_states(client: Client, organisation: str, fates: dict[str, FileFate], reporter: Reporter) -> None:
    """Look each file up: singly when there are few, else by the lists of those that wait and those that failed."""
    left, poll_s = dict(fates), FIRST_POLL_S
    while left:
        is_idle = not _is_reading(client, organisation)  # asked first: what still waits then waits in vain
        for file_id, file in _look_up(client, organisation, left).items():
            fate = left.pop(file_id)
            fate.ingest = file.state if file else "indexed"
            if file is not None and file.state == "failed" and file.problems:
                fate.code, fate.reason = file.problems[0].code, file.problems[0].detail
        reporter.ingested(len(fates) - len(left), len(fates))
        if left and is_idle:
            for fate in left.values():
                fate.ingest, fate.code = "failed", "not-read"
                fate.reason = "It is stored, but the job that reads its header died: see `uraniborg jobs list`."
            return
        if left:
            time.sleep(poll_s)
            poll_s = min(poll_s * 1.5, LONGEST_POLL_S)


def _is_reading(client: Client, organisation: str) -> bool:
    waiting = ["queued", "running"]
    return bool(client.list_jobs(organisation=organisation, kind="ingest", state=waiting, limit=1).items)


def _look_up(client: Client, organisation: str, left: dict[str, FileFate]) -> dict[str, File | None]:
    """Find the files whose headers are read; None for one that did not fail, and was not looked at any closer."""
    if len(left) <= LOOKED_UP_SINGLY:
        files = [client.get_file(file_id, organisation=organisation) for file_id in left]
        return {file.id: file for file in files if file.state != "stored"}
    waiting = {file.id for file in client.iterate("list_files", organisation=organisation, state="stored")}
    failed = client.iterate("list_files", organisation=organisation, state="failed")
    found: dict[str, File | None] = {file.id: file for file in failed if file.id in left}
    return {file_id: None for file_id in left if file_id not in waiting} | found
