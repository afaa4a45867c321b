"""Bars on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from uraniborg.cli.output import size
from uraniborg.upload.report import Progress

__all__ = ["download_bar", "upload_bar"]


@contextmanager
def upload_bar(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Draw an upload's progress; gives what is to be told of it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # rich is large: only who draws a bar loads it.
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[words]}"),
    )
    rate = _Rate()
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("Looking for files", total=None, words="")

        def tell(progress: Progress) -> None:
            if progress.phase == "comparing":
                words = f"{progress.done_files:,} files, {size(progress.done_bytes)}"
                bars.update(task, description="Comparing", words=words)
                return
            failed = f", {progress.failed_files:,} failed" if progress.failed_files else ""
            if progress.phase == "reading headers":
                words = f"{progress.ingest_done:,} of {progress.ingest_total:,} files{failed}"
                done, total = progress.ingest_done, progress.ingest_total or None
                bars.update(task, description="Reading headers", total=total, completed=done, words=words)
                return
            # What is on its way counts too, or one large file would show nothing until its end.
            done = min(max(progress.done_bytes, progress.sent_bytes), progress.size_bytes)
            more = "" if progress.is_counted else "+"
            words = (
                f"{progress.done_files:,} of {progress.files:,}{more} files{failed},"
                f" {size(done)} of {size(progress.size_bytes)}{more}, {size(rate.of(progress.sent_bytes))}/s"
            )
            is_sent = progress.is_counted and done == progress.size_bytes
            bars.update(
                task,
                description="Checking" if is_sent else "Sending",
                total=progress.size_bytes if progress.is_counted and progress.size_bytes else None,
                completed=done,
                words=words,
            )

        yield tell


class _Rate:
    """A rate that follows what happens within some seconds."""

    def __init__(self) -> None:
        self._at, self._sent_bytes, self._rate = time.monotonic(), 0, 0.0

    def of(self, sent_bytes: int) -> int:
        """Tell bytes per second."""
        now = time.monotonic()
        elapsed_s = now - self._at
        if elapsed_s > 0:
            weight = min(elapsed_s / 2.0, 1.0)
            self._rate += weight * ((sent_bytes - self._sent_bytes) / elapsed_s - self._rate)
            self._at, self._sent_bytes = now, sent_bytes
        return int(self._rate)


@contextmanager
def download_bar(
    *, quiet: bool, total_bytes: int | None, files: int, word: str = "Getting"
) -> Iterator[Callable[[int], None] | None]:
    """Draw a download's progress, or that of a like labour; gives what is to be told of each number of bytes."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(f"{word} {files:,} {'file' if files == 1 else 'files'}", total=total_bytes)
        yield lambda size_bytes: bars.advance(task, size_bytes)
